//! Gives a field of unknown type the type that the same field has everywhere else.
//!
//! Before: `headerSize: null` in one response and an object of two integers in ten others. After: that object in all
//! of them. This requires that all known occurrences of the name agree; for an array or object, at least two
//! operations must agree, because a name such as `list` or `media` is too generic. A type that is still unknown
//! becomes any JSON value, and `x-unknown` states the reason.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::evidence::name;
use super::union::{is_unknown, union};
use crate::Report;
use crate::walk::{Role, Side, schemas};

/// What is known about the properties of one name.
#[derive(Default)]
struct Known {
    shapes: BTreeMap<String, Value>,
    operations: BTreeSet<String>,
}

impl Known {
    /// Returns the shape that all occurrences share. Timestamps mixed with other strings are typed as plain strings.
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
    schemas(root, |schema, context| {
        if let (Side::Response, Role::Property, false) =
            (context.side, context.role, is_unknown(schema))
            && !is_any(schema)
        {
            let entry = known.entry(last(context.at.as_str())).or_default();
            let shape = bare(schema);
            entry.shapes.insert(shape.to_string(), shape);
            entry.operations.insert(context.operation.to_owned());
        }
    });
    schemas(root, |schema, context| {
        // The array or map is visited after its items and handles them.
        let is_of_list = matches!(context.role, Role::Items | Role::Values) && is_any(schema);
        if context.side != Side::Response || !is_unknown(schema) || is_of_list {
            return;
        }
        let agreed = (context.role == Role::Property)
            .then(|| known.get(&last(context.at.as_str())))
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
                    context.at,
                    Some(context.operation),
                    format!(
                        "unknown type -> {}: all other properties of this name have this type",
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
            None => "not documented",
        };
        report.note(
            context.at,
            Some(context.operation),
            format!("unknown type -> any JSON value: {why}"),
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

/// Returns the schema without examples and `nullable`, to compare two occurrences.
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
        let response = |id: &str, properties: &str| {
            format!(
                "/{id}: {{get: {{operationId: {id}, responses: {{200: {{content: {{application/json: {{schema: {{type: object, properties: {properties}}}}}}}}}}}}}}}"
            )
        };
        let size = "{type: object, properties: {w: {type: integer, example: 1}}}";
        let null = "{type: string, example: null, nullable: true}";
        let yaml = format!(
            "paths: {{{}, {}, {}}}",
            response(
                "a",
                &format!(
                    "{{size: {size}, count: {{type: integer}}, thing: {size}, mixed: {{type: string}}}}"
                )
            ),
            response(
                "b",
                "{size: {type: object, properties: {w: {type: integer, example: 2}}}, mixed: {type: integer}}"
            ),
            response(
                "c",
                &format!("{{size: {null}, count: {null}, thing: {null}, mixed: {null}}}")
            ),
        );
        let (root, lines) = crate::passes::test_run("siblings", &yaml);
        let c = &root["paths"]["/c"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            ["properties"];
        assert_eq!(
            c["size"],
            json!({"properties": {"w": {"type": "integer"}}, "type": "object"})
        );
        assert_eq!(c["count"], json!({"type": "integer"}));
        assert_eq!(c["thing"], json!({"x-unknown": "only null was seen"}));
        assert_eq!(c["mixed"], json!({"x-unknown": "only null was seen"}));
        assert_eq!(lines.len(), 4);
    }
}
