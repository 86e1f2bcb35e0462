//! Examples of a document as tests of the types: each decodes strictly and encodes to the same again.

use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::{Answer, Decode, Operation, Reply, Shape};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What was seen.
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
    let responses = in_document(document, operation)["responses"]
        .as_object()
        .unwrap();
    let mut found = Vec::new();
    for (status, response) in responses
        .iter()
        .filter(|(status, _)| status.starts_with('2'))
    {
        let schema = &response["content"]["application/json"]["schema"];
        let branches = schema["oneOf"]
            .as_array()
            .map_or(std::slice::from_ref(schema), Vec::as_slice);
        found.extend(
            branches.iter().filter_map(|branch| {
                Some((status.parse().unwrap(), branch.get("example")?.clone()))
            }),
        );
    }
    found
}

/// An answer of the service with `body`.
pub fn answer(status: u16, body: &Value) -> Answer {
    Answer::new(
        StatusCode::from_u16(status).unwrap(),
        HeaderMap::new(),
        body.to_string().into(),
    )
}

/// Checks every example of one operation.
pub fn check<T: DeserializeOwned + Serialize>(
    document: &Value,
    operation: &'static Operation,
    seen: &mut Seen,
) {
    let examples = examples(document, operation);
    for (status, example) in &examples {
        match Reply::<T>::decode(operation, answer(*status, example), Decode::Strict) {
            Ok(reply) => {
                let value = if operation.shape == Shape::Envelope {
                    &example["data"]
                } else {
                    example
                };
                let again = serde_json::to_value(&*reply).unwrap();
                seen.faults.extend(
                    difference(value, &again, "")
                        .map(|difference| format!("{}: {difference}", operation.id)),
                );
            }
            Err(error) => {
                seen.faults.push(error.to_string());
                let drift = error.drift().iter().map(|drift| format!("  {drift}"));
                seen.faults.extend(drift);
            }
        }
    }
    seen.examples += examples.len();
    seen.operations += usize::from(!examples.is_empty());
}

/// Where two values differ; null is as good as absent, numbers count by value.
fn difference(sent: &Value, again: &Value, at: &str) -> Option<String> {
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
        (a, b) => Some(format!("{at}: {a} became {b}")),
    }
}
