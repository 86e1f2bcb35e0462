//! Types: added, removed, moved; fields and variants added, removed, retyped.

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
            None => found.push(whole(Class::Breaking, path, "is gone", old)),
            Some(now) => of_struct(path, fields, now, old, new, &mut found),
        }
    }
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        found.push(whole(Class::Additive, path, "is new", new));
    }
    let (before, after) = (&old.1.signatures.enums, &new.1.signatures.enums);
    for (path, variants) in before {
        let Some(now) = after.get(path) else {
            found.push(whole(Class::Breaking, path, "is gone", old));
            continue;
        };
        let mut push = |class, variant: &str, what: String| {
            found.push(Difference {
                item: format!("types::{path}::{variant}"),
                ..whole(class, path, &what, new)
            });
        };
        for (variant, value) in variants {
            match now.get(variant) {
                None => push(Class::Breaking, variant, format!("`{value}` is gone")),
                Some(other) if other != value => {
                    push(Class::Breaking, variant, format!("`{value}` -> `{other}`"));
                }
                Some(_) => {}
            }
        }
        // A program must have an arm for the rest already.
        for (variant, value) in now
            .iter()
            .filter(|(variant, _)| !variants.contains_key(*variant))
        {
            push(Class::Additive, variant, format!("`{value}` is new"));
        }
    }
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        found.push(whole(Class::Additive, path, "is new", new));
    }
    found
}

fn of_struct(
    path: &str,
    old_fields: &Fields,
    new_fields: &Fields,
    old: (&Document, &Output),
    new: (&Document, &Output),
    found: &mut Vec<Difference>,
) {
    let name = path.rsplit("::").next().unwrap_or(path);
    let is_answer = new.1.models.contains_key(name) || old.1.models.contains_key(name);
    let mut push = |class, field: &str, wire: &str, what: String, side: (&Document, &Output)| {
        let (operation, pointer) = where_is(path, Some(wire), side);
        found.push(Difference {
            class,
            item: format!("types::{path}::{field}"),
            what,
            operation,
            pointer,
        });
    };
    for (field, signature) in old_fields {
        match new_fields.get(field) {
            None => {
                let what = format!("{} is gone", signature.ty);
                push(Class::Breaking, field, &signature.wire, what, old);
            }
            Some(now) if now.ty != signature.ty => {
                let what = format!("{} -> {}", signature.ty, now.ty);
                push(Class::Breaking, field, &now.wire, what, new);
            }
            Some(now) if now.wire != signature.wire => {
                let what = format!("`{}` -> `{}` on the wire", signature.wire, now.wire);
                push(Class::Additive, field, &now.wire, what, new);
            }
            Some(_) => {}
        }
    }
    for (field, signature) in new_fields {
        if old_fields.contains_key(field) {
            continue;
        }
        // What `new` of a request's type takes is no `Option`.
        let is_required = !is_answer && !signature.ty.starts_with("Option<");
        let class = if is_required {
            Class::Breaking
        } else {
            Class::Additive
        };
        let word = if is_required {
            "new and required"
        } else {
            "new"
        };
        let what = format!("{} is {word}", signature.ty);
        push(class, field, &signature.wire, what, new);
    }
}

fn whole(class: Class, path: &str, what: &str, side: (&Document, &Output)) -> Difference {
    let (operation, pointer) = where_is(path, None, side);
    Difference {
        class,
        item: format!("types::{path}"),
        what: what.to_owned(),
        operation,
        pointer,
    }
}

/// An operation that has a type, and where the type, or a field of it, stands in the document.
fn where_is(
    path: &str,
    field: Option<&str>,
    (document, output): (&Document, &Output),
) -> (Option<String>, String) {
    let name = path.rsplit("::").next().unwrap_or(path);
    let place = output.models.get(name).and_then(|places| places.first());
    if let Some(place) = place {
        let mut steps = place.split('/');
        let id = steps.next().unwrap_or_default();
        let operation = output
            .signatures
            .operations
            .values()
            .find(|operation| operation.id == id);
        if let Some(operation) = operation {
            let steps: Vec<&str> = steps.chain(field).collect();
            let pointer = in_answer(&document.root, &operation.pointer, &steps)
                .unwrap_or_else(|| operation.pointer.clone());
            return (Some(id.to_owned()), pointer);
        }
        // The type is a component of the document's own.
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

/// The place of a step into an answer, as the document has it.
fn in_answer(root: &Value, operation: &str, steps: &[&str]) -> Option<String> {
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
    // What stands under `data` is the answer, where there is an envelope.
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
