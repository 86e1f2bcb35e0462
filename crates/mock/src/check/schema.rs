//! One value against one schema, with the sentences of the service's validator.

use serde_json::Value;

use super::{Checked, words};
use crate::rules::{self, TRUTH};
use crate::service::{Operation, Service, plain};

pub(super) struct Checker<'a> {
    pub(super) service: &'a Service,
    pub(super) operation: &'a Operation,
}

impl Checker<'_> {
    /// Checks a text of a query, a path or a form.
    pub(super) fn text(&self, schema: &Value, text: &str, field: &str, checked: &mut Checked) {
        let schema = self.service.resolve(schema);
        let field_words = words(field);
        let wrong = match schema["type"].as_str() {
            Some("integer") => text
                .parse::<i64>()
                .is_err()
                .then(|| format!("The {field_words} field must be an integer.")),
            Some("number") => text
                .parse::<f64>()
                .map_or(true, |number| !number.is_finite())
                .then(|| format!("The {field_words} field must be a number.")),
            Some("boolean") => (!TRUTH.contains(&text))
                .then(|| format!("The {field_words} field must be true or false.")),
            _ => None,
        };
        if let Some(message) = wrong {
            checked.fault(field, message);
            return;
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.iter().any(|value| plain(value) == text)
        {
            checked.fault(field, format!("The selected {field_words} is invalid."));
        }
    }

    /// Checks a JSON value. The name of the whole body is empty.
    pub(super) fn value(&self, schema: &Value, value: &Value, field: &str, checked: &mut Checked) {
        let schema = self.service.resolve(schema);
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(branches) = schema[word].as_array() {
                self.branches(branches, value, field, checked);
                return;
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.value(part, value, field, checked);
        }
        let field_words = words(field);
        let must_be = match schema["type"].as_str() {
            Some("object") => (!value.is_object()).then_some("an object"),
            Some("array") => (!value.is_array()).then_some("an array"),
            Some("string") => (!value.is_string()).then_some("a string"),
            Some("integer") => (!value.is_i64() && !value.is_u64()).then_some("an integer"),
            Some("number") => (!value.is_number()).then_some("a number"),
            Some("boolean") => (!value.is_boolean()).then_some("true or false"),
            // Not a type of OpenAPI, such as `file[]|string`, or none: nothing is known.
            _ => None,
        };
        if let Some(kind) = must_be {
            let field = if field.is_empty() { "body" } else { field };
            checked.fault(field, format!("The {} field must be {kind}.", words(field)));
            return;
        }
        if let Some(allowed) = schema["enum"].as_array()
            // Some truth values have their words as texts in the document.
            && !allowed.iter().any(|known| plain(known) == plain(value))
        {
            checked.fault(field, format!("The selected {field_words} is invalid."));
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
                        checked.required(&child(field, name));
                    }
                }
                let properties = schema["properties"].as_object();
                let required = schema["required"].as_array();
                for (name, member) in members {
                    let at = child(field, name);
                    match properties.and_then(|properties| properties.get(name)) {
                        // Told as missing already.
                        Some(_)
                            if member.is_null()
                                && required.is_some_and(|r| r.iter().any(|n| n == name)) => {}
                        Some(schema) => self.value(schema, member, &at, checked),
                        None if properties.is_some_and(|p| !p.is_empty())
                            && schema.get("additionalProperties").is_none() =>
                        {
                            checked
                                .findings
                                .push(format!("unknown field `{at}` of the body"));
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
                        checked,
                    );
                }
            }
            _ => {}
        }
    }

    /// A value that fits one branch fits; of one that fits none the faults of the first are told.
    fn branches(&self, branches: &[Value], value: &Value, field: &str, checked: &mut Checked) {
        let mut first = None;
        for branch in branches {
            let mut tried = Checked::default();
            self.value(branch, value, field, &mut tried);
            if tried.faults.is_empty() {
                checked.findings.append(&mut tried.findings);
                return;
            }
            first.get_or_insert(tried);
        }
        for (field, messages) in first.map(|tried| tried.faults).into_iter().flatten() {
            for message in messages.as_array().into_iter().flatten() {
                checked.fault(&field, message.as_str().unwrap_or_default());
            }
        }
    }
}

fn child(field: &str, name: &str) -> String {
    if field.is_empty() {
        name.to_owned()
    } else {
        format!("{field}.{name}")
    }
}
