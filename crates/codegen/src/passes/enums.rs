//! Enumerations that Rust can name.
//!
//! Before: `enum: [1, 0]`, or values that make one Rust name (`asc` and `ASC`, `net` and `-net`).
//! After: the plain type, with the values in the description. Null and doubled values are dropped.

use std::collections::HashSet;

use heck::ToPascalCase;
use serde_json::Value;

use crate::Report;
use crate::walk::{plain, schemas};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, place| {
        let is_string = schema["type"] == "string";
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        let Some(values) = members.get("enum").and_then(Value::as_array).cloned() else {
            return;
        };
        let mut kept: Vec<Value> = Vec::new();
        for value in values.iter().filter(|value| !value.is_null()) {
            if !kept.contains(value) {
                kept.push(value.clone());
            }
        }
        // In an order of their own, so that the document's does not matter.
        kept.sort_by_key(plain);
        let mut names = HashSet::new();
        let namable = is_string
            && !kept.is_empty()
            && kept.iter().all(|value| {
                value.as_str().is_some_and(|text| {
                    names.insert(text.to_pascal_case()) && !text.to_pascal_case().is_empty()
                })
            });
        if namable {
            if kept.len() != values.len() {
                report.note(
                    place.at,
                    Some(place.operation),
                    format!(
                        "{} values, null or doubled ones among them -> {}",
                        values.len(),
                        kept.len()
                    ),
                );
            }
            if kept != values {
                members.insert("enum".to_owned(), kept.into());
            }
            return;
        }
        members.shift_remove("enum");
        let list = kept
            .iter()
            .map(|value| format!("`{}`", plain(value)))
            .collect::<Vec<_>>()
            .join(", ");
        report.note(
            place.at,
            Some(place.operation),
            format!("the enumeration {list} -> the plain type: it makes no names of its own"),
        );
        let old = members
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let description = format!("{old} One of {list}.").trim().to_owned();
        members.insert("description".to_owned(), description.into());
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn read(schema: &str) -> serde_json::Value {
        let yaml = format!(
            "paths: {{/a: {{get: {{parameters: [{{in: query, name: q, schema: {schema}}}]}}}}}}"
        );
        let (mut root, _) = crate::passes::test_run("enums", &yaml);
        root["paths"]["/a"]["get"]["parameters"][0]["schema"].take()
    }

    #[test]
    fn only_enumerations_with_names_of_their_own_stay() {
        assert_eq!(
            read("{type: string, enum: [a, b, a, null]}"),
            json!({"type": "string", "enum": ["a", "b"]})
        );
        assert_eq!(
            read("{type: integer, enum: [1, 0], description: Online.}"),
            json!({"type": "integer", "description": "Online. One of `0`, `1`."})
        );
        assert_eq!(
            read("{type: string, enum: [net, -net]}"),
            json!({"type": "string", "description": "One of `-net`, `net`."})
        );
        assert_eq!(read("{type: string, enum: ['']}")["type"], "string");
        assert!(read("{type: string, enum: ['']}").get("enum").is_none());
    }
}
