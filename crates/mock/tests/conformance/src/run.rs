//! Runs the calls of a driver, and checks the requests that arrived and the replies.

use std::fs::File;
use std::future::Future;
use std::io::{self, Write as _};
use std::pin::Pin;

use onlyfansapi::Client;
use onlyfansapi_core::transport::Dispatcher;
use onlyfansapi_core::{CallOptions, Meta, Reply, ReplyFuture};
use onlyfansapi_mock::{MockServer, RecordedRequest, Variation};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The calls of one operation.
pub(crate) struct Case<C: 'static> {
    pub(crate) operation: &'static str,
    pub(crate) tag: &'static str,
    /// Calls the operation with its required arguments only.
    pub(crate) required: fn(&C) -> CallFuture,
    /// Calls the operation with all arguments.
    pub(crate) all: fn(&C) -> CallFuture,
    /// The request that each of the two calls must send, as JSON: path, query pairs and body, from the document.
    pub(crate) expected: [&'static str; 2],
}

/// A call in progress.
pub(crate) type CallFuture = Pin<Box<dyn Future<Output = CallResult> + Send>>;

/// The result of one call.
#[derive(Default)]
pub(crate) struct CallResult {
    /// The error that the call returned instead of a reply.
    error: Option<String>,
    /// The problems found in the reply.
    failures: Vec<String>,
}

/// Runs the cases of one mutant and returns the failures.
pub(crate) type Runner =
    for<'a> fn(&'a MockServer, &'a Client) -> Pin<Box<dyn Future<Output = Vec<String>> + 'a>>;

/// The failures of the calls of one operation.
pub(crate) struct CaseResult {
    pub(crate) operation: &'static str,
    /// The number of response schemas in the document. The calls are repeated with each of them.
    pub(crate) schemas: usize,
    pub(crate) required: Vec<String>,
    pub(crate) all: Vec<String>,
}

/// Parses a value of the document as the argument type of a setter.
pub(crate) fn parse_argument<T: DeserializeOwned>(json: &str) -> T {
    match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => panic!(
            "{json} from the document is not a {}: {error}",
            std::any::type_name::<T>()
        ),
    }
}

/// Returns the options for every call. Some documented examples report failure with `success: false`; `accept_refusal`
/// returns them as replies, so that their types are checked, too.
pub(crate) fn options() -> CallOptions {
    CallOptions::new().accept_refusal()
}

/// Returns the dispatcher of a client, to send the calls of a mutant.
pub(crate) fn dispatcher(client: &Client) -> Dispatcher {
    AsRef::<Dispatcher>::as_ref(client.api()).clone()
}

/// Sends a call and checks its reply.
pub(crate) fn check_call<T>(shape: &'static str, call: ReplyFuture<T>) -> CallFuture
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Box::pin(async move {
        let reply = match call.await {
            Ok(reply) => reply,
            Err(error) => {
                return CallResult {
                    error: Some(error.to_string()),
                    ..CallResult::default()
                };
            }
        };
        CallResult {
            error: None,
            failures: check_reply(shape, &reply),
        }
    })
}

/// Returns the problems of a reply: drift, wrong metadata, and parts of the body that decoding loses.
fn check_reply<T: Serialize>(shape: &str, reply: &Reply<T>) -> Vec<String> {
    let meta = reply.meta();
    let mut failures: Vec<_> = meta
        .drift()
        .iter()
        .map(|drift| format!("drift: {drift}"))
        .collect();
    if matches!(shape, "envelope" | "whole") {
        let sent: Value = match serde_json::from_slice(meta.body()) {
            Ok(sent) => sent,
            // Any operation may succeed with an empty 204 response.
            Err(_) if meta.status() == 204 => return failures,
            Err(error) => return vec![format!("the response is not JSON: {error}")],
        };
        failures.extend(check_envelope(meta, &sent));
        let sent = if shape == "envelope" {
            &sent["data"]
        } else {
            &sent
        };
        match serde_json::to_value(&**reply) {
            Ok(encoded) => failures.extend(
                crate::examples::difference(sent, &encoded, "")
                    .map(|difference| format!("changed by decoding and encoding: {difference}")),
            ),
            Err(error) => failures.push(format!("cannot be encoded: {error}")),
        }
    }
    failures
}

/// Returns the differences between the metadata of a reply and the envelope of the response.
fn check_envelope(reply: &Meta, sent: &Value) -> Vec<String> {
    let credits = reply
        .credits()
        .map(|credits| (credits.used, credits.balance));
    let limit = reply.rate_limits().map(|limits| limits.remaining_minute);
    let next = reply
        .pagination()
        .map(|pages| (pages.next_page.clone(), pages.next_cursor.clone()));
    let (meta, pages) = (&sent["_meta"], &sent["_pagination"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut failures = Vec::new();
    if let Some(used) = meta["_credits"]["used"].as_i64()
        && credits
            != Some((
                used,
                meta["_credits"]["balance"].as_i64().unwrap_or_default(),
            ))
    {
        failures.push(format!("credits: got {credits:?}, expected {meta}"));
    }
    if let Some(remaining) = meta["_rate_limits"]["remaining_minute"].as_i64()
        && limit != Some(Some(remaining))
    {
        failures.push(format!("rate limits: got {limit:?}, expected {meta}"));
    }
    let page = text(&pages["next_page"]).or_else(|| text(&pages["next_page_url"]));
    let documented = (page, text(&pages["next_cursor"]));
    if pages.is_object() && next != Some(documented) {
        failures.push(format!("pagination: got {next:?}, expected {pages}"));
    }
    failures
}

/// Runs every call of a driver, once for each response schema of its operation. Writes the requests for the first
/// schema to `requests`, if given.
pub(crate) async fn run_cases<C>(
    server: &MockServer,
    api: &C,
    cases: &'static [Case<C>],
    mut requests: Option<&mut File>,
) -> io::Result<Vec<CaseResult>> {
    let mut results = Vec::new();
    for case in cases {
        let schemas = server.response_schema_count(case.operation);
        let mut result = CaseResult {
            operation: case.operation,
            schemas,
            required: Vec::new(),
            all: Vec::new(),
        };
        for schema in 0..schemas {
            for (call, is_all) in [(case.required, false), (case.all, true)] {
                server.reset();
                server.use_response_schema(case.operation, schema);
                let failures = if is_all {
                    &mut result.all
                } else {
                    &mut result.required
                };
                failures.extend(check_case(server, case, call(api), is_all).await);
                if let Some(file) = requests.as_mut()
                    && schema == 0
                {
                    for request in server.requests() {
                        writeln!(file, "{}", request.to_json())?;
                    }
                }
            }
        }
        results.push(result);
    }
    Ok(results)
}

/// Repeats every call with each variation of the response. Each call must return a reply, whatever the response lacks.
/// Returns the errors and the number of responses.
pub(crate) async fn run_variations<C>(
    server: &MockServer,
    api: &C,
    cases: &'static [Case<C>],
) -> (Vec<String>, usize) {
    let (mut errors, mut responses) = (Vec::new(), 0);
    for case in cases {
        for (variation, name) in Variation::ALL {
            server.reset();
            server.vary(case.operation, Some(variation));
            let result = (case.required)(api).await;
            errors.extend(
                result
                    .error
                    .map(|error| format!("{}, {name}: {error}", case.operation)),
            );
            responses += 1;
        }
    }
    (errors, responses)
}

/// Runs every call of a driver once and returns the failures.
pub(crate) async fn find_failures<C: Send + Sync + 'static>(
    server: &MockServer,
    api: C,
    cases: &'static [Case<C>],
    missing_enum_values: &[&str],
) -> Vec<String> {
    let mut failures: Vec<_> = missing_enum_values
        .iter()
        .map(|&missing| missing.to_owned())
        .collect();
    for case in cases {
        for (call, is_all) in [(case.required, false), (case.all, true)] {
            server.reset();
            failures.extend(check_case(server, case, call(&api), is_all).await);
        }
    }
    failures
}

/// Runs one call; returns the problems of its reply and of the request that arrived.
async fn check_case<C>(
    server: &MockServer,
    case: &Case<C>,
    call: CallFuture,
    is_all: bool,
) -> Vec<String> {
    let result = call.await;
    let mut failures: Vec<_> = result.error.into_iter().chain(result.failures).collect();
    let requests = server.requests();
    let [request] = &requests[..] else {
        failures.push(format!("{} requests arrived, expected one", requests.len()));
        return failures;
    };
    if request.operation != case.operation {
        failures.push(format!(
            "reached the `{}` operation: {} {}",
            request.operation, request.method, request.path
        ));
    }
    if !(200..400).contains(&request.status) {
        failures.push(format!("rejected with status {}", request.status));
    }
    failures.extend(request.findings.iter().cloned());
    let expected = case.expected[usize::from(is_all)];
    failures.extend(compare_request(expected, request));
    if is_all {
        failures.extend(
            server
                .unsent(request)
                .into_iter()
                .map(|name| format!("not sent: {name}")),
        );
    }
    failures
}

/// Returns the differences between a request and the expected request.
fn compare_request(expected: &str, request: &RecordedRequest) -> Vec<String> {
    let expected: Value = match serde_json::from_str(expected) {
        Ok(expected) => expected,
        Err(error) => return vec![format!("the expected request is not JSON: {error}")],
    };
    let mut failures = Vec::new();
    let path = percent_decode_str(&request.path).decode_utf8_lossy();
    if expected["path"] != *path {
        failures.push(format!("path: got {path}, expected {}", expected["path"]));
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
        failures.push(format!(
            "query: got {}, expected {}",
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
    // The body of a form is not JSON; the mock server checks its fields.
    if let Some(difference) =
        crate::examples::difference(&or_empty(&expected["body"]), &or_empty(&body), "")
    {
        failures.push(format!("body: {difference}"));
    }
    failures
}
