//! The futures of a call.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use super::{Call, Response, Transport, TransportFuture, decode};
use crate::error::ErrorBuilder;
use crate::{Decode, Download, Error, Operation, Reply, ResponseShape};

/// The future of a call. Resolves to a [`Reply`] or an [`Error`].
///
/// It is `Send` and `'static`, so it can be spawned. Dropping it cancels the request.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::{Error, ReplyFuture};
///
/// async fn first<T>(call: ReplyFuture<Vec<T>>) -> Result<Option<T>, Error> {
///     Ok(call.await?.into_iter().next())
/// }
/// ```
#[must_use = "nothing is sent until the future is awaited"]
pub struct ReplyFuture<T>(TransportFuture<Reply<T>>);

/// The data about a call that is needed to decode its response.
struct Decoding {
    operation: &'static Operation,
    decode: Option<Decode>,
    accept_refusal: bool,
}

impl<T: DeserializeOwned + Send + 'static> ReplyFuture<T> {
    pub(super) fn new(
        transport: Arc<dyn Transport>,
        call: Result<Call, Error>,
        default: Decode,
    ) -> Self {
        let response = response(Arc::clone(&transport), call);
        Self(Box::pin(async move {
            let (decoding, mut response) = response.await?;
            let observer = response.observer.take();
            let mode = decoding.decode.unwrap_or(default);
            let decode = move |response| {
                decode::<T>(decoding.operation, response, mode, decoding.accept_refusal)
            };
            let reply = if response.body.len() < LARGE_BODY {
                decode(response)
            } else {
                let decoded = Arc::new(Mutex::new(None));
                let sender = Arc::clone(&decoded);
                let body = response.clone();
                let work = Box::new(move || {
                    let reply = decode(body);
                    *sender.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
                });
                run(transport, &response, work).await;
                let decoded = decoded
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take();
                decoded.unwrap_or_else(|| Err(not_decoded(decoding.operation, response)))
            };
            if let Some(observer) = observer {
                match &reply {
                    Ok(reply) => observer.decoded(reply.meta().drift(), None),
                    Err(error) => observer.decoded(error.drift(), Some(error)),
                }
            }
            reply
        }))
    }
}

/// The minimum size in bytes of a body that is decoded where it does not block other tasks. Decoding a smaller body
/// takes a few milliseconds at most.
const LARGE_BODY: usize = 128 * 1024;

/// Runs `decode` within the time that is left for the call.
async fn run(transport: Arc<dyn Transport>, response: &Response, decode: Box<dyn FnOnce() + Send>) {
    let limit = response.attempts.decode_limit.map(|limit| limit.left);
    // If decoding does not finish in time, the caller gets no result.
    let _ = transport.run_decode(limit, decode).await;
}

/// Returns the error for a response that was not decoded in time.
fn not_decoded(operation: &'static Operation, response: Response) -> Error {
    let why = match response.attempts.decode_limit {
        Some(limit) => format!(
            "the call timeout of {:?} expired while its body was decoded",
            limit.timeout
        ),
        None => "its body was not decoded".to_owned(),
    };
    ErrorBuilder::unreadable(operation, response, why)
        .timeout()
        .build()
}

/// Handles the part of a call that does not depend on the type of its value, so that this code is compiled only once.
fn response(
    transport: Arc<dyn Transport>,
    call: Result<Call, Error>,
) -> TransportFuture<(Decoding, Response)> {
    Box::pin(async move {
        let call = call?;
        let operation = call.operation;
        let decoding = Decoding {
            operation,
            decode: call.settings.decode,
            accept_refusal: call.settings.accept_refusal,
        };
        let mut response = transport.send(call).await?;
        // Only successful responses are decoded.
        if !response.status.is_success() {
            response.observer = None;
        }
        match response.status.as_u16() {
            200..=299 | 304 => Ok((decoding, response)),
            300..=399 if operation.shape == ResponseShape::Redirect => Ok((decoding, response)),
            300..=399 => Err(ErrorBuilder::redirected(operation, response).build()),
            _ => Err(ErrorBuilder::refused(operation, response).build()),
        }
    })
}

impl<T> Future for ReplyFuture<T> {
    type Output = Result<Reply<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for ReplyFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyFuture").finish_non_exhaustive()
    }
}

/// The future of a call whose response body is streamed. Resolves to a [`Download`] or an [`Error`].
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// async fn save(call: onlyfansapi::DownloadFuture, file: &mut Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
///     let mut download = call.await?;
///     while let Some(bytes) = download.chunk().await? {
///         file.extend_from_slice(&bytes);
///     }
///     Ok(())
/// }
/// ```
#[must_use = "nothing is sent until the future is awaited"]
pub struct DownloadFuture(TransportFuture<Download>);

impl DownloadFuture {
    /// Creates the future. If the call is refused, the future reads the whole response body, so that the error can
    /// include it.
    pub(super) fn new(transport: Arc<dyn Transport>, call: Result<Call, Error>) -> Self {
        Self(Box::pin(async move {
            let call = call?;
            let operation = call.operation;
            let response = transport.stream(call).await?;
            if response.status.is_success() {
                return Ok(Download::new(response));
            }
            let response = response.read().await;
            Err(if response.status.is_redirection() {
                ErrorBuilder::redirected(operation, response).build()
            } else {
                ErrorBuilder::refused(operation, response).build()
            })
        }))
    }
}

impl Future for DownloadFuture {
    type Output = Result<Download, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for DownloadFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadFuture").finish_non_exhaustive()
    }
}
