//! Reduces the responses of each operation to one success type and one error type.
//!
//! Before: any number of statuses, each with its own schema. progenitor 0.15 gives all of them the type of the
//! first, so that a 422 decodes into an empty success. After: `2XX` with the union of the documented successes,
//! and `4XX` and `5XX` with the shared component `ApiError`. The `shape` fact describes the success:
//!
//! - `whole`: the JSON body; any value if no success is documented (`undocumented`)
//! - `text`: the body as text, unless its example is JSON
//! - `bytes`: a file, which can be streamed
//! - `redirect`: the target, if only a redirect is documented
//! - `empty`: a success without a body, such as 204, even if a schema is documented for it
//!
//! `default` is a success if no 2xx is documented, and otherwise a failure.

use serde_json::{Map, Value, json};

use super::core_types::{BLOB, LOCATION};
use super::evidence::infer;
use super::request_bodies::{essence, is_json};
use super::set_fact;
use super::type_words::is_file;
use super::union::union;
use crate::Report;
use crate::walk::{component_name, operations};

/// The component of every failure.
pub(crate) const ERROR_COMPONENT: &str = "ApiError";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let components = root["components"]["schemas"].clone();
    operations(root, |operation| {
        let (id, at) = (operation.id.clone(), operation.at.child("responses"));
        let successes: Vec<String> = successes(operation.members).into_iter().cloned().collect();
        let responses = match operation.members.shift_remove("responses") {
            Some(Value::Object(responses)) => responses,
            _ => Map::new(),
        };
        let mut note = |what: String| report.note(&at, Some(&id), what);
        let mut json_schemas: Vec<(&String, Value)> = Vec::new();
        let mut text = None;
        let mut bytes = None;
        let mut empty = None;
        let mut accept = None;
        for (status, response) in responses
            .iter()
            .filter(|(status, _)| successes.contains(status))
        {
            let content = response["content"].as_object();
            let chosen = content
                .and_then(|content| content.iter().min_by_key(|(media, body)| rank(media, body)));
            let Some((media, body)) = chosen else {
                empty = Some(status);
                continue;
            };
            if status == "204" {
                note("204 has no body -> its documented content is ignored".to_owned());
                empty = Some(status);
                continue;
            }
            for other in content
                .into_iter()
                .flat_map(Map::keys)
                .filter(|other| *other != media)
            {
                note(format!("{status} {other} -> dropped in favor of {media}"));
            }
            match kind(media, body) {
                Kind::Json => {
                    let of_media = essence(media);
                    if of_media.ends_with("+json") {
                        accept = Some(of_media);
                    }
                    json_schemas.push((status, body["schema"].clone()));
                }
                Kind::Text => match json_of_text(media, &body["schema"], &components) {
                    Some(schema) => {
                        note(format!(
                            "{status} is {media} that contains JSON -> read as JSON"
                        ));
                        accept = Some("*/*".to_owned());
                        json_schemas.push((status, schema));
                    }
                    None => {
                        note(format!("{status} is {media} -> the body as text"));
                        text = Some(status);
                    }
                },
                Kind::Bytes => {
                    note(format!("{status} is {media} -> a byte stream"));
                    bytes = Some(status);
                }
            }
        }
        let failures: Vec<_> = responses
            .keys()
            .filter(|status| status.starts_with(['4', '5']))
            .map(String::as_str)
            .collect();
        if !failures.is_empty() {
            note(format!(
                "{} and undocumented failures -> the shared type {ERROR_COMPONENT}",
                failures.join(", ")
            ));
        }
        let redirects: Vec<_> = responses
            .keys()
            .filter(|status| status.starts_with('3') && *status != "304")
            .map(String::as_str)
            .collect();
        if responses.contains_key("304") {
            note("304 -> a success without a value, as for every operation".to_owned());
        }

        // A file is never decoded as JSON. If both are documented, the lower status determines the shape.
        let bytes_first =
            bytes.is_some_and(|bytes| json_schemas.iter().all(|(status, _)| bytes < *status));
        let (shape, schema) = if bytes_first {
            ("bytes", Some(json!({"type": "string", "format": BLOB})))
        } else if !json_schemas.is_empty() {
            if json_schemas.len() > 1 {
                let statuses: Vec<_> = json_schemas
                    .iter()
                    .map(|(status, _)| status.as_str())
                    .collect();
                note(format!(
                    "different bodies for {} -> one type with all their fields",
                    statuses.join(", ")
                ));
            }
            if let Some(status) = text {
                note(format!(
                    "{status} is text, other successes are JSON -> only the JSON is typed"
                ));
            }
            // Inline referenced components if there are several schemas to join.
            let is_many = json_schemas.len() > 1;
            let joined = json_schemas
                .into_iter()
                .map(|(_, schema)| match component_name(&schema) {
                    Some(name) if is_many => components[name].clone(),
                    _ => schema,
                })
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
            note(format!(
                "redirect ({}) without a documented success -> the target, which is not followed",
                redirects.join(", ")
            ));
            (
                "redirect",
                Some(json!({"type": "string", "format": LOCATION})),
            )
        } else {
            note("no success documented -> any JSON value".to_owned());
            set_fact(operation.members, "undocumented", true);
            ("whole", Some(json!({})))
        };
        set_fact(operation.members, "shape", shape);
        if let (Some(accept), "whole") = (accept, shape) {
            set_fact(operation.members, "accept", accept);
        } else if matches!(shape, "text" | "bytes" | "redirect") {
            set_fact(operation.members, "accept", "*/*");
        }

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

/// The kind of a response body.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Json,
    Text,
    Bytes,
}

fn kind(media: &str, body: &Value) -> Kind {
    let essence = essence(media);
    let is_text = essence.starts_with("text/")
        || essence.ends_with("+xml")
        || [
            "xml",
            "yaml",
            "x-yaml",
            "javascript",
            "x-ndjson",
            "jsonl",
            "graphql",
            "x-www-form-urlencoded",
        ]
        .iter()
        .any(|kind| essence == format!("application/{kind}"));
    // An event stream does not end, so it is read as it arrives.
    if is_file(&body["schema"]) || essence == "text/event-stream" {
        Kind::Bytes
    } else if is_json(media) || essence == "*/*" || essence == "application/*" {
        Kind::Json
    } else if is_text {
        Kind::Text
    } else {
        Kind::Bytes
    }
}

/// Ranks a content type for decoding; smaller is better.
fn rank<'a>(media: &'a str, body: &Value) -> (Kind, bool, &'a str) {
    (kind(media, body), !is_json(media), media)
}

/// Returns the schema of a body that is declared as text but has a JSON schema or example.
fn json_of_text(media: &str, schema: &Value, components: &Value) -> Option<Value> {
    // Other text formats are never JSON: XML, CSV, event streams.
    if !["text/plain", "text/html"].contains(&essence(media).as_str()) {
        return None;
    }
    let resolved = component_name(schema).map_or(schema, |name| &components[name]);
    if matches!(resolved["type"].as_str(), Some("object" | "array")) {
        return Some(schema.clone());
    }
    let shown = match &schema["example"] {
        Value::String(text) => serde_json::from_str(text).ok()?,
        other => other.clone(),
    };
    (shown.is_object() || shown.is_array()).then(|| infer(&shown))
}

/// Returns the statuses that are documented as success: all 2xx, or `default` if there is none.
pub(super) fn successes(operation: &Map<String, Value>) -> Vec<&String> {
    let of = |is: fn(&str) -> bool| -> Vec<&String> {
        let responses = operation.get("responses").and_then(Value::as_object);
        let statuses = responses.into_iter().flat_map(Map::keys);
        statuses.filter(|status| is(status)).collect()
    };
    let documented = of(|status| status.starts_with('2'));
    if documented.is_empty() {
        of(|status| status == "default")
    } else {
        documented
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn read(responses: &str) -> (Value, Vec<String>) {
        let (mut root, lines) = crate::passes::test_run(
            "responses",
            &format!("paths: {{/a: {{get: {{operationId: a, responses: {responses}}}}}}}"),
        );
        (root["paths"]["/a"]["get"].take(), lines)
    }

    fn body(properties: &str) -> String {
        format!(
            "{{content: {{application/json: {{schema: {{type: object, properties: {properties}}}}}}}}}"
        )
    }

    #[test]
    fn two_successes_become_one_type_and_failures_the_shared_type() {
        let (operation, lines) = read(&format!(
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
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn every_kind_of_success_has_a_shape() {
        for (responses, facts) in [
            (
                format!("{{204: {}}}", body("{}")),
                json!({"shape": "empty"}),
            ),
            (
                "{200: {content: {text/plain: {schema: {type: string}}}}}".to_owned(),
                json!({"shape": "text", "accept": "*/*"}),
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
                json!({"shape": "redirect", "accept": "*/*"}),
            ),
            (
                "{200: {content: {application/pdf: {}}}}".to_owned(),
                json!({"shape": "bytes", "accept": "*/*"}),
            ),
            (
                "{200: {content: {text/plain: {schema: {type: string, example: '{\"a\": 1}'}}}}}"
                    .to_owned(),
                json!({"shape": "whole", "accept": "*/*"}),
            ),
            (
                "{200: {content: {application/vnd.api+json: {}}}}".to_owned(),
                json!({"shape": "whole", "accept": "application/vnd.api+json"}),
            ),
            (
                format!("{{default: {}}}", body("{}")),
                json!({"shape": "whole"}),
            ),
            (
                format!(
                    "{{'2XX': {}, default: {{content: {{text/html: {{}}}}}}}}",
                    body("{}")
                ),
                json!({"shape": "whole"}),
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
