//! Normalizes path parameters: each operation declares those of its path, and all are required.
//!
//! Before: parameters on the path item, after its operations; `/things/{id?}`, `/things/:id`, `/things/{id:[0-9]+}`,
//! `things/{id}`; a parameter declared twice; `Authorization` as a header. After: each operation has its own
//! parameters, in path order. A parameter that is not in the path is dropped, and one that is not declared is a
//! string. The `path` fact is the path as it is sent. An operation whose path has an unclosed brace is left out,
//! because its URL is undefined.

use std::collections::{HashMap, HashSet};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::set_fact;
use crate::walk::{looks_like_operation, method_of, operations};
use crate::{Pointer, Report};

/// Characters that must be percent-encoded in a URL.
const NOT_IN_URLS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'|');

/// Headers that the transport sets. According to the OpenAPI specification, the first three are ignored.
const OF_TRANSPORT: [&str; 4] = ["accept", "authorization", "content-type", "content-length"];

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let shared = take_shared(root);
    operations(root, |operation| {
        let (id, at) = (operation.id.clone(), operation.at.clone());
        let own = match operation.members.remove("parameters") {
            Some(Value::Array(parameters)) => parameters,
            _ => Vec::new(),
        };
        let mut declared: Vec<Value> = Vec::new();
        for parameter in own {
            if declared.iter().any(|known| same(known, &parameter)) {
                let twice = format!(
                    "parameter `{}` declared twice -> the first declaration",
                    name(&parameter)
                );
                report.note(&at, Some(&id), twice);
            } else {
                declared.push(parameter);
            }
        }
        for parameter in shared.get(operation.path).into_iter().flatten() {
            // An operation's parameter overrides that of the path item.
            if !declared.iter().any(|known| same(known, parameter)) {
                declared.push(parameter.clone());
            }
        }
        let path = match read(operation.path, &declared) {
            Ok(path) => path,
            Err(problem) => {
                let reason = format!("{problem} in the path: the request URL is undefined");
                report.warn(
                    &at,
                    Some(&id),
                    format!("`{}` -> left out: {reason}", operation.path),
                );
                set_fact(operation.members, "left-out", reason);
                operation.members.insert("parameters".to_owned(), json!([]));
                return;
            }
        };
        if path != operation.path {
            report.note(&at, Some(&id), format!("`{}` -> `{path}`", operation.path));
            set_fact(operation.members, "path", path.as_str());
        }
        let mut parameters = Vec::new();
        let mut seen = HashSet::new();
        for placeholder in placeholders(&path) {
            if !seen.insert(placeholder) {
                continue;
            }
            let is_path = |p: &Value| p["in"] == "path";
            let found = declared
                .iter()
                .position(|p| is_path(p) && bare(name(p)) == placeholder)
                // A different spelling: `userId` for `{user_id}`.
                .or_else(|| {
                    declared
                        .iter()
                        .position(|p| is_path(p) && letters(name(p)) == letters(placeholder))
                });
            let mut parameter = found.map_or_else(
                || {
                    report.warn(
                        &at,
                        Some(&id),
                        format!("undeclared -> path parameter `{placeholder}`, a string"),
                    );
                    json!({"in": "path", "name": placeholder, "schema": {"type": "string"}})
                },
                |index| declared.remove(index),
            );
            if parameter["name"] != placeholder {
                report.note(
                    &at,
                    Some(&id),
                    format!(
                        "path parameter {} -> `{placeholder}`, as in the path",
                        parameter["name"]
                    ),
                );
                parameter["name"] = placeholder.into();
            }
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
                        "path parameter {} -> dropped: not in the path",
                        parameter["name"]
                    ),
                );
            } else if parameter["in"] == "header"
                && OF_TRANSPORT.contains(&name(&parameter).to_ascii_lowercase().as_str())
            {
                report.note(
                    &at,
                    Some(&id),
                    format!(
                        "header {} -> dropped: set by the transport",
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
    leave_out_other_methods(root, report);
}

/// Reports members of path items that look like operations but are not HTTP methods.
fn leave_out_other_methods(root: &Value, report: &mut Report) {
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let Some(item) = item.as_object() else {
            continue;
        };
        for (key, value) in item {
            if looks_like_operation(key, value) && method_of(item, key).is_none() {
                let at = Pointer::root().join(["paths", path, key]);
                report.warn(
                    &at,
                    None,
                    format!("`{key}` -> left out: not an HTTP method"),
                );
            }
        }
    }
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap_or_default()
}

/// Returns the name in a placeholder, without framework-specific modifiers.
fn bare(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or_default();
    name.trim()
        .trim_end_matches(['?', '*', '+'])
        .trim_start_matches(['*', '+', '.', ';', '?', '&'])
}

/// Returns the letters and digits of a name in lowercase, to compare spellings.
fn letters(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Returns the path as it is sent, with `{name}` placeholders, or the problem with it.
fn read(path: &str, declared: &[Value]) -> Result<String, &'static str> {
    // Keep only the path of an absolute URL: the server is configured elsewhere.
    let path = match path.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphabetic()) => {
            rest.find('/').map_or("/", |at| &rest[at..])
        }
        _ => path,
    };
    let mut out = String::new();
    let mut rest = path;
    while let Some(start) = rest.find(['{', '}']) {
        let (literal, after) = rest.split_at(start);
        push(literal, declared, &mut out);
        if after.starts_with('}') {
            return Err("unopened brace");
        }
        let (inner, tail) = closed(&after[1..]).ok_or("unclosed brace")?;
        let name = bare(inner);
        if name.is_empty() {
            return Err("placeholder without a name");
        }
        out.push('{');
        out.push_str(name);
        out.push('}');
        rest = tail;
    }
    push(rest, declared, &mut out);
    // A fragment is never sent.
    let out = out.split('#').next().unwrap_or_default();
    Ok(format!("/{}", out.trim_start_matches('/')))
}

/// Splits at the closing brace. A pattern after `:` may contain braces itself.
fn closed(rest: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    for (i, c) in rest.char_indices() {
        match c {
            '{' if !rest[..i].contains(':') => return None,
            '{' => depth += 1,
            '}' => depth -= 1,
            '/' if !rest[..i].contains(':') => return None,
            _ => {}
        }
        if depth == 0 {
            return Some((&rest[..i], &rest[i + 1..]));
        }
    }
    None
}

/// Appends the text between placeholders. A `:id` segment becomes a placeholder if `id` is declared.
fn push(literal: &str, declared: &[Value], out: &mut String) {
    for (i, segment) in literal.split('/').enumerate() {
        if i > 0 {
            out.push('/');
        }
        let declared_as = segment.strip_prefix(':').filter(|name| {
            declared
                .iter()
                .any(|p| p["in"] == "path" && p["name"] == *name)
        });
        match declared_as {
            Some(name) => out.push_str(&format!("{{{name}}}")),
            None => out.extend(utf8_percent_encode(segment, NOT_IN_URLS)),
        }
    }
}

/// Removes the parameters from the path items, and returns them by path.
fn take_shared(root: &mut Value) -> HashMap<String, Vec<Value>> {
    let mut shared = HashMap::new();
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        if let Some(Value::Array(parameters)) = item
            .as_object_mut()
            .and_then(|item| item.shift_remove("parameters"))
        {
            shared.insert(path.clone(), parameters);
        }
    }
    shared
}

fn same(a: &Value, b: &Value) -> bool {
    // Header names are case-insensitive.
    let is_header = a["in"] == "header";
    a["in"] == b["in"]
        && (a["name"] == b["name"] || is_header && name(a).eq_ignore_ascii_case(name(b)))
}

/// Returns the names of the placeholders, in order.
fn placeholders(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_operation_gets_the_parameters_of_its_path_in_order() {
        let (root, lines) = crate::passes::test_run(
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
            lines[0].contains("path parameter \"gone\" -> dropped"),
            "{lines:?}"
        );
    }

    #[test]
    fn reads_the_path_syntax_of_common_frameworks() {
        let declared = [serde_json::json!({"in": "path", "name": "id"})];
        for (path, sent) in [
            ("/a/{id}", Ok("/a/{id}")),
            ("a/{id?}", Ok("/a/{id}")),
            ("/a/:id/b", Ok("/a/{id}/b")),
            ("/a/:other", Ok("/a/:other")),
            ("/a/{id:[0-9]{2,}}/b", Ok("/a/{id}/b")),
            ("/{a}.{b}", Ok("/{a}.{b}")),
            ("/{+path}", Ok("/{path}")),
            ("/a b/ü", Ok("/a%20b/%C3%BC")),
            ("https://host/a?x={x}#frag", Ok("/a?x={x}")),
            ("/a/{id", Err("unclosed brace")),
            ("/a/{id/b}", Err("unclosed brace")),
            ("/a/id}", Err("unopened brace")),
            ("/a/{}", Err("placeholder without a name")),
        ] {
            assert_eq!(
                super::read(path, &declared),
                sent.map(str::to_owned),
                "{path}"
            );
        }
    }

    #[test]
    fn drops_duplicate_parameters_and_transport_headers() {
        let (root, _) = crate::passes::test_run(
            "path-parameters",
            "paths: {'/a/{user_id}': {get: {parameters: [{in: path, name: userId}, {in: query, name: q}, {in: query, name: q}, {in: header, name: AUTHORIZATION}]}}}",
        );
        let parameters = root["paths"]["/a/{user_id}"]["get"]["parameters"]
            .as_array()
            .unwrap();
        let names: Vec<_> = parameters
            .iter()
            .map(|p| p["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["user_id", "q"]);
    }
}
