//! Gives every property a Rust field name that is unique in its object.
//!
//! Before: `view` and `_view`, which would both become a field named `view`, so the code would not compile; `+1`, `$`,
//! the empty string, names in other scripts, names of 200 characters. After: the second becomes `underscore_view` (or
//! `view_2`); the other names become `plus_1`, `sign` and `empty`, or are transliterated or shortened. The code passes
//! restore the wire names.

use std::collections::HashSet;

use heck::ToSnakeCase;
use serde_json::{Map, Value};

use super::words;
use crate::{Pointer, Report};

/// Document member in which the pass records the wire names, by component and field.
pub(crate) const WIRE_NAMES: &str = "x-codegen-wire-names";

/// Maximum length of a field name, in bytes.
const LONGEST: usize = 80;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut wire_names = Map::new();
    let at = Pointer::root().join(["components", "schemas"]);
    let components = root["components"]["schemas"].as_object_mut();
    for (component, schema) in components.into_iter().flatten() {
        // `extra` is the field that holds all other properties.
        let has_rest = schema.get("additionalProperties").is_some();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        let mut taken: HashSet<String> = has_rest.then(|| "extra".to_owned()).into_iter().collect();
        let mut renamed = Map::new();
        let mut kept = Map::new();
        // Names without a leading underscore come first, so that they keep their field names. Among them, names that
        // are already in snake case come first.
        let mut keys: Vec<_> = properties.keys().cloned().collect();
        keys.sort_by_key(|key| (key.starts_with('_'), !is_plain(key)));
        for key in keys {
            let Some(property) = properties.remove(&key) else {
                continue;
            };
            let field = field(&key);
            let second = if key.starts_with('_') {
                format!("underscore_{field}")
            } else {
                format!("{field}_2")
            };
            let own = is_name(&key).then(|| key.clone());
            let name = own
                .into_iter()
                .chain([field.clone(), second])
                .chain((3..).map(|n| format!("{field}_{n}")))
                .find(|name| taken.insert(rust_field(name)))
                .unwrap_or(field);
            if name != key {
                report.note(
                    &at.child(component.as_str()).child("properties").child(&key),
                    None,
                    format!("`{key}` -> field `{name}`"),
                );
                renamed.insert(name.clone(), key.into());
            }
            kept.insert(name, property);
        }
        *properties = kept;
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            for name in required {
                if let Some((alias, _)) = renamed.iter().find(|(_, wire)| *wire == name) {
                    *name = alias.clone().into();
                }
            }
        }
        if !renamed.is_empty() {
            wire_names.insert(component.clone(), renamed.into());
        }
    }
    root[WIRE_NAMES] = wire_names.into();
}

/// Returns whether a name is already in snake case.
fn is_plain(name: &str) -> bool {
    name.to_snake_case() == name
}

/// Returns whether the generator derives a good field name from a name.
fn is_name(name: &str) -> bool {
    let field = name.to_snake_case();
    let is_digits_first = field.starts_with(|c: char| c.is_ascii_digit());
    name.is_ascii()
        && name.len() <= LONGEST
        && !field.is_empty()
        // The sign in front of a number is significant.
        && !(is_digits_first && name.starts_with(['+', '-']))
}

/// Returns the Rust field name that the generator derives from a name.
pub(crate) fn rust_field(name: &str) -> String {
    let field = name
        .replace('\'', "")
        .replace(|c: char| c != '_' && !c.is_ascii_alphanumeric(), "-")
        .to_snake_case();
    if field.starts_with(|c: char| c.is_ascii_digit()) {
        format!("x{field}")
    } else {
        field
    }
}

/// Derives a field name for a property whose own name is not usable.
fn field(name: &str) -> String {
    let sign = match name.chars().next() {
        Some('+') => "plus ",
        Some('-') => "minus ",
        None => "empty",
        Some(_) => "",
    };
    let words = words::ascii(name).replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let field = words::shortened(&format!("{sign}{words}").to_snake_case(), LONGEST - 20);
    if field.is_empty() {
        "sign".to_owned()
    } else if field.starts_with(|c: char| c.is_ascii_digit()) {
        // The generator would rename a field that starts with a digit.
        format!("n{field}")
    } else if syn::parse_str::<syn::Ident>(&field).is_err() {
        format!("{field}_field")
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn colliding_properties_get_unique_field_names() {
        let (root, _) = crate::passes::test_run(
            "field-names",
            "components: {schemas: {A: {required: [_view], properties: {_view: {type: string}, view: {type: integer}, aB: {}, a_b: {}, '+1': {}, '-1': {}, '1': {}, '': {}, 'имя': {}, '$': {}}}}}",
        );
        let schema = &root["components"]["schemas"]["A"];
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            [
                "view",
                "a_b",
                "1",
                "empty",
                "imia",
                "a_b_2",
                "plus_1",
                "minus_1",
                "sign",
                "underscore_view"
            ]
        );
        assert_eq!(schema["required"], json!(["underscore_view"]));
        assert_eq!(
            root[super::WIRE_NAMES],
            json!({"A": {"a_b_2": "aB", "plus_1": "+1", "minus_1": "-1", "empty": "", "imia": "имя", "sign": "$", "underscore_view": "_view"}})
        );
    }
}
