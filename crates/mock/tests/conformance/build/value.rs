//! Argument values: taken from the document and written as Rust expressions.

use serde_json::{Map, Value, json};

/// Returns a value that matches a schema of the document. An object gets all of its properties, or only the required
/// ones.
pub(crate) fn of_schema(schema: &Value, all: bool) -> Value {
    let example = &schema["example"];
    // The document lists the values of some booleans as strings.
    if schema["type"] == "boolean" {
        return json!(true);
    }
    if let Some(allowed) = schema["enum"].as_array() {
        return allowed
            .iter()
            .find(|value| !value.is_null())
            .cloned()
            .unwrap_or_default();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array();
            let is_required =
                |name: &str| required.is_some_and(|names| names.iter().any(|n| n == name));
            let mut members = Map::new();
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                if all || is_required(name) {
                    members.insert(name.clone(), of_schema(property, all));
                }
            }
            match example {
                Value::Object(example) if members.is_empty() => Value::Object(example.clone()),
                _ => Value::Object(members),
            }
        }
        Some("array") => match (&schema["items"], example.as_array()) {
            (items, _) if items["type"] == "object" => json!([of_schema(items, all)]),
            (items, _) if items["enum"].is_array() => items["enum"].clone(),
            (_, Some(example)) if !example.is_empty() => example.clone().into(),
            (items, _) => json!([of_schema(items, all)]),
        },
        Some("integer") if example.is_i64() => example.clone(),
        Some("integer") => json!(1),
        Some("number") if example.is_number() => example.clone(),
        Some("number") => json!(1.5),
        _ if example.is_string() || example.is_number() => json!(text(example)),
        _ => json!("text"),
    }
}

/// Returns the Rust expression that passes a value to a setter of this type.
pub(crate) fn expression(ty: &str, value: &Value) -> String {
    match ty {
        "String" => format!("{:?}", text(value)),
        "i64" => format!("{}_i64", value.as_i64().unwrap_or(1)),
        "f64" => format!("{:?}_f64", value.as_f64().unwrap_or(1.5)),
        "bool" => format!("{}", value.as_bool().unwrap_or(true)),
        "FilePart" => "FilePart::new(\"file.txt\", \"bytes of a file\")".to_owned(),
        _ => {
            let is_list = ty.starts_with("Vec<");
            let value = match value {
                Value::Array(_) if is_list => value.clone(),
                // The document does not give the type of these items.
                Value::String(_) | Value::Null if ty == "Vec<MediaRef>" => json!([1]),
                value if is_list => json!([value]),
                value => value.clone(),
            };
            format!(
                "crate::run::parse_argument::<{ty}>({:?})",
                value.to_string()
            )
        }
    }
}

/// Formats a value for a path or a query.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Null => "text".to_owned(),
        other => other.to_string(),
    }
}
