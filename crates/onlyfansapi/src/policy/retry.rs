//! Whether the result of an attempt may be retried: the table that keeps a message from being sent twice.
//!
//! A read, or a call with an idempotency key, is retried after any transient failure. Any other write is retried only
//! if it provably had no effect: it was never sent, or it was refused before it was processed (429, or a body that says
//! so). Sources: the vendor's pages on retries and idempotency; RFC 9110 for 408 and 503.

use std::time::{Duration, SystemTime};

use onlyfansapi_core::http::{HeaderMap, StatusCode, header};
use onlyfansapi_core::transport::{api_error, retry_after};
use onlyfansapi_core::{Error, ErrorKind};

/// The result of an attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AttemptResult<'a> {
    /// A response, with as much of its body as was read.
    Response(StatusCode, &'a HeaderMap, &'a [u8]),
    /// No response, or an incomplete response.
    Error(&'a Error),
}

/// What makes a call safe to retry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetrySafety {
    /// Repeating it is harmless: it is a read, or the caller declared it idempotent.
    pub(crate) is_idempotent: bool,
    /// It has an idempotency key that the service honors.
    pub(crate) has_key: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Return the result to the caller.
    Return,
    /// Retry after the wait that the service requests; `None` if it does not request a wait.
    Retry(Option<Duration>),
}

/// Decides what to do after an attempt.
pub(crate) fn decide(
    result: AttemptResult<'_>,
    safety: RetrySafety,
    date: &dyn Fn() -> SystemTime,
) -> Decision {
    let is_safe = safety.is_idempotent || safety.has_key;
    match result {
        AttemptResult::Error(error) => {
            let is_retried = match error.kind() {
                ErrorKind::NeverSent => true,
                ErrorKind::MaybeSent => is_safe,
                // The body is incomplete. A body that is too large or does not match its type would fail again.
                ErrorKind::Unreadable => is_safe && std::error::Error::source(error).is_some(),
                _ => false,
            };
            if is_retried {
                Decision::Retry(None)
            } else {
                Decision::Return
            }
        }
        AttemptResult::Response(status, headers, body) => {
            if is_transient(status, headers, body, safety.has_key, is_safe) {
                Decision::Retry(retry_after(headers, date()))
            } else {
                Decision::Return
            }
        }
    }
}

/// Returns whether a refusal proves that the service did not process the request: a 429, a body that says so, or another
/// 4xx. 408 and 409 prove nothing: the first request may have been processed, or still be running.
pub(crate) fn is_without_effect(status: StatusCode, body: &[u8]) -> bool {
    let api = api_error(body);
    match api.and_then(|api| api.request_outcome).as_deref() {
        Some("unknown") => false,
        Some("not_sent") => true,
        _ => status.is_client_error() && !matches!(status.as_u16(), 408 | 409),
    }
}

/// Returns whether a refusal is transient, so that the call may be retried.
fn is_transient(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    has_key: bool,
    is_safe: bool,
) -> bool {
    let code = status.as_u16();
    if !matches!(code, 408 | 409 | 429 | 500..=599) {
        return false;
    }
    let api = api_error(body);
    let api = api.as_ref();
    match api.and_then(|api| api.request_outcome.as_deref()) {
        // The message may have been delivered: only a human can decide what to do.
        Some("unknown") => return false,
        Some("not_sent") if code != 409 => return true,
        _ => {}
    }
    let is_html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // If OnlyFans itself refused, use its status: a retry would not find a missing object either.
    let upstream = api.and_then(|api| api.onlyfans_response.as_ref()?.status);
    let is_final =
        upstream.is_some_and(|status| matches!(status, 400..=407 | 409..=428 | 430..=499));
    match code {
        429 => true,
        // The first request with this key is still running.
        409 => has_key && api.and_then(|api| api.code.as_deref()) == Some("IDEMPOTENCY_CONFLICT"),
        408 => is_safe,
        500 | 502 | 503 | 504 => is_safe && !is_final,
        _ => is_safe && is_html,
    }
}

#[cfg(test)]
mod tests {
    use onlyfansapi_core::http::HeaderValue;
    use onlyfansapi_core::transport::{ErrorBuilder, Response};

    use super::*;
    use crate::api::operations::WHOAMI;

    /// Returns `r` if the call is retried and `-` if not, for a read, a call with a key, and any other write.
    fn row(result: AttemptResult<'_>) -> String {
        [(true, false), (false, true), (false, false)]
            .into_iter()
            .map(|(is_idempotent, has_key)| {
                let verdict = decide(
                    result,
                    RetrySafety {
                        is_idempotent,
                        has_key,
                    },
                    &|| SystemTime::UNIX_EPOCH,
                );
                if verdict == Decision::Return {
                    '-'
                } else {
                    'r'
                }
            })
            .collect()
    }

    fn response(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> String {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        row(AttemptResult::Response(
            StatusCode::from_u16(status).unwrap(),
            &headers,
            body.as_bytes(),
        ))
    }

    #[test]
    fn decides_on_responses() {
        let json = &[("content-type", "application/json")][..];
        let html = &[("content-type", "text/html; charset=UTF-8")][..];
        let after = &[("retry-after", "1")][..];
        for (status, headers, body, expected) in [
            // read, key, write
            (429, json, "{}", "rrr"),
            (503, json, "{}", "rr-"),
            // No proof that the write had no effect.
            (503, after, "", "rr-"),
            (500, json, r#"{"message": "Server Error"}"#, "rr-"),
            (502, html, "<html>", "rr-"),
            (504, json, "", "rr-"),
            (408, json, "", "rr-"),
            // From the CDN.
            (520, html, "<html>", "rr-"),
            (524, html, "<html>", "rr-"),
            (501, json, "{}", "---"),
            (505, json, "{}", "---"),
            // Permanent refusals.
            (400, json, r#"{"error": "IDEMPOTENCY_KEY_INVALID"}"#, "---"),
            (401, json, "{}", "---"),
            (403, html, "<html>", "---"),
            (404, json, "{}", "---"),
            (422, json, r#"{"error": "IDEMPOTENCY_KEY_MISMATCH"}"#, "---"),
            (
                422,
                json,
                r#"{"error": "VALIDATION_ERROR", "request_outcome": "not_sent"}"#,
                "---",
            ),
            // The first request with the key is still running; any other conflict is permanent.
            (409, json, r#"{"error": "IDEMPOTENCY_CONFLICT"}"#, "-r-"),
            (409, json, r#"{"error": "OTHER"}"#, "---"),
            (409, json, "", "---"),
            // What the service reports about a message takes precedence over the status.
            (500, json, r#"{"request_outcome": "not_sent"}"#, "rrr"),
            (500, json, r#"{"request_outcome": "unknown"}"#, "---"),
            (
                429,
                json,
                r#"{"_meta": {"request_outcome": "unknown"}}"#,
                "---",
            ),
            // A refusal by OnlyFans, passed on with another status.
            (
                500,
                json,
                r#"{"error": "ONLYFANS_COM_ERROR", "onlyfans_response": {"status": 404, "body": {}}}"#,
                "---",
            ),
            (
                500,
                json,
                r#"{"error": "ONLYFANS_COM_ERROR", "onlyfans_response": {"status": 429, "body": {}}}"#,
                "rr-",
            ),
            (
                500,
                json,
                r#"{"error": "ONLYFANS_COM_ERROR", "onlyfans_response": {"status": 503, "body": {}}}"#,
                "rr-",
            ),
            // Not a refusal.
            (200, json, "{}", "---"),
            (304, json, "", "---"),
            (302, after, "", "---"),
        ] {
            assert_eq!(
                response(status, headers, body),
                expected,
                "{status} {headers:?} {body}"
            );
        }
    }

    #[test]
    fn decides_on_failures() {
        let broken = || std::io::Error::other("reset");
        let unreadable = || ErrorBuilder::unreadable(&WHOAMI, Response::default(), "no");
        for (error, expected) in [
            (ErrorBuilder::never_sent(&WHOAMI, "no connection"), "rrr"),
            (ErrorBuilder::maybe_sent(&WHOAMI, "reset"), "rr-"),
            (
                ErrorBuilder::maybe_sent(&WHOAMI, "silence").timeout(),
                "rr-",
            ),
            (unreadable().source(broken()), "rr-"),
            (unreadable(), "---"),
            (ErrorBuilder::invalid_arguments(&WHOAMI, Vec::new()), "---"),
        ] {
            let error = error.build();
            assert_eq!(row(AttemptResult::Error(&error)), expected, "{error}");
        }
    }

    #[test]
    fn returns_the_wait_that_the_service_requests() {
        let read = RetrySafety {
            is_idempotent: true,
            has_key: false,
        };
        let asked = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            decide(
                AttemptResult::Response(StatusCode::TOO_MANY_REQUESTS, &headers, b""),
                read,
                &|| SystemTime::UNIX_EPOCH,
            )
        };
        let seconds = |seconds| Decision::Retry(Some(Duration::from_secs_f64(seconds)));
        assert_eq!(asked("retry-after", "7"), seconds(7.0));
        assert_eq!(
            asked("retry-after", "Thu, 01 Jan 1970 00:00:09 GMT"),
            seconds(9.0)
        );
        assert_eq!(asked("retry-after-ms", "1500"), seconds(1.5));
        assert_eq!(asked("retry-after", "soon"), Decision::Retry(None));
    }
}
