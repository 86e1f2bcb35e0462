//! Tests the known defects of the published document in response schemas. Every example must decode without drift, and
//! additional responses must drift at exactly the listed locations.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[path = "../../support/examples.rs"]
mod examples;

use std::path::Path;

use onlyfansapi_codegen::Document;
use onlyfansapi_core::transport::decode;
use onlyfansapi_core::{Decode, Operation};
use onlyfansapi_faults::operations;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn document() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.yaml");
    Document::read(&file).unwrap().root
}

#[test]
fn every_example_round_trips_without_drift() {
    let document = document();
    let mut summary = examples::Summary::default();
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(examples::check(&document, &operations::$operation, examples::round_trip::<$value>, &mut summary);)*
        };
    }
    onlyfansapi_faults::for_each_operation!(check_all);
    println!(
        "{} examples of {} operations",
        summary.examples, summary.operations
    );
    assert!(
        summary.failures.is_empty(),
        "{}",
        summary.failures.join("\n")
    );
    assert_eq!(summary.operations, operations::ALL.len() - 1);
}

/// Checks the additional responses of one operation, and returns their number.
fn check_drift<T: DeserializeOwned + Serialize>(
    document: &Value,
    operation: &'static Operation,
    failures: &mut Vec<String>,
) -> usize {
    let responses = examples::in_document(document, operation)["x-responses"].as_array();
    for sent in responses.into_iter().flatten() {
        let expected: Vec<_> = sent["drift"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pointer| pointer.as_str().unwrap().to_owned())
            .collect();
        let response = examples::response(200, &sent["body"]).unwrap();
        let reply = decode::<T>(operation, response, Decode::Lenient, true).unwrap();
        let mut found: Vec<_> = reply
            .meta()
            .drift()
            .iter()
            .map(|drift| drift.pointer.clone())
            .collect();
        found.sort();
        if found != expected {
            failures.push(format!(
                "{}: {}: drift at {found:?}, expected at {expected:?}",
                operation.id, sent["body"]
            ));
        }
        // The original value remains accessible.
        for drift in reply.meta().drift() {
            if reply.meta().original(drift).as_ref() != sent["body"].pointer(&drift.pointer) {
                failures.push(format!(
                    "{}: the original value at {} is lost",
                    operation.id, drift.pointer
                ));
            }
        }
    }
    responses.map_or(0, Vec::len)
}

#[test]
fn responses_drift_at_the_expected_locations_only() {
    let document = document();
    let mut failures = Vec::new();
    let mut count = 0;
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(count += check_drift::<$value>(&document, &operations::$operation, &mut failures);)*
        };
    }
    onlyfansapi_faults::for_each_operation!(check_all);
    println!("{count} additional responses");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= 20, "only {count} responses");
}
