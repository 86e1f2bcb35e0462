//! Widens each response schema to match its complete example, not just the first element of each list.
//!
//! Before: `items: {properties: {thumb: {type: string, example: null}}}`, inferred from the first element, while the
//! third element of the same example has an object there. After: `thumb` is that object, and a key that only a later
//! element has is a property. A type that contradicts the example is widened to include it. This applies to responses
//! only: nothing is inferred from request examples.

use serde_json::{Map, Value, json};

use super::union::{is_unknown, union};
use crate::walk::{Side, schemas};
use crate::{Pointer, Report};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, context| {
        if context.side != Side::Response {
            return;
        }
        let is_branch = context.role == crate::walk::Role::Branch;
        let is_top = context.role == crate::walk::Role::Top;
        // An array or object that carries no type information except in its own example.
        let is_silent =
            matches!(schema["type"].as_str(), Some("array" | "object")) && is_unknown(schema);
        if let (true, Some(example)) = (
            is_branch || is_top || is_silent,
            schema.get("example").cloned(),
        ) {
            let mut changes = Vec::new();
            widen(schema, &example, context.at, &mut changes);
            for (at, what) in changes {
                report.note(&at, Some(context.operation), what);
            }
        }
    });
}

/// Widens `schema` so that it includes `value`.
fn widen(schema: &mut Value, value: &Value, at: &Pointer, changes: &mut Vec<(Pointer, String)>) {
    if value.is_null() {
        schema["nullable"] = true.into();
        return;
    }
    // A component has its own examples; the example of one occurrence does not apply to the others.
    let is_composed = ["$ref", "oneOf", "anyOf"]
        .iter()
        .any(|key| schema.get(*key).is_some());
    if is_composed {
        return;
    }
    let is_empty =
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
    if is_unknown(schema) {
        let inferred = infer(value);
        if !is_empty && !is_unknown(&inferred) {
            changes.push((
                at.clone(),
                format!(
                    "unknown type -> {}: inferred from the example",
                    name(&inferred)
                ),
            ));
            let nullable = schema["nullable"] == true;
            *schema = inferred;
            if nullable {
                schema["nullable"] = true.into();
            }
        }
        return;
    }
    match (schema["type"].as_str(), value) {
        (Some("object"), Value::Object(members)) => {
            for (key, member) in members {
                let at = at.child("properties").child(key);
                if let Some(property) = schema
                    .get_mut("properties")
                    .and_then(|properties| properties.get_mut(key))
                {
                    widen(property, member, &at, changes);
                } else if let Some(values) = schema
                    .get_mut("additionalProperties")
                    .filter(|values| values.is_object())
                {
                    widen(values, member, &at, changes);
                } else {
                    changes.push((
                        at,
                        format!(
                            "missing -> {}: present in the example",
                            name(&infer(member))
                        ),
                    ));
                    schema["properties"][key] = infer(member);
                }
            }
        }
        (Some("array"), Value::Array(items)) => {
            for item in items {
                widen(&mut schema["items"], item, &at.child("items"), changes);
            }
        }
        // PHP's empty array in place of an empty object, or vice versa.
        (Some("object"), Value::Array(items)) if items.is_empty() => {}
        (Some("array"), Value::Object(members)) if members.is_empty() => {}
        (Some("string"), Value::String(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_)) => {}
        (Some("integer"), Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        _ => {
            let wider = union(schema, &infer(value));
            changes.push((
                at.clone(),
                format!(
                    "{} -> {}: the example has {}",
                    name(schema),
                    name(&wider),
                    name(&infer(value))
                ),
            ));
            *schema = wider;
        }
    }
}

/// Infers a schema from `value` as Scribe does, but from all elements of its arrays.
pub(super) fn infer(value: &Value) -> Value {
    match value {
        Value::Null => json!({"type": "string", "example": null, "nullable": true}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(number) if number.is_f64() => json!({"type": "number"}),
        Value::Number(_) => json!({"type": "integer"}),
        Value::String(text) => json!({"type": "string", "example": text}),
        Value::Array(items) => {
            let items = items.iter().map(infer).reduce(|a, b| union(&a, &b));
            json!({"type": "array", "items": items.unwrap_or_else(|| json!({}))})
        }
        Value::Object(members) => {
            let properties: Map<String, Value> = members
                .iter()
                .map(|(key, member)| (key.clone(), infer(member)))
                .collect();
            json!({"type": "object", "properties": properties})
        }
    }
}

/// Describes the type of a schema, for messages.
pub(super) fn name(schema: &Value) -> String {
    if is_unknown(schema) {
        return if schema.get("type").is_some() {
            "unknown type".to_owned()
        } else {
            "any JSON value".to_owned()
        };
    }
    match schema["type"].as_str() {
        Some("array") => format!("array of {}", name(&schema["items"])),
        Some(name) => name.to_owned(),
        None => "any JSON value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn uses_every_element_of_the_example() {
        let (root, lines) = crate::passes::test_run(
            "evidence",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {type: object,
                example: {data: [{thumb: null, price: 0, id: 1}, {thumb: {url: u}, price: 1.5, id: x, gone: true}]},
                properties: {data: {type: array, items: {type: object, properties: {thumb: {type: string, example: null, nullable: true}, price: {type: integer}, id: {type: integer}}}}}}}}}}}}}",
        );
        let item = &root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            ["properties"]["data"]["items"]["properties"];
        assert_eq!(
            item["thumb"],
            json!({"type": "object", "properties": {"url": {"type": "string", "example": "u"}}, "nullable": true})
        );
        assert_eq!(item["price"], json!({"type": "number"}));
        assert_eq!(
            item["id"],
            json!({"x-unknown": crate::inferred::TYPE_CONFLICT})
        );
        assert_eq!(item["gone"], json!({"type": "boolean"}));
        assert_eq!(lines.len(), 4);
        assert!(
            lines[0].contains("unknown type -> object: inferred from the example"),
            "{lines:?}"
        );
        assert!(
            lines[2].contains("integer -> any JSON value: the example has string"),
            "{lines:?}"
        );
    }
}
