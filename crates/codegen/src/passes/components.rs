//! Turns every object in a request into a component with a unique name.
//!
//! Before: an inline `properties: {headers: {type: array, …}}`; progenitor would give two such objects the same
//! name and keep only the first. After: `$ref: '#/components/schemas/SendMessageBody'`, and
//! `SendMessageBodyHeadersItem` for an object nested in it; every name is unique. The `models` pass handles the
//! objects in responses.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::references::{RESERVED, unique_type_name};
use super::words;
use crate::walk::{
    Side, children, operations, parameter_names, put_components, take_components, top_schemas,
};
use crate::{Pointer, Report};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut components = take_components(root);
    let mut taken: HashSet<String> = components.keys().cloned().collect();
    taken.extend(RESERVED.iter().map(|name| (*name).to_owned()));
    taken.extend(
        root[super::PINNED]["types"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone()),
    );
    let names: Vec<String> = components
        .iter()
        .filter(|(_, schema)| schema[super::SIDE] == "request")
        .map(|(name, _)| name.clone())
        .collect();
    for name in names {
        let mut component = components[&name].take();
        let mut hoist = Hoist {
            components: &mut components,
            taken: &mut taken,
            names: Vec::new(),
        };
        hoist.children(&mut component, &name);
        let at = Pointer::root().join(["components", "schemas", &name]);
        for inner in hoist.names {
            report.note(&at, None, format!("inline object -> component {inner}"));
        }
        components.insert(name, component);
    }
    operations(root, |operation| {
        let mut names = Vec::new();
        let parameters = parameter_names(operation.members);
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            if side == Side::Response {
                return;
            }
            let words = words::part(at, &parameters);
            let mut hoist = Hoist {
                components: &mut components,
                taken: &mut taken,
                names: Vec::new(),
            };
            hoist.tree(schema, &format!("{} {words}", operation.name));
            names.extend(hoist.names.into_iter().map(|name| (at.clone(), name)));
        });
        for (at, name) in names {
            report.note(
                &at,
                Some(&operation.id),
                format!("inline object -> component {name}"),
            );
        }
    });
    put_components(root, components);
}

struct Hoist<'a> {
    components: &'a mut Map<String, Value>,
    taken: &'a mut HashSet<String>,
    names: Vec<String>,
}

impl Hoist<'_> {
    /// Moves the objects nested in `schema` to the components.
    fn children(&mut self, schema: &mut Value, words: &str) {
        for (child, _, at) in children(schema, &Pointer::root()) {
            self.tree(child, &format!("{words} {}", words::step(&at)));
        }
    }

    /// Moves `schema` to the components, after the objects nested in it.
    fn tree(&mut self, schema: &mut Value, words: &str) {
        self.children(schema, words);
        let is_object = schema["type"] == "object";
        if !is_object || schema["properties"].as_object().is_none_or(Map::is_empty) {
            return;
        }
        let name = unique_type_name(words, self.taken);
        let nullable = schema
            .as_object_mut()
            .and_then(|members| members.shift_remove("nullable"));
        let null_is_a_value = schema
            .as_object_mut()
            .and_then(|members| members.shift_remove(super::NULL_IS_A_VALUE));
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        let description = schema.get("description").cloned();
        self.components.insert(name.clone(), schema.take());
        self.names.push(name);
        *schema = if nullable == Some(Value::Bool(true)) {
            json!({"allOf": [reference], "nullable": true})
        } else {
            reference
        };
        if let (Some(description), true) = (description, schema.get("allOf").is_some()) {
            schema["description"] = description;
        }
        if let Some(mark) = null_is_a_value {
            schema[super::NULL_IS_A_VALUE] = mark;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn nested_objects_get_unique_names() {
        let (root, _) = crate::passes::test_run(
            "components",
            "paths: {/a: {post: {operationId: send, requestBody: {content: {application/json: {schema: {type: array, items: {type: object, properties: {user: {type: object, nullable: true, properties: {n: {type: string}}}, user_: {type: object, properties: {m: {type: string}}}}}}}}}}}}",
        );
        let names: Vec<_> = root["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(
            names,
            ["SendBodyItemUser", "SendBodyItemUser2", "SendBodyItem"]
        );
        let item = &root["components"]["schemas"]["SendBodyItem"]["properties"];
        assert_eq!(
            item["user"],
            json!({"allOf": [{"$ref": "#/components/schemas/SendBodyItemUser"}], "nullable": true})
        );
        assert_eq!(
            item["user_"],
            json!({"$ref": "#/components/schemas/SendBodyItemUser2"})
        );
    }
}
