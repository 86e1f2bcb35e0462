//! Examples of a document as tests of the types: each decodes strictly and encodes to the same again.

use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::{Answer, Decode, Operation, Reply, Shape};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What was seen.
#[allow(dead_code)] // not every program that has this file does
#[derive(Debug, Default)]
pub struct Seen {
    /// What went wrong, a line each.
    pub faults: Vec<String>,
    /// How many examples there were.
    pub examples: usize,
    /// How many operations have any.
    pub operations: usize,
}

/// The operation as the document has it.
pub fn in_document<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    let method = operation.method.as_str().to_lowercase();
    &document["paths"][operation.path][&method]
}

/// Every example of a success of `operation`, with its status.
pub fn examples(document: &Value, operation: &Operation) -> Vec<(u16, Value)> {
    let responses = in_document(document, operation)["responses"].as_object();
    let mut found = Vec::new();
    for (status, response) in responses
        .into_iter()
        .flatten()
        .filter(|(status, _)| status.starts_with('2'))
    {
        let schema = &response["content"]["application/json"]["schema"];
        let branches = schema["oneOf"]
            .as_array()
            .map_or(std::slice::from_ref(schema), Vec::as_slice);
        found.extend(
            branches
                .iter()
                .filter_map(|branch| Some((status.parse().ok()?, branch.get("example")?.clone()))),
        );
    }
    found
}

/// An answer of the service with `body`.
///
/// # Errors
///
/// When there is no such status.
pub fn answer(status: u16, body: &Value) -> Result<Answer, String> {
    let status = StatusCode::from_u16(status).map_err(|error| error.to_string())?;
    let body = body.to_string();
    Ok(Answer::new(status, HeaderMap::new(), body.into()))
}

/// What became of one example.
#[derive(Debug)]
#[allow(dead_code)] // not every program that has this file reads all of it
pub struct Outcome {
    /// The status of the answer that it is an example of.
    pub status: u16,
    /// Why it is not what its type says, a line each.
    pub decoded: Result<(), Vec<String>>,
}

/// Decodes every example of one operation strictly, and encodes it again.
pub fn outcomes<T: DeserializeOwned + Serialize>(
    document: &Value,
    operation: &'static Operation,
) -> Vec<Outcome> {
    let tried = |status: u16, example: &Value| {
        let answer = answer(status, example).map_err(|status| vec![status])?;
        let reply = Reply::<T>::decode(operation, answer, Decode::Strict).map_err(|error| {
            let drift = error.drift().iter().map(|drift| format!("  {drift}"));
            std::iter::once(error.to_string())
                .chain(drift)
                .collect::<Vec<_>>()
        })?;
        let value = if operation.shape == Shape::Envelope {
            &example["data"]
        } else {
            example
        };
        let again = serde_json::to_value(&*reply).map_err(|error| vec![error.to_string()])?;
        match difference(value, &again, "") {
            Some(difference) => Err(vec![format!("{}{difference}", operation.id)]),
            None => Ok(()),
        }
    };
    examples(document, operation)
        .into_iter()
        .map(|(status, example)| Outcome {
            status,
            decoded: tried(status, &example),
        })
        .collect()
}

/// Checks every example of one operation.
#[allow(dead_code)] // not every program that has this file does
pub fn check<T: DeserializeOwned + Serialize>(
    document: &Value,
    operation: &'static Operation,
    seen: &mut Seen,
) {
    let outcomes = outcomes::<T>(document, operation);
    seen.examples += outcomes.len();
    seen.operations += usize::from(!outcomes.is_empty());
    seen.faults.extend(
        outcomes
            .into_iter()
            .filter_map(|outcome| outcome.decoded.err())
            .flatten(),
    );
}

/// Where two values differ; null is as good as absent, numbers count by value.
pub fn difference(sent: &Value, again: &Value, at: &str) -> Option<String> {
    match (sent, again) {
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .find_map(|(key, value)| {
                difference(
                    value,
                    b.get(key).unwrap_or(&Value::Null),
                    &format!("{at}/{key}"),
                )
            })
            .or_else(|| {
                b.iter()
                    .find(|(key, value)| !value.is_null() && !a.contains_key(*key))
                    .map(|(key, _)| format!("{at}/{key} is new"))
            }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(i, (a, b))| difference(a, b, &format!("{at}/{i}"))),
        // PHP's way to write an object without members.
        (Value::Array(a), Value::Object(b)) if a.is_empty() && b.is_empty() => None,
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
        (a, b) if a == b => None,
        (a, b) => Some(format!("{at}: {} became {}", start(a), start(b))),
    }
}

/// The first letters of a value: an example may be a page long.
fn start(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
