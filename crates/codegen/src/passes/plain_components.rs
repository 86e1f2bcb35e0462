//! Inlines every component that is neither an object with properties nor an enumeration.
//!
//! Before: `$ref: Id`, where `Id` is `{type: string}`, an array, a map or another reference. After:
//! `{type: string}` itself, because a separate Rust type would add nothing. An array that contains itself becomes
//! an array of any value.

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::references::every_schema;
use crate::walk::{COPIES, children, component_name, size};
use crate::{Pointer, Report};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let components = match root["components"]["schemas"].take() {
        Value::Object(components) => components,
        _ => Map::new(),
    };
    let plain: HashSet<String> = components
        .iter()
        .filter(|(_, schema)| !is_type(schema))
        .map(|(name, _)| name.clone())
        .collect();
    let mut kept: Map<String, Value> = components
        .iter()
        .filter(|(name, _)| !plain.contains(*name))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    if plain.is_empty() {
        root["components"]["schemas"] = kept.into();
        return;
    }
    let inline = Inline {
        budget: Cell::new(COPIES),
        components: &components,
        plain: &plain,
    };
    let mut changes: Vec<(Pointer, String)> = Vec::new();
    let at = Pointer::root().join(["components", "schemas"]);
    for (name, schema) in &mut kept {
        inline.tree(schema, &at.child(name), &mut Vec::new(), &mut changes);
    }
    every_schema(root, &mut |schema, at| {
        inline.one(schema, at, &mut Vec::new(), &mut changes)
    });
    for (at, what) in changes {
        report.note(&at, None, what);
    }
    root["components"]["schemas"] = kept.into();
}

/// Returns whether a component warrants its own Rust type.
pub(super) fn is_type(schema: &Value) -> bool {
    let has_properties = schema["properties"]
        .as_object()
        .is_some_and(|properties| !properties.is_empty());
    let is_enum = schema["type"] == "string" && schema["enum"].is_array();
    has_properties || is_enum || schema.get("oneOf").is_some() || schema.get("anyOf").is_some()
}

struct Inline<'a> {
    /// The number of nodes that may still be copied.
    budget: Cell<usize>,
    components: &'a Map<String, Value>,
    plain: &'a HashSet<String>,
}

impl Inline<'_> {
    fn tree(
        &self,
        schema: &mut Value,
        at: &Pointer,
        open: &mut Vec<String>,
        changes: &mut Vec<(Pointer, String)>,
    ) {
        self.one(schema, at, open, changes);
        if component_name(schema).is_some() {
            return;
        }
        for (child, _, at) in children(schema, at) {
            self.tree(child, &at, open, changes);
        }
    }

    fn one(
        &self,
        schema: &mut Value,
        at: &Pointer,
        open: &mut Vec<String>,
        changes: &mut Vec<(Pointer, String)>,
    ) {
        let Some(name) = schema["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix("#/components/schemas/"))
            .filter(|name| self.plain.contains(*name))
            .map(str::to_owned)
        else {
            return;
        };
        let mut new = if open.contains(&name) {
            changes.push((
                at.clone(),
                format!("{name}, which contains itself -> any JSON value"),
            ));
            json!({})
        } else {
            let component = &self.components[&name];
            match self.budget.get().checked_sub(size(component)) {
                Some(left) => {
                    self.budget.set(left);
                    component.clone()
                }
                None => {
                    let what = format!(
                        "{name} -> any JSON value: references expand beyond the size limit"
                    );
                    changes.push((at.clone(), what));
                    json!({})
                }
            }
        };
        if let Some(members) = new.as_object_mut() {
            members.shift_remove(super::SIDE);
        }
        open.push(name);
        self.tree(&mut new, at, open, changes);
        open.pop();
        for key in ["description", "nullable", "deprecated", "readOnly"] {
            if let Some(value) = schema.get(key) {
                new[key] = value.clone();
            }
        }
        *schema = new;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn only_objects_and_enumerations_keep_their_names() {
        let (root, lines) = crate::passes::test_run(
            "plain-components",
            "paths: {/a: {get: {parameters: [{in: query, name: q, schema: {$ref: '#/components/schemas/Ids'}}, {in: query, name: e, schema: {$ref: '#/components/schemas/E'}}, {in: query, name: t, schema: {$ref: '#/components/schemas/Tree'}}]}}}
components: {schemas: {Id: {type: string}, Ids: {type: array, items: {$ref: '#/components/schemas/Id', description: d}}, E: {type: string, enum: [a]}, Tree: {type: array, items: {$ref: '#/components/schemas/Tree'}}, O: {type: object, properties: {id: {$ref: '#/components/schemas/Id'}}}}}",
        );
        let schema = |i: usize| root["paths"]["/a"]["get"]["parameters"][i]["schema"].clone();
        assert_eq!(
            schema(0),
            json!({"type": "array", "items": {"type": "string", "description": "d"}})
        );
        assert_eq!(schema(1), json!({"$ref": "#/components/schemas/E"}));
        assert_eq!(schema(2), json!({"type": "array", "items": {}}));
        assert_eq!(
            root["components"]["schemas"],
            json!({"E": {"type": "string", "enum": ["a"]}, "O": {"type": "object", "properties": {"id": {"type": "string"}}}})
        );
        assert!(
            lines[0].ends_with("Tree, which contains itself -> any JSON value"),
            "{lines:?}"
        );
    }
}
