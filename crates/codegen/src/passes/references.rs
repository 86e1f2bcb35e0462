//! Resolves references, so that the remaining ones refer only to named schemas.
//!
//! Before: `$ref` in place of a path item, parameter, body, response or schema, pointing anywhere in the document, to
//! another file, or nowhere. After: everything except schemas is inlined. A schema's `$ref` is
//! `#/components/schemas/Name`, where `Name` is a unique, valid Rust type name. A referenced schema elsewhere in the
//! document becomes a component. A reference that cannot be resolved becomes any value.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::walk::{COPIES, METHODS, children, size};
use crate::{Pointer, Report};

/// Type names used by Rust's prelude or by the generated code.
pub(super) const RESERVED: [&str; 33] = [
    "ApiError",
    "Blob",
    "Box",
    "Clone",
    "ConversionError",
    "Debug",
    "Default",
    "Deserialize",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "FilePart",
    "Fn",
    "From",
    "HashMap",
    "Into",
    "IntoIterator",
    "Iterator",
    "Location",
    "MediaRef",
    "None",
    "Ok",
    "Option",
    "Result",
    "Self",
    "Send",
    "Serialize",
    "Some",
    "String",
    "Timestamp",
    "ToString",
    "Vec",
];

/// Maximum length of a chain of references; a longer chain is treated as circular.
const CHAIN: usize = 32;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    inline_parts(root, report);
    let names = hoist(root, report);
    rename(root, &names);
}

/// Returns the JSON pointer in a local reference.
fn local(reference: &str) -> Option<String> {
    let pointer = reference.strip_prefix('#')?;
    let decoded = percent_encoding::percent_decode_str(pointer)
        .decode_utf8()
        .ok()?;
    Some(decoded.into_owned())
}

/// Follows a reference to its final target, or returns why it cannot be resolved.
pub(crate) fn target<'a>(root: &'a Value, reference: &str) -> Result<&'a Value, &'static str> {
    let mut reference = reference;
    for _ in 0..CHAIN {
        let pointer = local(reference).ok_or("it points outside the document")?;
        let found = root.pointer(&pointer).ok_or("its target does not exist")?;
        match found.get("$ref").and_then(Value::as_str) {
            Some(next) => reference = next,
            None => return Ok(found),
        }
    }
    Err("it is circular")
}

/// Inlines references to path items, parameters, bodies and responses.
fn inline_parts(root: &mut Value, report: &mut Report) {
    let mut pointers: Vec<Pointer> = Vec::new();
    let at = Pointer::root().child("paths");
    // Path items first, because they contain the other kinds.
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        if item.get("$ref").is_some() {
            pointers.push(at.child(path));
        }
    }
    replace(root, pointers, report);
    let mut pointers = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let at = at.child(path);
        parameters(item, &at, &mut pointers);
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let at = at.child(method);
            parameters(operation, &at, &mut pointers);
            if operation["requestBody"].get("$ref").is_some() {
                pointers.push(at.child("requestBody"));
            }
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                if response.get("$ref").is_some() {
                    pointers.push(at.child("responses").child(status));
                }
            }
        }
    }
    replace(root, pointers, report);
}

fn parameters(holder: &Value, at: &Pointer, pointers: &mut Vec<Pointer>) {
    for (i, parameter) in holder["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        if parameter.get("$ref").is_some() {
            pointers.push(at.child("parameters").child(i));
        }
    }
}

/// Replaces each reference with its target. A parameter whose target does not exist is dropped.
fn replace(root: &mut Value, pointers: Vec<Pointer>, report: &mut Report) {
    let mut budget = COPIES;
    for at in pointers {
        let reference = root
            .pointer(at.as_str())
            .and_then(|value| value["$ref"].as_str())
            .unwrap_or_default()
            .to_owned();
        let found = target(root, &reference).and_then(|found| {
            budget = budget
                .checked_sub(size(found))
                .ok_or("references expand beyond the size limit")?;
            Ok(found.clone())
        });
        let value = found.unwrap_or_else(|why| {
            // A body or response still exists, so it becomes any value.
            let is_parameter = at.as_str().contains("/parameters/");
            let outcome = if is_parameter {
                "dropped"
            } else {
                "any JSON value"
            };
            report.warn(&at, None, format!("`{reference}` -> {outcome}: {why}"));
            if is_parameter {
                json!({})
            } else {
                json!({"content": {"application/json": {"schema": {}}}})
            }
        });
        if let Some(node) = root.pointer_mut(at.as_str()) {
            *node = value;
        }
    }
    // Remove the empty objects that replaced unresolved parameters.
    for item in root["paths"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        let holders = item.as_object_mut().into_iter().flat_map(|item| {
            item.iter_mut().flat_map(|(key, value)| {
                if key == "parameters" {
                    value.as_array_mut()
                } else {
                    value.get_mut("parameters").and_then(Value::as_array_mut)
                }
            })
        });
        for parameters in holders {
            parameters.retain(|parameter| {
                parameter.get("name").is_some() || parameter.get("$ref").is_some()
            });
        }
    }
}

/// Visits every schema in components and operations, parents before children.
pub(super) fn every_schema(root: &mut Value, visit: &mut impl FnMut(&mut Value, &Pointer)) {
    fn tree(schema: &mut Value, at: &Pointer, visit: &mut impl FnMut(&mut Value, &Pointer)) {
        visit(schema, at);
        for (child, _, at) in children(schema, at) {
            tree(child, &at, visit);
        }
    }
    let at = Pointer::root().join(["components", "schemas"]);
    let components = root
        .get_mut("components")
        .and_then(|components| components.get_mut("schemas"))
        .and_then(Value::as_object_mut);
    for (name, schema) in components.into_iter().flatten() {
        tree(schema, &at.child(name), visit);
    }
    let at = Pointer::root().child("paths");
    for (path, item) in root
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        let at = at.child(path);
        for (key, value) in item.as_object_mut().into_iter().flatten() {
            let at = at.child(key);
            if key == "parameters" {
                for (i, parameter) in value.as_array_mut().into_iter().flatten().enumerate() {
                    if let Some(schema) = parameter.get_mut("schema") {
                        tree(schema, &at.child(i).child("schema"), visit);
                    }
                }
            } else if METHODS.contains(&key.as_str())
                && let Some(operation) = value.as_object_mut()
            {
                crate::walk::top_schemas(operation, &at, |schema, _, at| tree(schema, at, visit));
            }
        }
    }
}

/// Turns every referenced schema that is not yet a component into one. Returns the component name of each reference
/// that can be resolved.
fn hoist(root: &mut Value, report: &mut Report) -> HashMap<String, String> {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut taken: HashSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let mut components: Map<String, Value> = Map::new();
    let at = Pointer::root().join(["components", "schemas"]);
    let old = root
        .get_mut("components")
        .and_then(|components| components.get_mut("schemas"))
        .map(Value::take)
        .and_then(|schemas| match schemas {
            Value::Object(schemas) => Some(schemas),
            _ => None,
        })
        .unwrap_or_default();
    for (name, schema) in &old {
        let new = unique_type_name(name, &mut taken);
        if new != *name {
            report.note(
                &at.child(name),
                None,
                format!("`{name}` -> `{new}`: renamed to a valid, unique Rust type name"),
            );
        }
        let reference = format!("#{}", at.child(name).as_str());
        names.insert(reference, new.clone());
        components.insert(new, schema.clone());
    }
    // Restore the original schemas, because references may point into them.
    if !root["components"].is_object() {
        root["components"] = json!({});
    }
    root["components"]["schemas"] = old.into();
    // Collect referenced schemas elsewhere in the document, and the schemas that they reference in turn.
    let mut wanted: BTreeMap<String, Vec<Pointer>> = BTreeMap::new();
    every_schema(root, &mut |schema, at| {
        if let Some(reference) = schema["$ref"].as_str() {
            wanted
                .entry(reference.to_owned())
                .or_default()
                .push(at.clone());
        }
    });
    let mut waiting: Vec<String> = wanted.keys().cloned().collect();
    while let Some(reference) = waiting.pop() {
        if names.contains_key(&reference) {
            continue;
        }
        let decoded = local(&reference).map(|pointer| format!("#{pointer}"));
        if let Some(name) = decoded.as_ref().and_then(|decoded| names.get(decoded)) {
            names.insert(reference, name.clone());
            continue;
        }
        let pointers = wanted.get(&reference).cloned().unwrap_or_default();
        match target(root, &reference) {
            Ok(found) => {
                let location = Pointer::from(local(&reference).unwrap_or_default());
                let name = unique_type_name(&title(&location), &mut taken);
                let mut schema = found.clone();
                super::structure::schema(&mut schema, &location, report);
                for inner in references_in(&schema) {
                    waiting.push(inner);
                }
                for at in &pointers {
                    report.note(at, None, format!("`{reference}` -> component {name}"));
                }
                components.insert(name.clone(), schema);
                names.insert(reference, name);
            }
            Err(why) => {
                for at in &pointers {
                    report.warn(at, None, format!("`{reference}` -> any JSON value: {why}"));
                }
            }
        }
    }
    root["components"]["schemas"] = components.into();
    names
}

/// Derives a name from a JSON pointer: its last three tokens that are not OpenAPI keywords.
fn title(pointer: &Pointer) -> String {
    let steps: Vec<String> = pointer.tokens().collect();
    let words: Vec<&str> = steps
        .iter()
        .map(String::as_str)
        .filter(|step| {
            ![
                "components",
                "schemas",
                "schema",
                "properties",
                "content",
                "application/json",
                "paths",
                "definitions",
                "responses",
                "items",
                "requestBody",
                "requestBodies",
                "allOf",
                "oneOf",
                "anyOf",
            ]
            .contains(step)
        })
        .collect();
    words[words.len().saturating_sub(3)..].join(" ")
}

fn references_in(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![schema];
    while let Some(value) = waiting.pop() {
        if let Some(reference) = value["$ref"].as_str() {
            found.push(reference.to_owned());
        }
        match value {
            Value::Object(members) => waiting.extend(members.values()),
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found
}

/// Updates every reference to the current name of its component.
fn rename(root: &mut Value, names: &HashMap<String, String>) {
    every_schema(root, &mut |schema, _| {
        let Some(reference) = schema["$ref"].as_str() else {
            return;
        };
        let kept = |schema: &Value| -> Map<String, Value> {
            let members = schema.as_object().into_iter().flatten();
            members
                .filter(|(key, _)| {
                    [
                        "description",
                        "nullable",
                        "deprecated",
                        "readOnly",
                        "writeOnly",
                    ]
                    .contains(&key.as_str())
                })
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        let mut new = kept(schema);
        if let Some(name) = names.get(reference) {
            new.insert(
                "$ref".to_owned(),
                format!("#/components/schemas/{name}").into(),
            );
        }
        *schema = new.into();
    });
}

/// Converts `name` to a Rust type name that is not in `taken`, and adds it there.
pub(super) fn unique_type_name(name: &str, taken: &mut HashSet<String>) -> String {
    let base = type_name(name);
    let name = std::iter::once(base.clone())
        .chain((2..).map(|n| format!("{base}{n}")))
        .find(|name| !taken.contains(name))
        .unwrap_or(base);
    taken.insert(name.clone());
    name
}

/// Converts `name` to a Rust type name: ASCII letters and digits, an initial capital, limited length.
pub(super) fn type_name(name: &str) -> String {
    let plain = super::words::pascal(name);
    match plain.chars().next() {
        None => "Unnamed".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("N{plain}"),
        Some(_) if RESERVED.contains(&plain.as_str()) => format!("{plain}Model"),
        Some(_) => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn type_name_is_idempotent() {
        for name in [
            "a A -a",
            "x A A a",
            "HTTPServerError",
            "2fa",
            "nm.types.v1",
            &"a A ".repeat(60),
        ] {
            let once = super::type_name(name);
            assert_eq!(super::type_name(&once), once, "{name}");
        }
    }

    #[test]
    fn inlines_parts_and_keeps_schemas_as_components() {
        let (root, lines) = crate::passes::test_run(
            "references",
            "paths: {/a: {$ref: '#/components/pathItems/A'}, /b: {get: {parameters: [{$ref: '#/components/parameters/gone'}], responses: {200: {$ref: '#/components/responses/R'}}}}}
components:
  pathItems: {A: {post: {parameters: [{$ref: '#/components/parameters/P'}], requestBody: {$ref: '#/components/requestBodies/B'}}}}
  parameters: {P: {in: query, name: p, schema: {$ref: '#/components/schemas/my.enum'}}}
  requestBodies: {B: {content: {application/json: {schema: {$ref: 'other.yaml#/X'}}}}}
  responses: {R: {content: {application/json: {schema: {$ref: '#/components/responses/R2/content/x/schema', nullable: true}}}}, R2: {content: {x: {schema: {type: object, properties: {a: {$ref: '#/components/schemas/Option'}}}}}}}
  schemas: {my.enum: {type: string, enum: [a]}, Option: {type: object, properties: {a: {$ref: '#/components/schemas/Option'}}}}",
        );
        let post = &root["paths"]["/a"]["post"];
        assert_eq!(
            post["parameters"][0]["schema"],
            json!({"$ref": "#/components/schemas/MyEnum"})
        );
        assert_eq!(
            post["requestBody"]["content"]["application/json"]["schema"],
            json!({})
        );
        let get = &root["paths"]["/b"]["get"];
        assert_eq!(get["parameters"], json!([]));
        assert_eq!(
            get["responses"]["200"]["content"]["application/json"]["schema"],
            json!({"$ref": "#/components/schemas/R2x", "nullable": true})
        );
        let schemas = &root["components"]["schemas"];
        assert_eq!(
            schemas["R2x"]["properties"]["a"],
            json!({"$ref": "#/components/schemas/OptionModel"})
        );
        assert_eq!(
            schemas["OptionModel"]["properties"]["a"],
            json!({"$ref": "#/components/schemas/OptionModel"})
        );
        assert!(
            lines.iter().any(|line| line
                .ends_with("`other.yaml#/X` -> any JSON value: it points outside the document")),
            "{lines:#?}"
        );
        assert!(
            lines.iter().any(|line| line
                .ends_with("`#/components/parameters/gone` -> dropped: its target does not exist")),
            "{lines:#?}"
        );
    }
}
