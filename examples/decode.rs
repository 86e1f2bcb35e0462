//! Decodes every example response of the given documents (JSON files) strictly, and prints the examples that do
//! not match their type. `cargo xtask update` uses it to check that a new client still decodes every example that
//! the old client decoded.

#[path = "../crates/codegen/tests/support/examples.rs"]
mod examples;

use std::error::Error;

use onlyfansapi_client::operations;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut counts = Vec::new();
    let mut failures = Vec::new();
    for (number, file) in std::env::args().skip(1).enumerate() {
        let document: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        let mut count = 0;
        macro_rules! decode_all {
            ($(($operation:ident, $value:ty)),* $(,)?) => {
                $(for (index, outcome) in examples::decode_examples::<$value>(&document, &operations::$operation)
                    .into_iter()
                    .enumerate()
                {
                    count += 1;
                    let operation = &operations::$operation;
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
                })*
            };
        }
        onlyfansapi_client::for_each_operation!(decode_all);
        counts.push(count);
    }
    println!("{}", json!({"examples": counts, "faults": failures}));
    Ok(())
}
