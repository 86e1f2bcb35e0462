//! What became of every operation of the document, and what the fields of its answers are.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::Report;
use crate::passes::target;
use crate::walk::{component_name, looks_like_operation, method_of};

/// What became of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is in the generated client, as the method of this name.
    Generated {
        /// The method's name.
        method: String,
    },
    /// It is not there, on purpose.
    LeftOut {
        /// Why.
        reason: String,
    },
    /// It is not there, and nothing says why: a defect.
    Vanished,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generated { method } => write!(f, "generated as `{method}`"),
            Self::LeftOut { reason } => write!(f, "left out: {reason}"),
            Self::Vanished => f.write_str("VANISHED without a reason"),
        }
    }
}

/// One operation of the document, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Covered {
    /// The HTTP method, lower case.
    pub method: String,
    /// The path.
    pub path: String,
    /// The operationId as the document has it; empty where it has none.
    pub id: String,
    /// The first tag.
    pub tag: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// How many fields of answers have which kind of type.
pub type FieldKinds = BTreeMap<&'static str, usize>;

/// What became of every operation, and what the fields of the answers are.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Coverage {
    /// Every operation of the document, in its order.
    pub operations: Vec<Covered>,
    /// The fields of all answers by the kind of their type.
    pub fields: FieldKinds,
    /// The fields that are any JSON value, or lists of them, as `Type.field`, with the reason.
    pub untyped: BTreeMap<String, String>,
    /// Where each operation stands in the list, by method and path.
    index: HashMap<(String, String), usize>,
}

impl Coverage {
    /// The operations of a document as it was read; all of them unaccounted for yet, but what has no
    /// method of HTTP.
    pub(crate) fn of(root: &Value) -> Self {
        let mut coverage = Self::default();
        for (path, item) in root["paths"].as_object().into_iter().flatten() {
            let item = match item["$ref"].as_str() {
                Some(reference) => target(root, reference).unwrap_or(item),
                None => item,
            };
            let Some(item) = item.as_object() else {
                continue;
            };
            for (key, operation) in item {
                let known = method_of(item, key);
                if known.is_none() && !looks_like_operation(key, operation) {
                    continue;
                }
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let outcome = match known {
                    Some(_) => Outcome::Vanished,
                    None => Outcome::LeftOut {
                        reason: format!("`{key}` is no method of HTTP"),
                    },
                };
                let method = known.unwrap_or(key).to_owned();
                let place = (method.clone(), path.clone());
                coverage.index.insert(place, coverage.operations.len());
                coverage.operations.push(Covered {
                    method,
                    path: path.clone(),
                    id: text(&operation["operationId"]),
                    tag: text(&operation["tags"][0]),
                    outcome,
                });
            }
        }
        coverage
    }

    /// The operations that are neither generated nor left out for a reason.
    pub fn vanished(&self) -> impl Iterator<Item = &Covered> {
        self.operations
            .iter()
            .filter(|covered| covered.outcome == Outcome::Vanished)
    }

    /// How many operations were generated.
    #[must_use]
    pub fn generated(&self) -> usize {
        self.operations
            .iter()
            .filter(|covered| matches!(covered.outcome, Outcome::Generated { .. }))
            .count()
    }

    /// Gives the reason of the overlay to every operation that it removed.
    pub(crate) fn note_removed(&mut self, root: &Value, report: &Report) {
        let reasons: HashMap<&str, &str> = report
            .changes()
            .iter()
            .filter(|change| change.step == "overlay")
            .filter_map(|change| {
                let reason = change.what.strip_prefix("there -> removed: ")?;
                Some((change.pointer.as_str(), reason))
            })
            .collect();
        for covered in &mut self.operations {
            let item = crate::Pointer::root().join(["paths", &covered.path]);
            let operation = item.child(&covered.method);
            if root.pointer(operation.as_str()).is_some() {
                continue;
            }
            let reason = [item, operation]
                .iter()
                .find_map(|place| reasons.get(place.as_str()));
            if let Some(reason) = reason {
                covered.outcome = Outcome::LeftOut {
                    reason: format!("by the overlay: {reason}"),
                };
            }
        }
    }

    /// Settles one operation.
    pub(crate) fn settle_one(&mut self, method: &str, path: &str, outcome: Outcome) {
        let place = (method.to_owned(), path.to_owned());
        if let Some(index) = self.index.get(&place) {
            self.operations[*index].outcome = outcome;
        }
    }

    /// Settles the operations that the source really has: method, path and name of each.
    pub(crate) fn settle(&mut self, generated: &[(String, String, String)]) {
        for (method, path, name) in generated {
            let outcome = Outcome::Generated {
                method: name.to_snake_case(),
            };
            self.settle_one(method, path, outcome);
        }
    }

    /// Counts the fields of all answers of a prepared document.
    pub(crate) fn count_fields(&mut self, root: &Value) {
        let components = &root["components"]["schemas"];
        let mut seen = std::collections::HashSet::new();
        let mut waiting: Vec<&Value> = Vec::new();
        for item in root["paths"]
            .as_object()
            .into_iter()
            .flat_map(|paths| paths.values())
        {
            for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
                let schema =
                    &operation["responses"]["2XX"]["content"]["application/json"]["schema"];
                if schema.is_object() {
                    waiting.push(schema);
                }
            }
        }
        while let Some(schema) = waiting.pop() {
            if let Some(name) = component_name(schema) {
                if seen.insert(name) {
                    for (field, property) in components[name]["properties"]
                        .as_object()
                        .into_iter()
                        .flatten()
                    {
                        if kind(property).contains("any JSON value") {
                            let why = property["x-unknown"]
                                .as_str()
                                .or_else(|| property["items"]["x-unknown"].as_str());
                            self.untyped.insert(
                                format!("{name}.{field}"),
                                why.unwrap_or(crate::names::DISAGREE).to_owned(),
                            );
                        }
                    }
                    waiting.push(&components[name]);
                }
                continue;
            }
            for property in schema["properties"]
                .as_object()
                .into_iter()
                .flat_map(|properties| properties.values())
            {
                *self.fields.entry(kind(property)).or_default() += 1;
                waiting.push(property);
            }
            waiting.extend(
                ["items", "additionalProperties"]
                    .iter()
                    .filter_map(|part| schema.get(*part))
                    .filter(|part| part.is_object()),
            );
        }
    }
}

/// The kind of a field's type, as a reader of the Rust type would call it.
fn kind(schema: &Value) -> &'static str {
    match component_name(schema) {
        Some("Timestamp") => return "timestamp",
        Some(_) => return "struct",
        None => {}
    }
    match schema["type"].as_str() {
        Some("string") if schema.get("enum").is_some() => "enum",
        Some("string") => "text",
        Some("integer") => "integer",
        Some("number") => "number",
        Some("boolean") => "truth value",
        Some("array")
            if schema["items"]
                .as_object()
                .is_none_or(serde_json::Map::is_empty) =>
        {
            "list of any JSON value"
        }
        Some("array") => "list",
        Some("object")
            if schema["additionalProperties"]
                .as_object()
                .is_none_or(serde_json::Map::is_empty) =>
        {
            "map of any JSON value"
        }
        Some("object") => "map",
        _ => "any JSON value",
    }
}
