//! Computes the union of two schemas: it accepts the values of both and has the fields of both.

use serde_json::{Map, Value, json};

use crate::inferred::TYPE_CONFLICT;
use crate::walk::component_name;

/// Returns the union of two schemas.
///
/// The union of objects has the properties of both. A schema that was inferred from null, an empty array or an
/// empty object carries no information, so the other schema takes precedence. Integer and number become number.
/// Incompatible schemas become any value, which stays any value in later unions.
pub(super) fn union(a: &Value, b: &Value) -> Value {
    if let (Some(x), Some(y)) = (component_name(a), component_name(b))
        && x == y
    {
        return with_nullable(&json!({"$ref": format!("#/components/schemas/{x}")}), a, b);
    }
    if a == b || is_unknown(b) {
        return with_nullable(a, a, b);
    }
    if is_unknown(a) {
        return with_nullable(b, a, b);
    }
    let joined = match (kind(a), kind(b)) {
        ("object", "object") => objects(a, b),
        ("array", "array") => {
            let items = union(&a["items"], &b["items"]);
            json!({"type": "array", "items": items})
        }
        ("integer" | "number", "integer" | "number") if kind(a) != kind(b) => {
            json!({"type": "number"})
        }
        (x, y) if x == y && !x.is_empty() => scalars(a, b),
        _ => json!({"x-unknown": TYPE_CONFLICT}),
    };
    with_nullable(&joined, a, b)
}

/// Returns whether a schema was inferred from a value that carries no type information.
pub(super) fn is_unknown(schema: &Value) -> bool {
    match kind(schema) {
        "" if schema["x-unknown"] == TYPE_CONFLICT => false,
        "" => ["$ref", "oneOf", "anyOf", "allOf"]
            .iter()
            .all(|key| schema.get(*key).is_none()),
        "array" => schema["items"].as_object().is_none_or(Map::is_empty),
        "object" => is_empty(schema, "properties") && schema.get("additionalProperties").is_none(),
        _ => schema["nullable"] == true && schema.get("example").is_some_and(Value::is_null),
    }
}

fn is_empty(schema: &Value, member: &str) -> bool {
    schema[member].as_object().is_none_or(Map::is_empty)
}

fn kind(schema: &Value) -> &str {
    schema["type"].as_str().unwrap_or_default()
}

fn objects(a: &Value, b: &Value) -> Value {
    let mut properties = Map::new();
    for (name, schema) in members(a).chain(members(b)) {
        let joined = properties
            .get(name)
            .map_or_else(|| schema.clone(), |known| union(known, schema));
        properties.insert(name.clone(), joined);
    }
    let mut object = json!({"type": "object"});
    match (a.get("additionalProperties"), b.get("additionalProperties")) {
        // A map and an object with fixed properties: the properties keep their types, other keys hold any value.
        (Some(values), None) | (None, Some(values)) => {
            object["additionalProperties"] = if properties.is_empty() {
                values.clone()
            } else {
                json!({})
            };
        }
        (Some(x), Some(y)) => object["additionalProperties"] = union(x, y),
        (None, None) => {}
    }
    if !properties.is_empty() || object.get("additionalProperties").is_none() {
        object["properties"] = properties.into();
    }
    object
}

fn members(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// Joins two scalars of the same type. The result has the values of both enumerations if both have one, and the
/// format if it is the same.
fn scalars(a: &Value, b: &Value) -> Value {
    let mut joined = json!({"type": kind(a)});
    if let (Some(x), Some(y)) = (a.get("format"), b.get("format"))
        && x == y
    {
        joined["format"] = x.clone();
    }
    if let (Some(Value::Array(x)), Some(Value::Array(y))) = (a.get("enum"), b.get("enum")) {
        let mut values = x.clone();
        values.extend(y.iter().filter(|value| !x.contains(value)).cloned());
        joined["enum"] = values.into();
    }
    joined
}

fn with_nullable(schema: &Value, a: &Value, b: &Value) -> Value {
    let mut schema = schema.clone();
    if (a["nullable"] == true || b["nullable"] == true)
        && let Some(members) = schema.as_object_mut()
    {
        members.insert("nullable".to_owned(), true.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_keeps_the_information_of_both_sides() {
        let string = json!({"type": "string"});
        let unknown = json!({"type": "string", "nullable": true, "example": null});
        let thumb = json!({"type": "object", "properties": {"url": string}});
        let nullable_thumb =
            json!({"type": "object", "properties": {"url": string}, "nullable": true});
        assert_eq!(union(&unknown, &thumb), nullable_thumb);
        assert_eq!(union(&thumb, &unknown), nullable_thumb);
        assert_eq!(
            union(&json!({"type": "integer"}), &json!({"type": "number"})),
            json!({"type": "number"})
        );
        assert_eq!(
            union(
                &json!({"type": "array", "items": {}}),
                &json!({"type": "array", "items": string})
            ),
            json!({"type": "array", "items": string})
        );
        assert_eq!(union(&json!({"type": "array", "items": {}}), &thumb), thumb);
        let any = json!({"x-unknown": TYPE_CONFLICT});
        assert_eq!(union(&string, &json!({"type": "integer"})), any);
        assert_eq!(union(&any, &string), any);
        let time = json!({"type": "string", "format": "date-time"});
        assert_eq!(union(&time, &string), string);
        assert_eq!(union(&time, &unknown)["format"], "date-time");
        let (a, b) = (
            json!({"type": "object", "properties": {"a": string}}),
            json!({"type": "object", "properties": {"b": string, "a": thumb}}),
        );
        assert_eq!(
            union(&a, &b),
            json!({"type": "object", "properties": {"a": any, "b": string}})
        );
        let map = json!({"type": "object", "additionalProperties": {"type": "integer"}});
        assert_eq!(
            union(&map, &a),
            json!({"type": "object", "additionalProperties": {}, "properties": {"a": string}})
        );
    }
}
