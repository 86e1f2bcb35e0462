//! Traversal of a document: its operations and its schemas, plus helpers for individual nodes.
//!
//! A schema's `properties` is a map of names, not a schema, and a property may be called `type` or `items`. Every
//! traversal here distinguishes the two.

use serde_json::{Map, Value};

use crate::Pointer;
use crate::passes::{FACTS, SIDE};
pub(crate) use crate::tree::{METHODS, kind, operation_at, plain};

/// Returns the HTTP method of a member of a path item.
///
/// An uppercase name counts as the method, unless the item also has the lowercase member.
pub(crate) fn method_of(item: &Map<String, Value>, key: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase();
    let method = METHODS.into_iter().find(|known| *known == lower)?;
    (key == method || !item.contains_key(method)).then_some(method)
}

/// Returns whether a member of a path item looks like an operation, regardless of its name.
pub(crate) fn looks_like_operation(key: &str, value: &Value) -> bool {
    let has_parts = ["responses", "operationId"]
        .iter()
        .any(|member| value.get(*member).is_some());
    has_parts && !key.starts_with("x-")
}

/// Returns the component that a schema refers to, directly or through an `allOf` with one reference (a nullable
/// reference).
pub(crate) fn component_name(schema: &Value) -> Option<&str> {
    let reference = schema["$ref"]
        .as_str()
        .or_else(|| schema["allOf"][0]["$ref"].as_str());
    reference?.strip_prefix("#/components/schemas/")
}

/// Returns the request path of an operation: the path in the document, or the path that the `path-parameters` pass
/// corrected.
pub(crate) fn sent_path<'a>(operation: &'a Value, path: &'a str) -> &'a str {
    operation[FACTS]["path"].as_str().unwrap_or(path)
}

/// A mutable view of an operation, for passes.
pub(crate) struct OperationMut<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'static str,
    /// The operationId from the document; empty if the operation has none.
    pub(crate) id: String,
    /// The name used by the generator, available after the `operation-ids` pass.
    pub(crate) name: String,
    /// The first tag; empty if the operation has no tags.
    pub(crate) tag: String,
    pub(crate) at: Pointer,
    pub(crate) members: &'a mut Map<String, Value>,
}

/// Visits every operation of `root`, in document order.
pub(crate) fn operations(root: &mut Value, mut visit: impl FnMut(OperationMut<'_>)) {
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, item) in paths {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        for (method, operation) in item {
            let Some(method) = METHODS.into_iter().find(|known| known == method) else {
                continue;
            };
            let Some(members) = operation.as_object_mut() else {
                continue;
            };
            let name = members
                .get("operationId")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let id = members
                .get(FACTS)
                .and_then(|facts| facts["id"].as_str())
                .unwrap_or(&name)
                .to_owned();
            let tag = members
                .get("tags")
                .and_then(|tags| tags[0].as_str())
                .unwrap_or_default()
                .to_owned();
            let at = Pointer::root().join(["paths", path, method]);
            visit(OperationMut {
                path,
                method,
                id,
                name,
                tag,
                at,
                members,
            });
        }
    }
}

/// Returns the number of nodes in a value.
pub(crate) fn size(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(size).sum(),
        Value::Array(items) => items.iter().map(size).sum(),
        _ => 0,
    }
}

/// The maximum number of nodes that a pass may copy to inline references. This limits the damage from malicious
/// documents.
pub(crate) const COPIES: usize = 1_000_000;

/// Returns the names of an operation's parameters, in order.
pub(crate) fn parameter_names(operation: &Map<String, Value>) -> Vec<String> {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let names = parameters.into_iter().flatten();
    names
        .map(|parameter| parameter["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The part of an operation that a schema belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Parameter,
    RequestBody,
    Response,
}

/// The role of a schema within its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The top-level schema of a parameter, body or response.
    Top,
    /// A named property.
    Property,
    /// The items of a list.
    Items,
    /// The values of a map.
    Values,
    /// A branch of `oneOf`, `anyOf` or `allOf`.
    Branch,
}

/// The context of a schema that is being visited.
pub(crate) struct SchemaContext<'a> {
    pub(crate) side: Side,
    pub(crate) role: Role,
    pub(crate) at: &'a Pointer,
    pub(crate) operation: &'a str,
}

/// Visits every component that the `sides` pass has assigned to a side.
pub(crate) fn components(root: &mut Value, mut visit: impl FnMut(&mut Value, Side, &Pointer)) {
    let at = Pointer::root().join(["components", "schemas"]);
    let components = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in components.into_iter().flatten() {
        let side = match schema[SIDE].as_str() {
            Some("request") => Side::RequestBody,
            Some(_) => Side::Response,
            None => continue,
        };
        visit(schema, side, &at.child(name));
    }
}

/// Takes the component schemas out of the document. Put them back with [`put_components`].
pub(crate) fn take_components(root: &mut Value) -> Map<String, Value> {
    match root["components"]["schemas"].take() {
        Value::Object(components) => components,
        _ => Map::new(),
    }
}

/// Puts the component schemas back into the document.
pub(crate) fn put_components(root: &mut Value, components: Map<String, Value>) {
    root["components"]["schemas"] = components.into();
}

/// Visits every schema of every component and operation, children before parents.
pub(crate) fn schemas(root: &mut Value, mut visit: impl FnMut(&mut Value, &SchemaContext<'_>)) {
    components(root, |schema, side, at| {
        schema_tree(schema, side, Role::Top, at, "", &mut visit);
    });
    operations(root, |operation| {
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            schema_tree(schema, side, Role::Top, at, &operation.id, &mut visit);
        });
    });
}

/// Visits the top-level schema of every parameter, body and response of one operation, but not their children.
pub(crate) fn top_schemas(
    operation: &mut Map<String, Value>,
    at: &Pointer,
    mut visit: impl FnMut(&mut Value, Side, &Pointer),
) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for (i, parameter) in parameters.into_iter().flatten().enumerate() {
        if let Some(schema) = parameter.get_mut("schema") {
            visit(
                schema,
                Side::Parameter,
                &at.child("parameters").child(i).child("schema"),
            );
        }
    }
    if let Some(body) = operation.get_mut("requestBody") {
        media_schemas(body, &at.child("requestBody"), |schema, at| {
            visit(schema, Side::RequestBody, at)
        });
    }
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        let at = at.child("responses").child(status);
        media_schemas(response, &at, |schema, at| {
            visit(schema, Side::Response, at)
        });
    }
}

fn media_schemas(holder: &mut Value, at: &Pointer, mut visit: impl FnMut(&mut Value, &Pointer)) {
    let content = holder.get_mut("content").and_then(Value::as_object_mut);
    for (media_type, media) in content.into_iter().flatten() {
        if let Some(schema) = media.get_mut("schema") {
            visit(
                schema,
                &at.child("content").child(media_type).child("schema"),
            );
        }
    }
}

/// Visits `schema` and all its descendants, children before parents.
pub(crate) fn schema_tree(
    schema: &mut Value,
    side: Side,
    role: Role,
    at: &Pointer,
    operation: &str,
    visit: &mut impl FnMut(&mut Value, &SchemaContext<'_>),
) {
    for (child, role, at) in children(schema, at) {
        schema_tree(child, side, role, &at, operation, visit);
    }
    visit(
        schema,
        &SchemaContext {
            side,
            role,
            at,
            operation,
        },
    );
}

/// Returns the direct child schemas of `schema`.
pub(crate) fn children<'a>(
    schema: &'a mut Value,
    at: &Pointer,
) -> Vec<(&'a mut Value, Role, Pointer)> {
    let mut found = Vec::new();
    let Some(members) = schema.as_object_mut() else {
        return found;
    };
    for (key, member) in members {
        let at = at.child(key);
        match (key.as_str(), member) {
            ("properties", Value::Object(properties)) => {
                found.extend(
                    properties
                        .iter_mut()
                        .map(|(name, schema)| (schema, Role::Property, at.child(name))),
                );
            }
            ("items", items @ Value::Object(_)) => found.push((items, Role::Items, at)),
            ("additionalProperties", values @ Value::Object(_)) => {
                found.push((values, Role::Values, at))
            }
            ("oneOf" | "anyOf" | "allOf", Value::Array(branches)) => {
                found.extend(
                    branches
                        .iter_mut()
                        .enumerate()
                        .map(|(i, branch)| (branch, Role::Branch, at.child(i))),
                );
            }
            _ => {}
        }
    }
    found
}
