//! Tests that every example response in the document is valid against the JSON schema of its type.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[allow(dead_code, reason = "not used by every test that includes this module")]
#[path = "../../../../codegen/tests/support/examples.rs"]
mod examples;

use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use onlyfansapi_client::operations;
use onlyfansapi_codegen::Document;
use onlyfansapi_core::{Operation, ResponseShape};
use schemars::Schema;
use serde_json::Value;

/// The validator of one schema.
struct Validator {
    schemas: Schemas,
    root: SchemaIndex,
}

impl Validator {
    fn new(schema: Value) -> Self {
        let mut compiler = Compiler::new();
        compiler.add_resource("schema.json", schema).unwrap();
        let mut schemas = Schemas::new();
        let root = compiler.compile("schema.json", &mut schemas).unwrap();
        Self { schemas, root }
    }

    /// Returns all errors as one message.
    fn validate(&self, value: &Value) -> Result<(), String> {
        self.schemas
            .validate(value, self.root)
            .map_err(|error| format!("{error:#}"))
    }
}

/// Validates every example of one operation, and returns how many there are.
fn validate(
    document: &Value,
    operation: &'static Operation,
    schema: Schema,
    failures: &mut Vec<String>,
) -> usize {
    let schema = schema.to_value();
    let validator = Validator::new(schema.clone());
    let examples = examples::examples(document, operation);
    for (_, example) in &examples {
        let mut value = example.clone();
        if operation.shape == ResponseShape::Envelope {
            value = value["data"].take();
        }
        replace_empty_lists(&mut value, &schema, &schema);
        if let Err(error) = validator.validate(&value) {
            failures.push(format!("{}: {error}", operation.id));
        }
    }
    examples.len()
}

/// Replaces empty lists with empty objects if the schema requires an object: PHP encodes both as `[]`.
fn replace_empty_lists(value: &mut Value, schema: &Value, root: &Value) {
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
        let name = &schema["type"];
        *name == "object"
            || name
                .as_array()
                .is_some_and(|names| names.contains(&"object".into()))
    };
    if value.as_array().is_some_and(Vec::is_empty) && seen.iter().any(is_object) {
        *value = Value::Object(serde_json::Map::new());
    }
    for schema in seen {
        match value {
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| replace_empty_lists(item, &schema["items"], root)),
            Value::Object(members) => {
                for (name, member) in members {
                    let property = schema["properties"]
                        .get(name)
                        .unwrap_or(&schema["additionalProperties"]);
                    replace_empty_lists(member, property, root);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn every_example_matches_the_schema_of_its_type() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../openapi.yaml");
    let document = Document::read(&file).unwrap().root;
    let mut failures = Vec::new();
    let mut count = 0;
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(count += validate(&document, &operations::$operation, schemars::schema_for!($value), &mut failures);)*
        };
    }
    onlyfansapi_client::for_each_operation!(check_all);
    println!("{count} examples of {} operations", operations::ALL.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= 250, "only {count} examples");
}

#[test]
fn a_schema_rejects_values_of_another_type() {
    let schema = schemars::schema_for!(onlyfansapi_client::types::User);
    let validator = Validator::new(schema.to_value());
    assert_eq!(
        validator.validate(&serde_json::json!({"id": 1, "name": null})),
        Ok(())
    );
    for invalid in [serde_json::json!({"id": "x"}), serde_json::json!([1])] {
        assert!(validator.validate(&invalid).is_err(), "{invalid}");
    }
}
