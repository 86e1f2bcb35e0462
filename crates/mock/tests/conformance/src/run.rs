//! Makes the calls of a driver and looks at what went over the wire and came back.

use std::fs::File;
use std::future::Future;
use std::io::{self, Write as _};
use std::pin::Pin;

use onlyfansapi::Client;
use onlyfansapi_core::Fetch;
use onlyfansapi_mock::MockServer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[allow(dead_code, reason = "each program uses a part of it")]
#[path = "../../../../codegen/tests/support/examples.rs"]
mod examples;

/// The calls of one operation.
pub(crate) struct Case<C: 'static> {
    pub(crate) operation: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) required: fn(&C) -> Calling,
    pub(crate) all: fn(&C) -> Calling,
}

/// A call that is being made; what is wrong with its reply, a line each.
pub(crate) type Calling = Pin<Box<dyn Future<Output = Vec<String>> + Send>>;

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
            Err(error) => return vec![error.to_string()],
        };
        let mut misses: Vec<_> = reply
            .drift()
            .iter()
            .map(|drift| format!("drift: {drift}"))
            .collect();
        if reply.credits().is_none() || reply.rate_limits().is_none() {
            misses.push("no credits or no rate limits".to_owned());
        }
        let has_json = matches!(shape, "envelope" | "whole") && !reply.raw().is_empty();
        if has_json {
            let sent: Value = serde_json::from_slice(reply.raw()).unwrap_or_default();
            let sent = if shape == "envelope" {
                &sent["data"]
            } else {
                &sent
            };
            match serde_json::to_value(&*reply) {
                Ok(again) => misses
                    .extend(examples::difference(sent, &again, "").map(|at| format!("lost: {at}"))),
                Err(error) => misses.push(format!("not encoded again: {error}")),
            }
        }
        misses
    })
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

/// Everything that is wrong with a driver's calls, a line each.
pub(crate) async fn misses<C: Send + Sync + 'static>(
    server: &MockServer,
    api: C,
    cases: &'static [Case<C>],
) -> Vec<String> {
    let mut misses = Vec::new();
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
    let mut misses = call.await;
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
