//! The initial object of each kind, taken from the document's examples.
//!
//! An account-scoped object exists only for the account of the examples, so that tests with another account start
//! empty.

use serde_json::Value;

use super::resources::Resource;
use super::{StateRequest, StoredObject};
use crate::service::{Operation, plain_string};
use crate::synthesis;

/// Returns the initial objects of a collection.
pub(super) fn objects(resource: &Resource, request: &StateRequest<'_>) -> Vec<StoredObject> {
    let is_example_scope = resource.scope.iter().all(|name| {
        let value = request.path(name).unwrap_or_default();
        is_example(request, Some(name), value)
    });
    let show = request.service.operation(resource.shown_by);
    let (true, Some(show)) = (is_example_scope, show) else {
        return Vec::new();
    };
    let alias = resource.id.and_then(|name| example(show, name));
    let (id_operation, id_pointer) = resource.id_at;
    let response = request
        .service
        .operation(id_operation)
        .map(|operation| complete_body(operation, request));
    let id = match response.as_ref().and_then(|body| body.pointer(id_pointer)) {
        Some(id) if !id.is_null() => id.clone(),
        _ => alias.clone().unwrap_or_default(),
    };
    let mut object = StoredObject::new(id);
    let shown = complete_body(show, request);
    object.alias = alias.as_ref().map(plain_string);
    for (name, value) in shown["data"].as_object().into_iter().flatten() {
        // Skip nulls, which carry no information, and account-scoped lists of objects, because other operations may
        // show more of them.
        let is_scoped_list = value[0].is_object() && !resource.scope.is_empty();
        if !value.is_null() && !is_scoped_list {
            object.fields.entry(name).or_insert_with(|| value.clone());
        }
    }
    vec![object]
}

/// Returns whether a path value equals the example documented for the request's operation.
pub(super) fn is_example(request: &StateRequest<'_>, name: Option<&str>, value: &str) -> bool {
    let Some(name) = name else { return false };
    example(request.operation, name).is_some_and(|example| plain_string(&example) == value)
}

fn example(operation: &Operation, name: &str) -> Option<Value> {
    let parameter = operation.parameter("path", name)?;
    (!parameter.example.is_null()).then(|| parameter.example.clone())
}

fn complete_body(operation: &Operation, request: &StateRequest<'_>) -> Value {
    let success = synthesis::successes(operation).next();
    success.map_or(Value::Null, |success| {
        synthesis::body(request.service, success, 0)
    })
}
