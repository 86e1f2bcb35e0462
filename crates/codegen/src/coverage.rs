//! Coverage: the status of every operation in the document, and statistics about response fields.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::Report;
use crate::passes::target;
use crate::walk::{component_name, looks_like_operation, method_of};

/// The status of an operation after generation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperationStatus {
    /// The generated client has a method for the operation.
    Generated {
        /// The name of the method.
        method: String,
    },
    /// The operation was left out on purpose.
    LeftOut {
        /// Why it was left out.
        reason: String,
    },
    /// The operation is missing and no step recorded a reason, which is a bug in the generator.
    Missing,
}

impl fmt::Display for OperationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generated { method } => write!(f, "generated as `{method}`"),
            Self::LeftOut { reason } => write!(f, "left out: {reason}"),
            Self::Missing => f.write_str("MISSING: neither generated nor left out"),
        }
    }
}

/// An operation of the document and its status after generation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationCoverage {
    /// The HTTP method in lowercase.
    pub method: String,
    /// The path.
    pub path: String,
    /// The operationId from the document; empty if the operation has none.
    pub id: String,
    /// The first tag; empty if the operation has no tags.
    pub tag: String,
    /// Whether the operation was generated.
    pub status: OperationStatus,
}

/// The number of response fields of each kind of type.
pub type FieldKinds = BTreeMap<&'static str, usize>;

/// The status of every operation, and statistics about response fields.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Coverage {
    /// Every operation, in document order.
    pub operations: Vec<OperationCoverage>,
    /// The number of response fields by the kind of their type.
    pub fields: FieldKinds,
    /// Response fields typed as any JSON value or as a list of any JSON values: `Type.field` and the reason.
    pub untyped: BTreeMap<String, String>,
    /// Indices into `operations`, by method and path.
    index: HashMap<(String, String), usize>,
}

impl Coverage {
    /// Lists the operations of an unmodified document.
    ///
    /// Operations start as [`OperationStatus::Missing`], except those with an unknown HTTP method, which are left out.
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
                let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let status = match known {
                    Some(_) => OperationStatus::Missing,
                    None => OperationStatus::LeftOut {
                        reason: format!("`{key}` is not an HTTP method"),
                    },
                };
                let method = known.unwrap_or(key).to_owned();
                let key = (method.clone(), path.clone());
                coverage.index.insert(key, coverage.operations.len());
                coverage.operations.push(OperationCoverage {
                    method,
                    path: path.clone(),
                    id: string(&operation["operationId"]),
                    tag: string(&operation["tags"][0]),
                    status,
                });
            }
        }
        coverage
    }

    /// Returns the operations that were neither generated nor left out for a reason.
    pub fn missing(&self) -> impl Iterator<Item = &OperationCoverage> {
        self.operations
            .iter()
            .filter(|covered| covered.status == OperationStatus::Missing)
    }

    /// Returns the number of generated operations.
    #[must_use]
    pub fn generated(&self) -> usize {
        self.operations
            .iter()
            .filter(|covered| matches!(covered.status, OperationStatus::Generated { .. }))
            .count()
    }

    /// Marks every operation that the overlay removed as left out, with the reason given in the overlay.
    pub(crate) fn note_removed(&mut self, root: &Value, report: &Report) {
        let reasons: HashMap<&str, &str> = report
            .changes()
            .iter()
            .filter(|change| change.step == "overlay")
            .filter_map(|change| {
                let reason = change.description.strip_prefix("present -> removed: ")?;
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
                .find_map(|pointer| reasons.get(pointer.as_str()));
            if let Some(reason) = reason {
                covered.status = OperationStatus::LeftOut {
                    reason: format!("by the overlay: {reason}"),
                };
            }
        }
    }

    /// Sets the status of one operation.
    pub(crate) fn set_status(&mut self, method: &str, path: &str, status: OperationStatus) {
        let key = (method.to_owned(), path.to_owned());
        if let Some(index) = self.index.get(&key) {
            self.operations[*index].status = status;
        }
    }

    /// Marks operations as generated, given the HTTP method, path and name of each.
    pub(crate) fn mark_generated(&mut self, generated: &[(String, String, String)]) {
        for (method, path, name) in generated {
            let status = OperationStatus::Generated {
                method: name.to_snake_case(),
            };
            self.set_status(method, path, status);
        }
    }

    /// Counts the response fields of a prepared document.
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
                                why.unwrap_or(crate::inferred::TYPE_CONFLICT).to_owned(),
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

/// Returns the kind of a field's type.
fn kind(schema: &Value) -> &'static str {
    match component_name(schema) {
        Some("Timestamp") => return "timestamp",
        Some(_) => return "struct",
        None => {}
    }
    match schema["type"].as_str() {
        Some("string") if schema.get("enum").is_some() => "enum",
        Some("string") => "string",
        Some("integer") => "integer",
        Some("number") => "number",
        Some("boolean") => "boolean",
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
