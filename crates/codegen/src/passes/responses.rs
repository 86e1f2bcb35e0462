//! One success type and one error type an operation.
//!
//! Before: any number of statuses, each with a schema of its own. progenitor 0.15 gives all of them
//! the first one's type, so that a 422 decodes into an empty success. After: `2XX` with the union of
//! the documented successes, `4XX` and `5XX` with the shared component `ApiError`. What stands
//! where is left as the fact `shape`:
//!
//! - `whole`: the JSON body; any value where no success is documented (`undocumented`)
//! - `text`: the body as text
//! - `empty`: 204 and the like, also where a schema stands beside the 204
//!
//! An operation that can only answer with a redirect is left out, with the reason.

use serde_json::{Map, Value, json};

use super::request_bodies::is_json;
use super::set_fact;
use super::union::union;
use crate::Report;
use crate::walk::operations;

/// The component that every failure has.
pub(crate) const ERROR_COMPONENT: &str = "ApiError";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    operations(root, |operation| {
        let (id, at) = (operation.id.clone(), operation.at.child("responses"));
        let responses = match operation.members.shift_remove("responses") {
            Some(Value::Object(responses)) => responses,
            _ => Map::new(),
        };
        let mut note = |what: String| report.note(&at, Some(&id), what);
        let mut json_schemas: Vec<(&String, &Value)> = Vec::new();
        let mut text = None;
        let mut empty = None;
        for (status, response) in responses.iter().filter(|(status, _)| is_success(status)) {
            let content = response["content"].as_object();
            let first = content.and_then(|content| {
                content
                    .iter()
                    .find(|(media, _)| is_json(media))
                    .or_else(|| content.iter().next())
            });
            match first {
                Some(_) if status == "204" => {
                    note("204 has no body, whatever schema stands there".to_owned());
                    empty = Some(status);
                }
                Some((media, body)) if is_json(media) => {
                    json_schemas.push((status, &body["schema"]))
                }
                Some((media, _)) => {
                    note(format!("{status} is {media}: the body as text"));
                    text = Some(status);
                }
                None => empty = Some(status),
            }
        }
        let failures: Vec<_> = responses
            .keys()
            .filter(|status| status.starts_with(['4', '5']))
            .map(String::as_str)
            .collect();
        if !failures.is_empty() {
            note(format!(
                "{}, and every failure that is not documented -> the one type {ERROR_COMPONENT}",
                failures.join(", ")
            ));
        }
        let redirects: Vec<_> = responses
            .keys()
            .filter(|status| status.starts_with('3') && *status != "304")
            .map(String::as_str)
            .collect();
        if responses.contains_key("304") {
            note("304 -> a success without value, as on every operation".to_owned());
        }

        let (shape, schema) = if !json_schemas.is_empty() {
            if json_schemas.len() > 1 {
                let statuses: Vec<_> = json_schemas
                    .iter()
                    .map(|(status, _)| status.as_str())
                    .collect();
                note(format!(
                    "a body each for {} -> one type with the fields of all",
                    statuses.join(", ")
                ));
            }
            let joined = json_schemas
                .into_iter()
                .map(|(_, schema)| schema.clone())
                .reduce(|a, b| union(&a, &b))
                .unwrap_or_default();
            (
                "whole",
                Some(if joined.is_object() {
                    joined
                } else {
                    json!({})
                }),
            )
        } else if text.is_some() {
            ("text", Some(json!({"type": "string"})))
        } else if empty.is_some() {
            ("empty", None)
        } else if !redirects.is_empty() {
            let why = format!(
                "answers with a redirect ({}) and no body of its own; written by hand later",
                redirects.join(", ")
            );
            report.warn(&at, Some(&id), &*why);
            set_fact(operation.members, "left-out", why);
            return;
        } else {
            note("no success documented -> any JSON value".to_owned());
            set_fact(operation.members, "undocumented", true);
            ("whole", Some(json!({})))
        };
        set_fact(operation.members, "shape", shape);

        let mut success = json!({"description": "Success"});
        if let Some(schema) = schema {
            success["content"] = json!({"application/json": {"schema": schema}});
        }
        let failure = json!({
            "description": "Failure",
            "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{ERROR_COMPONENT}")}}},
        });
        operation.members.insert(
            "responses".to_owned(),
            json!({"2XX": success, "4XX": failure, "5XX": failure}),
        );
    });
    root["components"]["schemas"][ERROR_COMPONENT] =
        json!({"type": "object", "properties": {"message": {"type": "string"}}});
}

fn is_success(status: &str) -> bool {
    status.starts_with('2') || status == "default"
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn read(responses: &str) -> (Value, Vec<String>) {
        let (mut root, told) = crate::passes::test_run(
            "responses",
            &format!("paths: {{/a: {{get: {{operationId: a, responses: {responses}}}}}}}"),
        );
        (root["paths"]["/a"]["get"].take(), told)
    }

    fn body(properties: &str) -> String {
        format!(
            "{{content: {{application/json: {{schema: {{type: object, properties: {properties}}}}}}}}}"
        )
    }

    #[test]
    fn two_successes_are_one_type_and_failures_are_the_shared_one() {
        let (operation, told) = read(&format!(
            "{{200: {}, 202: {}, 422: {}}}",
            body("{id: {type: string}}"),
            body("{polling_url: {type: string}}"),
            body("{message: {type: string}}")
        ));
        let success = &operation["responses"]["2XX"]["content"]["application/json"]["schema"];
        assert_eq!(
            success["properties"],
            json!({"id": {"type": "string"}, "polling_url": {"type": "string"}})
        );
        for status in ["4XX", "5XX"] {
            assert_eq!(
                operation["responses"][status]["content"]["application/json"]["schema"]["$ref"],
                "#/components/schemas/ApiError"
            );
        }
        assert_eq!(operation["x-codegen"], json!({"shape": "whole"}));
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn every_kind_of_success_has_its_shape() {
        for (responses, facts) in [
            (
                format!("{{204: {}}}", body("{}")),
                json!({"shape": "empty"}),
            ),
            (
                "{200: {content: {text/plain: {schema: {type: string}}}}}".to_owned(),
                json!({"shape": "text"}),
            ),
            (
                format!("{{401: {}}}", body("{error: {type: string}}")),
                json!({"undocumented": true, "shape": "whole"}),
            ),
            (
                "{}".to_owned(),
                json!({"undocumented": true, "shape": "whole"}),
            ),
            (
                "{302: {}, 401: {}}".to_owned(),
                json!({"left-out": "answers with a redirect (302) and no body of its own; written by hand later"}),
            ),
            (
                format!("{{200: {}, 304: {{}}}}", body("{}")),
                json!({"shape": "whole"}),
            ),
        ] {
            assert_eq!(read(&responses).0["x-codegen"], facts, "{responses}");
        }
    }
}
