//! The control API for tests in other languages: `POST /mock/next`, `GET /mock/requests` and `POST /mock/reset`.
//!
//! These requests need the API key, too.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};

use crate::MockReply;
use crate::script::ScriptedAction;
use crate::server::{SharedState, lock};
use crate::service::plain_string;
use crate::transfer::BodyTransfer;

/// Handles a control request; returns `None` if the path is not a control path.
pub(crate) fn handle(
    shared: &SharedState,
    method: &Method,
    path: &str,
    body: &Bytes,
) -> Option<MockReply> {
    let action = path.strip_prefix("/mock/")?;
    Some(match (method.as_str(), action) {
        ("POST", "next") => match script_next(shared, body) {
            Ok(()) => MockReply::status(204),
            Err(message) => MockReply::json(422, &json!({"message": message})),
        },
        ("POST", "reset") => {
            shared.reset();
            MockReply::status(204)
        }
        ("GET", "requests") => {
            let journal = lock(&shared.journal);
            let requests: Vec<Value> = journal.iter().map(|request| request.to_json()).collect();
            MockReply::json(200, &json!(requests))
        }
        _ => {
            let message = "Unknown control path; available: POST /mock/next, POST /mock/reset, GET /mock/requests.";
            MockReply::json(404, &json!({"message": message}))
        }
    })
}

/// Scripts the next requests of an operation as described by a JSON body.
fn script_next(shared: &SharedState, body: &Bytes) -> Result<(), String> {
    let fields: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| format!("the body must be a JSON object: {error}"))?;
    let known = [
        "operation",
        "times",
        "status",
        "headers",
        "body",
        "delay_ms",
        "pause_ms",
        "end",
    ];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(format!(
            "unknown field `{name}`; expected one of {}",
            known.join(", ")
        ));
    }
    let operation = fields
        .get("operation")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if shared.service.operation(operation).is_none() {
        return Err(format!("the document has no operation `{operation}`"));
    }
    let number = |name: &str| match fields.get(name) {
        None => Ok(None),
        Some(value) => {
            let number = value.as_u64();
            number
                .map(Some)
                .ok_or_else(|| format!("`{name}` must be a non-negative integer"))
        }
    };
    let present = |names: &[&'static str]| {
        let mut names = names.iter();
        names.find(|name| fields.contains_key(**name)).copied()
    };
    let reject_with = |end: &str| {
        let response_fields = ["status", "headers", "body", "delay_ms", "pause_ms"];
        match present(&response_fields) {
            Some(name) => Err(format!("`{name}` cannot be combined with {end}")),
            None => Ok(()),
        }
    };
    let unknown_end = |end: &str| {
        format!("unknown `end` `{end}`; expected reset_before, reset_after or truncate")
    };
    let delay = Duration::from_millis(number("delay_ms")?.unwrap_or(0));
    let end = match fields.get("end") {
        None => None,
        Some(Value::String(end)) => Some(end.as_str()),
        Some(other) => return Err(unknown_end(&other.to_string())),
    };
    let transfer = match (end, number("pause_ms")?) {
        (Some("truncate"), Some(_)) => {
            return Err("`pause_ms` cannot be combined with truncate".to_owned());
        }
        (Some("truncate"), None) => BodyTransfer::Truncated,
        (_, Some(pause)) => BodyTransfer::Throttled(Duration::from_millis(pause)),
        _ => BodyTransfer::Whole,
    };
    let action = match (end, number("status")?) {
        (Some("reset_before"), _) => {
            reject_with("reset_before")?;
            ScriptedAction::ResetBefore
        }
        (Some("reset_after"), _) => {
            reject_with("reset_after")?;
            ScriptedAction::ResetAfter
        }
        (None | Some("truncate"), Some(status)) => {
            let status = u16::try_from(status)
                .ok()
                .filter(|status| (200..1000).contains(status));
            let status = status.ok_or("`status` must be between 200 and 999")?;
            let reply = reply(status, fields.get("headers"), fields.get("body"))?;
            ScriptedAction::Reply(Box::new(MockReply {
                delay,
                transfer,
                ..reply
            }))
        }
        (None | Some("truncate"), None) => {
            if let Some(name) = present(&["headers", "body"]) {
                return Err(format!("`{name}` requires `status`"));
            }
            ScriptedAction::Execute(delay, transfer)
        }
        (Some(other), _) => return Err(unknown_end(other)),
    };
    let times = usize::try_from(number("times")?.unwrap_or(1)).unwrap_or(usize::MAX);
    if times == 0 {
        return Err("`times` must be at least 1".to_owned());
    }
    lock(&shared.scripts).push(operation, times, action);
    Ok(())
}

fn reply(status: u16, headers: Option<&Value>, body: Option<&Value>) -> Result<MockReply, String> {
    let mut reply = match body {
        None => MockReply::status(status),
        // A string is sent verbatim, which allows HTML and invalid JSON.
        Some(Value::String(text)) => {
            MockReply::status(status).body("text/plain; charset=UTF-8", text.clone())
        }
        Some(body) => MockReply::json(status, body),
    };
    let headers = match headers {
        None => None,
        Some(Value::Object(headers)) => Some(headers),
        Some(_) => return Err("`headers` must be an object that maps names to values".to_owned()),
    };
    for (name, value) in headers.into_iter().flatten() {
        let value = HeaderValue::from_str(&plain_string(value))
            .map_err(|_| format!("invalid value for the `{name}` header"))?;
        let name =
            HeaderName::try_from(name).map_err(|_| format!("invalid header name `{name}`"))?;
        reply.headers.insert(name, value);
    }
    Ok(reply)
}
