//! Examples and rules for values end here.
//!
//! Before: `example`, `default`, `minLength`, `pattern`, `uniqueItems`, `xml`, … in every schema. After:
//! only what makes a type. Examples of requests are random at each export and prove nothing; those of
//! responses have been heard by the passes before this one. A `default` would keep a null from being
//! read, and a rule for values would make a Rust type of its own that the service alone can check.

use serde_json::Value;

use super::{NULL_IS_A_VALUE, SIDE, VALUES};
use crate::Report;
use crate::walk::{operations, schemas};

/// The members of a schema that make a type, and our own marks.
const KEPT: [&str; 14] = [
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
    fn a_property_called_example_stays() {
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
