//! Whether an outcome may be tried again: the table that keeps a message from being sent twice.
//!
//! A read, or a call that carries an idempotency key, is tried again after everything that may pass. Any
//! other write is tried again only if it provably took no effect: it never left, or was refused before being
//! acted on. Sources: the vendor's pages on retries and idempotency; RFC 9110 for 408, 429 and 503.

use std::time::{Duration, SystemTime};

use onlyfansapi_core::http::{HeaderMap, StatusCode, header};
use onlyfansapi_core::{ApiError, Error, ErrorKind, retry_after};

/// How an attempt ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome<'a> {
    /// With an answer, of which as much of the body as was read.
    Answer(StatusCode, &'a HeaderMap, &'a [u8]),
    /// Without one, or with one that broke off.
    Error(&'a Error),
}

/// What is known of a call before it is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nature {
    /// It may take effect twice without harm.
    pub(crate) is_safe: bool,
    /// It carries an idempotency key that the service honours.
    pub(crate) has_key: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This is the call's outcome.
    Done,
    /// Another attempt may be made, after the wait that the service asks for.
    Again(Option<Duration>),
}

pub(crate) fn of(outcome: Outcome<'_>, nature: Nature, date: &dyn Fn() -> SystemTime) -> Verdict {
    let is_safe = nature.is_safe || nature.has_key;
    match outcome {
        Outcome::Error(error) => {
            let again = match error.kind() {
                ErrorKind::NeverSent => true,
                ErrorKind::MaybeSent => is_safe,
                // Its body broke off; one that is too large or does not fit would do so again.
                ErrorKind::Unreadable => is_safe && std::error::Error::source(error).is_some(),
                _ => false,
            };
            if again {
                Verdict::Again(None)
            } else {
                Verdict::Done
            }
        }
        Outcome::Answer(status, headers, body) => {
            if refused(status, headers, body, nature.has_key, is_safe) {
                Verdict::Again(retry_after(headers, date()))
            } else {
                Verdict::Done
            }
        }
    }
}

/// Whether a refusal may pass, and the call may be made again after it.
fn refused(
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
    let api = ApiError::read(body);
    let api = api.as_ref();
    match api.and_then(|api| api.request_outcome.as_deref()) {
        // A message may have gone out: nobody but a person can say what to do.
        Some("unknown") => return false,
        Some("not_sent") if code != 409 => return true,
        _ => {}
    }
    let is_html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // Where OnlyFans itself refused, its status is the one to go by: it does not find the object later either.
    let upstream = api.and_then(|api| api.onlyfans_response.as_ref()?.status);
    let is_final =
        upstream.is_some_and(|status| matches!(status, 400..=407 | 409..=428 | 430..=499));
    match code {
        429 => true,
        503 if headers.contains_key(header::RETRY_AFTER) => true,
        // The first request with this key is still running.
        409 => has_key && api.and_then(|api| api.code.as_deref()) == Some("IDEMPOTENCY_CONFLICT"),
        408 => is_safe,
        500 | 502 | 503 | 504 => is_safe && !is_final,
        _ => is_safe && is_html,
    }
}

#[cfg(test)]
mod tests {
    use onlyfansapi_core::Answer;
    use onlyfansapi_core::http::HeaderValue;

    use super::*;
    use crate::api::operations::WHOAMI;

    /// For a read, a call with a key, and any other write: `w` where it is tried again, `-` where not.
    fn row(outcome: Outcome<'_>) -> String {
        [(true, false), (false, true), (false, false)]
            .into_iter()
            .map(|(is_safe, has_key)| {
                let verdict = of(outcome, Nature { is_safe, has_key }, &|| {
                    SystemTime::UNIX_EPOCH
                });
                if verdict == Verdict::Done { '-' } else { 'w' }
            })
            .collect()
    }

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> String {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        row(Outcome::Answer(
            StatusCode::from_u16(status).unwrap(),
            &headers,
            body.as_bytes(),
        ))
    }

    #[test]
    fn the_table_of_refusals() {
        let json = &[("content-type", "application/json")][..];
        let html = &[("content-type", "text/html; charset=UTF-8")][..];
        let after = &[("retry-after", "1")][..];
        for (status, headers, body, expected) in [
            // read, key, write
            (429, json, "{}", "www"),
            (503, json, "{}", "ww-"),
            (503, after, "", "www"),
            (500, json, r#"{"message": "Server Error"}"#, "ww-"),
            (502, html, "<html>", "ww-"),
            (504, json, "", "ww-"),
            (408, json, "", "ww-"),
            // The edge's own.
            (520, html, "<html>", "ww-"),
            (524, html, "<html>", "ww-"),
            (501, json, "{}", "---"),
            (505, json, "{}", "---"),
            // Refused for good.
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
            // The first request with the key is still running; any other conflict stays one.
            (409, json, r#"{"error": "IDEMPOTENCY_CONFLICT"}"#, "-w-"),
            (409, json, r#"{"error": "OTHER"}"#, "---"),
            (409, json, "", "---"),
            // What the service says of a message counts more than its status.
            (500, json, r#"{"request_outcome": "not_sent"}"#, "www"),
            (500, json, r#"{"request_outcome": "unknown"}"#, "---"),
            (
                429,
                json,
                r#"{"_meta": {"request_outcome": "unknown"}}"#,
                "---",
            ),
            // OnlyFans' own refusal, passed on with another status.
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
                "ww-",
            ),
            (
                500,
                json,
                r#"{"error": "ONLYFANS_COM_ERROR", "onlyfans_response": {"status": 503, "body": {}}}"#,
                "ww-",
            ),
            // No refusal.
            (200, json, "{}", "---"),
            (304, json, "", "---"),
            (302, after, "", "---"),
        ] {
            assert_eq!(
                answer(status, headers, body),
                expected,
                "{status} {headers:?} {body}"
            );
        }
    }

    #[test]
    fn the_table_of_failures() {
        let broken = || std::io::Error::other("reset");
        let unreadable = || Error::unreadable(&WHOAMI, Answer::default(), "no");
        for (error, expected) in [
            (Error::never_sent(&WHOAMI, "no connection"), "www"),
            (Error::maybe_sent(&WHOAMI, "reset"), "ww-"),
            (Error::maybe_sent(&WHOAMI, "silence").by_timeout(), "ww-"),
            (unreadable().with_source(broken()), "ww-"),
            (unreadable(), "---"),
            (Error::never_built(&WHOAMI, Vec::new()), "---"),
        ] {
            assert_eq!(row(Outcome::Error(&error)), expected, "{error}");
        }
    }

    #[test]
    fn the_wait_is_the_one_that_is_asked_for() {
        let read = Nature {
            is_safe: true,
            has_key: false,
        };
        let asked = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            of(
                Outcome::Answer(StatusCode::TOO_MANY_REQUESTS, &headers, b""),
                read,
                &|| SystemTime::UNIX_EPOCH,
            )
        };
        let seconds = |seconds| Verdict::Again(Some(Duration::from_secs_f64(seconds)));
        assert_eq!(asked("retry-after", "7"), seconds(7.0));
        assert_eq!(
            asked("retry-after", "Thu, 01 Jan 1970 00:00:09 GMT"),
            seconds(9.0)
        );
        assert_eq!(asked("retry-after-ms", "1500"), seconds(1.5));
        assert_eq!(asked("retry-after", "soon"), Verdict::Again(None));
    }
}
