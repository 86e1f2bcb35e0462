//! Removes examples and validation rules.
//!
//! Before: `example`, `default`, `minLength`, `pattern`, `uniqueItems`, `xml`, … in every schema. After: only the
//! members that determine a type. Request examples are randomized in each export, so they are not evidence; earlier
//! passes have already used the response examples. A `default` would prevent null from being decoded, and a validation
//! rule would create a separate Rust type for a rule that only the service can check.

use serde_json::Value;

use super::{ENUM_NAME, NULL_IS_A_VALUE, SIDE, VALUES};
use crate::Report;
use crate::walk::{operations, schemas};

/// The members of a schema that determine a type, and the markers that passes set.
const KEPT: [&str; 15] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "description",
    "enum",
    "format",
    "items",
    "nullable",
    "properties",
    "required",
    "type",
    SIDE,
    VALUES,
    NULL_IS_A_VALUE,
    ENUM_NAME,
];

pub(super) fn run(root: &mut Value, _: &mut Report) {
    schemas(root, |schema, _| {
        if let Some(members) = schema.as_object_mut() {
            members.retain(|key, _| KEPT.contains(&key.as_str()) || key == "x-unknown");
        }
    });
    operations(root, |operation| {
        let parameters = operation
            .members
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            parameter.retain(|key, _| !matches!(key.as_str(), "example" | "examples"));
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn keeps_a_property_named_example() {
        let (root, _) = crate::passes::test_run(
            "examples",
            "paths: {/a: {get: {parameters: [{in: query, name: q, example: 1, schema: {type: object, example: {}, properties: {example: {type: string, default: x}}}}]}}}",
        );
        let parameter = &root["paths"]["/a"]["get"]["parameters"][0];
        assert_eq!(
            *parameter,
            json!({"in": "query", "name": "q", "schema": {"type": "object", "properties": {"example": {"type": "string"}}}})
        );
    }
}
