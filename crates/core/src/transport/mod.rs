//! The interface that transports implement, and the types that they construct: calls, responses, errors, limits.
//!
//! A transport sends a [`Call`] and returns a [`Response`], or an [`Error`] that states how far the request got. The
//! `onlyfansapi` facade crate implements a transport on top of reqwest, including all policies; tests implement their
//! own to inspect the requests. Applications do not need this module.

mod cause;
mod dispatcher;
mod future;
mod limits;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use crate::error::{ErrorBuilder, retry_after};
pub use crate::request::Request;
pub use crate::response::{
    Attempts, DecodeLimit, DecodeObserver, Response, StreamingResponse, decode,
};
pub use cause::cause;
pub use dispatcher::Dispatcher;
pub use future::{DownloadFuture, ReplyFuture};
pub use limits::{Limit, Limits};

use crate::{ApiError, Body, Decode, Error, Operation, RequestPreview};

/// The future that a transport returns.
pub type TransportFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'static>>;

/// A call, as passed to a transport.
#[derive(Debug)]
#[non_exhaustive]
pub struct Call {
    /// The operation.
    pub operation: &'static Operation,
    /// The request.
    pub request: Request,
    /// Settings for this call only.
    pub settings: CallSettings,
}

impl Call {
    /// Creates a call of `operation` with `request`.
    #[must_use]
    pub fn new(operation: &'static Operation, request: Request, settings: CallSettings) -> Self {
        Self {
            operation,
            request,
            settings,
        }
    }
}

/// The settings for a call that are not part of its request. With `None` and [`Limit::Unset`], the client's defaults
/// apply.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallSettings {
    /// Time and size limits.
    pub limits: Limits,
    /// The maximum number of retries.
    pub retries: Option<u32>,
    /// Whether the call is idempotent.
    pub idempotent: Option<bool>,
    /// How to handle a response that does not match its type.
    pub decode: Option<Decode>,
    /// Whether a 2xx response that reports failure is returned as a reply.
    pub accept_refusal: bool,
}

/// Sends calls.
///
/// ```
/// use std::sync::Arc;
/// use onlyfansapi_core::RequestPreview;
/// use onlyfansapi_core::http::{HeaderMap, StatusCode};
/// use onlyfansapi_core::transport::{Call, ErrorBuilder, Response, Transport, TransportFuture};
///
/// /// Responds to every call with an empty object.
/// struct Canned;
///
/// impl Transport for Canned {
///     fn send(self: Arc<Self>, _: Call) -> TransportFuture<Response> {
///         Box::pin(async { Ok(Response::new(StatusCode::OK, HeaderMap::new(), "{}".into())) })
///     }
///
///     fn preview(&self, _: &Call) -> Result<RequestPreview, onlyfansapi_core::Error> {
///         Err(ErrorBuilder::configuration("this transport has no address").build())
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends `call` and returns the response, regardless of its status.
    ///
    /// Calls share no state. All context is passed by value: the settings are in the [`Call`]; attempts, status,
    /// headers and body are in the [`Response`]; the cause of a failure is in the [`Error`].
    ///
    /// # Errors
    ///
    /// Returns an error if there is no response, or if its body could not be read completely. A 4xx or 5xx status is
    /// not an error here.
    fn send(self: Arc<Self>, call: Call) -> TransportFuture<Response>;

    /// Sends `call` and streams the response body. The default implementation buffers the body first.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`Transport::send`].
    fn stream(self: Arc<Self>, call: Call) -> TransportFuture<StreamingResponse> {
        let response = self.send(call);
        Box::pin(async move { Ok(StreamingResponse::buffered(response.await?)) })
    }

    /// Runs `decode`, which decodes a large body and can take a long time. Returns whether it finished within `limit`.
    ///
    /// The default implementation runs it at once, without a limit. A transport with an async runtime should run it
    /// where it does not block other tasks.
    fn run_decode(
        self: Arc<Self>,
        limit: Option<Duration>,
        decode: Box<dyn FnOnce() + Send>,
    ) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        let _ = limit;
        decode();
        Box::pin(std::future::ready(true))
    }

    /// Returns the request of `call` as it would be sent, with the API key redacted.
    ///
    /// # Errors
    ///
    /// Returns an error if the request cannot be built.
    fn preview(&self, call: &Call) -> Result<RequestPreview, Error>;
}

/// Parses the body of an error response. Returns `None` if it is not a JSON object, for example if it is an HTML page
/// or empty.
///
/// ```
/// let error = onlyfansapi_core::transport::api_error(br#"{"error": "VALIDATION_ERROR", "message": "No."}"#);
/// assert_eq!(error.and_then(|error| error.code).as_deref(), Some("VALIDATION_ERROR"));
/// ```
#[must_use]
pub fn api_error(body: &[u8]) -> Option<ApiError> {
    ApiError::read(body)
}

/// Creates a preview of a request; redacts `Authorization`.
#[must_use]
pub fn request_preview(
    method: http::Method,
    url: String,
    mut headers: http::HeaderMap,
    body: &Body,
) -> RequestPreview {
    if headers.contains_key(http::header::AUTHORIZATION) {
        let redacted = http::HeaderValue::from_static("[redacted]");
        headers.insert(http::header::AUTHORIZATION, redacted);
    }
    let body = match body {
        Body::Bytes(bytes) => bytes.clone(),
        Body::Empty | Body::Factory { .. } => bytes::Bytes::new(),
    };
    RequestPreview {
        method,
        url,
        headers,
        body,
    }
}
