//! Every request body is one JSON body that is always sent.
//!
//! Before: `required: false`, or several content types. After: required, `application/json` alone;
//! where the caller sets nothing, `{}` goes out, which Laravel reads as no field at all. A body
//! whose only form is multipart cannot be generated: its operation is left out, with the reason.

use serde_json::{Value, json};

use super::set_fact;
use crate::Report;
use crate::walk::operations;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    operations(root, |operation| {
        let at = operation.at.child("requestBody");
        let id = operation.id.as_str();
        let Some(body) = operation.members.get("requestBody") else {
            return;
        };
        let content = body["content"].as_object().cloned().unwrap_or_default();
        let json_type = content.keys().find(|media| is_json(media)).cloned();
        let Some(chosen) = json_type else {
            let types: Vec<_> = content.keys().map(String::as_str).collect();
            if types.is_empty() {
                report.warn(&at, Some(id), "a body without content -> no body");
                operation.members.shift_remove("requestBody");
            } else {
                report.warn(
                    &at,
                    Some(id),
                    format!(
                        "a body of {} -> left out: the generator cannot make it",
                        types.join(" or ")
                    ),
                );
                set_fact(
                    operation.members,
                    "left-out",
                    format!("the body is {}; written by hand later", types.join(" or ")),
                );
            }
            return;
        };
        for other in content.keys().filter(|media| **media != chosen) {
            report.warn(&at, Some(id), format!("{other} -> set aside for {chosen}"));
        }
        let mut schema = content[&chosen]["schema"].clone();
        if !schema.is_object() {
            schema = json!({});
        }
        let is_empty_object = schema["type"] == "object"
            && schema.get("additionalProperties").is_none()
            && schema["properties"]
                .as_object()
                .is_none_or(serde_json::Map::is_empty);
        if is_empty_object {
            // An object of unknown fields: any members may be sent.
            schema["additionalProperties"] = json!({});
        }
        if body["required"] != true {
            report.note(
                &at,
                Some(id),
                "an optional body -> `{}` is sent when nothing is set",
            );
        }
        let mut new =
            json!({"required": true, "content": {"application/json": {"schema": schema}}});
        if let Some(description) = body.get("description") {
            new["description"] = description.clone();
        }
        operation.members.insert("requestBody".to_owned(), new);
    });
}

pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn one_required_json_body_remains_and_multipart_is_left_out() {
        let (root, told) = crate::passes::test_run(
            "request-bodies",
            "paths: {/a: {delete: {operationId: a, requestBody: {required: false, content: {application/vnd.api+json: {schema: {type: object, properties: {x: {type: string}}}}, application/xml: {}}}}, post: {operationId: b, requestBody: {content: {multipart/form-data: {schema: {type: object}}}}}}}",
        );
        let item = &root["paths"]["/a"];
        assert_eq!(
            item["delete"]["requestBody"],
            json!({"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"x": {"type": "string"}}}}}})
        );
        assert_eq!(
            item["post"]["x-codegen"]["left-out"],
            "the body is multipart/form-data; written by hand later"
        );
        assert_eq!(told.len(), 3);
    }
}
