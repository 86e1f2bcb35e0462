//! Differences in operations: added, removed, renamed or deprecated operations, and changes to their arguments, bodies
//! and responses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Class, Difference, operation_pointer};
use crate::code::{ArgumentSignature, OperationSignature};
use crate::{Document, Output};

/// Method names and operations by request line. A renamed operation keeps its request line.
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
            found.push(difference(
                Class::Breaking,
                name,
                operation,
                format!("`{request}` was removed"),
            ));
            continue;
        };
        if name != new_name {
            let description = format!("`{name}` -> `{new_name}`: renamed");
            found.push(difference(
                Class::Breaking,
                new_name,
                new_operation,
                description,
            ));
        } else if operation.tag != new_operation.tag {
            let description = format!(
                "the module of its builder changed: \"{}\" -> \"{}\"",
                operation.tag, new_operation.tag
            );
            found.push(difference(
                Class::Breaking,
                new_name,
                new_operation,
                description,
            ));
        }
        compare_operation(operation, new_name, new_operation, &mut found);
    }
    for (request, (name, operation)) in &after {
        if !before.contains_key(request) {
            let description = format!("`{request}` was added");
            found.push(difference(Class::Additive, name, operation, description));
        }
    }
    found.extend(statuses(old.0, new, &after));
    found
}

/// Compares an operation that exists in both documents.
fn compare_operation(
    old: &OperationSignature,
    name: &str,
    new: &OperationSignature,
    found: &mut Vec<Difference>,
) {
    let mut push = |class, item: &str, description: String| {
        found.push(Difference {
            class,
            item: format!("Client::{name}{item}"),
            description,
            operation: Some(new.id.clone()),
            pointer: new.pointer.clone(),
        });
    };
    if (&old.returns, &old.shape) != (&new.returns, &new.shape) {
        let description = format!(
            "returns {} ({}) -> {} ({})",
            old.returns, old.shape, new.returns, new.shape
        );
        push(Class::Breaking, "", description);
    }
    let is_deprecated = match (old.deprecated, new.deprecated) {
        (false, true) => Some("not deprecated -> deprecated"),
        (true, false) => Some("deprecated -> not deprecated"),
        _ => None,
    };
    if let Some(description) = is_deprecated {
        push(Class::Additive, "", description.to_owned());
    }
    if old.body != new.body {
        let name = |body: &Option<String>| body.clone().unwrap_or_else(|| "none".to_owned());
        let description = format!("body {} -> {}", name(&old.body), name(&new.body));
        let class = if old.body.is_none() {
            Class::Additive
        } else {
            Class::Breaking
        };
        push(class, "", description);
    }
    for (setter, argument) in &old.arguments {
        let item = format!("().{setter}");
        match new.arguments.get(setter) {
            None => push(
                Class::Breaking,
                &item,
                format!("{} was removed", argument.wire),
            ),
            Some(now) => {
                for (class, description) in compare_argument(argument, now) {
                    push(class, &item, description);
                }
            }
        }
    }
    for (setter, argument) in &new.arguments {
        if !old.arguments.contains_key(setter) {
            let (class, required) = if argument.required {
                (Class::Breaking, " (required)")
            } else {
                (Class::Additive, "")
            };
            let description = format!("{} was added{required}: {}", argument.wire, argument.ty);
            push(class, &format!("().{setter}"), description);
        }
    }
}

fn compare_argument(old: &ArgumentSignature, new: &ArgumentSignature) -> Vec<(Class, String)> {
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

/// Compares the documented statuses. The client handles every status, so these differences are cosmetic.
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
        for (statuses, change) in [
            (now.difference(&before), "added to"),
            (before.difference(&now), "removed from"),
        ] {
            for status in statuses {
                found.push(difference(
                    Class::Cosmetic,
                    name,
                    operation,
                    format!("status {status} was {change} the document"),
                ));
            }
        }
    }
    // Operations that were left out have no method.
    for covered in &new.1.coverage.operations {
        let pointer = operation_pointer(&covered.method, &covered.path);
        let is_new = old.root.pointer(pointer.as_str()).is_none();
        if let (true, crate::OperationStatus::LeftOut { reason }) = (is_new, &covered.status) {
            found.push(Difference {
                class: Class::Cosmetic,
                item: "none".to_owned(),
                description: format!("new operation, left out: {reason}"),
                operation: Some(covered.id.clone()),
                pointer: pointer.as_str().to_owned(),
            });
        }
    }
    found
}

fn difference(
    class: Class,
    name: &str,
    operation: &OperationSignature,
    description: String,
) -> Difference {
    Difference {
        class,
        item: format!("Client::{name}"),
        description,
        operation: Some(operation.id.clone()),
        pointer: operation.pointer.clone(),
    }
}
