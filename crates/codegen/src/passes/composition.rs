//! Merges `allOf` into one schema, and replaces null branches with `nullable`.
//!
//! Before: `allOf: [{$ref: Base}, {properties: {…}}]`, `anyOf: [{$ref: User}, {type: 'null'}]`, branches with only
//! validation rules (`anyOf: [{required: [a]}]`). After: an object with the properties of all parts and of the keywords
//! next to `allOf`; a nullable reference; no branches.

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
        changes: Vec::new(),
    };
    let names: Vec<String> = composer.components.keys().cloned().collect();
    let mut composed = Map::new();
    for name in names {
        let schema = composer.component(&name);
        composed.insert(name, schema);
    }
    // References resolve to the original components while this pass runs.
    every_schema(root, &mut |schema, at| composer.compose(schema, at));
    for (at, what) in composer.changes {
        report.note(&at, None, what);
    }
    root["components"]["schemas"] = composed.into();
}

struct Composer {
    components: Map<String, Value>,
    done: HashMap<String, Value>,
    open: HashSet<String>,
    budget: usize,
    changes: Vec<(Pointer, String)>,
}

impl Composer {
    /// Returns a component with its parts merged, or only its own fields if it is a part of itself.
    fn component(&mut self, name: &str) -> Value {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        let Some(mut schema) = self.components.get(name).cloned() else {
            return json!({});
        };
        let at = Pointer::root().join(["components", "schemas", name]);
        if !self.open.insert(name.to_owned()) {
            self.changes
                .push((at, "part of itself -> only its own fields".to_owned()));
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
        for keyword in ["oneOf", "anyOf"] {
            self.branches(schema, keyword, at);
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
        // Parts with only annotations: OpenAPI 3.0 ignores members next to `$ref`, so documents put them in `allOf`.
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
        self.changes.push((
            at.clone(),
            format!("`allOf` with {count} parts -> one schema with all their fields"),
        ));
    }

    /// Returns a part of `allOf`, with a reference replaced by its component.
    fn written_out(&mut self, part: Value, at: &Pointer) -> Value {
        let Some(name) = component_name(&part).map(str::to_owned) else {
            return part;
        };
        let mut schema = self.component(&name);
        // The component may be a reference to another component.
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
            self.changes.push((
                at.clone(),
                format!(
                    "`allOf` with {name} -> any JSON value: references expand beyond the size limit"
                ),
            ));
            return json!({});
        }
        self.budget -= size;
        schema
    }

    /// Removes branches that allow only null or contain only rules.
    fn branches(&mut self, schema: &mut Value, keyword: &str, at: &Pointer) {
        let Some(branches) = schema.get(keyword).and_then(Value::as_array) else {
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
        members.shift_remove(keyword);
        let what = match kept.len() {
            0 => "no branches".to_owned(),
            1 => "the remaining branch".to_owned(),
            n => format!("{n} branches"),
        };
        if kept.len() > 1 {
            members.insert(keyword.to_owned(), kept.into());
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
        self.changes.push((
            at.clone(),
            format!("`{keyword}` with {count} branches -> {what}: null-only and rule-only branches are removed"),
        ));
    }
}

/// Members that describe a value in addition to its type.
const ANNOTATIONS: [&str; 5] = [
    "description",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// Returns whether a part has only annotations.
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

/// Returns the fields that a component declares itself, without those of referenced parts.
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
    // Nested parts would lead back to this component.
    for (child, _, at) in children(&mut own, &Pointer::root()) {
        without_parts(child, &at);
    }
    own
}

/// Replaces every `allOf` in a schema with the first component that it references.
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

/// Returns whether a branch allows null and nothing else.
fn is_null(branch: &Value) -> bool {
    branch["type"] == "null" || branch["type"] == json!(["null"]) || branch["enum"] == json!([null])
}

/// Returns whether a branch has only validation rules and no type.
fn is_rule(branch: &Value) -> bool {
    let type_keywords = [
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
    let rule_keywords = [
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
            && !type_keywords.iter().any(|key| members.contains_key(*key))
            && rule_keywords.iter().any(|key| members.contains_key(*key))
    })
}

/// Merges the members of `part` into `schema`.
fn join(schema: &mut Value, part: Value) {
    let (Some(members), Value::Object(part)) = (schema.as_object_mut(), part) else {
        return;
    };
    for (key, value) in part {
        match (members.get_mut(&key), value) {
            (Some(Value::Object(properties)), Value::Object(more)) if key == "properties" => {
                for (name, property) in more {
                    match properties.get_mut(&name) {
                        // A value must match both schemas, so a field required by either is required.
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
            // Branches are concatenated, because the result has the fields of all branches anyway.
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
            // For every other member, the first value takes precedence.
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
    fn merges_parts_and_replaces_null_branches() {
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
