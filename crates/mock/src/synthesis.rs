//! Synthesizes response bodies: every property of the response schema is present.
//!
//! Values come from the document's examples or, if there are none, from the documented type. A null example is kept for
//! scalars, and for objects and arrays whose schema does not describe their content.

use std::cell::RefCell;

use serde_json::{Map, Value, json};

use crate::service::{DocumentedResponse, Operation, PropertyUsage, Service};

/// The maximum number of times that a recursive reference is followed within one value.
const MAX_RECURSION: usize = 2;

/// Iterates over the documented success responses of an operation; the first is the default response.
pub(crate) fn successes(operation: &Operation) -> impl Iterator<Item = &DocumentedResponse> {
    let is_success = |response: &&DocumentedResponse| (200..400).contains(&response.status);
    operation.responses.iter().filter(is_success)
}

/// Returns the complete body of a response.
///
/// `schema_index` selects an alternative if the schema is a `oneOf` or `anyOf`.
pub(crate) fn body(service: &Service, response: &DocumentedResponse, schema_index: usize) -> Value {
    let synthesis = Synthesis {
        service,
        schema_index,
        references: RefCell::default(),
    };
    synthesis.value(&response.schema, response.example.as_ref(), 0)
}

/// Returns the number of alternatives of a response schema; 1 without `oneOf` and `anyOf`.
pub(crate) fn schema_count(service: &Service, response: &DocumentedResponse) -> usize {
    let schema = service.resolve(&response.schema);
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    alternatives.map_or(1, Vec::len)
}

/// Makes a synthesized success response report success, regardless of the document's example: sets `success` to true
/// and `hasError` to false if they describe the call. A script can still reply with a refusal.
pub(crate) fn report_success(operation: &Operation, body: &mut Value) {
    for (member, success) in [("success", true), ("hasError", false)] {
        if !operation.refusal.iter().any(|marker| marker == member) {
            continue;
        }
        for pointer in [format!("/{member}"), format!("/data/{member}")] {
            if let Some(value @ Value::Bool(_)) = body.pointer_mut(&pointer) {
                *value = success.into();
            }
        }
    }
}

struct Synthesis<'a> {
    service: &'a Service,
    /// Applies to a `oneOf` or `anyOf` at the root; nested ones use the first alternative.
    schema_index: usize,
    /// The references followed to reach the current position.
    references: RefCell<Vec<String>>,
}

impl Synthesis<'_> {
    fn value(&self, schema: &Value, example: Option<&Value>, depth: usize) -> Value {
        let Some(reference) = schema["$ref"].as_str() else {
            return self.resolved(schema, example, depth);
        };
        let count = self
            .references
            .borrow()
            .iter()
            .filter(|known| *known == reference)
            .count();
        if count >= MAX_RECURSION {
            return Value::Null;
        }
        self.references.borrow_mut().push(reference.to_owned());
        let value = self.resolved(self.service.resolve(schema), example, depth);
        self.references.borrow_mut().pop();
        value
    }

    fn resolved(&self, schema: &Value, example: Option<&Value>, depth: usize) -> Value {
        let example = example.or_else(|| schema.get("example"));
        for keyword in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema[keyword].as_array() {
                let index = if depth == 0 { self.schema_index } else { 0 };
                let alternative = alternatives.get(index).unwrap_or(&Value::Null);
                return self.value(alternative, alternative.get("example"), depth + 1);
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
            return self.array(&schema["items"], example, depth);
        }
        if let Some(allowed) = schema["enum"].as_array() {
            let chosen = example.filter(|example| allowed.contains(example));
            return chosen.or(allowed.first()).cloned().unwrap_or_default();
        }
        // The example is an observed value, so it takes precedence over the type, which was inferred from it.
        match example {
            Some(example) => example.clone(),
            None => scalar(schema),
        }
    }

    fn all_of(&self, parts: &[Value], example: Option<&Value>, depth: usize) -> Value {
        let mut merged = Value::Null;
        for part in parts {
            let value = self.value(part, example, depth + 1);
            match (&mut merged, value) {
                (Value::Object(merged), Value::Object(members)) => merged.extend(members),
                (merged, value) => *merged = value,
            }
        }
        merged
    }

    fn object(&self, schema: &Value, example: Option<&Value>, depth: usize) -> Value {
        let example_members = example.and_then(Value::as_object);
        let mut members = Map::new();
        let properties = schema["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            let example = example_members.and_then(|members| members.get(name));
            let mut value = self.value(property, example, depth + 1);
            if value.as_array().is_some_and(Vec::is_empty) {
                value = self.array_by_name(name, properties, depth + 1);
            }
            members.insert(name.clone(), value);
        }
        // Members that occur only in the example, such as the entries of a map.
        for (name, value) in example_members.into_iter().flatten() {
            members.entry(name).or_insert_with(|| value.clone());
        }
        if members.is_empty() {
            let is_map = schema["additionalProperties"].is_object();
            match example {
                _ if is_map => {
                    let value = self.value(&schema["additionalProperties"], None, depth + 1);
                    members.insert("key".to_owned(), value);
                }
                // Null, or PHP's `[]` for an empty object.
                Some(example) if !example.is_object() => return example.clone(),
                _ => {}
            }
        }
        Value::Object(members)
    }

    /// Returns an array for a property whose item schema is unknown.
    ///
    /// The items are those of the array property of the same name whose siblings overlap most with `siblings`, or
    /// strings if there is no such property. If a property of the same name is an object, the array is PHP's encoding
    /// of an empty object and stays empty.
    fn array_by_name(
        &self,
        name: &str,
        siblings: Option<&Map<String, Value>>,
        depth: usize,
    ) -> Value {
        let arrays = match self.service.property_usage.get(name) {
            Some(PropertyUsage::Arrays(arrays)) => arrays,
            Some(PropertyUsage::Object) => return json!([]),
            None => return json!(["text"]),
        };
        let overlap = |names: &[String]| {
            let names = names.iter();
            names
                .filter(|name| siblings.is_some_and(|siblings| siblings.contains_key(*name)))
                .count()
        };
        // `max_by_key` returns the last of several maxima.
        let closest = arrays.iter().max_by_key(|(names, _)| overlap(names));
        closest.map_or_else(
            || json!([]),
            |(_, items)| json!([self.value(items, None, depth)]),
        )
    }

    fn array(&self, items: &Value, example: Option<&Value>, depth: usize) -> Value {
        let examples = example.and_then(Value::as_array);
        let resolved = self.service.resolve(items);
        // Without an item schema, only the example provides items.
        if resolved.as_object().is_none_or(Map::is_empty) {
            return json!(examples.cloned().unwrap_or_default());
        }
        let values = match examples {
            Some(examples) if !examples.is_empty() => examples
                .iter()
                .map(|example| self.value(items, Some(example), depth + 1))
                .collect(),
            _ => vec![self.value(items, None, depth + 1)],
        };
        // Null items mark the end of a recursion.
        Value::Array(
            values
                .into_iter()
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

    /// Collects the JSON pointers at which `body` lacks a property or items of `schema`.
    fn missing(service: &Service, schema: &Value, body: &Value, at: &str, out: &mut Vec<String>) {
        let schema = service.resolve(schema);
        if schema["oneOf"].is_array() {
            return;
        }
        match body {
            Value::Object(members) => {
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    let at = format!("{at}/{name}");
                    match members.get(name) {
                        Some(member) => missing(service, property, member, &at, out),
                        None => out.push(at),
                    }
                }
            }
            Value::Array(items) => {
                let name = at.rsplit('/').next().unwrap_or_default();
                let is_object = matches!(
                    service.property_usage.get(name),
                    Some(PropertyUsage::Object)
                );
                if items.is_empty() && !is_object {
                    out.push(format!("{at}: empty"));
                }
                for item in items {
                    missing(service, &schema["items"], item, at, out);
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
    fn every_response_has_all_properties_of_its_schema_and_no_empty_array() {
        let service = Service::vendored().unwrap();
        let mut checked = 0;
        for operation in &service.operations {
            for response in successes(operation) {
                let schema = service.resolve(&response.schema);
                for index in 0..schema_count(&service, response) {
                    let body = body(&service, response, index);
                    let schema = schema["oneOf"].get(index).unwrap_or(schema);
                    let mut out = Vec::new();
                    missing(&service, schema, &body, "", &mut out);
                    assert!(out.is_empty(), "{}: {out:?}", operation.id);
                    checked += 1;
                }
            }
        }
        assert!(checked >= service.operations.len() - 5, "{checked}");
    }
}
