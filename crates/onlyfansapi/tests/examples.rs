//! Every example of an answer in the document decodes strictly into its type and encodes to the same
//! JSON again.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[path = "../../codegen/tests/support/examples.rs"]
mod examples;

use std::path::Path;

use onlyfansapi::api::operations;
use onlyfansapi_codegen::Document;

#[test]
fn every_example_decodes_strictly_and_encodes_to_the_same() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.yaml");
    let document = Document::read(&file).unwrap().root;
    let mut seen = examples::Seen::default();
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(examples::check::<$value>(&document, &operations::$operation, &mut seen);)*
        };
    }
    onlyfansapi_client::for_each_operation!(check_all);
    println!(
        "{} examples of {} operations, of {} operations in all",
        seen.examples,
        seen.operations,
        operations::ALL.len()
    );
    assert!(
        seen.faults.is_empty(),
        "{} faults:\n{}",
        seen.faults.len(),
        seen.faults.join("\n")
    );
    assert!(seen.examples >= 250, "only {} examples", seen.examples);
}
