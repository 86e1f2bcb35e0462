//! Differences in types: added, removed or moved types, and changes to their fields and variants.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Class, Difference};
use crate::code::FieldSignature;
use crate::passes::target;
use crate::{Document, Output, Pointer};

type Fields = BTreeMap<String, FieldSignature>;

pub(super) fn compare(old: (&Document, &Output), new: (&Document, &Output)) -> Vec<Difference> {
    let mut found = Vec::new();
    let (before, after) = (&old.1.signatures.structs, &new.1.signatures.structs);
    for (path, fields) in before {
        match after.get(path) {
            None => found.push(type_difference(Class::Breaking, path, "was removed", old)),
            Some(now) => compare_struct(path, fields, now, old, new, &mut found),
        }
    }
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        found.push(type_difference(Class::Additive, path, "was added", new));
    }
    let (before, after) = (&old.1.signatures.enums, &new.1.signatures.enums);
    for (path, variants) in before {
        let Some(now) = after.get(path) else {
            found.push(type_difference(Class::Breaking, path, "was removed", old));
            continue;
        };
        let mut push = |class, variant: &str, description: String| {
            found.push(Difference {
                item: format!("types::{path}::{variant}"),
                ..type_difference(class, path, &description, new)
            });
        };
        for (variant, value) in variants {
            match now.get(variant) {
                None => push(Class::Breaking, variant, format!("`{value}` was removed")),
                Some(other) if other != value => {
                    push(Class::Breaking, variant, format!("`{value}` -> `{other}`"));
                }
                Some(_) => {}
            }
        }
        // Not breaking: enums are non-exhaustive, so programs already handle unknown variants.
        for (variant, value) in now
            .iter()
            .filter(|(variant, _)| !variants.contains_key(*variant))
        {
            push(Class::Additive, variant, format!("`{value}` was added"));
        }
    }
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        found.push(type_difference(Class::Additive, path, "was added", new));
    }
    found
}

fn compare_struct(
    path: &str,
    old_fields: &Fields,
    new_fields: &Fields,
    old: (&Document, &Output),
    new: (&Document, &Output),
    found: &mut Vec<Difference>,
) {
    let name = path.rsplit("::").next().unwrap_or(path);
    let is_response = new.1.models.contains_key(name) || old.1.models.contains_key(name);
    let mut push =
        |class, field: &str, wire: &str, description: String, side: (&Document, &Output)| {
            let (operation, pointer) = locate(path, Some(wire), side);
            found.push(Difference {
                class,
                item: format!("types::{path}::{field}"),
                description,
                operation,
                pointer,
            });
        };
    for (field, signature) in old_fields {
        match new_fields.get(field) {
            None => {
                let description = format!("{} was removed", signature.ty);
                push(Class::Breaking, field, &signature.wire, description, old);
            }
            Some(now) if now.ty != signature.ty => {
                let description = format!("{} -> {}", signature.ty, now.ty);
                push(Class::Breaking, field, &now.wire, description, new);
            }
            Some(now) if now.wire != signature.wire => {
                let description = format!("`{}` -> `{}` on the wire", signature.wire, now.wire);
                push(Class::Additive, field, &now.wire, description, new);
            }
            Some(_) => {}
        }
    }
    for (field, signature) in new_fields {
        if old_fields.contains_key(field) {
            continue;
        }
        // In request types, required fields are arguments to `new` and are not wrapped in `Option`.
        let is_required = !is_response && !signature.ty.starts_with("Option<");
        let class = if is_required {
            Class::Breaking
        } else {
            Class::Additive
        };
        let required = if is_required { " (required)" } else { "" };
        let description = format!("{} was added{required}", signature.ty);
        push(class, field, &signature.wire, description, new);
    }
}

fn type_difference(
    class: Class,
    path: &str,
    description: &str,
    side: (&Document, &Output),
) -> Difference {
    let (operation, pointer) = locate(path, None, side);
    Difference {
        class,
        item: format!("types::{path}"),
        description: description.to_owned(),
        operation,
        pointer,
    }
}

/// Returns an operation that uses a type, and the document location of the type or of one of its fields.
fn locate(
    path: &str,
    field: Option<&str>,
    (document, output): (&Document, &Output),
) -> (Option<String>, String) {
    let name = path.rsplit("::").next().unwrap_or(path);
    let location = output
        .models
        .get(name)
        .and_then(|locations| locations.first());
    if let Some(location) = location {
        let mut steps = location.split('/');
        let id = steps.next().unwrap_or_default();
        let operation = output
            .signatures
            .operations
            .values()
            .find(|operation| operation.id == id);
        if let Some(operation) = operation {
            let steps: Vec<&str> = steps.chain(field).collect();
            let pointer = in_response(&document.root, &operation.pointer, &steps)
                .unwrap_or_else(|| operation.pointer.clone());
            return (Some(id.to_owned()), pointer);
        }
        // The type is a component of the document.
        let component = Pointer::root().join(["components", "schemas", name]);
        return (None, component.as_str().to_owned());
    }
    let method = output.types.get(path).and_then(|methods| methods.first());
    let operation = method.and_then(|method| output.signatures.operations.get(method));
    match operation {
        Some(operation) => (Some(operation.id.clone()), operation.pointer.clone()),
        None => (None, String::new()),
    }
}

/// Returns the document location reached by following `steps` into an operation's response.
fn in_response(root: &Value, operation: &str, steps: &[&str]) -> Option<String> {
    let responses = root.pointer(operation)?["responses"].as_object()?;
    let (status, _) = responses
        .iter()
        .find(|(status, _)| status.starts_with('2'))?;
    let mut at: Pointer = Pointer::from(operation.to_owned())
        .child("responses")
        .child(status)
        .child("content");
    let (media, _) = root.pointer(at.as_str())?.as_object()?.iter().next()?;
    at = at.child(media).child("schema");
    // With an envelope, the response value is in `data`.
    let data = at.child("properties").child("data");
    if root.pointer(data.as_str()).is_some() && steps.first() != Some(&"data") {
        at = data;
    }
    for step in steps {
        let mut schema = root.pointer(at.as_str())?;
        if let Some(reference) = schema["$ref"].as_str() {
            schema = target(root, reference).ok()?;
            at = Pointer::from(reference.trim_start_matches('#').to_owned());
        }
        at = match *step {
            "*" if schema.get("items").is_some() => at.child("items"),
            "*" => at.child("additionalProperties"),
            name => at.child("properties").child(name),
        };
        root.pointer(at.as_str())?;
    }
    Some(at.as_str().to_owned())
}
