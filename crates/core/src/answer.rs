//! What came back for a call: status, headers, bytes, and how it was got.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::{Drift, Error};

/// How the outcome of a call was come by; the same for an answer, for one that is read as it comes, and for an
/// error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempts {
    /// How many requests were sent.
    pub count: u32,
    /// Time from the start of the first attempt to the end of the last, its body included where it was read.
    pub elapsed: Duration,
    /// A wait before the next attempt that would have been too long, so that there was none.
    pub wait: Option<Duration>,
    /// The idempotency key that the requests carried.
    pub idempotency_key: Option<Arc<str>>,
}

impl Attempts {
    /// So many attempts in that time.
    #[must_use]
    pub fn new(count: u32, elapsed: Duration) -> Self {
        Self {
            count,
            elapsed,
            ..Self::default()
        }
    }
}

/// What came back for a call.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The response headers.
    pub headers: HeaderMap,
    /// The body as it came, decompressed; as much of it as arrived.
    pub body: Bytes,
    /// How it was come by, this answer's own attempt included.
    pub attempts: Attempts,
    /// Who wants to know how the body was read.
    pub observer: Option<Arc<dyn Observer>>,
}

/// Is told how the body of an answer was read: a trace of the transport's, for example.
pub trait Observer: Send + Sync {
    /// The places that did not fit, and the error where no value came of it.
    fn decoded(&self, drift: &[Drift], error: Option<&Error>);
}

impl Answer {
    /// An answer to a first attempt.
    #[must_use]
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            attempts: Attempts::new(1, Duration::ZERO),
            ..Self::default()
        }
    }
}

impl Answer {
    /// The id of the request: the service's, else that of the edge before it (`cf-ray`).
    pub(crate) fn request_id(&self) -> Option<&str> {
        ["x-request-id", "cf-ray"]
            .iter()
            .find_map(|name| self.headers.get(*name)?.to_str().ok())
    }
}

impl fmt::Debug for Answer {
    /// Status and sizes only: headers and bodies can hold session data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts.count)
            .field("elapsed", &self.attempts.elapsed)
            .finish()
    }
}
