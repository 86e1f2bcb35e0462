//! The whole example is evidence, not only the first element of its lists.
//!
//! Before: `items: {properties: {thumb: {type: string, example: null}}}`, guessed from the first
//! element, while the third of the operation's own example has an object there. After: `thumb` is
//! that object, and a key that only a later element has is a property. What the example contradicts
//! is widened until the example fits. Responses only: requests take nothing from examples.

use serde_json::{Map, Value, json};

use super::union::{is_unknown, union};
use crate::walk::{Side, schemas};
use crate::{Pointer, Report};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, place| {
        if place.side != Side::Response {
            return;
        }
        let is_branch = place.role == crate::walk::Role::Branch;
        let is_top = place.role == crate::walk::Role::Top;
        // A list or an object of its own that says nothing but by its example.
        let is_silent =
            matches!(schema["type"].as_str(), Some("array" | "object")) && is_unknown(schema);
        if let (true, Some(example)) = (
            is_branch || is_top || is_silent,
            schema.get("example").cloned(),
        ) {
            let mut told = Vec::new();
            widen(schema, &example, place.at, &mut told);
            for (at, what) in told {
                report.note(&at, Some(place.operation), what);
            }
        }
    });
}

/// Widens `schema` until `value` fits.
fn widen(schema: &mut Value, value: &Value, at: &Pointer, told: &mut Vec<(Pointer, String)>) {
    if value.is_null() {
        schema["nullable"] = true.into();
        return;
    }
    // A component has its own examples; that of one place says nothing of the others.
    let is_composed = ["$ref", "oneOf", "anyOf"]
        .iter()
        .any(|key| schema.get(*key).is_some());
    if is_composed {
        return;
    }
    let says_nothing =
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
    if is_unknown(schema) {
        let learnt = infer(value);
        if !says_nothing && !is_unknown(&learnt) {
            told.push((
                at.clone(),
                format!(
                    "an unknown value -> {}: the example shows it",
                    name(&learnt)
                ),
            ));
            let nullable = schema["nullable"] == true;
            *schema = learnt;
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
                    widen(property, member, &at, told);
                } else if let Some(values) = schema
                    .get_mut("additionalProperties")
                    .filter(|values| values.is_object())
                {
                    widen(values, member, &at, told);
                } else {
                    told.push((
                        at,
                        format!(
                            "not there -> {}: it is in the example",
                            name(&infer(member))
                        ),
                    ));
                    schema["properties"][key] = infer(member);
                }
            }
        }
        (Some("array"), Value::Array(items)) => {
            for item in items {
                widen(&mut schema["items"], item, &at.child("items"), told);
            }
        }
        // PHP's empty array for an empty object, and the reverse.
        (Some("object"), Value::Array(items)) if items.is_empty() => {}
        (Some("array"), Value::Object(members)) if members.is_empty() => {}
        (Some("string"), Value::String(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_)) => {}
        (Some("integer"), Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        _ => {
            let wider = union(schema, &infer(value));
            told.push((
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

/// The schema that Scribe would guess from `value`, from all elements of its lists.
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

/// What a schema is, for messages.
pub(super) fn name(schema: &Value) -> String {
    if is_unknown(schema) {
        return if schema.get("type").is_some() {
            "an unknown value".to_owned()
        } else {
            "any value".to_owned()
        };
    }
    match schema["type"].as_str() {
        Some("array") => format!("a list of {}", name(&schema["items"])),
        Some(word) => word.to_owned(),
        None => "any value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn every_element_of_the_example_counts() {
        let (root, told) = crate::passes::test_run(
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
        assert_eq!(item["id"], json!({"x-unknown": "its places do not agree"}));
        assert_eq!(item["gone"], json!({"type": "boolean"}));
        assert_eq!(told.len(), 4);
        assert!(
            told[0].contains("an unknown value -> object: the example shows it"),
            "{told:?}"
        );
        assert!(
            told[2].contains("integer -> any value: the example has string"),
            "{told:?}"
        );
    }
}
