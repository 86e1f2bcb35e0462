//! Every example of an answer in the document decodes strictly into its type and encodes to the same
//! JSON again.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::path::Path;

use onlyfansapi::api::{Operation, Shape, operations, types};
use onlyfansapi::http::{HeaderMap, StatusCode};
use onlyfansapi::{Decode, Reply};
use onlyfansapi_codegen::Document;
use onlyfansapi_core::Answer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Every example of a success of `operation`, with its status.
fn examples(document: &Value, operation: &Operation) -> Vec<(u16, Value)> {
    let method = operation.method.as_str().to_lowercase();
    let responses = document["paths"][operation.path][&method]["responses"]
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

fn check<T: DeserializeOwned + Serialize>(
    document: &Value,
    operation: &'static Operation,
    faults: &mut Vec<String>,
) -> usize {
    let examples = examples(document, operation);
    for (status, example) in &examples {
        let answer = Answer::new(
            StatusCode::from_u16(*status).unwrap(),
            HeaderMap::new(),
            example.to_string().into(),
        );
        match Reply::<T>::decode(operation, answer, Decode::Strict) {
            Ok(reply) => {
                let value = if operation.shape == Shape::Envelope {
                    &example["data"]
                } else {
                    example
                };
                let again = serde_json::to_value(&*reply).unwrap();
                faults.extend(
                    difference(value, &again, "")
                        .map(|difference| format!("{}: {difference}", operation.id)),
                );
            }
            Err(error) => {
                faults.push(error.to_string());
                faults.extend(error.drift().iter().map(|drift| format!("  {drift}")));
            }
        }
    }
    examples.len()
}

#[test]
fn every_example_decodes_strictly_and_encodes_to_the_same() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.yaml");
    let document = Document::read(&file).unwrap().root;
    let mut faults = Vec::new();
    let mut with_examples = 0;
    let mut count = 0;
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(
                let examples = check::<$value>(&document, &operations::$operation, &mut faults);
                count += examples;
                with_examples += usize::from(examples > 0);
            )*
        };
    }
    onlyfansapi_client::for_each_operation!(check_all);
    println!(
        "{count} examples of {with_examples} operations, of {} operations in all",
        operations::ALL.len()
    );
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(count >= 250, "only {count} examples were found");
    let _: Option<types::smart_link_postbacks::SmartLinkPostback> = None;
}
