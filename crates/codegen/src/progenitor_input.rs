//! Builds the input for progenitor: a document that contains only the schemas of each operation.
//!
//! Only the generated types are used, so every operation is passed as `POST /o7` with query parameters `a0`, `a1`, …
//! and a JSON body. Paths, names and content types that progenitor does not support are never passed to it. Schemas
//! are reduced to the members that affect types.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use crate::walk::{METHODS, component_name};

/// The members of a schema that affect its type.
const KEPT_MEMBERS: [&str; 10] = [
    "additionalProperties",
    "allOf",
    "description",
    "enum",
    "items",
    "nullable",
    "properties",
    "required",
    "type",
    "$ref",
];

/// The schemas of one operation.
#[derive(Clone, Debug)]
pub(crate) struct OperationSchemas {
    pub(crate) path: String,
    pub(crate) method: &'static str,
    /// The name of the operation.
    pub(crate) name: String,
    /// The schemas of its parameters, in order.
    pub(crate) parameters: Vec<Value>,
    pub(crate) body: Option<Value>,
    pub(crate) success: Option<Value>,
}

impl OperationSchemas {
    /// Returns the schemas of every operation in a prepared document.
    pub(crate) fn all(root: &Value) -> Vec<Self> {
        let mut all = Vec::new();
        for (path, item) in root["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let Some(method) = METHODS.into_iter().find(|known| known == method) else {
                    continue;
                };
                let schema = |pointer: &str| operation.pointer(pointer).map(schema);
                all.push(Self {
                    path: path.clone(),
                    method,
                    name: operation["operationId"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                    parameters: operation["parameters"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|parameter| self::schema(&parameter["schema"]))
                        .collect(),
                    body: schema("/requestBody/content/application~1json/schema"),
                    success: schema("/responses/2XX/content/application~1json/schema"),
                });
            }
        }
        all
    }

    /// Returns a copy in which every schema is replaced by any JSON value.
    pub(crate) fn untyped(&self) -> Self {
        let any = || json!({});
        Self {
            path: self.path.clone(),
            method: self.method,
            name: self.name.clone(),
            parameters: self.parameters.iter().map(|_| any()).collect(),
            body: self.body.as_ref().map(|_| any()),
            success: self.success.as_ref().map(|_| any()),
        }
    }
}

/// Returns the name of an operation in the input for progenitor.
pub(crate) fn operation_name(index: usize) -> String {
    format!("o{index}")
}

/// Returns the name of a parameter in the input for progenitor.
pub(crate) fn parameter_name(index: usize) -> String {
    format!("a{index}")
}

/// Builds the document for `operations`, with the components that they reference.
pub(crate) fn document(root: &Value, operations: &[&OperationSchemas]) -> Value {
    let components = &root["components"]["schemas"];
    let mut paths = Map::new();
    let mut waiting: Vec<String> = Vec::new();
    for (i, operation) in operations.iter().enumerate() {
        let parameters: Vec<Value> = operation
            .parameters
            .iter()
            .enumerate()
            .map(|(i, schema)| {
                json!({"in": "query", "name": parameter_name(i), "required": true, "schema": schema})
            })
            .collect();
        let mut success = json!({"description": ""});
        if let Some(schema) = &operation.success {
            success["content"] = json!({"application/json": {"schema": schema}});
        }
        let mut post = json!({
            "operationId": operation_name(i),
            "parameters": parameters,
            "responses": {"2XX": success},
        });
        if let Some(schema) = &operation.body {
            post["requestBody"] =
                json!({"required": true, "content": {"application/json": {"schema": schema}}});
        }
        references(&post, &mut waiting);
        paths.insert(format!("/{}", operation_name(i)), json!({"post": post}));
    }
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut schemas = Map::new();
    while let Some(name) = waiting.pop() {
        if reached.insert(name.clone())
            && let Some(component) = components.get(&name)
        {
            let component = schema(component);
            references(&component, &mut waiting);
            schemas.insert(name, component);
        }
    }
    schemas.sort_keys();
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Generator input", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// Collects the names of all components that `value` references.
fn references(value: &Value, found: &mut Vec<String>) {
    if let Some(name) = component_name(value) {
        found.push(name.to_owned());
    }
    match value {
        Value::Object(members) => members.values().for_each(|inner| references(inner, found)),
        Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

/// Reduces a schema to the members that affect its type.
fn schema(schema: &Value) -> Value {
    if let Some(name) = component_name(schema) {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        if schema["nullable"] != true {
            return reference;
        }
        let mut nullable = json!({"allOf": [reference], "nullable": true});
        if let Some(description) = schema.get("description") {
            nullable["description"] = description.clone();
        }
        return nullable;
    }
    let mut kept = Map::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        if !KEPT_MEMBERS.contains(&key.as_str()) {
            continue;
        }
        let value = match key.as_str() {
            "properties" => {
                let required = schema["required"].as_array();
                let is_required = |name: &String| {
                    required.is_some_and(|names| names.iter().any(|known| known == name))
                };
                let properties = value.as_object().into_iter().flatten();
                properties
                    .map(|(name, property)| {
                        let mut reduced = self::schema(property);
                        // An optional property is an `Option` already. If it were also nullable, typify would
                        // generate `Box<Option<T>>` for recursive types.
                        if let (Some(component), false) =
                            (component_name(property), is_required(name))
                        {
                            reduced = json!({"$ref": format!("#/components/schemas/{component}")});
                        }
                        (name.clone(), reduced)
                    })
                    .collect::<Map<_, _>>()
                    .into()
            }
            "items" | "additionalProperties" => self::schema(value),
            // typify would generate fields for required names that are not properties.
            "required" => {
                let known: HashSet<&str> = schema["properties"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.as_str())
                    .collect();
                let names = value.as_array().into_iter().flatten();
                names
                    .filter(|name| name.as_str().is_some_and(|name| known.contains(name)))
                    .cloned()
                    .collect()
            }
            _ => value.clone(),
        };
        kept.insert(key.clone(), value);
    }
    kept.into()
}
