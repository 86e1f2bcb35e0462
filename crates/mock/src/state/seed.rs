//! The one thing of each kind that is there from the start: that of the document's examples.
//!
//! Under an account it is there for the path of the examples only, so that a test that takes another account begins with
//! nothing.

use serde_json::Value;

use super::kinds::Kind;
use super::{Ask, Thing};
use crate::answer;
use crate::service::{Operation, plain};

/// The things of a collection that nothing was done to yet.
pub(super) fn things(kind: &Kind, ask: &Ask<'_>) -> Vec<Thing> {
    let is_documented = kind.under.iter().all(|name| {
        let value = ask.path(name).unwrap_or_default();
        is_example(ask, Some(name), value)
    });
    let show = ask.service.operation(kind.shown_by);
    let (true, Some(show)) = (is_documented, show) else {
        return Vec::new();
    };
    let alias = kind.id.and_then(|name| example(show, name));
    let (of, at) = kind.id_at;
    let of = ask
        .service
        .operation(of)
        .map(|operation| complete(operation, ask));
    let id = match of.as_ref().and_then(|answer| answer.pointer(at)) {
        Some(id) if !id.is_null() => id.clone(),
        _ => alias.clone().unwrap_or_default(),
    };
    let mut thing = Thing::new(id);
    let shown = complete(show, ask);
    thing.alias = alias.as_ref().map(plain);
    for (name, value) in shown["data"].as_object().into_iter().flatten() {
        // Null says nothing, and of lists under an account another operation may show more.
        let is_list = value[0].is_object() && !kind.under.is_empty();
        if !value.is_null() && !is_list {
            thing.facts.entry(name).or_insert_with(|| value.clone());
        }
    }
    vec![thing]
}

/// Whether a value of a path is the example of one of the operations that the kind has.
pub(super) fn is_example(ask: &Ask<'_>, name: Option<&str>, value: &str) -> bool {
    let Some(name) = name else { return false };
    example(ask.operation, name).is_some_and(|example| plain(&example) == value)
}

fn example(operation: &Operation, name: &str) -> Option<Value> {
    let parameter = operation.parameter("path", name)?;
    (!parameter.example.is_null()).then(|| parameter.example.clone())
}

fn complete(operation: &Operation, ask: &Ask<'_>) -> Value {
    let success = answer::successes(operation).next();
    success.map_or(Value::Null, |success| answer::body(ask.service, success, 0))
}
