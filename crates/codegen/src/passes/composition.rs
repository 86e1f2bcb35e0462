//! `allOf` is one schema, and a branch that only says null is `nullable`.
//!
//! Before: `allOf: [{$ref: Base}, {properties: {…}}]`, `anyOf: [{$ref: User}, {type: 'null'}]`, branches
//! that hold nothing but rules (`anyOf: [{required: [a]}]`). After: an object with the properties of all
//! parts, whatever stood beside `allOf` included; a nullable reference; no branches.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::references::every_schema;
use super::union::union;
use crate::walk::{COPIES, children, component_name, size};
use crate::{Pointer, Report};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let components = match root["components"]["schemas"].take() {
        Value::Object(components) => components,
        _ => Map::new(),
    };
    let mut composer = Composer {
        components,
        done: HashMap::new(),
        open: HashSet::new(),
        budget: COPIES,
        told: Vec::new(),
    };
    let names: Vec<String> = composer.components.keys().cloned().collect();
    let mut composed = Map::new();
    for name in names {
        let schema = composer.component(&name);
        composed.insert(name, schema);
    }
    // Their references lead to the components of before for as long as this pass runs.
    every_schema(root, &mut |schema, at| composer.compose(schema, at));
    for (at, what) in composer.told {
        report.note(&at, None, what);
    }
    root["components"]["schemas"] = composed.into();
}

struct Composer {
    components: Map<String, Value>,
    done: HashMap<String, Value>,
    open: HashSet<String>,
    budget: usize,
    told: Vec<(Pointer, String)>,
}

impl Composer {
    /// A component, composed; its own fields alone where it is a part of itself.
    fn component(&mut self, name: &str) -> Value {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        let Some(mut schema) = self.components.get(name).cloned() else {
            return json!({});
        };
        let at = Pointer::root().join(["components", "schemas", name]);
        if !self.open.insert(name.to_owned()) {
            self.told
                .push((at, "a part of itself -> its own fields there".to_owned()));
            return own_fields(&schema);
        }
        self.tree(&mut schema, &at);
        self.open.remove(name);
        self.done.insert(name.to_owned(), schema.clone());
        schema
    }

    fn tree(&mut self, schema: &mut Value, at: &Pointer) {
        for (child, _, at) in children(schema, at) {
            self.tree(child, &at);
        }
        self.compose(schema, at);
    }

    fn compose(&mut self, schema: &mut Value, at: &Pointer) {
        for word in ["oneOf", "anyOf"] {
            self.branches(schema, word, at);
        }
        let Some(parts) = schema
            .as_object_mut()
            .and_then(|members| members.shift_remove("allOf"))
        else {
            return;
        };
        let parts = match parts {
            Value::Array(parts) => parts,
            _ => Vec::new(),
        };
        let count = parts.len();
        let has_own = [
            "properties",
            "oneOf",
            "anyOf",
            "additionalProperties",
            "required",
        ]
        .iter()
        .any(|key| schema.get(*key).is_some());
        // Parts that only say something of the value, as 3.0 needs it beside a reference.
        let (notes, types): (Vec<Value>, Vec<Value>) =
            parts.iter().cloned().partition(is_annotation);
        if let ([part], false) = (types.as_slice(), has_own)
            && part.get("$ref").is_some()
        {
            for note in notes {
                join(schema, note);
            }
            schema["$ref"] = part["$ref"].clone();
            if let Some(members) = schema.as_object_mut() {
                members.retain(|key, _| key == "$ref" || ANNOTATIONS.contains(&key.as_str()));
            }
            return;
        }
        for part in parts {
            let mut part = self.written_out(part, at);
            self.tree(&mut part, at);
            join(schema, part);
        }
        self.told.push((
            at.clone(),
            format!("`allOf` of {count} parts -> one schema with the fields of all"),
        ));
    }

    /// A part of `allOf`, with a component in place of a reference to it.
    fn written_out(&mut self, part: Value, at: &Pointer) -> Value {
        let Some(name) = component_name(&part).map(str::to_owned) else {
            return part;
        };
        let mut schema = self.component(&name);
        // A component that is another one by reference.
        for _ in 0..self.components.len() {
            match component_name(&schema).map(str::to_owned) {
                Some(next) => schema = self.component(&next),
                None => break,
            }
        }
        if component_name(&schema).is_some() {
            return json!({});
        }
        let size = size(&schema);
        if size > self.budget {
            self.told.push((
                at.clone(),
                format!("`allOf` of {name} -> any value: the document refers to itself too often"),
            ));
            return json!({});
        }
        self.budget -= size;
        schema
    }

    /// Takes out of branches what is no branch.
    fn branches(&mut self, schema: &mut Value, word: &str, at: &Pointer) {
        let Some(branches) = schema.get(word).and_then(Value::as_array) else {
            return;
        };
        let count = branches.len();
        let mut kept: Vec<Value> = branches
            .iter()
            .filter(|branch| !is_null(branch) && !is_rule(branch))
            .cloned()
            .collect();
        let has_null = branches.iter().any(is_null);
        if kept.len() == count && count > 1 {
            return;
        }
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        if has_null {
            members.insert("nullable".to_owned(), true.into());
        }
        members.shift_remove(word);
        let what = match kept.len() {
            0 => "no branches".to_owned(),
            1 => "its one branch".to_owned(),
            n => format!("{n} branches"),
        };
        if kept.len() > 1 {
            members.insert(word.to_owned(), kept.into());
        } else if let Some(branch) = kept.pop() {
            let has_own = members.contains_key("properties");
            if branch.get("$ref").is_some() && !has_own {
                members.retain(|key, _| ANNOTATIONS.contains(&key.as_str()));
                members.insert("$ref".to_owned(), branch["$ref"].clone());
            } else {
                let branch = self.written_out(branch, at);
                join(schema, branch);
            }
        }
        self.told.push((
            at.clone(),
            format!("`{word}` of {count}, null or rules among them -> {what}"),
        ));
    }
}

/// Members that say something of a value beside its type.
const ANNOTATIONS: [&str; 5] = [
    "description",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// Whether a part says nothing of the type.
fn is_annotation(part: &Value) -> bool {
    const MORE: [&str; 4] = ["title", "default", "example", "externalDocs"];
    part.as_object().is_some_and(|members| {
        members.keys().all(|key| {
            ANNOTATIONS.contains(&key.as_str())
                || MORE.contains(&key.as_str())
                || key.starts_with("x-")
        })
    })
}

fn is_object(schema: &Value) -> bool {
    schema["properties"].is_object()
}

/// What a component says itself, without the parts that it is made of.
fn own_fields(schema: &Value) -> Value {
    let mut own = json!({});
    let parts = schema["allOf"].as_array().into_iter().flatten();
    for part in std::iter::once(schema).chain(parts) {
        let members = part.as_object().into_iter().flatten();
        let kept: Map<String, Value> = members
            .filter(|(key, _)| ["type", "properties", "required"].contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        join(&mut own, kept.into());
    }
    // What is deeper would lead here again.
    for (child, _, at) in children(&mut own, &Pointer::root()) {
        without_parts(child, &at);
    }
    own
}

/// Leaves of every `allOf` in a schema the component that it is based on.
fn without_parts(schema: &mut Value, at: &Pointer) {
    let based_on = schema["allOf"]
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|part| part.get("$ref").cloned());
    if let Some(members) = schema.as_object_mut()
        && members.shift_remove("allOf").is_some()
        && let Some(reference) = based_on
    {
        members.insert("$ref".to_owned(), reference);
        members.retain(|key, _| key == "$ref" || ANNOTATIONS.contains(&key.as_str()));
    }
    for (child, _, at) in children(schema, at) {
        without_parts(child, &at);
    }
}

/// Whether a branch says that the value may be null, and nothing else.
fn is_null(branch: &Value) -> bool {
    branch["type"] == "null" || branch["type"] == json!(["null"]) || branch["enum"] == json!([null])
}

/// Whether a branch holds only rules for values, and no type.
fn is_rule(branch: &Value) -> bool {
    let says = [
        "type",
        "properties",
        "items",
        "$ref",
        "enum",
        "oneOf",
        "anyOf",
        "allOf",
        "additionalProperties",
    ];
    let is_rule = [
        "required",
        "not",
        "minProperties",
        "maxProperties",
        "minLength",
        "maxLength",
        "pattern",
        "title",
        "dependencies",
    ];
    branch.as_object().is_some_and(|members| {
        !members.is_empty()
            && !says.iter().any(|key| members.contains_key(*key))
            && is_rule.iter().any(|key| members.contains_key(*key))
    })
}

/// Adds to `schema` what `part` says as well.
fn join(schema: &mut Value, part: Value) {
    let (Some(members), Value::Object(part)) = (schema.as_object_mut(), part) else {
        return;
    };
    for (key, value) in part {
        match (members.get_mut(&key), value) {
            (Some(Value::Object(properties)), Value::Object(more)) if key == "properties" => {
                for (name, property) in more {
                    match properties.get_mut(&name) {
                        // A value is both, so that what either requires is required.
                        Some(known) if is_object(known) && is_object(&property) => {
                            join(known, property);
                        }
                        Some(known) => *known = union(known, &property),
                        None => {
                            properties.insert(name, property);
                        }
                    }
                }
            }
            // Two unions: the branches of both, because the result has the fields of all anyway.
            (Some(Value::Array(branches)), Value::Array(more))
                if key == "oneOf" || key == "anyOf" =>
            {
                branches.extend(more);
            }
            (Some(Value::Array(names)), Value::Array(more)) if key == "required" => {
                let new = more
                    .into_iter()
                    .filter(|name| !names.contains(name))
                    .collect::<Vec<_>>();
                names.extend(new);
            }
            // A part that is nullable makes the whole nullable only if all are; the first word counts.
            (Some(_), _) => {}
            (None, value) => {
                members.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn parts_are_one_schema_and_null_is_a_mark() {
        let (root, _) = crate::passes::test_run(
            "composition",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [b], properties: {b: {type: string}, of: {anyOf: [{$ref: '#/components/schemas/Base'}, {type: 'null'}]}}}]}}}}}}}}
components: {schemas: {Base: {type: object, required: [a], properties: {a: {type: integer}}}, Self: {allOf: [{$ref: '#/components/schemas/Self'}, {type: object, properties: {x: {}}}]}, Rules: {type: object, properties: {x: {}}, anyOf: [{required: [x]}, {required: [y]}]}, Named: {allOf: [{$ref: '#/components/schemas/Base'}], description: d, nullable: true}}}",
        );
        let schema = &root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        assert_eq!(
            *schema,
            json!({
                "type": "object",
                "required": ["a", "b"],
                "properties": {
                    "a": {"type": "integer"},
                    "b": {"type": "string"},
                    "of": {"nullable": true, "$ref": "#/components/schemas/Base"}
                }
            })
        );
        let schemas = &root["components"]["schemas"];
        assert_eq!(
            schemas["Self"],
            json!({"type": "object", "properties": {"x": {}}})
        );
        assert_eq!(
            schemas["Rules"],
            json!({"type": "object", "properties": {"x": {}}})
        );
        assert_eq!(
            schemas["Named"],
            json!({"description": "d", "nullable": true, "$ref": "#/components/schemas/Base"})
        );
    }
}
