//! Converts query parameters to PHP's notation, or to the style that the document specifies.
//!
//! Before: `filter` (an object without properties) next to `filter.online` and `filter.tags` (an array); `roles.*`;
//! `style: pipeDelimited`. After: `filter[online]` and `filter[tags][]`; `roles[]`, an array; an `x-codegen-style`
//! marker for every style other than PHP's. The `filter` parameter is dropped, because the server would take it for the
//! whole filter. The dotted names are replaced, because PHP would turn them into `filter_online` and the server would
//! respond with 422. A query cannot contain null, so `nullable` is removed.

use serde_json::{Value, json};

use crate::Report;
use crate::walk::operations;

/// Marks a parameter whose arrays and objects are not encoded in PHP's notation.
pub(crate) const STYLE: &str = "x-codegen-style";

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
            if parameter["in"] != "query" {
                return true;
            }
            let name = name(parameter);
            let prefix = format!("{name}.");
            let is_group = parameter["schema"]["type"] == "object"
                && parameter["schema"]["properties"]
                    .as_object()
                    .is_none_or(serde_json::Map::is_empty)
                && names.iter().any(|other| other.starts_with(&prefix));
            if is_group {
                report.note(
                    &here,
                    Some(id),
                    format!("`{name}` -> not sent: it only groups the dotted parameters"),
                );
            }
            // A Laravel validation rule for the items of an array that is also declared.
            let is_rule = name.strip_suffix(".*").is_some_and(|list| {
                names
                    .iter()
                    .any(|other| other == list || *other == format!("{list}[]"))
            });
            if is_rule {
                report.note(
                    &here,
                    Some(id),
                    format!("`{name}` -> not sent: it is a validation rule for array items"),
                );
            }
            !is_group && !is_rule
        });
        for (i, parameter) in parameters.iter_mut().enumerate() {
            if parameter["in"] != "query" {
                continue;
            }
            let old = name(parameter).to_owned();
            // Leave alone names that have an explicit `style` or are not dotted identifiers; they were not written by
            // Scribe.
            let mut new = if parameter.get("style").is_none() && is_path(&old) {
                brackets(&old)
            } else {
                old.clone()
            };
            let is_many = matches!(
                parameter["schema"]["type"].as_str(),
                Some("array" | "object")
            ) || parameter["schema"].get("$ref").is_some()
                || new.ends_with("[]");
            let style = style(parameter).filter(|_| is_many);
            if new.ends_with("[]") && parameter["schema"]["type"] != "array" {
                let items = parameter["schema"].take();
                parameter["schema"] = json!({"type": "array", "items": items});
            }
            if parameter["schema"]["type"] == "array" && !new.ends_with("[]") && style.is_none() {
                new.push_str("[]");
            }
            if let Some(style) = style {
                report.note(
                    &at.child(i),
                    Some(id),
                    format!("PHP notation -> {style}: specified by the document"),
                );
                parameter[STYLE] = style.into();
            }
            if new != old {
                report.note(&at.child(i), Some(id), format!("`{old}` -> `{new}`"));
                parameter["name"] = new.into();
            }
            if let Some(schema) = parameter["schema"].as_object_mut() {
                schema.shift_remove("nullable");
            }
        }
        // `ids` and `ids[]` are the same parameter.
        let mut seen = std::collections::HashSet::new();
        parameters.retain(|parameter| {
            parameter["in"] != "query" || seen.insert(name(parameter).to_owned())
        });
    });
}

/// Returns the style of an array or object, if the document specifies one other than PHP's.
fn style(parameter: &Value) -> Option<&'static str> {
    let explode = parameter["explode"].as_bool();
    match (parameter["style"].as_str(), explode) {
        (Some("pipeDelimited"), _) => Some("pipe"),
        (Some("spaceDelimited"), _) => Some("space"),
        (Some("deepObject"), _) => None,
        (Some("form") | None, Some(false)) => Some("comma"),
        // Only if specified explicitly: the default is PHP's notation.
        (Some("form"), _) => Some("repeated"),
        (_, Some(true)) => Some("repeated"),
        _ => None,
    }
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap_or_default()
}

/// Returns whether a name consists of words separated by dots, with `*` for array items.
fn is_path(name: &str) -> bool {
    let is_word = |part: &str| {
        part == "*"
            || part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-[]".contains(c))
    };
    name.split('.').all(is_word)
}

/// Converts `a.b.c` to `a[b][c]`, and `a.*` to `a[]`.
fn brackets(dotted: &str) -> String {
    let mut parts = dotted.split('.');
    let head = parts.next().unwrap_or_default().to_owned();
    parts.fold(head, |name, part| {
        let part = if part == "*" { "" } else { part };
        format!("{name}[{part}]")
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn keeps_names_from_other_frameworks() {
        for name in ["$.xgafv", "a..b", "created.3"] {
            assert!(!super::is_path(name), "{name}");
        }
        for name in ["filter.online", "roles.*", "filter.tags[]", "page[size]"] {
            assert!(super::is_path(name), "{name}");
        }
    }

    #[test]
    fn dotted_filters_become_brackets_and_the_group_is_dropped() {
        let (root, lines) = crate::passes::test_run(
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
        assert_eq!(lines.len(), 4);
        assert!(lines[0].ends_with("/paths/~1a/get/parameters/0: `filter` -> not sent: it only groups the dotted parameters"), "{lines:?}");
    }

    #[test]
    fn keeps_a_plain_parameter_named_filter() {
        let (root, lines) = crate::passes::test_run(
            "query-parameters",
            "paths: {/a: {get: {parameters: [{in: query, name: filter, schema: {type: string, enum: [pinned]}}]}}}",
        );
        assert_eq!(
            root["paths"]["/a"]["get"]["parameters"][0]["name"],
            "filter"
        );
        assert!(lines.is_empty());
    }
}
