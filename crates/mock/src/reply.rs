//! An answer that a test scripts.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// An answer of the stand-in.
#[derive(Clone, Debug)]
#[must_use = "an answer is given by what it is handed to"]
pub struct MockReply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) delay: Duration,
    pub(crate) sending: Sending,
}

/// How the body of an answer is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sending {
    #[default]
    Whole,
    /// The first half of it; then the connection is cut.
    Half,
    /// In ten pieces, with this time before each.
    Slowly(Duration),
}

/// When a refused call may be made again, as the service may say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// `Retry-After: 2`.
    Seconds(u64),
    /// `Retry-After: Sun, 01 Feb 2026 10:00:00 GMT`.
    Date(SystemTime),
    /// No such header: the service does not promise one.
    Absent,
}

impl MockReply {
    /// An answer with `status` and no body; 500 where `status` is no HTTP status.
    ///
    /// ```
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let gone = MockReply::status(404);
    /// # let _ = gone;
    /// ```
    pub fn status(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            delay: Duration::ZERO,
            sending: Sending::Whole,
        }
    }

    /// An answer with a JSON body.
    ///
    /// ```
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let full = MockReply::json(422, &serde_json::json!({"message": "The text field is required."}));
    /// # let _ = full;
    /// ```
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status).body("application/json", body.to_string())
    }

    /// 429, the sentence of an exceeded limit, and when to come again.
    ///
    /// ```
    /// use onlyfansapi_mock::{MockReply, RetryAfter};
    ///
    /// let wait = MockReply::too_many_requests(RetryAfter::Seconds(1));
    /// # let _ = wait;
    /// ```
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

    /// 502 with a page of HTML, as the edge before the service sends one.
    ///
    /// ```
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let edge = MockReply::bad_gateway();
    /// # let _ = edge;
    /// ```
    pub fn bad_gateway() -> Self {
        let page = "<!DOCTYPE html><html><head><title>502 Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>";
        Self::status(502).body("text/html; charset=UTF-8", page)
    }

    /// The same answer with this body.
    ///
    /// ```
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let text = MockReply::status(200).body("text/plain", "done");
    /// # let _ = text;
    /// ```
    pub fn body(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = body.into();
        self
    }

    /// The same answer with one more header.
    ///
    /// ```
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let tagged = MockReply::status(304).header("etag", "\"1\"");
    /// # let _ = tagged;
    /// ```
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        self
    }

    /// The same answer after a delay.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let late = MockReply::status(200).delay(Duration::from_millis(50));
    /// # let _ = late;
    /// ```
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same answer, of whose body only the first half is sent before the connection is cut.
    ///
    /// ```
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let half = MockReply::status(200).body("application/json", "{\"data\": {}}").truncated();
    /// # let _ = half;
    /// ```
    pub fn truncated(mut self) -> Self {
        self.sending = Sending::Half;
        self
    }

    /// The same answer, its body in ten pieces with `pause` before each.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use onlyfansapi_mock::MockReply;
    ///
    /// let slow = MockReply::json(200, &serde_json::json!({"data": []})).slowly(Duration::from_millis(5));
    /// # let _ = slow;
    /// ```
    pub fn slowly(mut self, pause: Duration) -> Self {
        self.sending = Sending::Slowly(pause);
        self
    }
}
