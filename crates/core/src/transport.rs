//! The one way out: every call of the generated client and of the facade goes through here.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::{
    Answer, CallOptions, Decode, Error, Fetch, Opened, Opening, Operation, Request, RequestPreview,
    fetch,
};

/// One call on its way to the transport: the request, the operation it belongs to, and the options
/// that the caller gave for this call alone.
#[derive(Debug)]
#[non_exhaustive]
pub struct Call {
    /// The operation.
    pub operation: &'static Operation,
    /// The request.
    pub request: Request,
    /// The options of this call.
    pub options: CallOptions,
}

impl Call {
    /// A call of `operation` by `request`.
    #[must_use]
    pub fn new(operation: &'static Operation, request: Request, options: CallOptions) -> Self {
        Self {
            operation,
            request,
            options,
        }
    }
}

/// Sends calls. The facade implements it, with every policy; tests implement it to see what would
/// be sent.
pub trait Transport: Send + Sync + 'static {
    /// Sends `call` and returns what came back, whatever its status.
    ///
    /// The per-call context travels in both directions by value: options in with the [`Call`];
    /// attempts, status, headers and raw bytes out with the [`Answer`], or the true cause out with
    /// the [`Error`]. Nothing is shared between two calls.
    ///
    /// # Errors
    ///
    /// When there is no answer, or one whose body could not be read to its end. A status of 4xx or
    /// 5xx is an answer.
    fn send(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'static>>;

    /// Sends `call`; the body of the answer is read as it comes. A transport that cannot do so reads it
    /// first, which is what this does.
    ///
    /// # Errors
    ///
    /// As [`Transport::send`].
    fn open(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Opened, Error>> + Send + 'static>> {
        let answer = self.send(call);
        Box::pin(async move { Ok(Opened::read(answer.await?)) })
    }

    /// The request that `call` makes, as it would be sent, with the key left out.
    ///
    /// # Errors
    ///
    /// When the request cannot be made.
    fn preview(&self, call: &Call) -> Result<RequestPreview, Error>;
}

/// The hook of every request: the generated client's inner value, which only forwards.
#[derive(Clone)]
pub struct Hook {
    transport: Arc<dyn Transport>,
    decode: Decode,
}

impl Hook {
    /// A hook on `transport`.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            decode: Decode::default(),
        }
    }

    /// The same hook with another way to decode answers, for calls that do not say their own.
    #[must_use]
    pub fn with_decode(mut self, decode: Decode) -> Self {
        self.decode = decode;
        self
    }

    /// Sends `call`, or fails with the reason why there is none, and decodes the answer.
    pub fn fetch<T: DeserializeOwned + Send + 'static>(
        &self,
        call: Result<Call, Error>,
    ) -> Fetch<T> {
        let mode = call
            .as_ref()
            .ok()
            .and_then(|call| call.options.decode)
            .unwrap_or(self.decode);
        Fetch::start(self.clone(), call, mode)
    }

    /// The request that `call` makes, as it would be sent, with the key left out.
    ///
    /// # Errors
    ///
    /// What keeps the transport from making it.
    pub fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        self.transport.preview(call)
    }

    /// Sends `call`, or fails with the reason why there is none; the answer is read as it comes.
    pub fn open(&self, call: Result<Call, Error>) -> Opening {
        fetch::opening(self.clone(), call)
    }

    pub(crate) fn start(
        &self,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Opened, Error>> + Send + 'static>> {
        Arc::clone(&self.transport).open(call)
    }

    /// Forwards `call` to the transport.
    ///
    /// # Errors
    ///
    /// What the transport returns.
    pub fn send(
        &self,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'static>> {
        Arc::clone(&self.transport).send(call)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}
