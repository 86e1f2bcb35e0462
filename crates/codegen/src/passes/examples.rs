//! Examples end here.
//!
//! Before: `example` and `default` in every schema. After: none. Those of requests are random at
//! each export and prove nothing; those of responses have been heard by the passes before this one.
//! A `default` would also keep a null from being read.

use serde_json::Value;

use crate::Report;
use crate::walk::{operations, schemas};

pub(super) fn run(root: &mut Value, _: &mut Report) {
    schemas(root, |schema, _| {
        if let Some(members) = schema.as_object_mut() {
            members.retain(|key, _| {
                !matches!(
                    key.as_str(),
                    "example" | "examples" | "default" | "externalDocs" | "xml"
                )
            });
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
