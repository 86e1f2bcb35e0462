//! Helpers for JSON trees, shared by the reader, the overlay and the generator.

use serde_json::Value;

use crate::Pointer;

/// The HTTP methods that a path item can have, in the order of the OpenAPI specification.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Returns the kind of `value`, for messages.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Formats a string without quotes and anything else as JSON.
pub(crate) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Merges `update` into `node`: merges objects recursively, appends to lists and replaces anything else.
pub(crate) fn merge(node: &mut Value, update: &Value) {
    match (node, update) {
        (Value::Object(members), Value::Object(update)) => {
            for (key, value) in update {
                match members.get_mut(key) {
                    Some(member) => merge(member, value),
                    None => {
                        members.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(update)) => items.extend(update.iter().cloned()),
        (node, update) => *node = update.clone(),
    }
}

/// Returns the operationId of the operation at or around `pointer`.
pub(crate) fn operation_at(root: &Value, pointer: &Pointer) -> Option<String> {
    let mut tokens = pointer.tokens();
    (tokens.next()? == "paths").then_some(())?;
    let (path, method) = (tokens.next()?, tokens.next()?);
    METHODS.contains(&method.as_str()).then_some(())?;
    root["paths"].get(&path)?.get(&method)?["operationId"]
        .as_str()
        .map(str::to_owned)
}
