//! Scripted HTTP responses.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::transfer::BodyTransfer;

/// An HTTP response of the mock server, for [`ScriptedResponse::reply`](crate::ScriptedResponse::reply) and
/// [`MockServer::reply_at`](crate::MockServer::reply_at).
///
/// ```
/// use std::time::Duration;
///
/// use onlyfansapi_mock::{MockReply, RetryAfter};
/// use serde_json::json;
///
/// let invalid = MockReply::json(422, &json!({"message": "The text field is required."}));
/// let limited = MockReply::too_many_requests(RetryAfter::Seconds(1));
/// let late = MockReply::status(200).body("text/plain", "done").delay(Duration::from_millis(50));
/// let unchanged = MockReply::status(304).header("etag", "\"1\"");
/// let broken = MockReply::json(200, &json!({"data": []})).truncated();
/// # let _ = (invalid, limited, late, unchanged, broken);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a reply is only sent once it is passed to `reply` or `reply_at`"]
pub struct MockReply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) delay: Duration,
    pub(crate) transfer: BodyTransfer,
}

/// The `Retry-After` header of a 429 response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// `Retry-After: 2`.
    Seconds(u64),
    /// `Retry-After: Sun, 01 Feb 2026 10:00:00 GMT`.
    Date(SystemTime),
    /// No header. The service does not guarantee to send it.
    Absent,
}

impl MockReply {
    /// Creates a response without a body. An invalid `status` becomes 500.
    pub fn status(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            delay: Duration::ZERO,
            transfer: BodyTransfer::Whole,
        }
    }

    /// Creates a response with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status).body("application/json", body.to_string())
    }

    /// Creates a 429 response with Laravel's message and the given `Retry-After` header.
    pub fn too_many_requests(retry_after: RetryAfter) -> Self {
        let mut reply = Self::json(429, &json!({"message": "Too Many Attempts."}));
        let text = match retry_after {
            RetryAfter::Seconds(seconds) => seconds.to_string(),
            RetryAfter::Date(date) => httpdate::fmt_http_date(date),
            RetryAfter::Absent => return reply,
        };
        if let Ok(value) = HeaderValue::from_str(&text) {
            reply.headers.insert(header::RETRY_AFTER, value);
        }
        reply
    }

    /// Creates a 502 response with an HTML page, like the one a CDN in front of the service would send.
    pub fn bad_gateway() -> Self {
        let page = "<!DOCTYPE html><html><head><title>502 Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>";
        Self::status(502).body("text/html; charset=UTF-8", page)
    }

    /// Sets the body and its content type.
    pub fn body(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = body.into();
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        self
    }

    /// Delays the response.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends only the first half of the body, then closes the connection.
    pub fn truncated(mut self) -> Self {
        self.transfer = BodyTransfer::Truncated;
        self
    }

    /// Sends the body in ten chunks, with `pause` before each.
    pub fn throttled(mut self, pause: Duration) -> Self {
        self.transfer = BodyTransfer::Throttled(pause);
        self
    }
}
