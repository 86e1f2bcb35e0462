//! Query parameters in the form that PHP reads.
//!
//! Before: `filter` (an object without properties) beside `filter.online` and `filter.tags` (a
//! list). After: `filter[online]` and `filter[tags][]`; the phantom is gone, because the server
//! would take it for the whole filter, and answers 422 to the dotted names, which PHP turns into
//! `filter_online`. A query has no null, so `nullable` says nothing there.

use serde_json::Value;

use crate::Report;
use crate::walk::operations;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    operations(root, |operation| {
        let id = operation.id.as_str();
        let at = operation.at.child("parameters");
        let Some(parameters) = operation
            .members
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        else {
            return;
        };
        let names: Vec<String> = parameters
            .iter()
            .filter(|p| p["in"] == "query")
            .map(|p| name(p).to_owned())
            .collect();
        let mut index = 0;
        parameters.retain(|parameter| {
            let here = at.child(index);
            index += 1;
            let prefix = format!("{}.", name(parameter));
            let phantom = parameter["in"] == "query"
                && parameter["schema"]["type"] == "object"
                && parameter["schema"]["properties"]
                    .as_object()
                    .is_none_or(serde_json::Map::is_empty)
                && names.iter().any(|other| other.starts_with(&prefix));
            if phantom {
                report.note(
                    &here,
                    Some(id),
                    format!(
                        "`{}` -> not sent: it only groups the dotted parameters",
                        name(parameter)
                    ),
                );
            }
            !phantom
        });
        for (i, parameter) in parameters.iter_mut().enumerate() {
            if parameter["in"] != "query" {
                continue;
            }
            let old = name(parameter).to_owned();
            let mut new = brackets(&old);
            if parameter["schema"]["type"] == "array" && !new.ends_with("[]") {
                new.push_str("[]");
            }
            if new != old {
                report.note(&at.child(i), Some(id), format!("`{old}` -> `{new}`"));
                parameter["name"] = new.into();
            }
            if let Some(schema) = parameter["schema"].as_object_mut() {
                schema.shift_remove("nullable");
            }
        }
    });
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap_or_default()
}

/// `a.b.c` as `a[b][c]`.
fn brackets(dotted: &str) -> String {
    let mut parts = dotted.split('.');
    let head = parts.next().unwrap_or_default().to_owned();
    parts.fold(head, |name, part| format!("{name}[{part}]"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn dotted_filters_become_brackets_and_the_phantom_goes() {
        let (root, told) = crate::passes::test_run(
            "query-parameters",
            "paths: {/a: {get: {operationId: a, parameters: [{in: query, name: filter, schema: {type: object, properties: {}}}, {in: query, name: filter.online, schema: {type: integer, nullable: true}}, {in: query, name: filter.tags, schema: {type: array, items: {type: string}}}, {in: query, name: type, schema: {type: array}}]}}}",
        );
        let parameters = root["paths"]["/a"]["get"]["parameters"].as_array().unwrap();
        let names: Vec<_> = parameters
            .iter()
            .map(|p| p["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["filter[online]", "filter[tags][]", "type[]"]);
        assert!(parameters[0]["schema"].get("nullable").is_none());
        assert_eq!(told.len(), 4);
        assert!(told[0].ends_with("/paths/~1a/get/parameters/0: `filter` -> not sent: it only groups the dotted parameters"), "{told:?}");
    }

    #[test]
    fn a_plain_parameter_called_filter_stays() {
        let (root, told) = crate::passes::test_run(
            "query-parameters",
            "paths: {/a: {get: {parameters: [{in: query, name: filter, schema: {type: string, enum: [pinned]}}]}}}",
        );
        assert_eq!(
            root["paths"]["/a"]["get"]["parameters"][0]["name"],
            "filter"
        );
        assert!(told.is_empty());
    }
}
