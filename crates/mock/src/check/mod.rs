//! Validates requests against the document and the wire rules.
//!
//! Errors are mistakes that the service would reject; they become the `errors` map of a 422. Findings are mistakes
//! that it would silently ignore, such as an undocumented query parameter; the request is accepted, and the findings
//! appear in the log and the journal.

mod body;
mod query;
mod schema;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::rules::{self, QueryEncoding};
use crate::service::{Operation, Service};
use crate::{RecordedRequest, envelope};

/// A request to validate.
pub(crate) struct IncomingRequest<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) path: &'a [(String, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

/// The result of validating a request.
#[derive(Debug, Default)]
pub(crate) struct Validation {
    /// The body as JSON, or the fields of a form with their documented types; null if the body is empty.
    pub(crate) body: Value,
    /// The total size of the files in a form, in bytes.
    pub(crate) file_bytes: usize,
    /// Messages by field.
    errors: Map<String, Value>,
    /// Parts of the request that the service would ignore.
    pub(crate) findings: Vec<String>,
    /// Status and body of a rejection that does not concern a field.
    pub(crate) rejection: Option<(u16, Value)>,
}

impl Validation {
    fn error(&mut self, field: &str, message: impl Into<String>) {
        let messages = self.errors.entry(field).or_insert_with(|| json!([]));
        if let Value::Array(messages) = messages {
            messages.push(message.into().into());
        }
    }

    fn has_error(&self, field: &str) -> bool {
        self.errors.contains_key(field)
    }

    fn required(&mut self, field: &str) {
        self.error(
            field,
            format!("The {} field is required.", display_name(field)),
        );
    }

    /// Returns the status and body of the rejection, if the request is rejected.
    pub(crate) fn take_rejection(&mut self) -> Option<(u16, Value)> {
        if let Some(rejection) = self.rejection.take() {
            return Some(rejection);
        }
        let message = self.errors.values().next()?[0].clone();
        let body = json!({
            "error": "VALIDATION_ERROR",
            "message": message,
            "description": "The request parameters failed validation.",
            "errors": self.errors,
            "_meta": envelope::meta_template(),
        });
        Some((422, body))
    }
}

/// Validates a request.
pub(crate) async fn validate(service: &Service, incoming: &IncomingRequest<'_>) -> Validation {
    let mut validation = Validation::default();
    let validator = schema::SchemaValidator {
        service,
        operation: incoming.operation,
    };
    for (name, value) in incoming.path {
        if let Some(parameter) = incoming.operation.parameter("path", name) {
            validator.text(&parameter.schema, value, name, &mut validation);
        }
    }
    query::check(&validator, incoming, &mut validation);
    check_headers(incoming, &mut validation);
    body::check(&validator, incoming, &mut validation).await;
    validation
}

/// Lists the documented parameters and body fields that a request does not contain.
pub(crate) fn unsent(
    service: &Service,
    operation: &Operation,
    request: &RecordedRequest,
) -> Vec<String> {
    let pairs = request.query_pairs();
    let mut unsent = Vec::new();
    for parameter in &operation.parameters {
        let name = &parameter.name;
        match parameter.location.as_str() {
            "query" => match rules::query_encoding(operation, parameter) {
                QueryEncoding::Scalar(name) if !pairs.iter().any(|(sent, _)| *sent == name) => {
                    unsent.push(format!("query `{name}`"));
                }
                QueryEncoding::Array(name)
                    if !pairs
                        .iter()
                        .any(|(sent, _)| query::item_index(sent, &name).is_some()) =>
                {
                    unsent.push(format!("query `{name}[]`"));
                }
                _ => {}
            },
            "header" if !request.headers.contains_key(name) => {
                unsent.push(format!("header `{name}`"));
            }
            _ => {}
        }
    }
    let schema = operation
        .body
        .as_ref()
        .map(|body| service.resolve(&body.schema));
    let fields = schema.and_then(|schema| schema["properties"].as_object());
    let body = request.json();
    for (name, _) in fields.into_iter().flatten() {
        // A multipart body contains the names of its parts verbatim.
        let part = format!("name=\"{name}\"");
        let is_part = request
            .body
            .windows(part.len())
            .any(|window| window == part.as_bytes());
        if body.get(name).is_none() && !is_part {
            unsent.push(format!("field `{name}`"));
        }
    }
    unsent
}

fn check_headers(incoming: &IncomingRequest<'_>, validation: &mut Validation) {
    let documented = incoming.operation.parameters.iter();
    for parameter in documented.filter(|parameter| parameter.location == "header") {
        let value = incoming.headers.get(&parameter.name);
        if value.is_none() && parameter.required {
            validation.required(&parameter.name);
        }
        let is_key = parameter.name.eq_ignore_ascii_case("idempotency-key");
        if let Some(value) = value
            && is_key
            && !rules::is_idempotency_key(value.as_bytes())
        {
            let body = json!({
                "error": "IDEMPOTENCY_KEY_INVALID",
                "message": "The Idempotency-Key must consist of 1 to 255 printable ASCII characters.",
            });
            validation.rejection = Some((400, body));
        }
    }
}

/// Returns a field name as Laravel writes it in messages.
fn display_name(field: &str) -> String {
    field.replace('_', " ")
}
