//! The body: its media type, then every field against the document.

use bytes::Bytes;
use http::header;
use multer::Multipart;
use serde_json::{Map, Value, json};

use super::schema::Checker;
use super::{Checked, Incoming};
use crate::rules;
use crate::service::RequestBody;

pub(super) async fn check(checker: &Checker<'_>, incoming: &Incoming<'_>, checked: &mut Checked) {
    let Some(documented) = &incoming.operation.body else {
        if !incoming.body.is_empty() {
            let what = "a body, though the operation has none";
            checked.findings.push(what.to_owned());
        }
        return;
    };
    let sent = incoming.headers.get(header::CONTENT_TYPE);
    let sent = sent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = sent.split(';').next().unwrap_or_default().trim();
    let is_form = documented.media == "multipart/form-data";
    // A body that is not there has no type; that fields are missing is told below.
    if !incoming.body.is_empty() && !media.eq_ignore_ascii_case(&documented.media) {
        let message = format!("The body must be {}, not {media}.", documented.media);
        checked.refusal = Some((415, json!({"message": message})));
        return;
    }
    let body = match (incoming.body.is_empty(), is_form) {
        (true, _) => Value::Null,
        (false, true) => {
            match form(checker, documented, sent, incoming.body.clone(), checked).await {
                Ok(fields) => fields,
                Err(error) => {
                    let message = format!("The body is no multipart form: {error}");
                    checked.refusal = Some((400, json!({"message": message})));
                    return;
                }
            }
        }
        (false, false) => match serde_json::from_slice(incoming.body) {
            Ok(body) => body,
            Err(error) => {
                let message = format!("The body is no JSON: {error}");
                checked.refusal = Some((400, json!({"message": message})));
                return;
            }
        },
    };
    let schema = checker.service.resolve(&documented.schema);
    if is_form {
        required(schema, &body, checked);
    } else {
        // Nothing is as good as an object without fields, which says what is missing.
        let empty = Value::Object(Map::new());
        let sent = if body.is_null() { &empty } else { &body };
        if documented.required || !body.is_null() {
            checker.value(schema, sent, "", checked);
        }
    }
    for field in rules::required_by_others(incoming.operation, &body) {
        if rules::is_missing(&body[field]) && !checked.has_fault(field) {
            checked.required(field);
        }
    }
    checked.body = body;
}

fn required(schema: &Value, body: &Value, checked: &mut Checked) {
    for name in schema["required"].as_array().into_iter().flatten() {
        if let Some(name) = name.as_str()
            && body.get(name).is_none()
        {
            checked.required(name);
        }
    }
}

/// The fields of a multipart form: texts by their documented types, of files their names.
async fn form(
    checker: &Checker<'_>,
    documented: &RequestBody,
    content_type: &str,
    body: Bytes,
    checked: &mut Checked,
) -> Result<Value, multer::Error> {
    let boundary = multer::parse_boundary(content_type)?;
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
    let mut form = Multipart::new(stream, boundary);
    let properties = &checker.service.resolve(&documented.schema)["properties"];
    let mut fields = Map::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let content = field.bytes().await?;
        let Some(schema) = properties.get(name.trim_end_matches("[]")) else {
            checked.findings.push(format!("unknown field `{name}`"));
            continue;
        };
        let wants_file = schema["format"] == "binary";
        match file {
            Some(file) => {
                if !wants_file {
                    checked
                        .findings
                        .push(format!("a file as `{name}`, which is none"));
                }
                checked.files += content.len();
                fields.insert(name, file.into());
            }
            None if wants_file => checked.fault(&name, format!("The {name} field must be a file.")),
            None => {
                let text = String::from_utf8_lossy(&content).into_owned();
                checker.text(schema, &text, &name, checked);
                let value = match schema["type"].as_str() {
                    Some("boolean") => (text == "true" || text == "1").into(),
                    _ => Value::String(text),
                };
                fields.insert(name, value);
            }
        }
    }
    Ok(Value::Object(fields))
}
