//! Reduces every request body to one format, and makes it required.
//!
//! Before: `required: false`, or several content types. After: required, under `application/json` for the
//! generator, with the `body` fact: the format and media type that are sent.
//!
//! - `json`: any JSON type. If the caller sets nothing, `{}` is sent, which Laravel reads as no fields
//! - `form`, `multipart`: an object whose fields are encoded in PHP's notation. The files of a multipart body are not
//!   fields: they are in the `files` fact, because no JSON type can contain a file
//! - `bytes`: everything else, regardless of its schema

use serde_json::{Map, Value, json};

use super::set_fact;
use super::type_words::{MEDIA_REFERENCE, is_file};
use crate::Report;
use crate::walk::{Role, Side, component_name, operations, schema_tree};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let components = root["components"]["schemas"].clone();
    operations(root, |operation| {
        let at = operation.at.child("requestBody");
        let id = operation.id.as_str();
        let Some(body) = operation.members.get("requestBody").cloned() else {
            return;
        };
        let content = body["content"].as_object().cloned().unwrap_or_default();
        // JSON is preferred, unless a form accepts a file, which JSON cannot contain.
        let files_only = content.iter().find(|(media, described)| {
            format(media) == "multipart" && {
                let schema = &described["schema"];
                let schema = component_name(schema).map_or(schema, |name| &components[name]);
                !take_files(&mut schema.clone()).is_empty()
            }
        });
        let best = files_only.or_else(|| content.iter().min_by_key(|(media, _)| rank(media)));
        let Some((media, described)) = best else {
            if body.as_object().is_some_and(|body| !body.is_empty()) {
                report.warn(
                    &at,
                    Some(id),
                    "request body without content -> no request body",
                );
            }
            operation.members.shift_remove("requestBody");
            return;
        };
        for other in content.keys().filter(|other| *other != media) {
            report.warn(
                &at,
                Some(id),
                format!("{other} -> dropped in favor of {media}"),
            );
        }
        let format = format(media);
        let mut schema = described["schema"].clone();
        if !schema.is_object() {
            schema = json!({});
        }
        if format == "form" || format == "multipart" {
            // Fields are encoded one by one, so the body must be an object.
            if let Some(name) = component_name(&schema) {
                schema = components[name].clone();
            }
            if schema["type"] != "object" {
                report.warn(
                    &at,
                    Some(id),
                    format!("{format} body that is not an object -> any fields"),
                );
                schema = json!({"type": "object"});
            }
        }
        if let Some(members) = schema.as_object_mut() {
            members.shift_remove(super::SIDE);
        }
        if format == "multipart" {
            let files = take_files(&mut schema);
            for (name, _) in &files {
                let at = at.join(["content", media, "schema", "properties", name]);
                report.note(&at, Some(id), "field -> a file, which is streamed");
            }
            if !files.is_empty() {
                set_fact(operation.members, "files", files);
            }
            let inner = at.join(["content", media, "schema"]);
            schema_tree(
                &mut schema,
                Side::RequestBody,
                Role::Top,
                &inner,
                id,
                &mut |schema, context| {
                    if is_file(schema) {
                        let what = "file in an array or object -> string: only top-level files are streamed";
                        report.warn(context.at, Some(context.operation), what);
                    }
                },
            );
        }
        if format == "bytes" {
            schema = json!({"type": "string"});
        }
        let is_empty_object = schema["type"] == "object"
            && schema.get("additionalProperties").is_none()
            && schema["properties"].as_object().is_none_or(Map::is_empty);
        if is_empty_object {
            // An object without documented fields accepts any members.
            schema["additionalProperties"] = json!({});
        }
        if format != "json" {
            report.note(
                &at,
                Some(id),
                format!("request body of {media} -> sent as {format}"),
            );
        } else if body["required"] != true {
            report.note(
                &at,
                Some(id),
                "optional request body -> `{}` is sent if nothing is set",
            );
        }
        let resolved = component_name(&schema).map_or(&schema, |name| &components[name]);
        let is_object =
            format != "bytes" && matches!(resolved["type"].as_str(), Some("object") | None);
        let empty = match (is_object, body["required"] == true) {
            (true, _) => "object",
            (false, true) => "refused",
            (false, false) => "nothing",
        };
        let fact = json!({"format": format, "media": media_type(media, format), "empty": empty});
        set_fact(operation.members, "body", fact);
        let mut new =
            json!({"required": true, "content": {"application/json": {"schema": schema}}});
        if let Some(description) = body.get("description") {
            new["description"] = description.clone();
        }
        operation.members.insert("requestBody".to_owned(), new);
    });
}

/// Ranks a content type for sending; smaller is better.
fn rank(media: &str) -> (usize, &str) {
    let essence = essence(media);
    let rank = match essence.as_str() {
        "application/json" => 0,
        _ if is_json(media) => 1,
        "multipart/form-data" => 2,
        "application/x-www-form-urlencoded" => 3,
        "*/*" | "application/*" => 4,
        "application/octet-stream" => 5,
        _ => 6,
    };
    (rank, media)
}

fn format(media: &str) -> &'static str {
    match essence(media).as_str() {
        _ if is_json(media) => "json",
        "*/*" | "application/*" => "json",
        "multipart/form-data" => "multipart",
        "application/x-www-form-urlencoded" => "form",
        _ => "bytes",
    }
}

/// Returns the content type to send, with wildcards replaced.
fn media_type(media: &str, format: &str) -> String {
    let essence = essence(media);
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+/".contains(c);
    if essence.contains('/') && essence.chars().all(is_token) {
        essence
    } else if format == "json" {
        "application/json".to_owned()
    } else {
        "application/octet-stream".to_owned()
    }
}

/// Removes the file properties from the schema of a multipart body. Returns for each name whether it is required,
/// whether it accepts several files, and its description.
fn take_files(schema: &mut Value) -> Map<String, Value> {
    let required = schema["required"].clone();
    let mut files = Map::new();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return files;
    };
    properties.retain(|name, property| {
        let is_list = property["type"] == "array";
        let one = if is_list {
            &property["items"]
        } else {
            &*property
        };
        // A file or an ID may be sent.
        let is_reference = one["format"] == MEDIA_REFERENCE;
        if !is_file(one) && !is_reference {
            return true;
        }
        let is_many = is_list || is_reference;
        let is_required = required
            .as_array()
            .is_some_and(|required| !is_reference && required.iter().any(|known| known == name));
        let mut file = json!({"required": is_required, "many": is_many});
        if let Some(description) = property.get("description") {
            file["description"] = description.clone();
        }
        files.insert(name.clone(), file);
        is_reference
    });
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !files.contains_key(name)));
    }
    files
}

/// Returns a media type without parameters, in lowercase.
pub(super) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json"
        || essence == "text/json"
        || essence.ends_with("+json")
        // Used by Kubernetes tools.
        || essence == "application/json-patch"
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn read(content: &str) -> (Value, Vec<String>) {
        let yaml = format!(
            "paths: {{/a: {{post: {{operationId: a, requestBody: {{content: {content}}}}}}}}}"
        );
        let (mut root, lines) = crate::passes::test_run("request-bodies", &yaml);
        (root["paths"]["/a"]["post"].take(), lines)
    }

    #[test]
    fn keeps_the_best_content_type_and_reports_the_others() {
        let (operation, lines) = read(
            "{application/xml: {}, application/vnd.api+json: {schema: {type: object, properties: {x: {type: string}}}}}",
        );
        assert_eq!(
            operation["requestBody"],
            json!({"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"x": {"type": "string"}}}}}})
        );
        assert_eq!(
            operation["x-codegen"]["body"],
            json!({"format": "json", "media": "application/vnd.api+json", "empty": "object"})
        );
        assert!(
            lines[0].ends_with("application/xml -> dropped in favor of application/vnd.api+json"),
            "{lines:?}"
        );
    }

    #[test]
    fn recognizes_every_format() {
        for (media, format, sent) in [
            (
                "application/json; charset=utf-8",
                "json",
                "application/json",
            ),
            (
                "application/json-patch+json",
                "json",
                "application/json-patch+json",
            ),
            ("'*/*'", "json", "application/json"),
            (
                "application/x-www-form-urlencoded",
                "form",
                "application/x-www-form-urlencoded",
            ),
            (
                "application/octet-stream",
                "bytes",
                "application/octet-stream",
            ),
            ("text/plain", "bytes", "text/plain"),
            ("'image/*'", "bytes", "application/octet-stream"),
        ] {
            let (operation, _) = read(&format!(
                "{{{media}: {{schema: {{type: object, properties: {{a: {{type: string}}}}}}}}}}"
            ));
            assert_eq!(
                operation["x-codegen"]["body"],
                json!({"format": format, "media": sent, "empty": if format == "bytes" { "nothing" } else { "object" }}),
                "{media}"
            );
        }
    }

    #[test]
    fn prefers_a_form_with_a_file_over_json_and_reports_nested_files() {
        let (operation, lines) = read(
            "{application/json: {schema: {type: object}}, multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}, rows: {type: array, items: {type: object, properties: {file: {type: string, format: binary}}}}}}}}",
        );
        assert_eq!(operation["x-codegen"]["body"]["format"], "multipart");
        let nested = "/rows/items/properties/file: file in an array or object -> string: only top-level files are streamed";
        assert!(
            lines.iter().any(|line| line.ends_with(nested)),
            "{lines:#?}"
        );
    }

    #[test]
    fn an_unset_array_body_is_omitted_if_optional_and_refused_if_required() {
        let schema = "application/json: {schema: {type: array, items: {type: integer}}}";
        let (optional, _) = read(&format!("{{{schema}}}"));
        assert_eq!(optional["x-codegen"]["body"]["empty"], "nothing");
        let (required, _) = read(&format!("{{{schema}}}, required: true"));
        assert_eq!(required["x-codegen"]["body"]["empty"], "refused");
    }

    #[test]
    fn files_of_a_form_are_not_fields() {
        let (operation, _) = read(
            "{multipart/form-data: {schema: {type: object, required: [file, kind], properties: {file: {type: string, format: binary, description: d}, more: {type: array, items: {type: string, format: binary}}, kind: {type: string}}}}}",
        );
        assert_eq!(
            operation["x-codegen"]["files"],
            json!({"file": {"required": true, "many": false, "description": "d"}, "more": {"required": false, "many": true}})
        );
        assert_eq!(
            operation["requestBody"]["content"]["application/json"]["schema"],
            json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}})
        );
    }
}
