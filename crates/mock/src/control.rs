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
use crate::service::plain;

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
        Some(value) => {
            let number = value.as_u64();
            number
                .map(Some)
                .ok_or_else(|| format!("`{name}` must be a whole number"))
        }
    };
    let has = |name: &str| asked.contains_key(name);
    let refuse = |names: &[&str], with: &str| match names.iter().find(|name| has(name)) {
        Some(name) => Err(format!("`{name}` means nothing {with}")),
        None => Ok(()),
    };
    let delay = Duration::from_millis(number("delay_ms")?.unwrap_or(0));
    let ends = "there are reset_before, reset_after and truncate";
    let end = match asked.get("end") {
        None => None,
        Some(Value::String(end)) => Some(end.as_str()),
        Some(other) => return Err(format!("`{other}` is no end; {ends}")),
    };
    let of_answer = ["status", "headers", "body", "delay_ms", "pause_ms"];
    let sending = match (end, number("pause_ms")?) {
        (Some("truncate"), Some(_)) => {
            return Err("`pause_ms` means nothing with truncate".to_owned());
        }
        (Some("truncate"), None) => Sending::Half,
        (_, Some(pause)) => Sending::Slowly(Duration::from_millis(pause)),
        _ => Sending::Whole,
    };
    let end = match (end, number("status")?) {
        (Some("reset_before"), _) => {
            refuse(&of_answer, "with reset_before")?;
            End::ResetBefore
        }
        (Some("reset_after"), _) => {
            refuse(&of_answer, "with reset_after")?;
            End::ResetAfter
        }
        (None | Some("truncate"), Some(status)) => {
            let status = u16::try_from(status)
                .ok()
                .filter(|status| (200..1000).contains(status));
            let status = status.ok_or("`status` must be one of an answer, from 200 to 999")?;
            let reply = scripted(status, asked.get("headers"), asked.get("body"))?;
            End::Reply(Box::new(MockReply {
                delay,
                sending,
                ..reply
            }))
        }
        (None | Some("truncate"), None) => {
            refuse(&["headers", "body"], "without a status")?;
            End::Own(delay, sending)
        }
        (Some(other), _) => return Err(format!("`{other}` is no end; {ends}")),
    };
    let times = usize::try_from(number("times")?.unwrap_or(1)).unwrap_or(usize::MAX);
    if times == 0 {
        return Err("`times` must be at least 1".to_owned());
    }
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
    let headers = match headers {
        None => None,
        Some(Value::Object(headers)) => Some(headers),
        Some(_) => return Err("`headers` must be an object of names and values".to_owned()),
    };
    for (name, value) in headers.into_iter().flatten() {
        let value = HeaderValue::from_str(&plain(value))
            .map_err(|_| format!("the header `{name}` has a value that is none"))?;
        let name =
            HeaderName::try_from(name).map_err(|_| format!("`{name}` is no name of a header"))?;
        reply.headers.insert(name, value);
    }
    Ok(reply)
}
