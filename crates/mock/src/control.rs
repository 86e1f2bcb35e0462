//! The scripting of the stand-in over HTTP, for programs in other languages: `POST /stand-in/next`,
//! `GET /stand-in/requests`, `POST /stand-in/reset`. They need the key, like everything else.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};

use crate::MockReply;
use crate::reply::Sending;
use crate::script::End;
use crate::server::{Shared, lock};

/// The answer of a call to the stand-in itself; `None` where the path is none of its own.
pub(crate) fn answer(
    shared: &Shared,
    method: &Method,
    path: &str,
    body: &Bytes,
) -> Option<MockReply> {
    let what = path.strip_prefix("/stand-in/")?;
    Some(match (method.as_str(), what) {
        ("POST", "next") => match next(shared, body) {
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
            let message = "The stand-in itself has POST /stand-in/next, POST /stand-in/reset and GET /stand-in/requests.";
            MockReply::json(404, &json!({"message": message}))
        }
    })
}

/// Scripts the next calls of an operation.
fn next(shared: &Shared, body: &Bytes) -> Result<(), String> {
    let asked: Map<String, Value> = serde_json::from_slice(body)
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
    if let Some(name) = asked.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(format!(
            "`{name}` is no field; there are {}",
            known.join(", ")
        ));
    }
    let operation = asked
        .get("operation")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if shared.service.operation(operation).is_none() {
        return Err(format!("the document has no operation `{operation}`"));
    }
    let number = |name: &str| match asked.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_u64()
            .map(Some)
            .ok_or_else(|| format!("`{name}` must be a whole number")),
    };
    let delay = Duration::from_millis(number("delay_ms")?.unwrap_or(0));
    let sending = match (
        asked.get("end").and_then(Value::as_str),
        number("pause_ms")?,
    ) {
        (Some("truncate"), _) => Sending::Half,
        (_, Some(pause)) => Sending::Slowly(Duration::from_millis(pause)),
        _ => Sending::Whole,
    };
    let end = match (
        asked.get("end").map(|end| end.as_str().unwrap_or_default()),
        number("status")?,
    ) {
        (Some("reset_before"), _) => End::ResetBefore,
        (Some("reset_after"), _) => End::ResetAfter,
        (None | Some("truncate"), Some(status)) => {
            let status = u16::try_from(status).map_err(|_| format!("{status} is no status"))?;
            let reply = scripted(status, asked.get("headers"), asked.get("body"))?;
            End::Reply(Box::new(MockReply {
                delay,
                sending,
                ..reply
            }))
        }
        (None | Some("truncate"), None) => End::Own(delay, sending),
        (Some(other), _) => {
            return Err(format!(
                "`{other}` is no end; there are reset_before, reset_after and truncate"
            ));
        }
    };
    let times = usize::try_from(number("times")?.unwrap_or(1)).unwrap_or(usize::MAX);
    lock(&shared.scripts).push(operation, times, end);
    Ok(())
}

fn scripted(
    status: u16,
    headers: Option<&Value>,
    body: Option<&Value>,
) -> Result<MockReply, String> {
    let mut reply = match body {
        None => MockReply::status(status),
        // A text is sent as it is: a page of HTML, or JSON that is none.
        Some(Value::String(text)) => {
            MockReply::status(status).body("text/plain; charset=UTF-8", text.clone())
        }
        Some(body) => MockReply::json(status, body),
    };
    for (name, value) in headers.and_then(Value::as_object).into_iter().flatten() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let value = HeaderValue::from_str(&text)
            .map_err(|_| format!("the header `{name}` has a value that is none"))?;
        let name =
            HeaderName::try_from(name).map_err(|_| format!("`{name}` is no name of a header"))?;
        reply.headers.insert(name, value);
    }
    Ok(reply)
}
