//! Decodes every example response of the given documents (JSON files) strictly, and prints the examples that do
//! not match their type. `cargo xtask update` uses it to check that a new client still decodes every example that
//! the old client decoded.

#[path = "../crates/codegen/tests/support/examples.rs"]
mod examples;

use std::error::Error;

use examples::{RoundTrip, decode_examples, round_trip};
use onlyfansapi_client::operations;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    macro_rules! all_operations {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            vec![$((&operations::$operation, round_trip::<$value> as RoundTrip)),*]
        };
    }
    let operations = onlyfansapi_client::for_each_operation!(all_operations);
    let mut counts = Vec::new();
    let mut failures = Vec::new();
    for (number, file) in std::env::args().skip(1).enumerate() {
        let document: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        let mut count = 0;
        for (operation, round_trip) in &operations {
            let outcomes = decode_examples(&document, operation, *round_trip);
            for (index, outcome) in outcomes.into_iter().enumerate() {
                count += 1;
                if let Err(reasons) = outcome.decoded {
                    failures.push(json!({
                        "document": number,
                        "operation": operation.id,
                        "method": operation.method.as_str(),
                        "path": operation.path,
                        "status": outcome.status,
                        "index": index,
                        "why": reasons,
                    }));
                }
            }
        }
        counts.push(count);
    }
    println!("{}", json!({"examples": counts, "faults": failures}));
    Ok(())
}
