//! Overlapping branches are one schema with all fields.
//!
//! Before: `oneOf` with one branch for each example of a status, without discriminator; plain
//! decoding would take the first that fits and lose the fields of the others. After: the union of
//! the branches, in which every field has its place.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::union::union;
use crate::Report;
use crate::names::DISAGREE;
use crate::walk::{COPIES, component_name, schemas, size};

/// The words for branches; `allOf` is joined by the pass `composition`.
const WORDS: [&str; 2] = ["oneOf", "anyOf"];

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
    schemas(root, |schema, place| {
        let Some((word, branches)) = take(schema) else {
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
            "one schema with the fields of all"
        } else {
            "any value: they do not go together"
        };
        report.note(
            place.at,
            Some(place.operation),
            format!("`{word}` of {} branches -> {what}", count),
        );
        *schema = joined;
    });
}

/// Takes the branches of a schema out of it, with the words that they stood under.
fn take(schema: &mut Value) -> Option<(String, Vec<Value>)> {
    let members = schema.as_object_mut()?;
    let mut words = Vec::new();
    let mut branches = Vec::new();
    for word in WORDS {
        if let Some(Value::Array(more)) = members.get_mut(word).map(Value::take) {
            words.push(word);
            branches.extend(more);
        }
        members.shift_remove(word);
    }
    (!words.is_empty()).then(|| (words.join("` and `"), branches))
}

/// The kind of a branch, numbers and texts apart from what holds others.
fn coarse(branch: &Value) -> &str {
    match branch["type"].as_str() {
        Some("integer" | "number") => "number",
        Some(word) => word,
        None => "any",
    }
}

/// The members of a schema that are called so.
fn with(keys: &[&str], schema: &Value) -> Value {
    let members = schema.as_object().into_iter().flatten();
    members
        .filter(|(key, _)| keys.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// Components with their branches joined, each made once.
struct Joined {
    components: Map<String, Value>,
    done: HashMap<String, Value>,
    open: HashSet<String>,
    budget: usize,
}

impl Joined {
    /// A branch with the component that it refers to in its place.
    fn written_out(&mut self, branch: Value) -> Value {
        match component_name(&branch) {
            Some(name) => {
                let schema = self.component(name);
                match self.budget.checked_sub(size(&schema)) {
                    Some(left) => {
                        self.budget = left;
                        schema
                    }
                    // Nobody has so many branches; what refers to itself so often is any value.
                    None => json!({"x-unknown": DISAGREE}),
                }
            }
            None => branch,
        }
    }

    /// A component with its own branches joined; nothing where it is a branch of itself.
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

    /// One schema for all branches; what stands beside them belongs to all.
    fn join(&mut self, branches: Vec<Value>, schema: &Value) -> Value {
        let beside = schema
            .get("properties")
            .is_some()
            .then(|| with(&["type", "properties", "required"], schema));
        let written: Vec<Value> = branches
            .into_iter()
            .chain(beside)
            .map(|branch| self.written_out(branch))
            .collect();
        // A branch is said, not guessed: a list of anything beside a text is not unknown.
        let kinds: HashSet<&str> = written.iter().map(coarse).collect();
        if kinds.len() > 1 {
            return json!({"x-unknown": DISAGREE});
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
        let (root, told) = crate::passes::test_run(
            "branches",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {oneOf: [{type: object, description: pending, properties: {id: {type: string}}}, {type: object, properties: {id: {type: string}, error: {type: string}}}]}}}}}}}}",
        );
        let schema = &root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        assert_eq!(
            *schema,
            json!({"type": "object", "properties": {"id": {"type": "string"}, "error": {"type": "string"}}})
        );
        assert!(told[0].ends_with("`oneOf` of 2 branches -> one schema with the fields of all"));
    }

    #[test]
    fn a_component_that_is_a_branch_brings_the_branches_of_both_words() {
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
