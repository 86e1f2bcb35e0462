//! Decodes every example of an answer in documents (JSON files) with this client, strictly, and says which
//! are not of their type. `cargo xtask update` runs it to see whether a new client still reads what the old
//! one did.

#[path = "../crates/codegen/tests/support/examples.rs"]
mod examples;

use std::error::Error;

use onlyfansapi_client::operations;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut counts = Vec::new();
    let mut faults = Vec::new();
    for (number, file) in std::env::args().skip(1).enumerate() {
        let document: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        let mut count = 0;
        macro_rules! decode_all {
            ($(($operation:ident, $value:ty)),* $(,)?) => {
                $(for (index, outcome) in examples::outcomes::<$value>(&document, &operations::$operation)
                    .into_iter()
                    .enumerate()
                {
                    count += 1;
                    let operation = &operations::$operation;
                    if let Err(why) = outcome.decoded {
                        faults.push(json!({
                            "document": number,
                            "operation": operation.id,
                            "method": operation.method.as_str(),
                            "path": operation.path,
                            "status": outcome.status,
                            "index": index,
                            "why": why,
                        }));
                    }
                })*
            };
        }
        onlyfansapi_client::for_each_operation!(decode_all);
        counts.push(count);
    }
    println!("{}", json!({"examples": counts, "faults": faults}));
    Ok(())
}
