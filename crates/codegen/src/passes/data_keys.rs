//! Converts objects whose keys are data into maps.
//!
//! Before: `properties: {240: {…}, 720: {…}}`, one property per key of a single example. After:
//! `additionalProperties: {…}`, one schema for the values of all keys. The keys of an object are data if all are
//! numbers, all are dates, or all are placeholders in braces, or if the overlay marks the object as a map
//! (`x-map: true`).

use serde_json::{Map, Value};

use super::union::union;
use crate::Report;
use crate::walk::{Side, schemas};

/// Overlay extension that marks an object whose keys are data.
const MAP: &str = "x-map";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, context| {
        if context.side != Side::Response {
            return;
        }
        let is_marked = schema
            .as_object_mut()
            .and_then(|members| members.shift_remove(MAP))
            == Some(Value::Bool(true));
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return;
        };
        let kinds = [
            ("numbers", is_number as fn(&str) -> bool),
            ("dates", is_date),
            ("placeholders", is_placeholder),
        ];
        let kind = kinds
            .into_iter()
            .find(|(_, is)| !properties.is_empty() && properties.keys().all(|key| is(key)))
            .map(|(kind, _)| kind)
            .or(is_marked.then_some("data according to the overlay"));
        let Some(kind) = kind else {
            return;
        };
        let count = properties.len();
        let values = properties
            .values()
            .cloned()
            .reduce(|a, b| union(&a, &b))
            .unwrap_or_default();
        let mut map = Map::new();
        map.insert("type".to_owned(), "object".into());
        if let Some(nullable) = schema.get("nullable") {
            map.insert("nullable".to_owned(), nullable.clone());
        }
        map.insert("additionalProperties".to_owned(), values);
        report.note(
            context.at,
            Some(context.operation),
            format!("{count} properties whose names are {kind} -> a map"),
        );
        *schema = Value::Object(map);
    });
}

fn is_number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit())
}

fn is_date(key: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| key.get(range).is_some_and(is_number);
    let day = digits(0..4) && key.get(4..5) == Some("-") && digits(5..7);
    day && (key.len() == 7 || (key.get(7..8) == Some("-") && digits(8..10)))
}

fn is_placeholder(key: &str) -> bool {
    key.len() > 2 && key.starts_with('{') && key.ends_with('}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn read(properties: &str) -> serde_json::Value {
        let yaml = format!(
            "paths: {{/a: {{get: {{responses: {{200: {{content: {{application/json: {{schema: {{type: object, properties: {properties}}}}}}}}}}}}}}}}}"
        );
        let (mut root, _) = crate::passes::test_run("data-keys", &yaml);
        root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            .take()
    }

    #[test]
    fn objects_keyed_by_data_become_maps() {
        let string = json!({"type": "object", "additionalProperties": {"type": "string"}});
        assert_eq!(read("{240: {type: string}, 720: {type: string}}"), string);
        assert_eq!(read("{'2025-01-01': {type: string}}"), string);
        assert_eq!(read("{'{PRICE}': {type: string}}"), string);
        assert_eq!(
            read("{5: {type: integer}, 10: {type: number}}")["additionalProperties"],
            json!({"type": "number"})
        );
        let marked = read("{total: {type: string}}, x-map: true");
        assert_eq!(marked, string);
        assert!(
            read("{240: {type: string}, name: {type: string}}")
                .get("properties")
                .is_some()
        );
    }
}
