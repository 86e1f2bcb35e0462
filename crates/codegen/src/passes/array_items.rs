//! Ensures that every array has `items`, and that `properties` is an object.
//!
//! Before: `type: array` without `items` (Scribe saw an empty list), `properties: []` (PHP's empty array). After:
//! `items: {}`, which allows any value, and `properties: {}`.

use serde_json::{Map, Value};

use crate::Report;
use crate::walk::schemas;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, context| {
        let is_array = schema["type"] == "array";
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        if is_array && !members.get("items").is_some_and(Value::is_object) {
            members.insert("items".to_owned(), Value::Object(Map::new()));
            report.note(
                context.at,
                Some(context.operation),
                "array without `items` -> array of any JSON value",
            );
        }
        if members
            .get("properties")
            .is_some_and(|properties| !properties.is_object())
        {
            members.insert("properties".to_owned(), Value::Object(Map::new()));
            report.note(
                context.at,
                Some(context.operation),
                "`properties` that is not an object -> no properties",
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_property_named_items_is_not_the_items_of_an_array() {
        let (root, lines) = crate::passes::test_run(
            "array-items",
            "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {items: {type: array}, type: {type: object, properties: []}}}}}}}}}",
        );
        let schema =
            &root["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(
            schema["properties"]["items"],
            json!({"type": "array", "items": {}})
        );
        assert_eq!(
            schema["properties"]["type"],
            json!({"type": "object", "properties": {}})
        );
        assert_eq!(lines.len(), 2);
    }
}
