//! Tests that every example response in the document decodes strictly into its type and encodes to the same JSON.

#[path = "../../codegen/tests/support/examples.rs"]
mod support;

use std::path::Path;

use onlyfansapi::api::operations;
use onlyfansapi_codegen::Document;

#[test]
fn every_example_round_trips() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.yaml");
    let document = Document::read(&file).unwrap().root;
    let mut summary = support::Summary::default();
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(support::check(&document, &operations::$operation, support::round_trip::<$value>, &mut summary);)*
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
