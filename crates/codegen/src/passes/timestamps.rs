//! Types a string as a timestamp if every example is one.
//!
//! Before: `created_at: {type: string, example: '2025-01-01T00:00:00+00:00'}`. After: the same with `format:
//! date-time`, if every example of the field, in all array elements, is RFC 3339. Request schemas lose their formats:
//! their examples are not evidence, and a format would become a type of another crate.

use jiff::Timestamp;
use serde_json::Value;

use super::type_words::MEDIA_REFERENCE;
use crate::Report;
use crate::walk::{Role, Side, schemas};

/// Records whether every example of a schema was a timestamp.
const SEEN: &str = "x-codegen-times";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, context| {
        if context.side != Side::Response {
            if let Some(members) = schema.as_object_mut() {
                members.retain(|key, value| {
                    key != "format" || value == "binary" || value == MEDIA_REFERENCE
                });
            }
            return;
        }
        if schema["type"] == "string"
            && let Some(example) = schema.get("example").cloned()
        {
            record(schema, &example);
        }
        if let (Role::Top | Role::Branch, Some(example)) =
            (context.role, schema.get("example").cloned())
        {
            record(schema, &example);
        }
    });
    schemas(root, |schema, context| {
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        if members.shift_remove(SEEN) == Some(Value::Bool(true)) {
            report.note(
                context.at,
                Some(context.operation),
                "string -> timestamp: every example is RFC 3339",
            );
            members.insert("format".to_owned(), "date-time".into());
        }
    });
}

/// Records in the string schemas of `schema` whether the strings of `value` are timestamps.
fn record(schema: &mut Value, value: &Value) {
    match value {
        Value::String(text) if schema["type"] == "string" => {
            let so_far = schema[SEEN] != Value::Bool(false);
            schema[SEEN] = (so_far && is_rfc_3339(text)).into();
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get_mut("items") {
                items.iter().for_each(|item| record(schema, item));
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                if let Some(property) = schema
                    .get_mut("properties")
                    .and_then(|properties| properties.get_mut(key))
                {
                    record(property, member);
                }
            }
        }
        _ => {}
    }
}

/// Returns whether a string is an RFC 3339 date-time: with a `T` and an offset, which jiff does not require.
pub(super) fn is_rfc_3339(text: &str) -> bool {
    let has_offset = text.ends_with(['Z', 'z'])
        || text
            .len()
            .checked_sub(6)
            .and_then(|start| text.get(start..))
            .is_some_and(|end| end.starts_with(['+', '-']) && end.as_bytes()[3] == b':');
    has_offset
        && matches!(text.as_bytes().get(10), Some(b'T' | b't'))
        && text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_string_is_a_timestamp_only_if_every_example_is() {
        let (root, lines) = crate::passes::test_run(
            "timestamps",
            "paths: {/a: {get: {parameters: [{in: query, name: q, schema: {type: string, format: date-time}}],
                responses: {200: {content: {application/json: {schema: {type: object,
                example: {list: [{at: '2025-01-01T00:00:00+00:00', text: '2025-01-01T00:00:00Z', day: '2025-01-01'}, {at: null, text: soon}]},
                properties: {list: {type: array, items: {type: object, properties: {at: {type: string, example: '2025-05-23T15:51:52.000000Z'}, text: {type: string}, day: {type: string}, none: {type: string}}}}}}}}}}}}}",
        );
        let get = &root["paths"]["/a"]["get"];
        let item = &get["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
            ["list"]["items"]["properties"];
        assert_eq!(item["at"]["format"], "date-time");
        for plain in ["text", "day", "none"] {
            assert_eq!(item[plain], json!({"type": "string"}), "{plain}");
        }
        assert_eq!(get["parameters"][0]["schema"], json!({"type": "string"}));
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn rfc_3339_requires_a_t_and_an_offset() {
        for text in [
            "2025-01-01T00:00:00+00:00",
            "2025-01-01T00:00:00.000Z",
            "2025-01-01T00:00:00-07:30",
        ] {
            assert!(super::is_rfc_3339(text), "{text}");
        }
        for text in [
            "2025-01-01 00:00:00Z",
            "2025-01-01T00:00:00",
            "2025-01-01",
            "",
            "éééééé",
            "2025-13-01T00:00:00Z",
        ] {
            assert!(!super::is_rfc_3339(text), "{text}");
        }
    }
}
