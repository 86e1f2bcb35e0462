//! How long a response tells the client to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// Returns how long the headers tell the client to wait, counted from `now`: `retry-after-ms`, or `Retry-After` in
/// seconds or as a date. Returns `None` if neither header is present or can be parsed.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use onlyfansapi_core::http::{HeaderMap, HeaderValue};
/// use onlyfansapi_core::transport::retry_after;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("2"));
/// assert_eq!(retry_after(&headers, SystemTime::now()), Some(Duration::from_secs(2)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|number| number.is_finite() && *number >= 0.0)
    };
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let after = text("retry-after")?;
    match number(after) {
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        // A date in the past means no wait.
        None => httpdate::parse_http_date(after)
            .ok()
            .map(|date| date.duration_since(now).unwrap_or_default()),
    }
}
