//! What came back for a call: status, headers, bytes, and how it was got.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

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
    /// How many requests were sent for the call, this answer's own included.
    pub attempts: u32,
    /// Time from the start of the first attempt to the end of the body.
    pub elapsed: Duration,
}

impl Answer {
    /// An answer to a first attempt.
    #[must_use]
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            attempts: 1,
            elapsed: Duration::ZERO,
        }
    }
}

impl fmt::Debug for Answer {
    /// Status and sizes only: headers and bodies can hold session data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .finish()
    }
}
