//! Every example of an answer in the document is valid by the JSON schema of its type.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[allow(dead_code, reason = "each test uses a part of it")]
#[path = "../../../../codegen/tests/support/examples.rs"]
mod examples;

use std::path::Path;

use onlyfansapi_client::operations;
use onlyfansapi_codegen::Document;
use onlyfansapi_core::{Operation, Shape};
use schemars::JsonSchema;
use serde_json::Value;

/// Validates every example of one operation; gives how many there are.
fn validate<T: JsonSchema>(
    document: &Value,
    operation: &'static Operation,
    faults: &mut Vec<String>,
) -> usize {
    let schema = serde_json::to_value(schemars::schema_for!(T)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let examples = examples::examples(document, operation);
    for (_, example) in &examples {
        let mut value = example.clone();
        if operation.shape == Shape::Envelope {
            value = value["data"].take();
        }
        empty_objects(&mut value, &schema, &schema);
        for error in validator.iter_errors(&value) {
            faults.push(format!(
                "{}: {}: {error}",
                operation.id,
                error.instance_path()
            ));
        }
    }
    examples.len()
}

/// Writes PHP's empty list as the empty object that it stands for, where the schema wants an object.
fn empty_objects(value: &mut Value, schema: &Value, root: &Value) {
    let mut schemas = vec![schema];
    let mut seen = Vec::new();
    while let Some(schema) = schemas.pop() {
        if let Some(name) = schema["$ref"].as_str() {
            schemas.extend(root.pointer(name.trim_start_matches('#')));
        }
        schemas.extend(schema["anyOf"].as_array().into_iter().flatten());
        seen.push(schema);
    }
    let is_object = |schema: &&Value| {
        let word = &schema["type"];
        *word == "object"
            || word
                .as_array()
                .is_some_and(|words| words.contains(&"object".into()))
    };
    if value.as_array().is_some_and(Vec::is_empty) && seen.iter().any(is_object) {
        *value = Value::Object(serde_json::Map::new());
    }
    for schema in seen {
        match value {
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| empty_objects(item, &schema["items"], root)),
            Value::Object(members) => {
                for (name, member) in members {
                    let property = schema["properties"]
                        .get(name)
                        .unwrap_or(&schema["additionalProperties"]);
                    empty_objects(member, property, root);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn every_example_is_valid_by_the_schema_of_its_type() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../openapi.yaml");
    let document = Document::read(&file).unwrap().root;
    let mut faults = Vec::new();
    let mut count = 0;
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(count += validate::<$value>(&document, &operations::$operation, &mut faults);)*
        };
    }
    onlyfansapi_client::for_each_operation!(check_all);
    println!("{count} examples of {} operations", operations::ALL.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 250, "only {count} examples");
}

#[test]
fn a_schema_refuses_what_is_of_another_type() {
    let schema = schemars::schema_for!(onlyfansapi_client::types::User);
    let validator = jsonschema::validator_for(&serde_json::to_value(schema).unwrap()).unwrap();
    assert!(validator.is_valid(&serde_json::json!({"id": 1, "name": null})));
    for wrong in [serde_json::json!({"id": "x"}), serde_json::json!([1])] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}
