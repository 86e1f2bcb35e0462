//! Every operation gets an id of its own.
//!
//! Before: `get: {}` on `/api/things/{id}`, or two operations called `listThings`.
//! After: `operationId: getApiThingsId`, and the second one `listThings2`; the first keeps its name.
//! Ids count as equal when they make the same Rust name, whatever their case.

use std::collections::HashSet;

use heck::{ToLowerCamelCase, ToSnakeCase};
use serde_json::Value;

use crate::Report;
use crate::walk::operations;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut taken = HashSet::new();
    operations(root, |operation| {
        let given = operation.id.as_str();
        let base = if given.to_snake_case().is_empty() {
            format!("{} {}", operation.method, operation.path).to_lower_camel_case()
        } else {
            given.to_owned()
        };
        let id = std::iter::once(base.clone())
            .chain((2..).map(|n| format!("{base}{n}")))
            .find(|id| taken.insert(id.to_snake_case()))
            .unwrap_or(base);
        if id != given {
            let why = if given.is_empty() {
                "has no operationId".to_owned()
            } else {
                format!("its operationId `{given}` is unusable or taken")
            };
            report.warn(&operation.at, Some(&id), format!("{why}: called `{id}`"));
            operation
                .members
                .insert("operationId".to_owned(), id.into());
        }
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn missing_and_doubled_ids_are_replaced_and_the_first_keeps_its_name() {
        let (root, told) = crate::passes::test_run(
            "operation-ids",
            "paths: {/api/things/{id}: {get: {}, put: {operationId: ''}}, /a: {get: {operationId: listThings}, post: {operationId: ListThings}}, /b: {get: {operationId: listThings}}}",
        );
        let paths = &root["paths"];
        assert_eq!(
            paths["/api/things/{id}"]["get"]["operationId"],
            "getApiThingsId"
        );
        assert_eq!(
            paths["/api/things/{id}"]["put"]["operationId"],
            "putApiThingsId"
        );
        assert_eq!(paths["/a"]["get"]["operationId"], "listThings");
        assert_eq!(paths["/a"]["post"]["operationId"], "ListThings2");
        assert_eq!(paths["/b"]["get"]["operationId"], "listThings3");
        assert_eq!(told.len(), 4);
    }
}
