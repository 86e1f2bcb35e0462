//! A field that is unknown here and known everywhere else has the type it has there.
//!
//! Before: `headerSize: null` in one answer and an object of two integers in ten others. After: that
//! object in all of them. Only where every known place of the name agrees; a list or object needs two
//! operations that agree, because `list` or `media` alone says little. What stays unknown is any JSON
//! value from here on (`x-unknown` says why).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::evidence::name;
use super::union::{is_unknown, union};
use crate::Report;
use crate::walk::{Role, Side, schemas};

/// What is known of a property's name.
#[derive(Default)]
struct Known {
    shapes: BTreeMap<String, Value>,
    operations: BTreeSet<String>,
}

impl Known {
    /// The one shape of every place; texts of which some are times are texts.
    fn agreed(&self) -> Option<Value> {
        let all: Vec<_> = self.shapes.values().collect();
        match all[..] {
            [shape] => Some(shape.clone()),
            [a, b] if a["type"] == "string" && b["type"] == "string" => Some(union(a, b)),
            _ => None,
        }
    }
}

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    schemas(root, |schema, place| {
        if let (Side::Response, Role::Property, false) =
            (place.side, place.role, is_unknown(schema))
            && !is_any(schema)
        {
            let entry = known.entry(last(place.at.as_str())).or_default();
            let shape = bare(schema);
            entry.shapes.insert(shape.to_string(), shape);
            entry.operations.insert(place.operation.to_owned());
        }
    });
    schemas(root, |schema, place| {
        // Unknown items are the list's affair, which is visited after them.
        let is_of_list = matches!(place.role, Role::Items | Role::Values) && is_any(schema);
        if place.side != Side::Response || !is_unknown(schema) || is_of_list {
            return;
        }
        let agreed = (place.role == Role::Property)
            .then(|| known.get(&last(place.at.as_str())))
            .flatten()
            .and_then(|known| Some((known, known.agreed()?)));
        if let Some((known, shape)) = agreed {
            let is_scalar = !matches!(shape["type"].as_str(), Some("array" | "object"));
            let fits = match schema["type"].as_str() {
                Some("array") => matches!(shape["type"].as_str(), Some("array" | "object")),
                Some("object") => shape["type"] == "object",
                _ => true,
            };
            if fits && (is_scalar || known.operations.len() > 1) {
                report.note(
                    place.at,
                    Some(place.operation),
                    format!(
                        "an unknown value -> {}: every other place of this name has it",
                        name(&shape)
                    ),
                );
                *schema = shape;
                return;
            }
        }
        let why = match schema["type"].as_str() {
            Some("array") => "only empty lists were seen",
            Some("object") => "only empty objects were seen",
            Some(_) => "only null was seen",
            None => "the document does not say",
        };
        report.note(
            place.at,
            Some(place.operation),
            format!("an unknown value -> any JSON value: {why}"),
        );
        *schema = match schema["type"].as_str() {
            Some("array") => json!({"type": "array", "items": {}, "x-unknown": why}),
            Some("object") => json!({"type": "object", "x-unknown": why}),
            _ => json!({"x-unknown": why}),
        };
    });
}

fn last(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().to_owned()
}

fn is_any(schema: &Value) -> bool {
    schema.get("type").is_none()
}

/// The schema without examples and nulls: what two places must share to agree.
fn bare(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let is_schema = members.contains_key("type") && !members["type"].is_object();
            let kept: BTreeMap<_, _> = members
                .iter()
                .filter(|(key, _)| {
                    !is_schema
                        || matches!(
                            key.as_str(),
                            "type"
                                | "format"
                                | "properties"
                                | "items"
                                | "additionalProperties"
                                | "enum"
                        )
                })
                .map(|(key, value)| (key.clone(), bare(value)))
                .collect();
            Value::Object(kept.into_iter().collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn an_unknown_field_takes_the_type_that_all_others_agree_on() {
        let answer = |id: &str, properties: &str| {
            format!(
                "/{id}: {{get: {{operationId: {id}, responses: {{200: {{content: {{application/json: {{schema: {{type: object, properties: {properties}}}}}}}}}}}}}}}"
            )
        };
        let size = "{type: object, properties: {w: {type: integer, example: 1}}}";
        let null = "{type: string, example: null, nullable: true}";
        let yaml = format!(
            "paths: {{{}, {}, {}}}",
            answer(
                "a",
                &format!(
                    "{{size: {size}, count: {{type: integer}}, thing: {size}, mixed: {{type: string}}}}"
                )
            ),
            answer(
                "b",
                "{size: {type: object, properties: {w: {type: integer, example: 2}}}, mixed: {type: integer}}"
            ),
            answer(
                "c",
                &format!("{{size: {null}, count: {null}, thing: {null}, mixed: {null}}}")
            ),
        );
        let (root, told) = crate::passes::test_run("siblings", &yaml);
        let c = &root["paths"]["/c"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            ["properties"];
        assert_eq!(
            c["size"],
            json!({"properties": {"w": {"type": "integer"}}, "type": "object"})
        );
        assert_eq!(c["count"], json!({"type": "integer"}));
        assert_eq!(c["thing"], json!({"x-unknown": "only null was seen"}));
        assert_eq!(c["mixed"], json!({"x-unknown": "only null was seen"}));
        assert_eq!(told.len(), 4);
    }
}
