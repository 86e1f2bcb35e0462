//! Why every failure has one shared type: what progenitor alone makes of a success and a 422 that
//! stand beside each other, and what the pipeline makes of the same document.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use onlyfansapi_codegen::{Document, generate, prepare};
use progenitor::{GenerationSettings, Generator};

const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: T, version: 1.0.0}
paths:
  /api/things:
    post:
      operationId: doThing
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
        '422': {description: no, content: {application/json: {schema: {type: object, properties: {message: {type: string}}}}}}
";

fn bare(root: &serde_json::Value) -> String {
    let api = serde_json::from_value(root.clone()).unwrap();
    Generator::new(&GenerationSettings::new())
        .generate_tokens(&api)
        .unwrap()
        .to_string()
}

#[test]
fn progenitor_alone_reads_a_422_as_a_success_and_the_pipeline_does_not() {
    let document = Document::parse("t.yaml", DOCUMENT).unwrap();
    let alone = bare(&document.root);
    assert!(
        alone.contains("Error < types :: DoThingResponse >"),
        "{alone}"
    );
    assert!(
        !alone.contains("message"),
        "the message of the failure has a place after all: {alone}"
    );

    let (prepared, _) = prepare(document.clone(), None).unwrap();
    let after = bare(&prepared);
    assert!(after.contains("Error < types :: ApiError >"), "{after}");
    assert!(
        after.contains("ResponseValue < types :: DoThing >"),
        "{after}"
    );

    let source = generate(document, None, None).unwrap().source;
    assert!(
        source.contains("pub fn fetch(self) -> Fetch<types::other::DoThing>"),
        "{source}"
    );
}

#[test]
fn nothing_of_progenitors_runtime_is_in_the_client() {
    let source = generate(Document::parse("t.yaml", DOCUMENT).unwrap(), None, None)
        .unwrap()
        .source;
    for word in [
        "progenitor_client",
        "ResponseValue",
        "ByteStream",
        "reqwest",
        "api-version",
        "fn send",
    ] {
        assert!(!source.contains(word), "{word}");
    }
}
