//! Path parameters stand in the operation, are required, and are those of the path.
//!
//! Before: declared on the path item, after its operations. After: each operation has its own, in
//! the order of the path; one that the path does not have is set aside, one that is not declared is
//! a string.

use serde_json::{Value, json};

use crate::Report;
use crate::walk::operations;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let shared = take_shared(root);
    operations(root, |operation| {
        let (id, at) = (operation.id.clone(), operation.at.clone());
        let mut own = match operation.members.remove("parameters") {
            Some(Value::Array(parameters)) => parameters,
            _ => Vec::new(),
        };
        let inherited: Vec<_> = shared
            .iter()
            .filter(|(path, parameter)| {
                path == operation.path && !own.iter().any(|o| same(o, parameter))
            })
            .map(|(_, parameter)| parameter.clone())
            .collect();
        let mut declared: Vec<Value> = inherited
            .into_iter()
            .chain(std::mem::take(&mut own))
            .collect();
        let mut parameters = Vec::new();
        for name in placeholders(operation.path) {
            let found = declared
                .iter()
                .position(|p| p["in"] == "path" && p["name"] == name);
            let mut parameter = found.map_or_else(
                || {
                    report.warn(
                        &at,
                        Some(&id),
                        format!("not declared -> path parameter `{name}`, a string"),
                    );
                    json!({"in": "path", "name": name, "schema": {"type": "string"}})
                },
                |index| declared.remove(index),
            );
            if parameter["required"] != true {
                parameter["required"] = true.into();
            }
            parameters.push(parameter);
        }
        for parameter in declared {
            if parameter["in"] == "path" {
                report.warn(
                    &at,
                    Some(&id),
                    format!(
                        "path parameter {} -> set aside: not in the path",
                        parameter["name"]
                    ),
                );
            } else {
                parameters.push(parameter);
            }
        }
        operation
            .members
            .insert("parameters".to_owned(), parameters.into());
    });
}

/// Takes the parameters off the path items.
fn take_shared(root: &mut Value) -> Vec<(String, Value)> {
    let mut shared = Vec::new();
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        if let Some(Value::Array(parameters)) = item
            .as_object_mut()
            .and_then(|item| item.shift_remove("parameters"))
        {
            shared.extend(
                parameters
                    .into_iter()
                    .map(|parameter| (path.clone(), parameter)),
            );
        }
    }
    shared
}

fn same(a: &Value, b: &Value) -> bool {
    a["in"] == b["in"] && a["name"] == b["name"]
}

/// The names in braces, in their order.
fn placeholders(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_operation_has_the_parameters_of_its_path_in_order() {
        let (root, told) = crate::passes::test_run(
            "path-parameters",
            "paths: {'/{a}/{b}/{c}': {get: {parameters: [{in: query, name: q}, {in: path, name: b, schema: {type: integer}}]}, parameters: [{in: path, name: c}, {in: path, name: a}, {in: path, name: gone}]}}",
        );
        let item = &root["paths"]["/{a}/{b}/{c}"];
        let names: Vec<_> = item["get"]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["a", "b", "c", "q"]);
        assert_eq!(item["get"]["parameters"][1]["schema"]["type"], "integer");
        assert_eq!(item["get"]["parameters"][0]["required"], true);
        assert!(item.get("parameters").is_none());
        assert!(
            told[0].contains("path parameter \"gone\" -> set aside"),
            "{told:?}"
        );
    }
}
