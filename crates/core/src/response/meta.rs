//! Everything about a response except its value.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::{CacheInfo, Credits, Drift, Envelope, Pagination, RateLimits, Response};
use crate::{ApiError, FailedAttempt};

/// Everything about a response except its value: HTTP, credits, limits, cache, paging, attempts, drift. Cheap to
/// clone; obtained from [`Reply::meta`](crate::Reply::meta).
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// # fn example(reply: onlyfansapi::Reply<()>) {
/// let meta = reply.meta();
/// if let Some(credits) = meta.credits() {
///     println!("{} credits used, {} left", credits.used, credits.balance);
/// }
/// for drift in meta.drift() {
///     println!("{drift}: {:?}", meta.original(drift));
/// }
/// println!("{} after {} attempts, request {:?}", meta.status(), meta.attempts(), meta.request_id());
/// # }
/// ```
#[derive(Clone)]
pub struct Meta(Arc<Inner>);

struct Inner {
    response: Response,
    has_data: bool,
    drift: Vec<Drift>,
    refusal: Option<ApiError>,
    /// Parsed on demand: few callers need it.
    envelope: OnceLock<Envelope>,
}

impl Meta {
    pub(super) fn new(
        response: Response,
        has_data: bool,
        drift: Vec<Drift>,
        refusal: Option<ApiError>,
    ) -> Self {
        Self(Arc::new(Inner {
            response,
            has_data,
            drift,
            refusal,
            envelope: OnceLock::new(),
        }))
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.response.status
    }

    /// Returns the response headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.response.headers
    }

    /// Returns the response body after decompression, including fields that the type does not have.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.0.response.body
    }

    /// Returns whether the response contains a value. Without a value (status 204, 205 or 304, or `data: null`), structs
    /// and lists are empty.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.0.has_data
    }

    /// Returns whether the service responded with 304 to a conditional request; the response then has no value.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.status() == StatusCode::NOT_MODIFIED
    }

    /// Returns every location in the response that did not match its type; nearly always empty.
    ///
    /// Worth logging: it contains JSON pointers and JSON types but no values.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.0.drift
    }

    /// Returns the JSON value at a location that did not match its type.
    #[must_use]
    pub fn original(&self, drift: &Drift) -> Option<Value> {
        let body: Value = serde_json::from_slice(self.body()).ok()?;
        body.pointer(&drift.pointer).cloned()
    }

    /// Returns the cost of the call and the balance in credits. Headers take precedence over the body.
    #[must_use]
    pub fn credits(&self) -> Option<&Credits> {
        self.envelope().credits.as_ref()
    }

    /// Returns the rate limits and the number of calls left. Headers take precedence over the body.
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.envelope().rate_limits.as_ref()
    }

    /// Returns whether the response came from the service's cache. The header takes precedence over the body.
    #[must_use]
    pub fn cache(&self) -> Option<&CacheInfo> {
        self.envelope().cache.as_ref()
    }

    /// Returns how to request the next page. `None` if the response has no pagination, which does not mean that this is
    /// the last page.
    #[must_use]
    pub fn pagination(&self) -> Option<&Pagination> {
        self.envelope().pagination.as_ref()
    }

    /// Returns the failure that a 2xx response reported, if the call accepted it with
    /// [`CallOptions::accept_refusal`](crate::CallOptions::accept_refusal).
    #[must_use]
    pub fn refusal(&self) -> Option<&ApiError> {
        self.0.refusal.as_ref()
    }

    /// Returns whether this is the stored response to an earlier request with the same idempotency key. The service
    /// then did nothing and charged nothing. Source: the `Idempotent-Replayed` header.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        let value = self.headers().get("idempotent-replayed");
        value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
    }

    /// Returns the idempotency key that was sent: the caller's, or the key that was generated for the call.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.response.attempts.idempotency_key.as_deref()
    }

    /// Returns the request id that the service, or the CDN in front of it, assigned. Include it when you contact the
    /// vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.request_id()
    }

    /// Returns the number of requests sent for the call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.response.attempts.count
    }

    /// Returns the attempts that failed before the one that succeeded, in order.
    #[must_use]
    pub fn failed_attempts(&self) -> &[FailedAttempt] {
        &self.0.response.attempts.failed
    }

    /// Returns the time from the start of the first attempt to the end of the body.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.response.attempts.elapsed
    }

    fn envelope(&self) -> &Envelope {
        let response = &self.0.response;
        let read = || Envelope::read(&response.headers, &response.body);
        self.0.envelope.get_or_init(read)
    }
}

impl fmt::Debug for Meta {
    /// Shows only status, sizes and drift: headers and bodies can contain session data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("response", &self.0.response)
            .field("drift", &self.0.drift)
            .finish_non_exhaustive()
    }
}
