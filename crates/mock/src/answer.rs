//! The answers: for every operation a body with every property of its schema.
//!
//! The document's example first, and where it says nothing a value of the documented type. Null stays null only where
//! the example is null and the schema says no more than a guess from it.

use std::cell::RefCell;

use serde_json::{Map, Value, json};

use crate::service::{Answer, Known, Operation, Service};

/// How often a schema that refers to itself is followed on the way to one value.
const TURNS: usize = 2;

/// The documented successes of an operation; the first is the one that is given.
pub(crate) fn successes(operation: &Operation) -> impl Iterator<Item = &Answer> {
    let is_success = |answer: &&Answer| (200..400).contains(&answer.status);
    operation.answers.iter().filter(is_success)
}

/// The body of an answer, complete.
///
/// `branch` picks one where the schema is one of several.
pub(crate) fn body(service: &Service, answer: &Answer, branch: usize) -> Value {
    let synthesis = Synthesis {
        service,
        branch,
        way: RefCell::default(),
    };
    synthesis.value(&answer.schema, answer.example.as_ref(), 0)
}

/// How many branches the schema of an answer has.
pub(crate) fn branches(service: &Service, answer: &Answer) -> usize {
    let schema = service.resolve(&answer.schema);
    let branches = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    branches.map_or(1, Vec::len)
}

struct Synthesis<'a> {
    service: &'a Service,
    /// Of the outermost choice; of those within it the first is taken.
    branch: usize,
    /// The references that were followed on the way to where we are.
    way: RefCell<Vec<String>>,
}

impl Synthesis<'_> {
    fn value(&self, schema: &Value, example: Option<&Value>, depth: usize) -> Value {
        let Some(reference) = schema["$ref"].as_str() else {
            return self.resolved(schema, example, depth);
        };
        let turns = self
            .way
            .borrow()
            .iter()
            .filter(|known| *known == reference)
            .count();
        if turns >= TURNS {
            return Value::Null;
        }
        self.way.borrow_mut().push(reference.to_owned());
        let value = self.resolved(self.service.resolve(schema), example, depth);
        self.way.borrow_mut().pop();
        value
    }

    fn resolved(&self, schema: &Value, example: Option<&Value>, depth: usize) -> Value {
        let example = example.or_else(|| schema.get("example"));
        for word in ["oneOf", "anyOf"] {
            if let Some(branches) = schema[word].as_array() {
                let branch = if depth == 0 { self.branch } else { 0 };
                let branch = branches.get(branch).unwrap_or(&Value::Null);
                return self.value(branch, branch.get("example"), depth + 1);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.all_of(parts, example, depth);
        }
        let is_object = schema["properties"].is_object() || schema["type"] == "object";
        if is_object {
            return self.object(schema, example, depth);
        }
        if schema["type"] == "array" {
            return self.list(&schema["items"], example, depth);
        }
        if let Some(allowed) = schema["enum"].as_array() {
            let chosen = example.filter(|example| allowed.contains(example));
            return chosen.or(allowed.first()).cloned().unwrap_or_default();
        }
        // The example is what was seen, also where it contradicts the type that was guessed from it.
        match example {
            Some(example) => example.clone(),
            None => scalar(schema),
        }
    }

    fn all_of(&self, parts: &[Value], example: Option<&Value>, depth: usize) -> Value {
        let mut whole = Value::Null;
        for part in parts {
            let made = self.value(part, example, depth + 1);
            match (&mut whole, made) {
                (Value::Object(whole), Value::Object(made)) => whole.extend(made),
                (whole, made) => *whole = made,
            }
        }
        whole
    }

    fn object(&self, schema: &Value, example: Option<&Value>, depth: usize) -> Value {
        let members = example.and_then(Value::as_object);
        let mut made = Map::new();
        let properties = schema["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            let example = members.and_then(|members| members.get(name));
            let mut value = self.value(property, example, depth + 1);
            if value.as_array().is_some_and(Vec::is_empty) {
                value = self.of_same_name(name, properties, depth + 1);
            }
            made.insert(name.clone(), value);
        }
        // What the example has beside them, such as the members of a map.
        for (name, value) in members.into_iter().flatten() {
            made.entry(name).or_insert_with(|| value.clone());
        }
        if made.is_empty() {
            let is_map = schema["additionalProperties"].is_object();
            match example {
                _ if is_map => {
                    let value = self.value(&schema["additionalProperties"], None, depth + 1);
                    made.insert("key".to_owned(), value);
                }
                // Null, or PHP's empty list.
                Some(example) if !example.is_object() => return example.clone(),
                _ => {}
            }
        }
        Value::Object(made)
    }

    /// A list of whose items its schema says nothing, as the list of its name in the object most like this one has them;
    /// a text where no list has the name. Where an object has it, the list is PHP's way to write that without members,
    /// and stays empty.
    fn of_same_name(&self, name: &str, beside: Option<&Map<String, Value>>, depth: usize) -> Value {
        let lists = match self.service.known.get(name) {
            Some(Known::Lists(lists)) => lists,
            Some(Known::Object) => return json!([]),
            None => return json!(["text"]),
        };
        let in_common = |names: &[String]| {
            let names = names.iter();
            names
                .filter(|name| beside.is_some_and(|beside| beside.contains_key(*name)))
                .count()
        };
        // Of equals the last, as `max_by_key` has it.
        let most_like = lists.iter().max_by_key(|(names, _)| in_common(names));
        most_like.map_or_else(
            || json!([]),
            |(_, items)| json!([self.value(items, None, depth)]),
        )
    }

    fn list(&self, items: &Value, example: Option<&Value>, depth: usize) -> Value {
        let examples = example.and_then(Value::as_array);
        let resolved = self.service.resolve(items);
        // Nothing is known of the items: then there are none but those of the example.
        if resolved.as_object().is_none_or(Map::is_empty) {
            return json!(examples.cloned().unwrap_or_default());
        }
        let made = match examples {
            Some(examples) if !examples.is_empty() => examples
                .iter()
                .map(|example| self.value(items, Some(example), depth + 1))
                .collect(),
            _ => vec![self.value(items, None, depth + 1)],
        };
        // A list of itself ends somewhere.
        Value::Array(
            made.into_iter()
                .filter(|item: &Value| !item.is_null())
                .collect(),
        )
    }
}

fn scalar(schema: &Value) -> Value {
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => json!("2026-02-01T10:00:00+00:00"),
        (Some("string"), Some("date")) => json!("2026-02-01"),
        (Some("string"), Some("uuid")) => json!("00000000-0000-4000-8000-000000000000"),
        (Some("string"), _) => json!("text"),
        (Some("integer"), _) => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        (Some("number"), _) => json!(1.5),
        (Some("boolean"), _) => json!(true),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place at which `body` lacks what `schema` has.
    fn lacking(service: &Service, schema: &Value, body: &Value, at: &str, out: &mut Vec<String>) {
        let schema = service.resolve(schema);
        if schema["oneOf"].is_array() {
            return;
        }
        match body {
            Value::Object(members) => {
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    let at = format!("{at}/{name}");
                    match members.get(name) {
                        Some(member) => lacking(service, property, member, &at, out),
                        None => out.push(at),
                    }
                }
            }
            Value::Array(items) => {
                let name = at.rsplit('/').next().unwrap_or_default();
                let is_php = matches!(service.known.get(name), Some(Known::Object));
                if items.is_empty() && !is_php {
                    out.push(format!("{at}: empty"));
                }
                for item in items {
                    lacking(service, &schema["items"], item, at, out);
                }
            }
            Value::Null
                if schema["properties"]
                    .as_object()
                    .is_some_and(|p| !p.is_empty()) =>
            {
                out.push(format!("{at}: null"));
            }
            _ => {}
        }
    }

    #[test]
    fn every_answer_has_every_property_of_its_schema_and_no_empty_list() {
        let service = Service::vendored().unwrap();
        let mut checked = 0;
        for operation in &service.operations {
            for answer in successes(operation) {
                let schema = service.resolve(&answer.schema);
                for branch in 0..branches(&service, answer) {
                    let body = body(&service, answer, branch);
                    let schema = schema["oneOf"].get(branch).unwrap_or(schema);
                    let mut out = Vec::new();
                    lacking(&service, schema, &body, "", &mut out);
                    assert!(out.is_empty(), "{}: {out:?}", operation.id);
                    checked += 1;
                }
            }
        }
        assert!(checked >= service.operations.len() - 5, "{checked}");
    }
}
