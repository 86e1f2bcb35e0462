//! What progenitor is given: the types of each operation, and nothing else of the document.
//!
//! Every operation goes in as `POST /o7`, its parameters as `a0`, `a1`, … of the query and its body as
//! JSON, because only the types that come out are kept: paths, names and content types, at which progenitor
//! would stop, stay here. A schema has no more than what makes a type.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use crate::walk::{METHODS, component_name};

/// The members of a schema that the generator reads.
const READ: [&str; 10] = [
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

/// One operation by its types.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) path: String,
    pub(crate) method: &'static str,
    /// The operation's name.
    pub(crate) name: String,
    /// The schemas of its parameters, in their order.
    pub(crate) parameters: Vec<Value>,
    pub(crate) body: Option<Value>,
    pub(crate) success: Option<Value>,
}

impl Given {
    /// The operations of a prepared document.
    pub(crate) fn all(root: &Value) -> Vec<Self> {
        let mut all = Vec::new();
        for (path, item) in root["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let Some(method) = METHODS.into_iter().find(|known| known == method) else {
                    continue;
                };
                let schema = |place: &str| operation.pointer(place).map(schema);
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

    /// The same with any value in place of every type.
    pub(crate) fn plain(&self) -> Self {
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

/// The name under which progenitor knows an operation, and that of a parameter.
pub(crate) fn operation_name(index: usize) -> String {
    format!("o{index}")
}

pub(crate) fn parameter_name(index: usize) -> String {
    format!("a{index}")
}

/// The document for `operations`, with the components that they reach.
pub(crate) fn document(root: &Value, operations: &[&Given]) -> Value {
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
    let mut given = Map::new();
    while let Some(name) = waiting.pop() {
        if reached.insert(name.clone())
            && let Some(component) = components.get(&name)
        {
            let component = schema(component);
            references(&component, &mut waiting);
            given.insert(name, component);
        }
    }
    given.sort_keys();
    json!({
        "openapi": "3.0.3",
        "info": {"title": "given", "version": "1"},
        "paths": paths,
        "components": {"schemas": given},
    })
}

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

/// A schema with what makes its type.
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
        if !READ.contains(&key.as_str()) {
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
                        let mut given = self::schema(property);
                        // What may be absent is an `Option` already; said twice of a type that holds itself,
                        // the box would stand outside.
                        if let (Some(component), false) =
                            (component_name(property), is_required(name))
                        {
                            given = json!({"$ref": format!("#/components/schemas/{component}")});
                        }
                        (name.clone(), given)
                    })
                    .collect::<Map<_, _>>()
                    .into()
            }
            "items" | "additionalProperties" => self::schema(value),
            // Names that no property has would be fields of their own.
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
