//! What the published document gets wrong of its answers, each with an example that must decode as it
//! is, and with answers that drift where they must and nowhere else.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[path = "../../support/examples.rs"]
mod examples;

use std::path::Path;

use onlyfansapi_codegen::Document;
use onlyfansapi_core::{Decode, Operation, Reply};
use onlyfansapi_faults::operations;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn document() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.yaml");
    Document::read(&file).unwrap().root
}

#[test]
fn every_example_decodes_strictly_and_encodes_to_the_same() {
    let document = document();
    let mut seen = examples::Seen::default();
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(examples::check::<$value>(&document, &operations::$operation, &mut seen);)*
        };
    }
    onlyfansapi_faults::for_each_operation!(check_all);
    println!(
        "{} examples of {} operations",
        seen.examples, seen.operations
    );
    assert!(seen.faults.is_empty(), "{}", seen.faults.join("\n"));
    assert_eq!(seen.operations, operations::ALL.len() - 1);
}

/// Checks the further answers of one operation; gives how many there are.
fn drifts<T: DeserializeOwned + Serialize>(
    document: &Value,
    operation: &'static Operation,
    faults: &mut Vec<String>,
) -> usize {
    let answers = examples::in_document(document, operation)["x-answers"].as_array();
    for sent in answers.into_iter().flatten() {
        let expected: Vec<_> = sent["drift"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pointer| pointer.as_str().unwrap().to_owned())
            .collect();
        let answer = examples::answer(200, &sent["body"]).unwrap();
        let reply = Reply::<T>::decode(operation, answer, Decode::Lenient).unwrap();
        let mut found: Vec<_> = reply
            .drift()
            .iter()
            .map(|drift| drift.pointer.clone())
            .collect();
        found.sort();
        if found != expected {
            faults.push(format!(
                "{}: {}: drifts at {found:?}, not at {expected:?}",
                operation.id, sent["body"]
            ));
        }
        // What drifted is not lost.
        for drift in reply.drift() {
            if reply.original(drift).as_ref() != sent["body"].pointer(&drift.pointer) {
                faults.push(format!("{}: {} is lost", operation.id, drift.pointer));
            }
        }
    }
    answers.map_or(0, Vec::len)
}

#[test]
fn answers_drift_where_they_must_and_nowhere_else() {
    let document = document();
    let mut faults = Vec::new();
    let mut count = 0;
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(count += drifts::<$value>(&document, &operations::$operation, &mut faults);)*
        };
    }
    onlyfansapi_faults::for_each_operation!(check_all);
    println!("{count} further answers");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 20, "only {count} answers");
}
