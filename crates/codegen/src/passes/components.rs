//! Every object of a request body is a component with a name of its own.
//!
//! Before: `properties: {headers: {type: array, …}}` written out in place; progenitor would name two
//! of them alike and keep only the first. After: `$ref: '#/components/schemas/SendMessageBody'`, and
//! for what is nested in it `SendMessageBodyHeadersItem`; a name is given once. Objects of answers
//! have the pass `models`.

use std::collections::HashSet;

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use crate::Report;
use crate::walk::{Side, children, operations, top_schemas};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut components = match root["components"]["schemas"].take() {
        Value::Object(components) => components,
        _ => Map::new(),
    };
    let mut taken: HashSet<String> = components.keys().cloned().collect();
    taken.extend(super::CORE_TYPES.iter().map(|(name, _)| (*name).to_owned()));
    taken.extend(
        root[super::PINNED]["types"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone()),
    );
    // The generator names the types of parameters after operation and parameter.
    operations(root, |operation| {
        for parameter in operation
            .members
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            taken.insert(
                format!(
                    "{}-{}",
                    operation.name,
                    parameter["name"].as_str().unwrap_or_default()
                )
                .to_pascal_case(),
            );
        }
    });
    operations(root, |operation| {
        let mut names = Vec::new();
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            if side != Side::RequestBody {
                return;
            }
            let mut hoist = Hoist {
                components: &mut components,
                taken: &mut taken,
                names: Vec::new(),
            };
            hoist.tree(schema, &format!("{} body", operation.name));
            names.extend(hoist.names.into_iter().map(|name| (at.clone(), name)));
        });
        for (at, name) in names {
            report.note(
                &at,
                Some(&operation.id),
                format!("an object written out -> component {name}"),
            );
        }
    });
    root["components"]["schemas"] = components.into();
}

struct Hoist<'a> {
    components: &'a mut Map<String, Value>,
    taken: &'a mut HashSet<String>,
    names: Vec<String>,
}

impl Hoist<'_> {
    /// Moves `schema`, and before it everything in it, among the components.
    fn tree(&mut self, schema: &mut Value, words: &str) {
        for (child, _, at) in children(schema, &crate::Pointer::root()) {
            let last = at.split_last().map(|(_, token)| token).unwrap_or_default();
            let word = match at.as_str() {
                "/items" => "item",
                "/additionalProperties" => "value",
                _ => &last,
            };
            self.tree(child, &format!("{words} {word}"));
        }
        if schema["properties"].as_object().is_none_or(Map::is_empty) {
            return;
        }
        let name = self.name(words);
        let nullable = schema
            .as_object_mut()
            .and_then(|members| members.shift_remove("nullable"));
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
    }

    fn name(&mut self, words: &str) -> String {
        let base = words
            .replace(|c: char| !c.is_alphanumeric(), " ")
            .to_pascal_case();
        let base = if base.starts_with(|c: char| c.is_ascii_digit()) {
            format!("N{base}")
        } else {
            base
        };
        let name = std::iter::once(base.clone())
            .chain((2..).map(|n| format!("{base}{n}")))
            .find(|name| !self.taken.contains(name))
            .unwrap_or(base);
        self.taken.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn nested_objects_have_names_that_are_given_once() {
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
