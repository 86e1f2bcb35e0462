//! Errors of the HTTP library, classified by how far the request got.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use onlyfansapi_core::transport::{ErrorBuilder, cause};
use onlyfansapi_core::{BodyStream, Operation};

use crate::policy::attempts::TimeLimit;

/// The context of an attempt, for its error message.
#[derive(Clone, Debug)]
pub(super) struct Attempt<'a> {
    pub(super) operation: &'static Operation,
    /// The origin, and the proxy if there is one.
    pub(super) route: &'a str,
    pub(super) limit: Option<TimeLimit>,
    /// The connect timeout, if this crate configured the HTTP client.
    pub(super) connect: Option<Duration>,
}

impl Attempt<'_> {
    /// Creates the error for a request without a response.
    pub(super) fn sending(&self, error: reqwest::Error) -> ErrorBuilder {
        // The URL can contain secrets.
        let error = error.without_url();
        let (operation, route) = (self.operation, self.route);
        let builder = if let Some(source) = request_body_error(&error) {
            ErrorBuilder::maybe_sent(operation, source.to_string())
        } else if error.is_connect() && error.is_timeout() {
            let message = match self.connect {
                Some(limit) => {
                    format!("no connection to {route} within the connect timeout of {limit:?}")
                }
                None => format!("the connection to {route} timed out"),
            };
            ErrorBuilder::never_sent(operation, message)
        } else if error.is_connect() {
            let message = format!("{} {route}: {}", stage(&error), cause(&error));
            ErrorBuilder::never_sent(operation, message)
        } else if error.is_builder() {
            let message = format!("the HTTP client rejected it: {}", cause(&error));
            ErrorBuilder::never_sent(operation, message)
        } else if error.is_timeout() {
            let message = format!("{} before a response arrived", expired(self.limit));
            ErrorBuilder::maybe_sent(operation, message)
        } else {
            let message = format!("the connection to {route} broke: {}", cause(&error));
            ErrorBuilder::maybe_sent(operation, message)
        };
        with_cause(builder, error)
    }
}

/// Returns the end of the sentence "responded with 200 OK, but …".
pub(super) fn body(error: &reqwest::Error, received: usize, limit: Option<TimeLimit>) -> String {
    if error.is_timeout() {
        let expired = expired(limit);
        format!("its body was incomplete after {received} bytes: {expired}")
    } else {
        format!(
            "its body was cut off after {received} bytes: {}",
            cause(error)
        )
    }
}

/// Creates the error for a streamed response body.
pub(super) fn stream(error: reqwest::Error, limit: Option<TimeLimit>) -> std::io::Error {
    let error = error.without_url();
    let (kind, text) = if error.is_timeout() {
        (std::io::ErrorKind::TimedOut, expired(limit))
    } else {
        (std::io::ErrorKind::UnexpectedEof, cause(&error))
    };
    std::io::Error::new(kind, format!("the response body is incomplete: {text}"))
}

/// Adds the error as the source, and marks whether a timeout expired.
pub(super) fn with_cause(builder: ErrorBuilder, error: reqwest::Error) -> ErrorBuilder {
    let error = error.without_url();
    let builder = if error.is_timeout() {
        builder.timeout()
    } else {
        builder
    };
    builder.source(error)
}

/// Describes the timeout that expired, and its length.
fn expired(limit: Option<TimeLimit>) -> String {
    match limit {
        Some(limit) => format!("the {} of {:?} expired", limit.setting, limit.configured),
        None => "a time limit of the HTTP client expired".to_owned(),
    }
}

/// Describes what failed while connecting, up to the name of the host.
fn stage(error: &reqwest::Error) -> &'static str {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if is_tls(error) {
            return "the TLS handshake failed with";
        }
        if error.to_string().starts_with("dns error") {
            return "the host name could not be resolved for";
        }
        next = error.source();
    }
    "no connection to"
}

#[cfg(any(feature = "rustls", feature = "rustls-graviola"))]
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    // The source of an `io::Error` is the source of its inner error, so check the inner error itself.
    let inner = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}

#[cfg(not(any(feature = "rustls", feature = "rustls-graviola")))]
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let text = error.to_string();
    ["certificate", "SSL", "TLS", "handshake"]
        .iter()
        .any(|word| text.contains(word))
}

/// An error from the caller's request body stream.
#[derive(Debug)]
struct RequestBodyError(std::io::Error);

impl fmt::Display for RequestBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request body cannot be read: {}", self.0)
    }
}

impl StdError for RequestBodyError {}

/// The caller's request body stream. Its errors are marked, so that they are not mistaken for network errors.
pub(super) struct RequestBody(pub(super) BodyStream);

impl Stream for RequestBody {
    type Item = Result<Bytes, Box<dyn StdError + Send + Sync>>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let next = self.0.as_mut().poll_next(context);
        next.map_err(|error| RequestBodyError(error).into())
    }
}

/// Returns the error of the caller's stream, if it caused `error`.
fn request_body_error(error: &reqwest::Error) -> Option<&RequestBodyError> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
