//! Type names and field types that were inferred from earlier documents.
//!
//! They are stored in `names.yaml`, which `cargo xtask names --write` updates. Even if a later document's examples
//! contain less or different data, no type is renamed and no field type is narrowed. See the `models` pass.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Document, Error, Pointer};

const HEADER: &str = "\
# The type of each response, and of each field of each type, as inferred from all documents so far. New
# documents can extend this file, but never rename a type or narrow a field. Written by `cargo xtask names
# --write`. To discard a name or a field, delete its line.
#
# Types: integer, number, boolean, string, timestamp; unknown (only null or no value was seen); any
# (occurrences have conflicting types); `X[]` (a list), `X{}` (a map), `X?` (nullable, inside lists and
# maps); or the name of a type. `*` is the type of all fields that are not listed.
";

/// The module and the inferred field types of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InferredType {
    /// The tag whose module contains the type. Types without a tag are at the top level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<String>,
    /// The kind of each field, by its JSON name.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, String>,
}

/// Pinned type names and inferred field types of all response types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// The kind of each operation's response, by operationId.
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) types: BTreeMap<String, InferredType>,
}

impl Names {
    /// Reads a names file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, its syntax is invalid, or it is not in the format of
    /// [`Names::to_yaml`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let document = Document::read(path)?;
        serde_json::from_value(document.root.clone()).map_err(|e| {
            document.error(
                &Pointer::root(),
                format!("is not a valid names file: {e}; `cargo xtask names --write` creates one"),
            )
        })
    }

    /// Returns the contents of the names file.
    ///
    /// # Errors
    ///
    /// Returns an error if serialization fails, which does not happen in practice.
    pub fn to_yaml(&self) -> Result<String, Error> {
        let text =
            serde_yaml::to_string(self).map_err(|e| Error::new("names.yaml", e.to_string()))?;
        Ok(format!("{HEADER}{text}"))
    }

    /// Returns the names for a later document, in which operations may have been renamed.
    ///
    /// Operations are matched by method and path, so a renamed operation keeps its response type.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, generate};
    ///
    /// let text = "openapi: 3.0.3\npaths: {/a: {get: {operationId: listFans, responses: {200: {content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}}}}}}\n";
    /// let old = Document::parse("old.yaml", text)?;
    /// let new = Document::parse("new.yaml", &text.replace("listFans", "allPeople"))?;
    /// let before = generate(old.clone(), None, None)?;
    /// let names = before.names.follow_renames(&old, &new);
    /// let after = generate(new, None, Some(&names))?;
    /// let returns = |output: &onlyfansapi_codegen::Output, name: &str| {
    ///     output.signatures.operations[name].returns.clone()
    /// };
    /// assert_eq!(returns(&after, "all_people"), returns(&before, "list_fans"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    #[must_use]
    pub fn follow_renames(&self, old: &Document, new: &Document) -> Self {
        let mut names = self.clone();
        for (path, item) in old.root["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let id = |operation: &Value| operation["operationId"].as_str().map(str::to_owned);
                let (Some(before), Some(now)) =
                    (id(operation), id(&new.root["paths"][path][method]))
                else {
                    continue;
                };
                if before != now
                    && !names.answers.contains_key(&now)
                    && let Some(kind) = names.answers.remove(&before)
                {
                    names.answers.insert(now, kind);
                }
            }
        }
        names
    }

    /// Returns the name of the type at `path` in the response of `operation`.
    ///
    /// A path consists of field names, and `*` for the items of lists and maps.
    pub(crate) fn at(&self, operation: &str, path: &[String]) -> Option<&str> {
        let mut kind = self.answers.get(operation)?.as_str();
        for step in path {
            let inner = kind.strip_suffix("[]").or_else(|| kind.strip_suffix("{}"));
            let inner = inner.map(|inner| inner.trim_end_matches('?'));
            kind = match (inner, step.as_str()) {
                (Some(inner), "*") => inner,
                (None, _) => self.types.get(kind)?.fields.get(step)?,
                (Some(_), _) => return None,
            };
        }
        self.types.contains_key(kind).then_some(kind)
    }
}

/// Returns the kind of a schema, in the notation of the names file.
pub(crate) fn kind(schema: &Value) -> String {
    if let Some(name) = crate::walk::component_name(schema) {
        return name.to_owned();
    }
    let open = |schema: &Value| {
        if schema["x-unknown"] == TYPE_CONFLICT || schema.get("x-unknown").is_none() {
            "any"
        } else {
            "unknown"
        }
        .to_owned()
    };
    let inner = |schema: &Value, part: &str| match schema.get(part) {
        Some(inner) if inner.as_object().is_some_and(|inner| !inner.is_empty()) => {
            let null = if inner["nullable"] == true { "?" } else { "" };
            format!("{}{null}", kind(inner))
        }
        _ => open(schema),
    };
    match schema["type"].as_str() {
        Some("string") if schema["format"] == "date-time" => "timestamp".to_owned(),
        Some("array") => format!("{}[]", inner(schema, "items")),
        Some("object") => format!("{}{{}}", inner(schema, "additionalProperties")),
        Some(word) => word.to_owned(),
        None => open(schema),
    }
}

/// Returns the innermost item kind of a possibly nested list or map, or `kind` itself if it is neither.
pub(crate) fn innermost(kind: &str) -> &str {
    kind.trim_end_matches(['[', ']', '{', '}', '?'])
}

/// The reason given for a field that accepts any JSON value because its types conflict.
pub(crate) const TYPE_CONFLICT: &str = "occurrences have conflicting types";

/// Returns the schema of a kind; the inverse of [`kind()`].
pub(crate) fn schema(kind: &str) -> Value {
    if let Some(inner) = kind.strip_suffix('?') {
        let mut schema = schema(inner);
        if schema.get("$ref").is_some() {
            schema = json!({"allOf": [schema]});
        }
        schema["nullable"] = true.into();
        return schema;
    }
    if let Some(inner) = kind.strip_suffix("[]") {
        return match inner {
            "unknown" => {
                json!({"type": "array", "items": {}, "x-unknown": "only empty lists were seen"})
            }
            "any" => json!({"type": "array", "items": {"x-unknown": TYPE_CONFLICT}}),
            inner => json!({"type": "array", "items": schema(inner)}),
        };
    }
    if let Some(inner) = kind.strip_suffix("{}") {
        return match inner {
            "unknown" => json!({"type": "object", "x-unknown": "only empty objects were seen"}),
            "any" => {
                json!({"type": "object", "additionalProperties": {"x-unknown": TYPE_CONFLICT}})
            }
            inner => json!({"type": "object", "additionalProperties": schema(inner)}),
        };
    }
    match kind {
        "timestamp" => json!({"type": "string", "format": "date-time"}),
        "integer" | "number" | "boolean" | "string" => json!({"type": kind}),
        "any" => json!({"x-unknown": TYPE_CONFLICT}),
        "unknown" => json!({"x-unknown": "only null was seen"}),
        name => json!({"$ref": format!("#/components/schemas/{name}")}),
    }
}

/// Merges the pinned kind `before` with the kind `now` from the current document. The result is never narrower than
/// `before`.
pub(crate) fn widened(before: &str, now: &str) -> String {
    let parts = |kind: &str| {
        let inner = kind
            .strip_suffix("[]")
            .map(|inner| (inner.to_owned(), "[]"));
        inner.or_else(|| {
            kind.strip_suffix("{}")
                .map(|inner| (inner.to_owned(), "{}"))
        })
    };
    if before == now || now == "unknown" {
        return before.to_owned();
    }
    if before.ends_with('?') || now.ends_with('?') {
        let plain = |kind: &str| kind.trim_end_matches('?').to_owned();
        return format!("{}?", widened(&plain(before), &plain(now)));
    }
    match (before, now) {
        ("unknown", now) => now.to_owned(),
        ("number", "integer") | ("integer", "number") => "number".to_owned(),
        // A timestamp accepts any string, and a string never becomes a timestamp.
        ("timestamp", "string") => "timestamp".to_owned(),
        ("string", "timestamp") => "string".to_owned(),
        _ => match (parts(before), parts(now)) {
            (Some((a, x)), Some((b, y))) if x == y => format!("{}{x}", widened(&a, &b)),
            // PHP serializes an empty object as an empty list.
            _ if now == "unknown[]" && is_object(before) => before.to_owned(),
            _ if before == "unknown[]" && is_object(now) => now.to_owned(),
            _ if before == "unknown{}" && is_object(now) => now.to_owned(),
            _ if now == "unknown{}" && is_object(before) => before.to_owned(),
            _ => "any".to_owned(),
        },
    }
}

/// Returns whether values of a kind are JSON objects.
fn is_object(kind: &str) -> bool {
    kind.ends_with("{}")
        || !kind.ends_with("[]")
            && ![
                "integer",
                "number",
                "boolean",
                "string",
                "timestamp",
                "any",
                "unknown",
            ]
            .contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_never_narrows_a_kind() {
        for (before, now, expected) in [
            ("integer", "integer", "integer"),
            ("integer", "unknown", "integer"),
            ("integer", "number", "number"),
            ("number", "integer", "number"),
            ("timestamp", "string", "timestamp"),
            ("string", "timestamp", "string"),
            ("unknown", "Fan", "Fan"),
            ("string", "integer", "any"),
            ("any", "integer", "any"),
            ("Fan", "unknown{}", "Fan"),
            ("Fan", "unknown[]", "Fan"),
            ("unknown[]", "Fan", "Fan"),
            ("unknown[]", "Fan[]", "Fan[]"),
            ("Fan[]", "unknown[]", "Fan[]"),
            ("integer[]", "number[]", "number[]"),
            ("Fan[]", "Fan", "any"),
            ("integer{}", "string{}", "any{}"),
            ("Fan", "User", "any"),
            ("Fan?[]", "Fan[]", "Fan?[]"),
            ("integer{}", "number?{}", "number?{}"),
        ] {
            assert_eq!(widened(before, now), expected, "{before} then {now}");
        }
    }

    #[test]
    fn kinds_round_trip_through_schemas() {
        for notation in [
            "integer",
            "number",
            "boolean",
            "string",
            "timestamp",
            "any",
            "unknown",
            "Fan",
            "Fan[]",
            "Fan?{}",
            "string?[]",
            "any[]",
            "unknown[]",
            "unknown{}",
            "any{}",
            "integer[][]",
            "Fan{}",
            "timestamp[]",
        ] {
            assert_eq!(kind(&schema(notation)), notation);
        }
    }

    #[test]
    fn finds_the_type_at_a_path() {
        let names: Names = serde_json::from_value(json!({
            "answers": {"listFans": "FanPage", "listChats": "Chat[]"},
            "types": {
                "FanPage": {"tag": "Fans", "fields": {"list": "Fan[]", "by id": "Fan{}"}},
                "Chat": {"fields": {"fan": "Fan"}},
                "Fan": {"fields": {"id": "integer"}},
            },
        }))
        .unwrap();
        let at = |operation: &str, path: &[&str]| {
            let path: Vec<_> = path.iter().map(ToString::to_string).collect();
            names.at(operation, &path).map(str::to_owned)
        };
        assert_eq!(at("listFans", &[]).as_deref(), Some("FanPage"));
        assert_eq!(at("listFans", &["list", "*"]).as_deref(), Some("Fan"));
        assert_eq!(at("listFans", &["by id", "*"]).as_deref(), Some("Fan"));
        assert_eq!(at("listChats", &["*", "fan"]).as_deref(), Some("Fan"));
        assert_eq!(at("listChats", &["*", "fan", "id"]), None);
        assert_eq!(at("listChats", &["fan"]), None);
        assert_eq!(at("gone", &[]), None);
        let yaml = names.to_yaml().unwrap();
        assert!(
            yaml.contains("  Fan:\n    fields:\n      id: integer\n"),
            "{yaml}"
        );
    }
}
