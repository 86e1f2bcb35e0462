//! Validates the request body: its media type, then every field.

use bytes::Bytes;
use http::header;
use multer::Multipart;
use serde_json::{Map, Value, json};

use super::schema::SchemaValidator;
use super::{IncomingRequest, Validation};
use crate::rules;
use crate::service::RequestBody;

pub(super) async fn check(
    validator: &SchemaValidator<'_>,
    incoming: &IncomingRequest<'_>,
    validation: &mut Validation,
) {
    let Some(documented) = &incoming.operation.body else {
        if !incoming.body.is_empty() {
            let finding = "unexpected request body; the operation does not define one";
            validation.findings.push(finding.to_owned());
        }
        return;
    };
    let sent = incoming.headers.get(header::CONTENT_TYPE);
    let sent = sent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = sent.split(';').next().unwrap_or_default().trim();
    let is_form = documented.media_type == "multipart/form-data";
    // An empty body needs no content type; missing fields are reported below.
    if !incoming.body.is_empty() && !media_type.eq_ignore_ascii_case(&documented.media_type) {
        let message = format!(
            "The body must be {}, not {media_type}.",
            documented.media_type
        );
        validation.rejection = Some((415, json!({"message": message})));
        return;
    }
    let body = match (incoming.body.is_empty(), is_form) {
        (true, _) => Value::Null,
        (false, true) => {
            match form_fields(
                validator,
                documented,
                sent,
                incoming.body.clone(),
                validation,
            )
            .await
            {
                Ok(fields) => fields,
                Err(error) => {
                    let message = format!("The body is not a valid multipart form: {error}");
                    validation.rejection = Some((400, json!({"message": message})));
                    return;
                }
            }
        }
        (false, false) => match serde_json::from_slice(incoming.body) {
            Ok(body) => body,
            Err(error) => {
                let message = format!("The body is not valid JSON: {error}");
                validation.rejection = Some((400, json!({"message": message})));
                return;
            }
        },
    };
    let schema = validator.service.resolve(&documented.schema);
    if is_form {
        check_required(schema, &body, validation);
    } else {
        // An empty body is validated like `{}`, which reports the missing fields.
        let empty = Value::Object(Map::new());
        let sent = if body.is_null() { &empty } else { &body };
        if documented.required || !body.is_null() {
            validator.value(schema, sent, "", validation);
        }
    }
    for field in rules::conditionally_required(incoming.operation, &body) {
        if rules::is_missing(&body[field]) && !validation.has_error(field) {
            validation.required(field);
        }
    }
    validation.body = body;
}

fn check_required(schema: &Value, body: &Value, validation: &mut Validation) {
    for name in schema["required"].as_array().into_iter().flatten() {
        if let Some(name) = name.as_str()
            && body.get(name).is_none()
        {
            validation.required(name);
        }
    }
}

/// Parses a multipart form. Returns its fields with their documented types; a file is represented by its name.
async fn form_fields(
    validator: &SchemaValidator<'_>,
    documented: &RequestBody,
    content_type: &str,
    body: Bytes,
    validation: &mut Validation,
) -> Result<Value, multer::Error> {
    let boundary = multer::parse_boundary(content_type)?;
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
    let mut form = Multipart::new(stream, boundary);
    let properties = &validator.service.resolve(&documented.schema)["properties"];
    let mut fields = Map::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let content = field.bytes().await?;
        let Some(schema) = properties.get(name.trim_end_matches("[]")) else {
            validation
                .findings
                .push(format!("unknown form field `{name}`"));
            continue;
        };
        let wants_file = schema["format"] == "binary";
        match file {
            Some(file) => {
                if !wants_file {
                    validation
                        .findings
                        .push(format!("file sent for `{name}`, which is not a file field"));
                }
                validation.file_bytes += content.len();
                fields.insert(name, file.into());
            }
            None if wants_file => {
                validation.error(&name, format!("The {name} field must be a file."))
            }
            None => {
                let text = String::from_utf8_lossy(&content).into_owned();
                validator.text(schema, &text, &name, validation);
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
