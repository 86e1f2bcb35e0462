//! One row for each documented error body and for each undocumented body that a CDN sends.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::builder::MAX_REFUSAL;
use super::*;
use crate::{Operation, RefusalMarker, ResponseShape};

static OPERATION: Operation = Operation {
    id: "sendMessage",
    method: Method::POST,
    path: "/x",
    tag: "",
    parameters: &[],
    body: crate::BodyFormat::Json("application/json"),
    empty_body: crate::EmptyBody::Object,
    accept: "application/json",
    shape: ResponseShape::Envelope,
    refusal: RefusalMarker::DEFAULT,
};

fn refused(status: u16, headers: &[(&'static str, &'static str)], body: impl Into<Bytes>) -> Error {
    let headers = headers
        .iter()
        .map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect();
    let status = StatusCode::from_u16(status).unwrap();
    ErrorBuilder::refused(&OPERATION, Response::new(status, headers, body.into())).build()
}

/// Status, body, code, message, description, field messages, upstream status.
type Row = (
    u16,
    Value,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    &'static [(&'static str, &'static str)],
    Option<u16>,
);

#[test]
fn parses_the_ten_documented_bodies() {
    let wrapped = json!({"error": "ONLYFANS_COM_ERROR", "message": "Refused.", "description": "OnlyFans said no.",
        "onlyfans_response": {"status": 400, "body": {"error": {"code": 5, "message": "m"}, "errors": {"name": ["taken"]}}}});
    let rows: [Row; 10] = [
        (
            400,
            json!({"message": "Cannot start.", "reason": "in progress"}),
            None,
            Some("Cannot start."),
            Some("in progress"),
            &[],
            None,
        ),
        (
            400,
            wrapped,
            Some("ONLYFANS_COM_ERROR"),
            Some("Refused."),
            Some("OnlyFans said no."),
            &[],
            Some(400),
        ),
        (
            401,
            json!({"error": "Unauthorized. Go to https://app.onlyfansapi.com/api-keys to get your API key."}),
            None,
            Some("Unauthorized. Go to https://app.onlyfansapi.com/api-keys to get your API key."),
            None,
            &[],
            None,
        ),
        (
            402,
            json!({"message": "Not enough credits."}),
            None,
            Some("Not enough credits."),
            None,
            &[],
            None,
        ),
        (
            404,
            json!({"error": "ONLYFANS_COM_ERROR", "message": "Not found"}),
            Some("ONLYFANS_COM_ERROR"),
            Some("Not found"),
            None,
            &[],
            None,
        ),
        (
            409,
            json!({"error": "IDEMPOTENCY_CONFLICT", "message": "In progress.", "description": "d"}),
            Some("IDEMPOTENCY_CONFLICT"),
            Some("In progress."),
            Some("d"),
            &[],
            None,
        ),
        (
            422,
            json!({"error": "VALIDATION_ERROR", "message": "The text field is required.", "description": "d", "errors": {"text": ["The text field is required."]}, "_meta": {"_credits": {"used": 0, "balance": 7}}}),
            Some("VALIDATION_ERROR"),
            Some("The text field is required."),
            Some("d"),
            &[("text", "The text field is required.")],
            None,
        ),
        (
            422,
            json!({"message": "The media is not protected."}),
            None,
            Some("The media is not protected."),
            None,
            &[],
            None,
        ),
        (
            500,
            json!({"error": "ONLYFANS_COM_ERROR", "message": "m", "description": "d", "onlyfans_response": {"status": 502, "body": null}, "_meta": {}}),
            Some("ONLYFANS_COM_ERROR"),
            Some("m"),
            Some("d"),
            &[],
            Some(502),
        ),
        (
            500,
            json!({"message": "Server Error"}),
            None,
            Some("Server Error"),
            None,
            &[],
            None,
        ),
    ];
    for (status, body, code, message, description, fields, upstream) in rows {
        let error = refused(status, &[], body.to_string());
        assert_eq!(
            (error.code(), error.message(), error.description()),
            (code, message, description),
            "{body}"
        );
        for (field, text) in fields {
            assert_eq!(error.field(field), [*text], "{body}");
        }
        assert_eq!(
            error.api_error().unwrap().errors.len(),
            fields.len(),
            "{body}"
        );
        assert_eq!(error.upstream().and_then(|u| u.status), upstream, "{body}");
        assert_eq!(
            error.is_upstream(),
            code == Some("ONLYFANS_COM_ERROR"),
            "{body}"
        );
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.body().unwrap(), body.to_string().as_bytes());
        assert!(
            error.to_string().starts_with("sendMessage: refused with ")
                && error.to_string().contains(message.unwrap()),
            "{error}"
        );
    }
    let other = refused(
        404,
        &[],
        json!({"error": {"code": "account_not_found", "message": "m"}}).to_string(),
    );
    assert_eq!(
        (other.code(), other.message()),
        (Some("account_not_found"), Some("m"))
    );
    let other = refused(
        422,
        &[],
        json!({"message": "m", "errors": {"a.0": "one message"}}).to_string(),
    );
    assert_eq!(other.field("a.0"), ["one message"]);
    assert!(other.field("absent").is_empty());
}

#[test]
fn keeps_and_describes_bodies_that_are_not_error_bodies() {
    for (headers, body, expected) in [
        (
            &[("content-type", "text/html; charset=UTF-8")][..],
            b"<html>502</html>".as_slice(),
            "an HTML page",
        ),
        (&[], b"", "without a body"),
        (
            &[("content-type", "application/json")],
            b"{\"message\": \"cut o",
            "a body that is not a JSON object",
        ),
        (
            &[],
            b"\xff\xfe not text",
            "a body that is not a JSON object",
        ),
        (&[], b"[]", "a body that is not a JSON object"),
        (&[], b"null", "a body that is not a JSON object"),
    ] {
        let error = refused(502, headers, body);
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!((error.body().unwrap(), error.api_error()), (body, None));
        assert!(error.is_server_error() && !error.is_upstream());
    }
}

#[test]
fn bounds_the_body_of_a_refusal() {
    let error = refused(500, &[], vec![b'x'; MAX_REFUSAL + 10]);
    assert_eq!(error.body().unwrap().len(), MAX_REFUSAL);
}

#[test]
fn returns_wait_and_rate_limits_of_a_429() {
    let seconds = |seconds: f64| Some(Duration::from_secs_f64(seconds));
    let error = refused(
        429,
        &[("retry-after", "3"), ("x-rate-limit-remaining-minute", "0")],
        "",
    );
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), seconds(3.0));
    assert_eq!(error.rate_limits().unwrap().remaining_minute, Some(0));
}

#[test]
fn matches_each_predicate_with_its_status() {
    type Predicate = fn(&Error) -> bool;
    let predicates: [(u16, Predicate); 9] = [
        (401, Error::is_unauthorized),
        (402, Error::is_out_of_credits),
        (403, Error::is_forbidden),
        (404, Error::is_not_found),
        (409, Error::is_conflict),
        (422, Error::is_validation),
        (429, Error::is_rate_limited),
        (500, Error::is_server_error),
        (599, Error::is_server_error),
    ];
    for (status, _) in predicates {
        let error = refused(status, &[], "");
        for (own, predicate) in predicates {
            assert_eq!(
                predicate(&error),
                own == status || own >= 500 && status >= 500,
                "{status} {own}"
            );
        }
        assert!(error.may_have_been_sent() && !error.is_timeout() && !error.is_unreadable());
    }
    let never = ErrorBuilder::never_sent(&OPERATION, "m").timeout().build();
    assert!(never.is_never_sent() && never.is_timeout() && !never.may_have_been_sent());
    assert!(ErrorBuilder::configuration("m").build().is_never_built());
    assert!(
        ErrorBuilder::maybe_sent(&OPERATION, "m")
            .build()
            .may_have_been_sent()
    );
}
