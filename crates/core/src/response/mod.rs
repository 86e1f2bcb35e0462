//! Turns the bytes from a transport into a typed reply.

mod blob;
mod decode;
mod envelope;
pub(crate) mod json;
mod location;
mod meta;
mod reply;
mod streaming;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub use blob::Blob;
pub use decode::{Decode, Drift};
pub use envelope::{CacheInfo, Credits, Pagination, RateLimits};
pub(crate) use envelope::{Envelope, is_object};
pub use location::Location;
pub use meta::Meta;
pub use reply::{Reply, decode};
pub use streaming::{Download, StreamingResponse};

use crate::error::{Error, FailedAttempt};

/// How the call reached its outcome. Responses, streamed responses and errors all contain this record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempts {
    /// Number of requests sent.
    pub count: u32,
    /// The attempts that failed, in order.
    pub failed: Vec<FailedAttempt>,
    /// Time from the start of the first attempt to the end of the last, including its body if it was read.
    pub elapsed: Duration,
    /// The wait before the next attempt, if the call was not retried because the wait was too long.
    pub wait: Option<Duration>,
    /// The idempotency key that the requests carried.
    pub idempotency_key: Option<Arc<str>>,
    /// The time limit for decoding the response, which is the remaining part of the call timeout. `None` for no limit.
    pub decode_limit: Option<DecodeLimit>,
}

/// The time that is left to decode a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimit {
    /// The remaining part of the call timeout.
    pub left: Duration,
    /// The call timeout, for errors.
    pub timeout: Duration,
}

impl Attempts {
    /// Creates a record of `count` attempts in `elapsed` time.
    #[must_use]
    pub fn new(count: u32, elapsed: Duration) -> Self {
        Self {
            count,
            elapsed,
            ..Self::default()
        }
    }

    pub(crate) fn first() -> Self {
        Self::new(1, Duration::ZERO)
    }
}

/// The response to a call, with its body fully read.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// The response headers.
    pub headers: HeaderMap,
    /// The decompressed body, or the part of it that arrived.
    pub body: Bytes,
    /// How the call reached this response.
    pub attempts: Attempts,
    /// Notified when the body has been decoded.
    pub observer: Option<Arc<dyn DecodeObserver>>,
}

/// Notified when a response has been decoded, for example to record it in a trace.
pub trait DecodeObserver: Send + Sync {
    /// Receives the locations that did not match the type, and the error if there is no value.
    fn decoded(&self, drift: &[Drift], error: Option<&Error>);
}

impl Response {
    /// Creates a response that took a single attempt.
    #[must_use]
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            attempts: Attempts::first(),
            observer: None,
        }
    }

    /// Returns the service's request id or, if there is none, the CDN's (`cf-ray`).
    pub(crate) fn request_id(&self) -> Option<&str> {
        ["x-request-id", "cf-ray"]
            .iter()
            .find_map(|name| self.headers.get(*name)?.to_str().ok())
    }

    /// Returns the media type without its parameters.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let value = self
            .headers
            .get(http::header::CONTENT_TYPE)?
            .to_str()
            .ok()?;
        value.split(';').next().map(str::trim)
    }
}

impl fmt::Debug for Response {
    /// Shows only status and sizes: headers and bodies can contain session data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts.count)
            .field("elapsed", &self.attempts.elapsed)
            .finish()
    }
}
