//! What an error knows.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use super::{ApiError, Error, ErrorKind, InvalidArgument, UpstreamResponse, retry_after};
use crate::response::{Credits, Drift, Envelope, RateLimits};

impl Error {
    /// How far the request got.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The operation's id in the document; `None` if the error does not belong to a call.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// Every invalid argument of a request that was never built.
    #[must_use]
    pub fn invalid_arguments(&self) -> &[InvalidArgument] {
        &self.inner.invalid
    }

    /// The status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.response.as_ref().map(|response| response.status)
    }

    /// The headers of the response, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        let response = self.inner.response.as_ref()?;
        Some(&response.headers)
    }

    /// The body of the response, as much of it as arrived; at most 1 MiB if the status was not a success.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        let response = self.inner.response.as_ref()?;
        Some(&response.body)
    }

    /// The parsed error body of the service.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        self.inner.api.as_ref()
    }

    /// The service's machine-readable code, for example `VALIDATION_ERROR`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.api()?.code.as_deref()
    }

    /// The service's human-readable message.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.api()?.message.as_deref()
    }

    /// The service's longer explanation.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.api()?.description.as_deref()
    }

    /// The service's messages about one field of the request, for example `text`; empty if there are none.
    #[must_use]
    pub fn field(&self, name: &str) -> &[String] {
        self.api()
            .and_then(|api| api.errors.get(name))
            .map_or(&[], Vec::as_slice)
    }

    /// The response of OnlyFans, if the service passes on its refusal.
    #[must_use]
    pub fn upstream(&self) -> Option<&UpstreamResponse> {
        self.api()?.onlyfans_response.as_ref()
    }

    /// How long the service asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date, counted from now.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?, SystemTime::now())
    }

    /// The wait that kept the call from being retried, because it was longer than what was left of the call's time, or
    /// than a minute. Call again after it.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.inner.attempts.wait
    }

    /// The idempotency key that the request carried: the caller's, or one that was generated for the call. If
    /// [`may_have_been_sent`](Self::may_have_been_sent), repeating the call with this key takes effect once.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.inner.attempts.idempotency_key.as_deref()
    }

    /// The id that the service, or the CDN in front of it, gave the request. Quote it to the vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.response.as_ref()?.request_id()
    }

    /// How many calls the team may still make, if the response says so. Headers win over the body.
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.envelope()?.rate_limits.as_ref()
    }

    /// What the call cost in credits, if the response says so. Headers win over the body.
    #[must_use]
    pub fn credits(&self) -> Option<&Credits> {
        self.envelope()?.credits.as_ref()
    }

    /// Every location that did not match its type, if strict decoding failed.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.inner.drift
    }

    /// Number of requests sent for the call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts.count
    }

    /// Time from the start of the first attempt to the failure.
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
