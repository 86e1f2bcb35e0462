//! Validates the query: checks names against the wire rules and values against the documented types.

use std::collections::BTreeSet;

use super::schema::SchemaValidator;
use super::{IncomingRequest, Validation, display_name};
use crate::rules::{self, QueryEncoding};

pub(super) fn check(
    validator: &SchemaValidator<'_>,
    incoming: &IncomingRequest<'_>,
    validation: &mut Validation,
) {
    let operation = incoming.operation;
    let mut known = BTreeSet::new();
    for parameter in operation
        .parameters
        .iter()
        .filter(|p| p.location == "query")
    {
        let sent = |name: &str| {
            let mut pairs = incoming.query.iter().filter(|(sent, _)| sent == name);
            // If a name is repeated, PHP keeps the last value.
            pairs.next_back().map(|(_, value)| value.as_str())
        };
        match rules::query_encoding(operation, parameter) {
            QueryEncoding::Omitted => {}
            QueryEncoding::Scalar(name) => {
                match sent(&name) {
                    Some(value) if !value.is_empty() => {
                        let schema = &parameter.schema;
                        validator.text(schema, value, &name, validation);
                        if let Some(message) = rules::comma_list_error(&name, value) {
                            validation.error(&name, message);
                        }
                    }
                    // Laravel converts an empty value to null, which counts as absent.
                    _ if parameter.required => validation.required(&name),
                    _ => {}
                }
                known.insert(name);
            }
            QueryEncoding::Array(name) => {
                // An empty value counts as absent.
                if sent(&name).is_some_and(|value| !value.is_empty()) {
                    validation.error(
                        &name,
                        format!("The {} field must be an array.", display_name(&name)),
                    );
                }
                known.insert(name.clone());
                let mut items = 0;
                for (sent, value) in incoming.query {
                    let Some(index) = item_index(sent, &name) else {
                        continue;
                    };
                    if !index.is_empty() && index.parse::<u32>().is_err() {
                        continue;
                    }
                    let field = format!("{name}.{items}");
                    validator.text(&parameter.schema["items"], value, &field, validation);
                    known.insert(sent.clone());
                    items += 1;
                }
                if items == 0 && parameter.required {
                    validation.required(&name);
                }
            }
        }
    }
    for (name, _) in incoming.query {
        if known.contains(name) || rules::is_next_page_parameter(operation, name) {
            continue;
        }
        if rules::is_dotted(operation, name) {
            let brackets = name
                .split_once('.')
                .map(|(a, b)| format!("{a}[{}]", b.trim_end_matches("[]")));
            let message = format!(
                "The {name} field is not known; nested filters are written with brackets: {}.",
                brackets.unwrap_or_default()
            );
            validation.error(name, message);
        } else {
            validation
                .findings
                .push(format!("unknown query parameter `{name}`"));
        }
    }
}

/// Returns the index in the brackets of `name[…]`.
pub(super) fn item_index<'a>(sent: &'a str, name: &str) -> Option<&'a str> {
    sent.strip_prefix(name)?
        .strip_prefix('[')?
        .strip_suffix(']')
}
