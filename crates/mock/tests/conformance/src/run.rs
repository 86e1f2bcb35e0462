//! Makes the calls of a driver and looks at what went over the wire and came back.

use std::fs::File;
use std::future::Future;
use std::io::{self, Write as _};
use std::pin::Pin;

use onlyfansapi::Client;
use onlyfansapi_core::{Fetch, Reply};
use onlyfansapi_mock::{MockServer, Recorded, Variation};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[allow(dead_code, reason = "each program uses a part of it")]
#[path = "../../../../codegen/tests/support/examples.rs"]
mod examples;

/// The calls of one operation.
pub(crate) struct Case<C: 'static> {
    pub(crate) operation: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) required: fn(&C) -> Calling,
    pub(crate) all: fn(&C) -> Calling,
    /// What either must send, from the document: path, pairs of the query, body, as JSON.
    pub(crate) must_send: [&'static str; 2],
}

/// A call that is being made.
pub(crate) type Calling = Pin<Box<dyn Future<Output = Came> + Send>>;

/// What came of a call.
#[derive(Default)]
pub(crate) struct Came {
    /// There was no reply.
    error: Option<String>,
    /// What is wrong with the reply, a line each.
    misses: Vec<String>,
}

/// Runs the cases of one of the wrong clients.
pub(crate) type Runner =
    for<'a> fn(&'a MockServer, &'a Client) -> Pin<Box<dyn Future<Output = Vec<String>> + 'a>>;

/// What became of the calls of one operation.
pub(crate) struct Ran {
    pub(crate) operation: &'static str,
    /// How many forms the answer has; each was asked for.
    pub(crate) forms: usize,
    pub(crate) required: Vec<String>,
    pub(crate) all: Vec<String>,
}

/// A value of the document as an argument of a setter.
pub(crate) fn given<T: DeserializeOwned>(json: &str) -> T {
    match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => panic!(
            "{json} of the document is no {}: {error}",
            std::any::type_name::<T>()
        ),
    }
}

/// Makes a call and looks at its reply.
pub(crate) fn calling<T>(shape: &'static str, fetch: Fetch<T>) -> Calling
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Box::pin(async move {
        let reply = match fetch.await {
            Ok(reply) => reply,
            Err(error) => {
                return Came {
                    error: Some(error.to_string()),
                    ..Came::default()
                };
            }
        };
        Came {
            error: None,
            misses: looked_at(shape, &reply),
        }
    })
}

/// What is wrong with a reply.
fn looked_at<T: Serialize>(shape: &str, reply: &Reply<T>) -> Vec<String> {
    let mut misses: Vec<_> = reply
        .drift()
        .iter()
        .map(|drift| format!("drift: {drift}"))
        .collect();
    if matches!(shape, "envelope" | "whole") {
        let sent: Value = match serde_json::from_slice(reply.raw()) {
            Ok(sent) => sent,
            // A 204 is an empty success of any operation.
            Err(_) if reply.status() == 204 => return misses,
            Err(error) => return vec![format!("the answer is no JSON: {error}")],
        };
        misses.extend(around(reply, &sent));
        let sent = if shape == "envelope" {
            &sent["data"]
        } else {
            &sent
        };
        match serde_json::to_value(&**reply) {
            Ok(again) => misses
                .extend(examples::difference(sent, &again, "").map(|at| format!("lost: {at}"))),
            Err(error) => misses.push(format!("not encoded again: {error}")),
        }
    }
    misses
}

/// What the envelope says otherwise than the reply.
fn around<T>(reply: &Reply<T>, sent: &Value) -> Vec<String> {
    let credits = reply
        .credits()
        .map(|credits| (credits.used, credits.balance));
    let limit = reply.rate_limits().map(|limits| limits.remaining_minute);
    let next = reply
        .pagination()
        .map(|pages| (pages.next_page.clone(), pages.next_cursor.clone()));
    let (meta, pages) = (&sent["_meta"], &sent["_pagination"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut misses = Vec::new();
    if let Some(used) = meta["_credits"]["used"].as_i64()
        && credits
            != Some((
                used,
                meta["_credits"]["balance"].as_i64().unwrap_or_default(),
            ))
    {
        misses.push(format!("credits: {credits:?}, not {meta}"));
    }
    if let Some(remaining) = meta["_rate_limits"]["remaining_minute"].as_i64()
        && limit != Some(Some(remaining))
    {
        misses.push(format!("rate limits: {limit:?}, not {meta}"));
    }
    let page = text(&pages["next_page"]).or_else(|| text(&pages["next_page_url"]));
    let documented = (page, text(&pages["next_cursor"]));
    if pages.is_object() && next != Some(documented) {
        misses.push(format!("pagination: {next:?}, not {pages}"));
    }
    misses
}

/// Makes every call of a driver.
pub(crate) async fn all<C>(
    server: &MockServer,
    api: &C,
    cases: &'static [Case<C>],
    mut requests: Option<&mut File>,
) -> io::Result<Vec<Ran>> {
    let mut ran = Vec::new();
    for case in cases {
        let forms = server.forms(case.operation);
        let mut of_case = Ran {
            operation: case.operation,
            forms,
            required: Vec::new(),
            all: Vec::new(),
        };
        for form in 0..forms {
            for (call, is_all) in [(case.required, false), (case.all, true)] {
                server.reset();
                server.answer_in_form(case.operation, form);
                let misses = if is_all {
                    &mut of_case.all
                } else {
                    &mut of_case.required
                };
                misses.extend(outcome(server, case, call(api), is_all).await);
                if let Some(file) = requests.as_mut()
                    && form == 0
                {
                    for request in server.requests() {
                        writeln!(file, "{}", request.to_json())?;
                    }
                }
            }
        }
        ran.push(of_case);
    }
    Ok(ran)
}

/// Makes every call again with answers that depart from the complete one: whatever they lack, there must be a reply.
/// Returns the errors, and how many answers there were.
pub(crate) async fn departing<C>(
    server: &MockServer,
    api: &C,
    cases: &'static [Case<C>],
) -> (Vec<String>, usize) {
    let (mut errors, mut answers) = (Vec::new(), 0);
    for case in cases {
        for (variation, name) in Variation::ALL {
            server.reset();
            server.vary(case.operation, Some(variation));
            let came = (case.required)(api).await;
            errors.extend(
                came.error
                    .map(|error| format!("{}, {name}: {error}", case.operation)),
            );
            answers += 1;
        }
    }
    (errors, answers)
}

/// Everything that is wrong with a driver's calls, a line each.
pub(crate) async fn misses<C: Send + Sync + 'static>(
    server: &MockServer,
    api: C,
    cases: &'static [Case<C>],
    lost: &[&str],
) -> Vec<String> {
    let mut misses: Vec<_> = lost.iter().map(|&lost| lost.to_owned()).collect();
    for case in cases {
        for (call, is_all) in [(case.required, false), (case.all, true)] {
            server.reset();
            misses.extend(outcome(server, case, call(&api), is_all).await);
        }
    }
    misses
}

/// What is wrong with one call: its reply, and the request as it arrived.
async fn outcome<C>(
    server: &MockServer,
    case: &Case<C>,
    call: Calling,
    is_all: bool,
) -> Vec<String> {
    let came = call.await;
    let mut misses: Vec<_> = came.error.into_iter().chain(came.misses).collect();
    let requests = server.requests();
    let [request] = &requests[..] else {
        misses.push(format!("{} requests came, not one", requests.len()));
        return misses;
    };
    if request.operation != case.operation {
        misses.push(format!(
            "it went to `{}`: {} {}",
            request.operation, request.method, request.path
        ));
    }
    if !(200..400).contains(&request.status) {
        misses.push(format!("refused with status {}", request.status));
    }
    misses.extend(request.findings.iter().cloned());
    let must_send = case.must_send[usize::from(is_all)];
    misses.extend(difference(must_send, request));
    if is_all {
        misses.extend(
            server
                .unsent(request)
                .into_iter()
                .map(|what| format!("not sent: {what}")),
        );
    }
    misses
}

/// Where a request is another than it must be.
fn difference(must_send: &str, request: &Recorded) -> Vec<String> {
    let expected: Value = match serde_json::from_str(must_send) {
        Ok(expected) => expected,
        Err(error) => return vec![format!("what must be sent is no JSON: {error}")],
    };
    let mut misses = Vec::new();
    let path = percent_decode_str(&request.path).decode_utf8_lossy();
    if expected["path"] != *path {
        misses.push(format!("the path is {path}, not {}", expected["path"]));
    }
    let pairs = request.query_pairs();
    let mut sent: Vec<Value> = pairs
        .into_iter()
        .map(|(name, value)| json!([name, value]))
        .collect();
    let mut wanted = expected["query"].as_array().cloned().unwrap_or_default();
    sent.sort_by_key(Value::to_string);
    wanted.sort_by_key(Value::to_string);
    if sent != wanted {
        misses.push(format!(
            "the query is {}, not {}",
            json!(sent),
            json!(wanted)
        ));
    }
    let empty = json!({});
    let body = request.json();
    let or_empty = |body: &Value| {
        if body.is_null() {
            empty.clone()
        } else {
            body.clone()
        }
    };
    // The text of a form is looked at by its fields.
    if let Some(at) = examples::difference(&or_empty(&expected["body"]), &or_empty(&body), "") {
        misses.push(format!("the body: {at}"));
    }
    misses
}
