//! Merges overlapping branches into one schema with all their fields.
//!
//! Before: `oneOf` with no discriminator and one branch for each example of a status; decoding would take the first
//! matching branch and lose the fields of the other branches. After: the union of the branches, which has every field.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::union::union;
use crate::Report;
use crate::inferred::TYPE_CONFLICT;
use crate::walk::{COPIES, component_name, schemas, size};

/// Keywords that hold branches; the `composition` pass merges `allOf`.
const KEYWORDS: [&str; 2] = ["oneOf", "anyOf"];

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let components = match &root["components"]["schemas"] {
        Value::Object(components) => components.clone(),
        _ => Map::new(),
    };
    let mut all = Joined {
        components,
        done: HashMap::new(),
        open: HashSet::new(),
        budget: COPIES,
    };
    schemas(root, |schema, context| {
        let Some((keyword, branches)) = take(schema) else {
            return;
        };
        let count = branches.len();
        let mut joined = all.join(branches, schema);
        if let (Some(joined), Some(members)) = (joined.as_object_mut(), schema.as_object()) {
            for key in [
                "description",
                "nullable",
                "readOnly",
                "required",
                super::SIDE,
            ] {
                if let Some(value) = members.get(key) {
                    joined.insert(key.to_owned(), value.clone());
                }
            }
        }
        let what = if joined.get("type").is_some() {
            "one schema with all their fields"
        } else {
            "any JSON value: the branches are incompatible"
        };
        report.note(
            context.at,
            Some(context.operation),
            format!("`{keyword}` with {count} branches -> {what}"),
        );
        *schema = joined;
    });
}

/// Removes the branches from a schema and returns them with their keywords.
fn take(schema: &mut Value) -> Option<(String, Vec<Value>)> {
    let members = schema.as_object_mut()?;
    let mut keywords = Vec::new();
    let mut branches = Vec::new();
    for keyword in KEYWORDS {
        if let Some(Value::Array(more)) = members.get_mut(keyword).map(Value::take) {
            keywords.push(keyword);
            branches.extend(more);
        }
        members.shift_remove(keyword);
    }
    (!keywords.is_empty()).then(|| (keywords.join("` and `"), branches))
}

/// Returns the type of a branch; integer and number count as the same type.
fn coarse(branch: &Value) -> &str {
    match branch["type"].as_str() {
        Some("integer" | "number") => "number",
        Some(name) => name,
        None => "any",
    }
}

/// Returns the members of a schema that are listed in `keys`.
fn with(keys: &[&str], schema: &Value) -> Value {
    let members = schema.as_object().into_iter().flatten();
    members
        .filter(|(key, _)| keys.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// Components with joined branches, each computed once.
struct Joined {
    components: Map<String, Value>,
    done: HashMap<String, Value>,
    open: HashSet<String>,
    budget: usize,
}

impl Joined {
    /// Returns a branch, with a reference replaced by its component.
    fn written_out(&mut self, branch: Value) -> Value {
        match component_name(&branch) {
            Some(name) => {
                let schema = self.component(name);
                match self.budget.checked_sub(size(&schema)) {
                    Some(left) => {
                        self.budget = left;
                        schema
                    }
                    // Beyond the size limit, the branch becomes any value.
                    None => json!({"x-unknown": TYPE_CONFLICT}),
                }
            }
            None => branch,
        }
    }

    /// Returns a component with its own branches joined, or an empty schema if it is a branch of itself.
    fn component(&mut self, name: &str) -> Value {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        if !self.open.insert(name.to_owned()) {
            return json!({});
        }
        let mut schema = self.components.get(name).cloned().unwrap_or_default();
        if let Some(members) = schema.as_object_mut() {
            members.shift_remove(super::SIDE);
        }
        if let Some((_, branches)) = take(&mut schema) {
            schema = self.join(branches, &schema);
        }
        self.open.remove(name);
        self.done.insert(name.to_owned(), schema.clone());
        schema
    }

    /// Joins all branches into one schema. Sibling keywords (`type`, `properties`, …) apply to every branch.
    fn join(&mut self, branches: Vec<Value>, schema: &Value) -> Value {
        let siblings = schema
            .get("properties")
            .is_some()
            .then(|| with(&["type", "properties", "required"], schema));
        let written: Vec<Value> = branches
            .into_iter()
            .chain(siblings)
            .map(|branch| self.written_out(branch))
            .collect();
        // Branches are declared, not inferred: an array of any value and a string are incompatible, not unknown.
        let kinds: HashSet<&str> = written.iter().map(coarse).collect();
        if kinds.len() > 1 {
            return json!({"x-unknown": TYPE_CONFLICT});
        }
        written
            .into_iter()
            .reduce(|a, b| union(&a, &b))
            .unwrap_or_else(|| json!({}))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn one_schema_has_the_fields_of_all_branches() {
        let (root, lines) = crate::passes::test_run(
            "branches",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {oneOf: [{type: object, description: pending, properties: {id: {type: string}}}, {type: object, properties: {id: {type: string}, error: {type: string}}}]}}}}}}}}",
        );
        let schema = &root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        assert_eq!(
            *schema,
            json!({"type": "object", "properties": {"id": {"type": "string"}, "error": {"type": "string"}}})
        );
        assert!(lines[0].ends_with("`oneOf` with 2 branches -> one schema with all their fields"));
    }

    #[test]
    fn a_component_branch_contributes_its_one_of_and_any_of() {
        let (root, _) = crate::passes::test_run(
            "branches",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {oneOf: [{$ref: '#/components/schemas/Both'}]}}}}}}}}\ncomponents: {schemas: {Both: {oneOf: [{type: object, properties: {id: {type: string}}}], anyOf: [{type: object, properties: {error: {type: string}}}]}}}",
        );
        let schema = &root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        assert_eq!(
            *schema,
            json!({"type": "object", "properties": {"id": {"type": "string"}, "error": {"type": "string"}}})
        );
    }
}
