//! Splits components by side: each belongs to either responses or requests.
//!
//! Before: `User` in a response and in a body. After: `User`, in which every field may be absent or null, and
//! `UserInput`, with the required fields of a request; each is marked with its side. Unused components are
//! removed. Read-only fields are not required in requests.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::references::unique_type_name;
use crate::walk::{Side, children, component_name, operations, top_schemas};
use crate::{Pointer, Report};

/// Marks the side of a component: `response` or `request`.
pub(crate) const SIDE: &str = "x-codegen-side";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut components = match root["components"]["schemas"].take() {
        Value::Object(components) => components,
        _ => Map::new(),
    };
    let mut in_responses = BTreeSet::new();
    let mut in_requests = BTreeSet::new();
    operations(root, |operation| {
        let successes: Vec<String> = super::responses::successes(operation.members)
            .into_iter()
            .cloned()
            .collect();
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            let found = if side == Side::Response {
                let status = at.as_str().split('/').nth(5).unwrap_or_default();
                if !successes.iter().any(|success| success == status) {
                    return;
                }
                &mut in_responses
            } else {
                &mut in_requests
            };
            references(schema, found);
        });
    });
    let in_responses = reached(&mut components, in_responses);
    let in_requests = reached(&mut components, in_requests);

    let mut taken: HashSet<String> = components.keys().cloned().collect();
    let mut inputs: Vec<(String, String)> = Vec::new();
    for name in in_requests.intersection(&in_responses) {
        // Enumerations are the same on both sides.
        if components[name].get("properties").is_some() || components[name].get("enum").is_none() {
            let input = unique_type_name(&format!("{name}Input"), &mut taken);
            let at = Pointer::root().join(["components", "schemas", name]);
            report.note(
                &at,
                None,
                format!("{name}, used in responses and requests -> {name} and {input}"),
            );
            inputs.push((name.clone(), input));
        }
    }
    let mut kept = Map::new();
    for (name, schema) in &components {
        let is_split = inputs.iter().any(|(known, _)| known == name);
        if in_responses.contains(name) {
            kept.insert(name.clone(), marked(schema.clone(), "response"));
        } else if in_requests.contains(name) && !is_split {
            let mut schema = marked(schema.clone(), "request");
            to_input(&mut schema, &inputs);
            kept.insert(name.clone(), schema);
        }
    }
    for (name, input) in &inputs {
        let mut schema = marked(components[name].clone(), "request");
        to_input(&mut schema, &inputs);
        kept.insert(input.clone(), schema);
    }
    operations(root, |operation| {
        top_schemas(operation.members, &operation.at, |schema, side, _| {
            if side != Side::Response {
                to_input(schema, &inputs);
            }
        });
    });
    root["components"]["schemas"] = kept.into();
}

fn marked(mut schema: Value, side: &str) -> Value {
    schema[SIDE] = side.into();
    schema
}

/// Adds the components that a schema references to `found`.
fn references(schema: &mut Value, found: &mut BTreeSet<String>) {
    if let Some(name) = component_name(schema) {
        found.insert(name.to_owned());
    }
    for (child, _, _) in children(schema, &Pointer::root()) {
        references(child, found);
    }
}

/// Returns all components that are reachable from `first`.
fn reached(components: &mut Map<String, Value>, first: BTreeSet<String>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut waiting: Vec<String> = first.into_iter().collect();
    while let Some(name) = waiting.pop() {
        let Some(schema) = components.get_mut(&name) else {
            continue;
        };
        if all.insert(name) {
            let mut found = BTreeSet::new();
            references(schema, &mut found);
            waiting.extend(found);
        }
    }
    all
}

/// Converts a schema for requests: it references request components and requires no read-only property.
fn to_input(schema: &mut Value, inputs: &[(String, String)]) {
    let renamed = component_name(schema)
        .and_then(|name| inputs.iter().find(|(known, _)| known == name))
        .map(|(_, input)| format!("#/components/schemas/{input}"));
    if let Some(reference) = renamed {
        schema["$ref"] = reference.into();
    }
    let read_only: Vec<Value> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, property)| property["readOnly"] == true)
        .map(|(name, _)| name.as_str().into())
        .collect();
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !read_only.contains(name));
    }
    for (child, _, _) in children(schema, &Pointer::root()) {
        to_input(child, inputs);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_component_used_on_both_sides_is_split() {
        let (root, _) = crate::passes::test_run(
            "sides",
            "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/U'}}}}, responses: {200: {content: {application/json: {schema: {$ref: '#/components/schemas/U'}}}}, 400: {content: {application/json: {schema: {$ref: '#/components/schemas/Bad'}}}}}}}}
components: {schemas: {U: {type: object, required: [id, n], properties: {id: {type: integer, readOnly: true}, n: {type: string}, up: {$ref: '#/components/schemas/U'}, e: {$ref: '#/components/schemas/E'}}}, E: {type: string, enum: [a]}, Bad: {type: object, properties: {a: {}}}}}",
        );
        let schemas = &root["components"]["schemas"];
        let names: Vec<_> = schemas.as_object().unwrap().keys().collect();
        assert_eq!(names, ["U", "E", "UInput"]);
        assert_eq!(schemas["UInput"]["required"], json!(["n"]));
        assert_eq!(
            schemas["UInput"]["properties"]["up"]["$ref"],
            "#/components/schemas/UInput"
        );
        assert_eq!(
            schemas["U"]["properties"]["up"]["$ref"],
            "#/components/schemas/U"
        );
        let post = &root["paths"]["/a"]["post"];
        assert_eq!(
            post["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/UInput"
        );
    }
}
