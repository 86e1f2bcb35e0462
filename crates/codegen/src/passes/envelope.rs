//! Unwraps the response envelope.
//!
//! Before: a success response `{data: {…}, _meta: {…}, _pagination: {…}}`. After: the schema of `data` alone, and the
//! `shape: envelope` fact. The reply reads the other members itself. An object is an envelope if it has `data` and
//! otherwise only names that start with an underscore, or Laravel's own `links` and `meta`
//! (<https://laravel.com/docs/eloquent-resources#data-wrapping>).

use serde_json::Value;

use super::set_fact;
use crate::Report;
use crate::walk::operations;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    operations(root, |operation| {
        let at = operation
            .at
            .join(["responses", "2XX", "content", "application/json", "schema"]);
        let Some(schema) = operation
            .members
            .get_mut("responses")
            .and_then(|r| r.pointer_mut("/2XX/content/application~1json/schema"))
        else {
            return;
        };
        let Some(properties) = schema["properties"].as_object() else {
            return;
        };
        let siblings: Vec<_> = properties
            .keys()
            .filter(|name| *name != "data")
            .cloned()
            .collect();
        let is_envelope = properties.contains_key("data")
            && siblings
                .iter()
                .all(|name| name.starts_with('_') || name == "links" || name == "meta");
        if !is_envelope {
            return;
        }
        *schema = properties["data"].clone();
        report.note(
            &at,
            Some(&operation.id),
            match siblings.as_slice() {
                [] => "object with `data` -> the value of `data`".to_owned(),
                siblings => format!(
                    "object with `data`, {} -> the value of `data`",
                    siblings.join(", ")
                ),
            },
        );
        set_fact(operation.members, "shape", "envelope");
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn read(properties: &str) -> (Value, Value) {
        let (mut root, _) = crate::passes::test_run(
            "envelope",
            &format!(
                "paths: {{/a: {{get: {{operationId: a, responses: {{2XX: {{content: {{application/json: {{schema: {{type: object, properties: {properties}}}}}}}}}}}}}}}}}"
            ),
        );
        let mut operation = root["paths"]["/a"]["get"].take();
        (
            operation["x-codegen"].take(),
            operation["responses"]["2XX"]["content"]["application/json"]["schema"].take(),
        )
    }

    #[test]
    fn data_with_underscored_siblings_is_an_envelope_and_other_objects_are_not() {
        let (facts, schema) =
            read("{_meta: {type: object}, data: {type: integer}, links: {type: object}}");
        assert_eq!(
            (facts, schema),
            (json!({"shape": "envelope"}), json!({"type": "integer"}))
        );
        let (facts, schema) = read("{data: {type: integer}, success: {type: boolean}}");
        assert_eq!(facts, Value::Null);
        assert_eq!(schema["type"], "object");
    }
}
