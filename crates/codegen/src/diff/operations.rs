//! Operations: added, removed, renamed, deprecated; their arguments, bodies and answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Class, Difference, place};
use crate::code::{ArgumentSignature, OperationSignature};
use crate::{Document, Output};

/// Method and operation by what is sent: an operation that is called otherwise is the same one.
type ByRequest<'a> = BTreeMap<&'a str, (&'a str, &'a OperationSignature)>;

fn by_request(output: &Output) -> ByRequest<'_> {
    let operations = &output.signatures.operations;
    operations
        .iter()
        .map(|(name, operation)| (operation.request.as_str(), (name.as_str(), operation)))
        .collect()
}

pub(super) fn compare(old: (&Document, &Output), new: (&Document, &Output)) -> Vec<Difference> {
    let (before, after) = (by_request(old.1), by_request(new.1));
    let mut found = Vec::new();
    for (request, (name, operation)) in &before {
        let Some((new_name, new_operation)) = after.get(request) else {
            found.push(of(
                Class::Breaking,
                name,
                operation,
                format!("`{request}` is gone"),
            ));
            continue;
        };
        if name != new_name {
            let what = format!("`{name}` -> `{new_name}`: renamed");
            found.push(of(Class::Breaking, new_name, new_operation, what));
        } else if operation.tag != new_operation.tag {
            let what = format!(
                "its builder stands under \"{}\" -> \"{}\"",
                operation.tag, new_operation.tag
            );
            found.push(of(Class::Breaking, new_name, new_operation, what));
        }
        one(operation, new_name, new_operation, &mut found);
    }
    for (request, (name, operation)) in &after {
        if !before.contains_key(request) {
            let what = format!("`{request}` is new");
            found.push(of(Class::Additive, name, operation, what));
        }
    }
    found.extend(statuses(old.0, new, &after));
    found
}

/// What changed of one operation that both have.
fn one(
    old: &OperationSignature,
    name: &str,
    new: &OperationSignature,
    found: &mut Vec<Difference>,
) {
    let mut push = |class, item: &str, what: String| {
        found.push(Difference {
            class,
            item: format!("Client::{name}{item}"),
            what,
            operation: Some(new.id.clone()),
            pointer: new.pointer.clone(),
        });
    };
    if (&old.returns, &old.shape) != (&new.returns, &new.shape) {
        let what = format!(
            "returns {} ({}) -> {} ({})",
            old.returns, old.shape, new.returns, new.shape
        );
        push(Class::Breaking, "", what);
    }
    let is_deprecated = match (old.deprecated, new.deprecated) {
        (false, true) => Some("not deprecated -> deprecated"),
        (true, false) => Some("deprecated -> not deprecated"),
        _ => None,
    };
    if let Some(what) = is_deprecated {
        push(Class::Additive, "", what.to_owned());
    }
    if old.body != new.body {
        let text = |body: &Option<String>| body.clone().unwrap_or_else(|| "none".to_owned());
        let what = format!("body {} -> {}", text(&old.body), text(&new.body));
        let class = if old.body.is_none() {
            Class::Additive
        } else {
            Class::Breaking
        };
        push(class, "", what);
    }
    for (setter, argument) in &old.arguments {
        let item = format!("().{setter}");
        match new.arguments.get(setter) {
            None => push(Class::Breaking, &item, format!("{} is gone", argument.wire)),
            Some(now) => {
                for (class, what) in changed(argument, now) {
                    push(class, &item, what);
                }
            }
        }
    }
    for (setter, argument) in &new.arguments {
        if !old.arguments.contains_key(setter) {
            let (class, is) = if argument.required {
                (Class::Breaking, "new and required")
            } else {
                (Class::Additive, "new")
            };
            let what = format!("{} is {is}: {}", argument.wire, argument.ty);
            push(class, &format!("().{setter}"), what);
        }
    }
}

fn changed(old: &ArgumentSignature, new: &ArgumentSignature) -> Vec<(Class, String)> {
    let mut found = Vec::new();
    if old.ty != new.ty {
        found.push((Class::Breaking, format!("{} -> {}", old.ty, new.ty)));
    }
    if old.wire != new.wire {
        found.push((
            Class::Additive,
            format!("sent as {} -> {}", old.wire, new.wire),
        ));
    }
    match (old.required, new.required) {
        (false, true) => found.push((Class::Breaking, "optional -> required".to_owned())),
        (true, false) => found.push((Class::Additive, "required -> optional".to_owned())),
        _ => {}
    }
    found
}

/// The statuses that are documented: every one is handled, so that nothing changes in Rust.
fn statuses(old: &Document, new: (&Document, &Output), after: &ByRequest<'_>) -> Vec<Difference> {
    let of_operation = |document: &Document, pointer: &str| -> BTreeSet<String> {
        let responses = document
            .root
            .pointer(pointer)
            .map(|operation| &operation["responses"]);
        let statuses = responses.and_then(Value::as_object).into_iter().flatten();
        statuses.map(|(status, _)| status.clone()).collect()
    };
    let mut found = Vec::new();
    for (name, operation) in after.values() {
        let pointer = &operation.pointer;
        if old.root.pointer(pointer).is_none() {
            continue;
        }
        let (before, now) = (of_operation(old, pointer), of_operation(new.0, pointer));
        for (statuses, word) in [
            (now.difference(&before), "new"),
            (before.difference(&now), "gone"),
        ] {
            for status in statuses {
                found.push(of(
                    Class::Cosmetic,
                    name,
                    operation,
                    format!("status {status} is {word} in the document"),
                ));
            }
        }
    }
    // Operations that are not generated have no method to speak of.
    for covered in &new.1.coverage.operations {
        let pointer = place(&covered.method, &covered.path);
        let is_new = old.root.pointer(pointer.as_str()).is_none();
        if let (true, crate::Outcome::LeftOut { reason }) = (is_new, &covered.outcome) {
            found.push(Difference {
                class: Class::Cosmetic,
                item: "nothing".to_owned(),
                what: format!("new, and left out: {reason}"),
                operation: Some(covered.id.clone()),
                pointer: pointer.as_str().to_owned(),
            });
        }
    }
    found
}

fn of(class: Class, name: &str, operation: &OperationSignature, what: String) -> Difference {
    Difference {
        class,
        item: format!("Client::{name}"),
        what,
        operation: Some(operation.id.clone()),
        pointer: operation.pointer.clone(),
    }
}
