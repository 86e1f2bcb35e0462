//! Tests that every example response in the document decodes strictly into its type and encodes to the same JSON.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[path = "../../codegen/tests/support/examples.rs"]
mod examples;

use std::path::Path;

use onlyfansapi::api::operations;
use onlyfansapi_codegen::Document;

#[test]
fn every_example_round_trips() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.yaml");
    let document = Document::read(&file).unwrap().root;
    let mut summary = examples::Summary::default();
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(examples::check::<$value>(&document, &operations::$operation, &mut summary);)*
        };
    }
    onlyfansapi_client::for_each_operation!(check_all);
    println!(
        "{} examples; {} of {} operations have one",
        summary.examples,
        summary.operations,
        operations::ALL.len()
    );
    assert!(
        summary.failures.is_empty(),
        "{} failures:\n{}",
        summary.failures.len(),
        summary.failures.join("\n")
    );
    assert!(
        summary.examples >= 250,
        "only {} examples",
        summary.examples
    );
}
