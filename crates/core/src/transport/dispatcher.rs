//! Sends every call through the transport and decodes the response.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{Call, DownloadFuture, ReplyFuture, Transport};
use crate::{Decode, Error, RequestPreview};

/// Sends calls through a transport and decodes their responses. Every builder holds a dispatcher, which is cheap to
/// clone.
#[derive(Clone)]
pub struct Dispatcher {
    transport: Arc<dyn Transport>,
    decode: Decode,
}

impl Dispatcher {
    /// Creates a dispatcher for `transport`.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            decode: Decode::default(),
        }
    }

    /// Sets the default for how responses are decoded.
    #[must_use]
    pub fn with_decode(mut self, decode: Decode) -> Self {
        self.decode = decode;
        self
    }

    /// Sends `call` and decodes the response. An `Err` is returned when the future is awaited.
    pub fn send<T: DeserializeOwned + Send + 'static>(
        &self,
        call: Result<Call, Error>,
    ) -> ReplyFuture<T> {
        ReplyFuture::new(Arc::clone(&self.transport), call, self.decode)
    }

    /// Sends `call` and streams the response body. An `Err` is returned when the future is awaited.
    pub fn stream(&self, call: Result<Call, Error>) -> DownloadFuture {
        DownloadFuture::new(Arc::clone(&self.transport), call)
    }

    /// Returns the request of `call` as it would be sent, with the API key redacted.
    ///
    /// # Errors
    ///
    /// Returns an error if the transport cannot build the request.
    pub fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        self.transport.preview(call)
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("decode", &self.decode)
            .finish_non_exhaustive()
    }
}
