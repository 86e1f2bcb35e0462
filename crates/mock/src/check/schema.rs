//! Validates a value against a schema, with the messages of Laravel's validator.

use serde_json::Value;

use super::{Validation, display_name};
use crate::rules::{self, BOOLEANS};
use crate::service::{Operation, Service, plain_string};

pub(super) struct SchemaValidator<'a> {
    pub(super) service: &'a Service,
    pub(super) operation: &'a Operation,
}

impl SchemaValidator<'_> {
    /// Validates a string from a query, a path or a form.
    pub(super) fn text(
        &self,
        schema: &Value,
        text: &str,
        field: &str,
        validation: &mut Validation,
    ) {
        let schema = self.service.resolve(schema);
        let label = display_name(field);
        let error = match schema["type"].as_str() {
            Some("integer") => text
                .parse::<i64>()
                .is_err()
                .then(|| format!("The {label} field must be an integer.")),
            Some("number") => text
                .parse::<f64>()
                .map_or(true, |number| !number.is_finite())
                .then(|| format!("The {label} field must be a number.")),
            Some("boolean") => (!BOOLEANS.contains(&text))
                .then(|| format!("The {label} field must be true or false.")),
            _ => None,
        };
        if let Some(message) = error {
            validation.error(field, message);
            return;
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.iter().any(|value| plain_string(value) == text)
        {
            validation.error(field, format!("The selected {label} is invalid."));
        }
    }

    /// Validates a JSON value. `field` is empty for the whole body.
    pub(super) fn value(
        &self,
        schema: &Value,
        value: &Value,
        field: &str,
        validation: &mut Validation,
    ) {
        let schema = self.service.resolve(schema);
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema[keyword].as_array() {
                self.any_of(alternatives, value, field, validation);
                return;
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.value(part, value, field, validation);
        }
        let label = display_name(field);
        let expected = match schema["type"].as_str() {
            Some("object") => (!value.is_object()).then_some("an object"),
            Some("array") => (!value.is_array()).then_some("an array"),
            Some("string") => (!value.is_string()).then_some("a string"),
            Some("integer") => (!value.is_i64() && !value.is_u64()).then_some("an integer"),
            Some("number") => (!value.is_number()).then_some("a number"),
            Some("boolean") => (!value.is_boolean()).then_some("true or false"),
            // No type, or one that OpenAPI does not define, such as `file[]|string`.
            _ => None,
        };
        if let Some(expected) = expected {
            let field = if field.is_empty() { "body" } else { field };
            validation.error(
                field,
                format!("The {} field must be {expected}.", display_name(field)),
            );
            return;
        }
        if let Some(allowed) = schema["enum"].as_array()
            // The document lists the values of some boolean enums as strings.
            && !allowed.iter().any(|known| plain_string(known) == plain_string(value))
        {
            validation.error(field, format!("The selected {label} is invalid."));
        }
        match value {
            Value::Object(members) => {
                for name in schema["required"].as_array().into_iter().flatten() {
                    let name = name.as_str().unwrap_or_default();
                    let may_be_empty =
                        field.is_empty() && rules::may_be_empty(self.operation, name);
                    let is_missing = match members.get(name) {
                        None => true,
                        Some(value) => !may_be_empty && rules::is_missing(value),
                    };
                    if is_missing {
                        validation.required(&child(field, name));
                    }
                }
                let properties = schema["properties"].as_object();
                let required = schema["required"].as_array();
                for (name, member) in members {
                    let at = child(field, name);
                    match properties.and_then(|properties| properties.get(name)) {
                        // Already reported as missing.
                        Some(_)
                            if member.is_null()
                                && required.is_some_and(|r| r.iter().any(|n| n == name)) => {}
                        Some(schema) => self.value(schema, member, &at, validation),
                        None if properties.is_some_and(|p| !p.is_empty())
                            && schema.get("additionalProperties").is_none() =>
                        {
                            validation
                                .findings
                                .push(format!("unknown body field `{at}`"));
                        }
                        None => {}
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(
                        &schema["items"],
                        item,
                        &child(field, &index.to_string()),
                        validation,
                    );
                }
            }
            _ => {}
        }
    }

    /// Validates a value against alternative schemas. If none matches, reports the errors of the first.
    fn any_of(
        &self,
        alternatives: &[Value],
        value: &Value,
        field: &str,
        validation: &mut Validation,
    ) {
        let mut first = None;
        for alternative in alternatives {
            let mut attempt = Validation::default();
            self.value(alternative, value, field, &mut attempt);
            if attempt.errors.is_empty() {
                validation.findings.append(&mut attempt.findings);
                return;
            }
            first.get_or_insert(attempt);
        }
        for (field, messages) in first.map(|attempt| attempt.errors).into_iter().flatten() {
            for message in messages.as_array().into_iter().flatten() {
                validation.error(&field, message.as_str().unwrap_or_default());
            }
        }
    }
}

/// Returns the dotted name of a nested field.
fn child(field: &str, name: &str) -> String {
    if field.is_empty() {
        name.to_owned()
    } else {
        format!("{field}.{name}")
    }
}
