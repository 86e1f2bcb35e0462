//! Responses whose body is still arriving.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, StatusCode};

use super::{Attempts, Response};
use crate::BodyStream;

/// A response whose body is still arriving.
#[non_exhaustive]
pub struct StreamingResponse {
    /// The HTTP status.
    pub status: StatusCode,
    /// The response headers.
    pub headers: HeaderMap,
    /// The response body as a stream.
    pub body: BodyStream,
    /// How the call reached this response; excludes the time to read the body.
    pub attempts: Attempts,
}

impl StreamingResponse {
    /// Creates a response that took a single attempt. `error` converts the body's errors, for example to hide details.
    #[must_use]
    pub fn new<S, E, F>(status: StatusCode, headers: HeaderMap, body: S, error: F) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        F: Fn(E) -> std::io::Error + Send + Unpin + 'static,
    {
        let body = Box::pin(body);
        Self {
            status,
            headers,
            body: Box::pin(Chunks { body, error }),
            attempts: Attempts::first(),
        }
    }

    /// Creates a response whose body has already been read.
    #[must_use]
    pub fn buffered(response: Response) -> Self {
        let body = Once(Some(response.body));
        let mut streaming = Self::new(response.status, response.headers, body, |error| error);
        streaming.attempts = response.attempts;
        streaming
    }

    /// Reads the body. Keeps the bytes that arrived even if the rest is lost.
    pub(crate) async fn read(mut self) -> Response {
        let mut body = BytesMut::new();
        while let Some(Ok(chunk)) = next(&mut self.body).await {
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(self.status, self.headers, body.freeze());
        response.attempts = self.attempts;
        response
    }
}

impl fmt::Debug for StreamingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingResponse")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

async fn next(body: &mut BodyStream) -> Option<std::io::Result<Bytes>> {
    std::future::poll_fn(|context| body.as_mut().poll_next(context)).await
}

/// A body with its errors converted.
struct Chunks<S, F> {
    body: Pin<Box<S>>,
    error: F,
}

impl<S, E, F> Stream for Chunks<S, F>
where
    S: Stream<Item = Result<Bytes, E>>,
    F: Fn(E) -> std::io::Error + Unpin,
{
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        this.body.as_mut().poll_next(context).map_err(&this.error)
    }
}

/// A buffered body as a stream of one chunk.
struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// A successful response whose body is streamed: a [`Stream`] of its bytes.
///
/// The stream ends after an error item, which means that the connection broke or the timeout expired.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// # async fn example(mut download: onlyfansapi::Download) -> std::io::Result<()> {
/// while let Some(bytes) = download.chunk().await? {
///     println!("{} bytes", bytes.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Download {
    status: StatusCode,
    headers: HeaderMap,
    body: BodyStream,
}

impl Download {
    pub(crate) fn new(response: StreamingResponse) -> Self {
        Self {
            status: response.status,
            headers: response.headers,
            body: response.body,
        }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the response headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is incomplete.
    pub async fn chunk(&mut self) -> std::io::Result<Option<Bytes>> {
        next(&mut self.body).await.transpose()
    }
}

impl Stream for Download {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.body.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
