//! Everything about a response except its value.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::{CacheInfo, Credits, Drift, Envelope, Pagination, RateLimits, Response};
use crate::ApiError;

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
    /// Read on request: few callers need it.
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

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.response.status
    }

    /// The response headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.response.headers
    }

    /// The response body as received after decompression, including what the type does not know.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.0.response.body
    }

    /// Whether the response contains a value. Without one, structs and lists are empty.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.0.has_data
    }

    /// Whether the service responded with 304 to a conditional request; there is no value then.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.status() == StatusCode::NOT_MODIFIED
    }

    /// Every location in the response that did not match its type; empty for nearly every response.
    ///
    /// Worth logging: it contains JSON pointers and kinds of values, never values.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.0.drift
    }

    /// The JSON value at a location that did not match its type.
    #[must_use]
    pub fn original(&self, drift: &Drift) -> Option<Value> {
        let body: Value = serde_json::from_slice(self.raw()).ok()?;
        body.pointer(&drift.pointer).cloned()
    }

    /// What the call cost in credits, and what is left. Headers win over the body.
    #[must_use]
    pub fn credits(&self) -> Option<&Credits> {
        self.envelope().credits.as_ref()
    }

    /// How many calls the team may still make. Headers win over the body.
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.envelope().rate_limits.as_ref()
    }

    /// Whether the response came from the service's cache. The header wins over the body.
    #[must_use]
    pub fn cache(&self) -> Option<&CacheInfo> {
        self.envelope().cache.as_ref()
    }

    /// Where the next page is; `None` if the response does not say, which does not mean that this is the last page.
    #[must_use]
    pub fn pagination(&self) -> Option<&Pagination> {
        self.envelope().pagination.as_ref()
    }

    /// What the service reported in a 2xx response that reports failure, if the call accepted it by
    /// [`CallOptions::accept_refusal`](crate::CallOptions::accept_refusal).
    #[must_use]
    pub fn refusal(&self) -> Option<&ApiError> {
        self.0.refusal.as_ref()
    }

    /// Whether this is the stored response to an earlier request with the same idempotency key. The service then did
    /// nothing and charged nothing. Source: the `Idempotent-Replayed` header.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        let value = self.headers().get("idempotent-replayed");
        value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
    }

    /// The idempotency key that the request carried: the caller's, or one that was generated for the call.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.response.attempts.idempotency_key.as_deref()
    }

    /// The id that the service, or the CDN in front of it, gave the request. Quote it to the vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.request_id()
    }

    /// Number of requests sent for the call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.response.attempts.count
    }

    /// Time from the start of the first attempt to the end of the body.
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
    /// Shows status, sizes and drift only: headers and bodies can contain session data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("response", &self.0.response)
            .field("drift", &self.0.drift)
            .finish_non_exhaustive()
    }
}
