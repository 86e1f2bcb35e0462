//! The checks of a request: its parameters and its body against the document, and against the wire rules.
//!
//! What the service would refuse is a fault, and becomes the field map of a 422. What it would ignore in silence, such as
//! a query name that the document does not know, is a finding: the request passes, and the log and the journal say it.

mod body;
mod query;
mod schema;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::rules::{self, Form};
use crate::service::{Operation, Service};
use crate::{Recorded, envelope};

/// A request as the checks see it.
pub(crate) struct Incoming<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) path: &'a [(String, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

/// What the checks found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// The body as JSON; the fields of a form with the types of the document. Null where there is none.
    pub(crate) body: Value,
    /// The sizes of the files of a form, together, in bytes.
    pub(crate) files: usize,
    /// What the service would refuse: the faults by field.
    faults: Map<String, Value>,
    /// What it would ignore.
    pub(crate) findings: Vec<String>,
    /// A refusal that is not about a field.
    pub(crate) refusal: Option<(u16, Value)>,
}

impl Checked {
    fn fault(&mut self, field: &str, message: impl Into<String>) {
        let messages = self.faults.entry(field).or_insert_with(|| json!([]));
        if let Value::Array(messages) = messages {
            messages.push(message.into().into());
        }
    }

    fn has_fault(&self, field: &str) -> bool {
        self.faults.contains_key(field)
    }

    fn required(&mut self, field: &str) {
        self.fault(field, format!("The {} field is required.", words(field)));
    }

    /// Status and body of the answer, if the request is refused.
    pub(crate) fn refused(&mut self) -> Option<(u16, Value)> {
        if let Some(refusal) = self.refusal.take() {
            return Some(refusal);
        }
        let message = self.faults.values().next()?[0].clone();
        let body = json!({
            "error": "VALIDATION_ERROR",
            "message": message,
            "description": "The request parameters failed validation.",
            "errors": self.faults,
            "_meta": envelope::full_meta(),
        });
        Some((422, body))
    }
}

/// Checks a whole request.
pub(crate) async fn check(service: &Service, incoming: &Incoming<'_>) -> Checked {
    let mut checked = Checked::default();
    let checker = schema::Checker {
        service,
        operation: incoming.operation,
    };
    for (name, value) in incoming.path {
        if let Some(parameter) = incoming.operation.parameter("path", name) {
            checker.text(&parameter.schema, value, name, &mut checked);
        }
    }
    query::check(&checker, incoming, &mut checked);
    headers(incoming, &mut checked);
    body::check(&checker, incoming, &mut checked).await;
    checked
}

/// What the document knows of an operation and a request does not have.
pub(crate) fn unsent(service: &Service, operation: &Operation, request: &Recorded) -> Vec<String> {
    let pairs = request.query_pairs();
    let mut unsent = Vec::new();
    for parameter in &operation.parameters {
        let name = &parameter.name;
        match parameter.place.as_str() {
            "query" => match rules::form(operation, parameter) {
                Form::One(name) if !pairs.iter().any(|(sent, _)| *sent == name) => {
                    unsent.push(format!("query `{name}`"));
                }
                Form::Many(name)
                    if !pairs
                        .iter()
                        .any(|(sent, _)| query::item_of(sent, &name).is_some()) =>
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
        // The parts of a form are named in its text.
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

fn headers(incoming: &Incoming<'_>, checked: &mut Checked) {
    let documented = incoming.operation.parameters.iter();
    for parameter in documented.filter(|parameter| parameter.place == "header") {
        let value = incoming.headers.get(&parameter.name);
        if value.is_none() && parameter.required {
            checked.required(&parameter.name);
        }
        let is_key = parameter.name.eq_ignore_ascii_case("idempotency-key");
        if let Some(value) = value
            && is_key
            && !rules::is_idempotency_key(value.as_bytes())
        {
            let body = json!({
                "error": "IDEMPOTENCY_KEY_INVALID",
                "message": "The Idempotency-Key must have 1 to 255 printable characters of ASCII.",
            });
            checked.refusal = Some((400, body));
        }
    }
}

/// A field's name as it stands in a sentence.
fn words(field: &str) -> String {
    field.replace('_', " ")
}
