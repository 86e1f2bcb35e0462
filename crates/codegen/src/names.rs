//! What was learnt before: the names of types, where they stand, and what examples taught of their
//! fields.
//!
//! `names.yaml` holds it and `cargo xtask names --write` keeps it. A later document whose examples show
//! less, or something else, renames nothing and narrows nothing: see the pass `models`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Document, Error, Pointer};

const HEADER: &str = "\
# What earlier documents taught: the type of each answer, and of each field of each type. A later
# document renames nothing here, and narrows nothing. Kept by `cargo xtask names --write`; to forget a
# name or a field, take its line out.
#
# integer, number, boolean, string, timestamp; unknown: only null or nothing was seen; any: the places
# do not agree; `X[]` a list, `X{}` a map, `X?` what may be null in them, else the name of a type. `*` is
# a field of any other name.
";

/// What was learnt of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Learnt {
    /// The tag in whose module it stands; at the top where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<String>,
    /// The kind of each field, by its name on the wire.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, String>,
}

/// What was learnt before, of all types of answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// The kind of each operation's answer, by its operationId.
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) types: BTreeMap<String, Learnt>,
}

impl Names {
    /// Reads a file of names.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, its syntax is broken, or it is not what `to_yaml` writes.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let document = Document::read(path)?;
        serde_json::from_value(document.root.clone()).map_err(|e| {
            document.error(
                &Pointer::root(),
                format!("is no file of names: {e}; `cargo xtask names --write` makes one"),
            )
        })
    }

    /// The text of the file.
    ///
    /// # Errors
    ///
    /// Never for names that were read or learnt: they are maps of texts.
    pub fn to_yaml(&self) -> Result<String, Error> {
        let text =
            serde_yaml::to_string(self).map_err(|e| Error::new("names.yaml", e.to_string()))?;
        Ok(format!("{HEADER}{text}"))
    }

    /// The same for a later document, in which operations may be called otherwise: one with the same
    /// method and path is the same, and its answer keeps its type.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, generate};
    ///
    /// let text = "openapi: 3.0.3\npaths: {/a: {get: {operationId: listFans, responses: {200: {content: {application/json: {schema: {type: object, properties: {id: {type: integer}}}}}}}}}}\n";
    /// let old = Document::parse("old.yaml", text)?;
    /// let new = Document::parse("new.yaml", &text.replace("listFans", "allPeople"))?;
    /// let before = generate(old.clone(), None, None)?;
    /// let names = before.names.follow(&old, &new);
    /// let after = generate(new, None, Some(&names))?;
    /// let returns = |output: &onlyfansapi_codegen::Output, name: &str| {
    ///     output.signatures.operations[name].returns.clone()
    /// };
    /// assert_eq!(returns(&after, "all_people"), returns(&before, "list_fans"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    #[must_use]
    pub fn follow(&self, old: &Document, new: &Document) -> Self {
        let mut followed = self.clone();
        for (path, item) in old.root["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let id = |operation: &Value| operation["operationId"].as_str().map(str::to_owned);
                let (Some(before), Some(now)) =
                    (id(operation), id(&new.root["paths"][path][method]))
                else {
                    continue;
                };
                if before != now
                    && !followed.answers.contains_key(&now)
                    && let Some(kind) = followed.answers.remove(&before)
                {
                    followed.answers.insert(now, kind);
                }
            }
        }
        followed
    }

    /// The name of the type at a place: an operation, and the way from its answer by names of fields,
    /// and `*` for the items of lists and maps.
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

/// The kind of a schema, as the file writes it.
pub(crate) fn kind(schema: &Value) -> String {
    if let Some(name) = crate::walk::component_name(schema) {
        return name.to_owned();
    }
    let open = |schema: &Value| {
        if schema["x-unknown"] == DISAGREE || schema.get("x-unknown").is_none() {
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

/// The kind of what stands in a list or map, however deep; else the kind itself.
pub(crate) fn innermost(kind: &str) -> &str {
    kind.trim_end_matches(['[', ']', '{', '}', '?'])
}

/// Why a field is any value for good.
pub(crate) const DISAGREE: &str = "its places do not agree";

/// The schema of a kind; the reverse of [`kind`].
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
            "any" => json!({"type": "array", "items": {"x-unknown": DISAGREE}}),
            inner => json!({"type": "array", "items": schema(inner)}),
        };
    }
    if let Some(inner) = kind.strip_suffix("{}") {
        return match inner {
            "unknown" => json!({"type": "object", "x-unknown": "only empty objects were seen"}),
            "any" => {
                json!({"type": "object", "additionalProperties": {"x-unknown": DISAGREE}})
            }
            inner => json!({"type": "object", "additionalProperties": schema(inner)}),
        };
    }
    match kind {
        "timestamp" => json!({"type": "string", "format": "date-time"}),
        "integer" | "number" | "boolean" | "string" => json!({"type": kind}),
        "any" => json!({"x-unknown": DISAGREE}),
        "unknown" => json!({"x-unknown": "only null was seen"}),
        name => json!({"$ref": format!("#/components/schemas/{name}")}),
    }
}

/// What a field is that was `before` and that the document now says is `now`: never narrower than
/// before.
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
        // A timestamp takes any text; what was a text stays one.
        ("timestamp", "string") => "timestamp".to_owned(),
        ("string", "timestamp") => "string".to_owned(),
        _ => match (parts(before), parts(now)) {
            (Some((a, x)), Some((b, y))) if x == y => format!("{}{x}", widened(&a, &b)),
            // PHP's empty list for an object.
            _ if now == "unknown[]" && is_object(before) => before.to_owned(),
            _ if before == "unknown[]" && is_object(now) => now.to_owned(),
            _ if before == "unknown{}" && is_object(now) => now.to_owned(),
            _ if now == "unknown{}" && is_object(before) => before.to_owned(),
            _ => "any".to_owned(),
        },
    }
}

/// Whether values of a kind are JSON objects.
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
    fn nothing_is_ever_narrowed() {
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
    fn kinds_and_schemas_are_each_others_reverse() {
        for text in [
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
            assert_eq!(kind(&schema(text)), text);
        }
    }

    #[test]
    fn a_place_is_found_by_the_way_to_it() {
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
