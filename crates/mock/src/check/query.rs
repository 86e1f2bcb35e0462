//! The query: names in the form of the wire rules, values of the documented types.

use std::collections::BTreeSet;

use super::schema::Checker;
use super::{Checked, Incoming, words};
use crate::rules::{self, Form};

pub(super) fn check(checker: &Checker<'_>, incoming: &Incoming<'_>, checked: &mut Checked) {
    let operation = incoming.operation;
    let mut known = BTreeSet::new();
    for parameter in operation.parameters.iter().filter(|p| p.place == "query") {
        let sent = |name: &str| {
            let mut pairs = incoming.query.iter().filter(|(sent, _)| sent == name);
            // PHP keeps the last of several.
            pairs.next_back().map(|(_, value)| value.as_str())
        };
        match rules::form(operation, parameter) {
            Form::Never => {}
            Form::One(name) => {
                match sent(&name) {
                    Some(value) if !value.is_empty() => {
                        let schema = &parameter.schema;
                        checker.text(schema, value, &name, checked);
                        if let Some(message) = rules::comma_list(&name, value) {
                            checked.fault(&name, message);
                        }
                    }
                    // An empty value is null for Laravel, which is as good as absent.
                    _ if parameter.required => checked.required(&name),
                    _ => {}
                }
                known.insert(name);
            }
            Form::Many(name) => {
                // An empty one is as good as absent.
                if sent(&name).is_some_and(|value| !value.is_empty()) {
                    checked.fault(
                        &name,
                        format!("The {} field must be an array.", words(&name)),
                    );
                }
                known.insert(name.clone());
                let mut items = 0;
                for (sent, value) in incoming.query {
                    let Some(index) = item_of(sent, &name) else {
                        continue;
                    };
                    if !index.is_empty() && index.parse::<u32>().is_err() {
                        continue;
                    }
                    let field = format!("{name}.{items}");
                    checker.text(&parameter.schema["items"], value, &field, checked);
                    known.insert(sent.clone());
                    items += 1;
                }
                if items == 0 && parameter.required {
                    checked.required(&name);
                }
            }
        }
    }
    for (name, _) in incoming.query {
        if known.contains(name) || rules::is_of_next_page(operation, name) {
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
            checked.fault(name, message);
        } else {
            checked
                .findings
                .push(format!("unknown query name `{name}`"));
        }
    }
}

/// What stands between the brackets of `name[…]`.
pub(super) fn item_of<'a>(sent: &'a str, name: &str) -> Option<&'a str> {
    sent.strip_prefix(name)?
        .strip_prefix('[')?
        .strip_suffix(']')
}
