//! Shows why the pipeline uses one shared error type: compares the output of progenitor alone with the output of the
//! pipeline for a document that has both a success response and a 422 response.

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

fn run_progenitor(root: &serde_json::Value) -> String {
    let api = serde_json::from_value(root.clone()).unwrap();
    Generator::new(&GenerationSettings::new())
        .generate_tokens(&api)
        .unwrap()
        .to_string()
}

#[test]
fn only_bare_progenitor_uses_the_success_type_for_a_422() {
    let document = Document::parse("t.yaml", DOCUMENT).unwrap();
    let bare = run_progenitor(&document.root);
    assert!(
        bare.contains("Error < types :: DoThingResponse >"),
        "{bare}"
    );
    assert!(
        !bare.contains("message"),
        "the error message has a field: {bare}"
    );

    let (prepared, _) = prepare(document.clone(), None).unwrap();
    let output = run_progenitor(&prepared);
    assert!(output.contains("Error < types :: ApiError >"), "{output}");
    assert!(
        output.contains("ResponseValue < types :: DoThing >"),
        "{output}"
    );

    let source = generate(document, None, None).unwrap().source;
    assert!(
        source.contains("pub fn send(self) -> ReplyFuture<types::other::DoThing>"),
        "{source}"
    );
}

#[test]
fn the_client_does_not_use_the_progenitor_runtime() {
    let source = generate(Document::parse("t.yaml", DOCUMENT).unwrap(), None, None)
        .unwrap()
        .source;
    for word in [
        "progenitor_client",
        "ResponseValue",
        "ByteStream",
        "reqwest",
        "api-version",
    ] {
        assert!(!source.contains(word), "{word}");
    }
}
