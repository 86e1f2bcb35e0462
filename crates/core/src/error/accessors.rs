//! Accessors of an error.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use super::{
    ApiError, Error, ErrorKind, FailedAttempt, InvalidArgument, UpstreamResponse, retry_after,
};
use crate::response::{Credits, Drift, Envelope, RateLimits};

impl Error {
    /// Returns how far the request got.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Returns the operation's id in the document; `None` if the error does not belong to a call.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// Returns every invalid argument of a request that was never built.
    #[must_use]
    pub fn invalid_arguments(&self) -> &[InvalidArgument] {
        &self.inner.invalid
    }

    /// Returns the status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.response.as_ref().map(|response| response.status)
    }

    /// Returns the headers of the response, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        let response = self.inner.response.as_ref()?;
        Some(&response.headers)
    }

    /// Returns the part of the response body that arrived; at most 1 MiB if the status was not a success.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        let response = self.inner.response.as_ref()?;
        Some(&response.body)
    }

    /// Returns the service's error body, parsed.
    #[must_use]
    pub fn api_error(&self) -> Option<&ApiError> {
        self.inner.api.as_ref()
    }

    /// Returns the service's machine-readable code, for example `VALIDATION_ERROR`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.api_error()?.code.as_deref()
    }

    /// Returns the service's human-readable message.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.api_error()?.message.as_deref()
    }

    /// Returns the service's longer explanation.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.api_error()?.description.as_deref()
    }

    /// Returns the service's messages about one field of the request, for example `text`; empty if there are none.
    #[must_use]
    pub fn field(&self, name: &str) -> &[String] {
        self.api_error()
            .and_then(|api| api.errors.get(name))
            .map_or(&[], Vec::as_slice)
    }

    /// Returns the response from OnlyFans, if the service passes on a refusal by OnlyFans.
    #[must_use]
    pub fn upstream(&self) -> Option<&UpstreamResponse> {
        self.api_error()?.onlyfans_response.as_ref()
    }

    /// Returns how long the service tells the client to wait, counted from now. Source: the `retry-after-ms` header,
    /// otherwise `Retry-After` in seconds or as a date.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?, SystemTime::now())
    }

    /// Returns the wait that prevented a retry, because it was longer than a minute or than the time left for the call.
    /// Repeat the call after this time.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.inner.attempts.wait
    }

    /// Returns the idempotency key that was sent: the caller's, or the one generated for the call. If
    /// [`may_have_been_sent`](Self::may_have_been_sent), repeating the call with this key takes effect once.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.inner.attempts.idempotency_key.as_deref()
    }

    /// Returns the request id that the service, or the CDN in front of it, assigned. Include it when you contact the
    /// vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.response.as_ref()?.request_id()
    }

    /// Returns the rate limits and the number of calls left, if the response includes them. Headers take precedence
    /// over the body.
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.envelope()?.rate_limits.as_ref()
    }

    /// Returns the cost of the call and the balance in credits, if the response includes them. Headers take precedence
    /// over the body.
    #[must_use]
    pub fn credits(&self) -> Option<&Credits> {
        self.envelope()?.credits.as_ref()
    }

    /// Returns every location that did not match its type, if strict decoding failed.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.inner.drift
    }

    /// Returns the number of requests sent for the call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts.count
    }

    /// Returns every attempt of the call, in order: how far its request got, and the status if there was a response. The
    /// error itself has the details of the last one. An attempt whose request was never built is listed, but
    /// [`attempts`](Self::attempts) does not count it.
    #[must_use]
    pub fn failed_attempts(&self) -> &[FailedAttempt] {
        &self.inner.attempts.failed
    }

    /// Returns the time from the start of the first attempt to the failure.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.inner.attempts.elapsed
    }

    fn envelope(&self) -> Option<&Envelope> {
        let response = self.inner.response.as_ref()?;
        let read = || Envelope::read(&response.headers, &response.body);
        Some(self.inner.envelope.get_or_init(read))
    }
}
