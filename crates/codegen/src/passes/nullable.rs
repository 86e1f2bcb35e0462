//! Marks every response property as nullable. Array items and map values are nullable only if an example
//! contains null.
//!
//! Before: `nullable: true` only if the sampled example is null. After: `nullable: true` on every property of
//! every response, but never on a response as a whole.

use serde_json::Value;

use crate::walk::{Role, Side, components, operations, schema_tree, top_schemas};
use crate::{Pointer, Report};

/// Marks a body field that the document allows to be null, which is not the same as being absent.
pub(crate) const NULL_IS_A_VALUE: &str = "x-codegen-null";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    components(root, |component, side, at| {
        let count = tree(component, side, at, "");
        report_count(count, at, "", report);
    });
    operations(root, |operation| {
        let mut count = 0;
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            count += tree(schema, side, at, &operation.id);
        });
        report_count(count, &operation.at, &operation.id, report);
    });
}

fn report_count(count: usize, at: &Pointer, operation: &str, report: &mut Report) {
    if count > 0 {
        let what = format!("non-nullable -> nullable: {count} response properties");
        report.note(at, Some(operation), what);
    }
}

/// Sets or removes `nullable` throughout a schema. Returns the number of response properties that became nullable.
fn tree(schema: &mut Value, side: Side, at: &Pointer, operation: &str) -> usize {
    let mut count = 0;
    schema_tree(
        schema,
        side,
        Role::Top,
        at,
        operation,
        &mut |schema, context| {
            if context.side == Side::RequestBody {
                optional_lists(schema);
            }
            let Some(members) = schema.as_object_mut() else {
                return;
            };
            match (context.side, context.role) {
                (Side::Response, Role::Property) => {
                    count += usize::from(
                        members.insert("nullable".to_owned(), true.into())
                            != Some(Value::Bool(true)),
                    );
                }
                (Side::RequestBody, Role::Property)
                    if members.get("nullable") == Some(&Value::Bool(true)) =>
                {
                    members.insert(NULL_IS_A_VALUE.to_owned(), true.into());
                }
                (Side::Response, Role::Items | Role::Values) => {}
                _ => {
                    members.shift_remove("nullable");
                }
            }
        },
    );
    count
}

/// Makes a body's optional arrays and objects nullable. They become an `Option`, so that callers can send an empty
/// value.
fn optional_lists(schema: &mut Value) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let is_optional = !required.iter().any(|known| known == name);
        if is_optional && matches!(property["type"].as_str(), Some("array" | "object")) {
            property["nullable"] = true.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn optional_body_arrays_become_nullable() {
        let (root, _) = crate::passes::test_run(
            "nullable",
            "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: array}, b: {type: array}, c: {type: string, nullable: true}}}}}}}}}",
        );
        assert_eq!(
            root["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"],
            json!({"a": {"type": "array"}, "b": {"type": "array", "nullable": true}, "c": {"type": "string", "nullable": true, "x-codegen-null": true}})
        );
    }

    #[test]
    fn response_properties_are_nullable_and_the_response_is_not() {
        let (root, lines) = crate::passes::test_run(
            "nullable",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {type: object, nullable: true, properties: {a: {type: array, items: {type: string, nullable: true}}, b: {type: string, nullable: true}}}}}}}}}}",
        );
        assert_eq!(
            root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"],
            json!({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string", "nullable": true}, "nullable": true}, "b": {"type": "string", "nullable": true}}})
        );
        assert!(
            lines[0].contains("non-nullable -> nullable: 1 response properties"),
            "{lines:?}"
        );
    }
}
