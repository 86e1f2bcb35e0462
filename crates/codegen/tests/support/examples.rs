//! Tests types with the examples of a document: each example must decode strictly and encode to the same JSON.

use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::transport::{Response, decode};
use onlyfansapi_core::{Decode, Error, Operation, ResponseShape};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The results of checking examples.
#[allow(dead_code)] // not used by every program that includes this file
#[derive(Debug, Default)]
pub struct Summary {
    /// The failures, one per line.
    pub failures: Vec<String>,
    /// The number of examples.
    pub examples: usize,
    /// The number of operations that have examples.
    pub operations: usize,
}

/// Returns `operation` from the document.
pub fn in_document<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    let method = operation.method.as_str().to_lowercase();
    &document["paths"][operation.path][&method]
}

/// Returns the examples of all successful responses of `operation`, each with its status.
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

/// Creates a response with `body`.
///
/// # Errors
///
/// Returns an error if `status` is not a valid HTTP status.
pub fn response(status: u16, body: &Value) -> Result<Response, String> {
    let status = StatusCode::from_u16(status).map_err(|error| error.to_string())?;
    let body = body.to_string();
    Ok(Response::new(status, HeaderMap::new(), body.into()))
}

/// The result of decoding one example.
#[derive(Debug)]
#[allow(dead_code)] // not every program that includes this file reads all fields
pub struct DecodedExample {
    /// The status of the response.
    pub status: u16,
    /// The mismatches between the example and its type, one per line.
    pub decoded: Result<(), Vec<String>>,
}

/// Decodes a response strictly, and encodes its value again.
pub type RoundTrip = fn(&'static Operation, Response) -> Result<Value, Vec<String>>;

/// The [`RoundTrip`] of a type. Programs instantiate it for every operation, so it contains only what depends on `T`.
pub fn round_trip<T: DeserializeOwned + Serialize>(
    operation: &'static Operation,
    response: Response,
) -> Result<Value, Vec<String>> {
    // The examples are invented, and some report a refusal.
    let reply = decode::<T>(operation, response, Decode::Strict, true).map_err(lines)?;
    serde_json::to_value(&*reply).map_err(|error| vec![error.to_string()])
}

/// Returns the message of an error and its drift, one per line.
fn lines(error: Error) -> Vec<String> {
    let drift = error.drift().iter().map(|drift| format!("  {drift}"));
    std::iter::once(error.to_string()).chain(drift).collect()
}

/// Decodes every example of one operation strictly, and encodes the result again.
pub fn decode_examples(
    document: &Value,
    operation: &'static Operation,
    round_trip: RoundTrip,
) -> Vec<DecodedExample> {
    let decode_example = |status: u16, example: &Value| {
        let response = response(status, example).map_err(|error| vec![error])?;
        let encoded = round_trip(operation, response)?;
        let value = if operation.shape == ResponseShape::Envelope {
            &example["data"]
        } else {
            example
        };
        match difference(value, &encoded, "") {
            Some(difference) => Err(vec![format!("{}{difference}", operation.id)]),
            None => Ok(()),
        }
    };
    examples(document, operation)
        .into_iter()
        .map(|(status, example)| DecodedExample {
            status,
            decoded: decode_example(status, &example),
        })
        .collect()
}

/// Checks every example of one operation, and adds the results to `summary`.
#[allow(dead_code)] // not used by every program that includes this file
pub fn check(
    document: &Value,
    operation: &'static Operation,
    round_trip: RoundTrip,
    summary: &mut Summary,
) {
    let examples = decode_examples(document, operation, round_trip);
    summary.examples += examples.len();
    summary.operations += usize::from(!examples.is_empty());
    summary.failures.extend(
        examples
            .into_iter()
            .filter_map(|example| example.decoded.err())
            .flatten(),
    );
}

/// Returns the first difference between two values. Null equals absent, and numbers are compared by value.
pub fn difference(original: &Value, encoded: &Value, at: &str) -> Option<String> {
    match (original, encoded) {
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
                    .map(|(key, _)| format!("{at}/{key} was added"))
            }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(i, (a, b))| difference(a, b, &format!("{at}/{i}"))),
        // PHP encodes an empty object as an empty list.
        (Value::Array(a), Value::Object(b)) if a.is_empty() && b.is_empty() => None,
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
        (a, b) if a == b => None,
        (a, b) => Some(format!("{at}: {} became {}", truncated(a), truncated(b))),
    }
}

/// Formats a value, truncated to 100 characters.
fn truncated(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
