//! What the reader and the overlay need to know of a tree, whatever is made of it later.

use serde_json::Value;

use crate::Pointer;

/// The methods that a path item can have, in the order of the OpenAPI specification.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What kind of thing `value` is, for messages.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A scalar as plain text, anything else as JSON.
pub(crate) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Merges `update` into `node`: objects member by member, lists end to end, else replaced.
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

/// The operationId of the operation that `place` lies in or is.
pub(crate) fn operation_at(root: &Value, place: &Pointer) -> Option<String> {
    let mut tokens = place.tokens();
    (tokens.next()? == "paths").then_some(())?;
    let (path, method) = (tokens.next()?, tokens.next()?);
    METHODS.contains(&method.as_str()).then_some(())?;
    root["paths"].get(&path)?.get(&method)?["operationId"]
        .as_str()
        .map(str::to_owned)
}
