//! Types are those of JSON Schema.
//!
//! Before: `type: int`, `type: datetime`, `type: 'string|null'`, `type: 'string|integer'`, no type
//! beside `properties`. After: `integer`, `string`, `string` and nullable, any value, `object`. A file or
//! an id in JSON (`file[]|string`) is a reference to a media, because JSON carries no file.

use serde_json::{Map, Value, json};

use crate::walk::{Side, schemas};
use crate::{Pointer, Report};

/// The format of a reference to a media, for the pass `core-types`.
pub(super) const MEDIA_REFERENCE: &str = "media-reference";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, place| {
        if !schema.is_object() {
            report.warn(place.at, Some(place.operation), "no schema -> any value");
            *schema = Value::Object(Map::new());
        }
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        contradiction(members, place.at, place.operation, report);
        let before = members.get("type").cloned();
        if let (Side::RequestBody, Some(Value::String(words))) = (place.side, &before)
            && is_media_reference(words)
        {
            members.insert("type".to_owned(), "string".into());
            members.insert("format".to_owned(), MEDIA_REFERENCE.into());
            report.note(
                place.at,
                Some(place.operation),
                format!("type \"{words}\" in JSON -> a reference to a media"),
            );
            return;
        }
        if let Some(Value::String(words)) = &before
            && let Some(file) = file_words(words)
        {
            report.note(
                place.at,
                Some(place.operation),
                format!("type \"{words}\" -> the bytes of a file"),
            );
            members.extend(file);
            return;
        }
        let (word, nullable) = match &before {
            None => (implied(members), false),
            // Already known by what else stands there: a reference, or branches.
            Some(_) if members.contains_key("$ref") => return,
            Some(Value::String(words)) => read(words.split('|')),
            Some(Value::Array(words)) => read(words.iter().filter_map(Value::as_str)),
            Some(_) => (None, false),
        };
        if nullable {
            members.insert("nullable".to_owned(), true.into());
        }
        let is_same = match &before {
            None => word.is_none(),
            Some(before) => before.as_str().is_some_and(|before| Some(before) == word),
        };
        if is_same {
            return;
        }
        match (word, &before) {
            (Some(word), before) => {
                members.insert("type".to_owned(), word.into());
                if let Some(before) = before {
                    report.note(
                        place.at,
                        Some(place.operation),
                        format!("type {before} -> `{word}`"),
                    );
                }
            }
            (None, None) => {}
            (None, Some(before)) => {
                report.warn(
                    place.at,
                    Some(place.operation),
                    format!("type {before} -> any value: no JSON type"),
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

/// Settles what a schema says twice: with `properties` it is an object, with `items` a list, whatever its
/// type says.
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
    let is = match members.get("type") {
        Some(Value::String(word)) => json_type(word.split('|').next().unwrap_or_default().trim()),
        _ => return,
    };
    let shown = match is {
        Some("object") => return,
        Some("array") if has("items") => return,
        _ if has("properties") => "object",
        Some("array") => return,
        _ if has("items") => "array",
        _ => return,
    };
    let what = format!("type {} -> `{shown}`: its members say so", members["type"]);
    report.warn(at, Some(operation), what);
    members.insert("type".to_owned(), shown.into());
}

/// Whether the words are a file or what stands for one: `file[]|string`.
fn is_media_reference(words: &str) -> bool {
    let mut words: Vec<_> = words
        .split('|')
        .map(|word| word.trim().trim_end_matches("[]"))
        .collect();
    let count = words.len();
    words.retain(|word| *word != "file");
    words.len() < count
        && !words.is_empty()
        && words
            .iter()
            .all(|word| ["string", "int", "integer"].contains(word))
}

/// Whether a schema is the bytes of a file.
pub(super) fn is_file(schema: &Value) -> bool {
    schema["type"] == "string" && schema["format"] == "binary"
}

/// What stands for `file` and `file[]` alone.
fn file_words(words: &str) -> Option<Map<String, Value>> {
    let file = json!({"type": "string", "format": "binary"});
    let schema = match words.trim().to_ascii_lowercase().as_str() {
        "file" | "binary" => file,
        "file[]" | "files" => json!({"type": "array", "items": file}),
        _ => return None,
    };
    schema.as_object().cloned()
}

/// The one JSON type that `words` mean, and whether null is among them.
fn read<'a>(words: impl Iterator<Item = &'a str>) -> (Option<&'static str>, bool) {
    let mut nullable = false;
    let mut found: Option<Option<&'static str>> = None;
    for word in words {
        let word = word.trim();
        if word == "null" {
            nullable = true;
            continue;
        }
        let known = json_type(word);
        found = Some(match found {
            Some(earlier) if earlier != known => None,
            _ => known,
        });
    }
    (found.flatten(), nullable)
}

fn json_type(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
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

/// The type that a schema without one has by its other members.
fn implied(members: &Map<String, Value>) -> Option<&'static str> {
    if members.contains_key("properties") {
        Some("object")
    } else if members.contains_key("items") {
        Some("array")
    } else if members
        .get("enum")
        .and_then(Value::as_array)
        .is_some_and(|values| {
            let mut said = values.iter().filter(|value| !value.is_null()).peekable();
            said.peek().is_some() && said.all(Value::is_string)
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
    fn a_file_or_an_id_in_json_is_a_reference() {
        for (words, is_reference) in [
            ("file[]|string", true),
            ("file[]|string[]|int", true),
            ("file", false),
            ("file[]", false),
            ("string|int", false),
            ("file|boolean", false),
        ] {
            assert_eq!(super::is_media_reference(words), is_reference, "{words}");
        }
    }

    #[test]
    fn what_a_schema_shows_wins_over_its_word() {
        for (schema, word) in [
            ("{type: date, properties: {a: {type: string}}}", "object"),
            ("{type: array, properties: {a: {type: string}}}", "object"),
            (
                "{type: array, items: {type: string}, properties: {a: {type: string}}}",
                "array",
            ),
            ("{type: string, items: {type: string}}", "array"),
            ("{type: string, properties: {}}", "string"),
        ] {
            assert_eq!(read(schema)["type"], word, "{schema}");
        }
    }

    #[test]
    fn words_are_mapped_where_the_meaning_is_plain() {
        for (word, expected) in [
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
            assert_eq!(read(&format!("{{type: {word}}}")), expected, "{word}");
        }
        assert_eq!(
            read("{properties: {type: {type: bool}}}"),
            json!({"properties": {"type": {"type": "boolean"}}, "type": "object"})
        );
        assert_eq!(read("5"), json!({}));
    }
}
