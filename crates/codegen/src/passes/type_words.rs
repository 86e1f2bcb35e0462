//! Normalizes types to those of JSON Schema.
//!
//! Before: `type: int`, `type: datetime`, `type: 'string|null'`, `type: 'string|integer'`, no type next to
//! `properties`. After: `integer`, `string`, `string` and nullable, any value, `object`. A file or an ID in JSON
//! (`file[]|string`) becomes a media reference, because JSON cannot contain a file.

use serde_json::{Map, Value, json};

use crate::walk::{Side, schemas};
use crate::{Pointer, Report};

/// The format of a media reference, for the `core-types` pass.
pub(super) const MEDIA_REFERENCE: &str = "media-reference";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, context| {
        if !schema.is_object() {
            report.warn(
                context.at,
                Some(context.operation),
                "no schema -> any JSON value",
            );
            *schema = Value::Object(Map::new());
        }
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        contradiction(members, context.at, context.operation, report);
        let before = members.get("type").cloned();
        if let (Side::RequestBody, Some(Value::String(names))) = (context.side, &before)
            && is_media_reference(names)
        {
            members.insert("type".to_owned(), "string".into());
            members.insert("format".to_owned(), MEDIA_REFERENCE.into());
            report.note(
                context.at,
                Some(context.operation),
                format!("type \"{names}\" in JSON -> a media reference"),
            );
            return;
        }
        if let Some(Value::String(names)) = &before
            && let Some(file) = file_schema(names)
        {
            report.note(
                context.at,
                Some(context.operation),
                format!("type \"{names}\" -> the contents of a file"),
            );
            members.extend(file);
            return;
        }
        let (name, nullable) = match &before {
            None => (implied(members), false),
            // The reference determines the type.
            Some(_) if members.contains_key("$ref") => return,
            Some(Value::String(names)) => read(names.split('|')),
            Some(Value::Array(names)) => read(names.iter().filter_map(Value::as_str)),
            Some(_) => (None, false),
        };
        if nullable {
            members.insert("nullable".to_owned(), true.into());
        }
        let is_same = match &before {
            None => name.is_none(),
            Some(before) => before.as_str().is_some_and(|before| Some(before) == name),
        };
        if is_same {
            return;
        }
        match (name, &before) {
            (Some(name), before) => {
                members.insert("type".to_owned(), name.into());
                if let Some(before) = before {
                    report.note(
                        context.at,
                        Some(context.operation),
                        format!("type {before} -> `{name}`"),
                    );
                }
            }
            (None, None) => {}
            (None, Some(before)) => {
                report.warn(
                    context.at,
                    Some(context.operation),
                    format!("type {before} -> any JSON value: no matching JSON Schema type"),
                );
                members.retain(|key, _| {
                    matches!(
                        key.as_str(),
                        "description" | "nullable" | "deprecated" | "example" | super::SIDE
                    )
                });
            }
        }
    });
}

/// Resolves a contradiction between the type and the members of a schema: with `properties` it is an object, with
/// `items` an array.
fn contradiction(
    members: &mut Map<String, Value>,
    at: &Pointer,
    operation: &str,
    report: &mut Report,
) {
    let has = |key: &str| {
        members
            .get(key)
            .and_then(Value::as_object)
            .is_some_and(|members| !members.is_empty())
    };
    let declared = match members.get("type") {
        Some(Value::String(name)) => json_type(name.split('|').next().unwrap_or_default().trim()),
        _ => return,
    };
    let implied = match declared {
        Some("object") => return,
        Some("array") if has("items") => return,
        _ if has("properties") => "object",
        Some("array") => return,
        _ if has("items") => "array",
        _ => return,
    };
    let what = format!(
        "type {} -> `{implied}`: implied by its members",
        members["type"]
    );
    report.warn(at, Some(operation), what);
    members.insert("type".to_owned(), implied.into());
}

/// Returns whether the type names allow a file or an ID in its place, such as `file[]|string`.
fn is_media_reference(names: &str) -> bool {
    let mut names: Vec<_> = names
        .split('|')
        .map(|name| name.trim().trim_end_matches("[]"))
        .collect();
    let count = names.len();
    names.retain(|name| *name != "file");
    names.len() < count
        && !names.is_empty()
        && names
            .iter()
            .all(|name| ["string", "int", "integer"].contains(name))
}

/// Returns whether a schema describes the contents of a file.
pub(super) fn is_file(schema: &Value) -> bool {
    schema["type"] == "string" && schema["format"] == "binary"
}

/// Returns the schema members for the type names `file` and `file[]` and their synonyms.
fn file_schema(names: &str) -> Option<Map<String, Value>> {
    let file = json!({"type": "string", "format": "binary"});
    let schema = match names.trim().to_ascii_lowercase().as_str() {
        "file" | "binary" => file,
        "file[]" | "files" => json!({"type": "array", "items": file}),
        _ => return None,
    };
    schema.as_object().cloned()
}

/// Returns the JSON type that all of `names` denote, if it is the same, and whether null is among them.
fn read<'a>(names: impl Iterator<Item = &'a str>) -> (Option<&'static str>, bool) {
    let mut nullable = false;
    let mut found: Option<Option<&'static str>> = None;
    for name in names {
        let name = name.trim();
        if name == "null" {
            nullable = true;
            continue;
        }
        let known = json_type(name);
        found = Some(match found {
            Some(earlier) if earlier != known => None,
            _ => known,
        });
    }
    (found.flatten(), nullable)
}

fn json_type(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "string" | "text" | "date" | "datetime" | "date-time" | "time" | "password" | "email"
        | "uuid" | "url" | "uri" => "string",
        "integer" | "int" | "long" => "integer",
        "number" | "numeric" | "float" | "double" | "decimal" => "number",
        "boolean" | "bool" => "boolean",
        "array" | "list" => "array",
        "object" => "object",
        _ => return None,
    })
}

/// Returns the type implied by the members of a schema without a type.
fn implied(members: &Map<String, Value>) -> Option<&'static str> {
    if members.contains_key("properties") {
        Some("object")
    } else if members.contains_key("items") {
        Some("array")
    } else if members
        .get("enum")
        .and_then(Value::as_array)
        .is_some_and(|values| {
            let mut non_null = values.iter().filter(|value| !value.is_null()).peekable();
            non_null.peek().is_some() && non_null.all(Value::is_string)
        })
    {
        Some("string")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn read(schema: &str) -> serde_json::Value {
        let yaml = format!(
            "paths: {{/a: {{get: {{parameters: [{{in: query, name: q, schema: {schema}}}]}}}}}}"
        );
        let (mut root, _) = crate::passes::test_run("type-words", &yaml);
        root["paths"]["/a"]["get"]["parameters"][0]["schema"].take()
    }

    #[test]
    fn a_file_or_an_id_in_json_is_a_media_reference() {
        for (names, is_reference) in [
            ("file[]|string", true),
            ("file[]|string[]|int", true),
            ("file", false),
            ("file[]", false),
            ("string|int", false),
            ("file|boolean", false),
        ] {
            assert_eq!(super::is_media_reference(names), is_reference, "{names}");
        }
    }

    #[test]
    fn members_take_precedence_over_the_type() {
        for (schema, name) in [
            ("{type: date, properties: {a: {type: string}}}", "object"),
            ("{type: array, properties: {a: {type: string}}}", "object"),
            (
                "{type: array, items: {type: string}, properties: {a: {type: string}}}",
                "array",
            ),
            ("{type: string, items: {type: string}}", "array"),
            ("{type: string, properties: {}}", "string"),
        ] {
            assert_eq!(read(schema)["type"], name, "{schema}");
        }
    }

    #[test]
    fn maps_unambiguous_type_names() {
        for (name, expected) in [
            ("int", json!({"type": "integer"})),
            ("numeric", json!({"type": "number"})),
            ("datetime", json!({"type": "string"})),
            ("'string|null'", json!({"type": "string", "nullable": true})),
            (
                "[integer, 'null']",
                json!({"type": "integer", "nullable": true}),
            ),
            ("'file[]|string'", json!({})),
            ("'string|integer'", json!({})),
            ("required", json!({})),
        ] {
            assert_eq!(read(&format!("{{type: {name}}}")), expected, "{name}");
        }
        assert_eq!(
            read("{properties: {type: {type: bool}}}"),
            json!({"properties": {"type": {"type": "boolean"}}, "type": "object"})
        );
        assert_eq!(read("5"), json!({}));
    }
}
