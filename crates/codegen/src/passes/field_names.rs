//! Two properties of one object never make one Rust field.
//!
//! Before: `view` and `_view`, which both make the field `view`, so that the code does not compile.
//! After: the second is called `underscore_view` (or `view_2`), and the code passes give the field its
//! name on the wire back.

use std::collections::HashSet;

use heck::ToSnakeCase;
use serde_json::{Map, Value};

use crate::{Pointer, Report};

/// The member of the document under which the pass leaves the names on the wire: component, field,
/// name.
pub(crate) const WIRE_NAMES: &str = "x-codegen-wire-names";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut wire_names = Map::new();
    let at = Pointer::root().join(["components", "schemas"]);
    let components = root["components"]["schemas"].as_object_mut();
    for (component, schema) in components.into_iter().flatten() {
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        let mut taken = HashSet::new();
        let mut renamed = Map::new();
        let mut kept = Map::new();
        // Names without an underscore in front come first, so that they keep their fields.
        let mut keys: Vec<_> = properties.keys().cloned().collect();
        keys.sort_by_key(|key| key.starts_with('_'));
        for key in keys {
            let Some(property) = properties.remove(&key) else {
                continue;
            };
            let field = key.to_snake_case();
            let second = if key.starts_with('_') {
                format!("underscore_{field}")
            } else {
                format!("{field}_2")
            };
            let names = std::iter::once(key.clone())
                .chain([second])
                .chain((3..).map(|n| format!("{field}_{n}")));
            let Some(name) = names
                .into_iter()
                .find(|name| taken.insert(name.to_snake_case()))
            else {
                continue;
            };
            if name != key {
                report.note(
                    &at.child(component.as_str()).child("properties").child(&key),
                    None,
                    format!("`{key}` -> `{name}`: the field is taken"),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn properties_that_make_one_field_get_names_of_their_own() {
        let (root, _) = crate::passes::test_run(
            "field-names",
            "components: {schemas: {A: {required: [_view], properties: {_view: {type: string}, view: {type: integer}, aB: {}, a_b: {}}}}}",
        );
        let schema = &root["components"]["schemas"]["A"];
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["view", "aB", "a_b_2", "underscore_view"]);
        assert_eq!(schema["required"], json!(["underscore_view"]));
        assert_eq!(
            root[super::WIRE_NAMES],
            json!({"A": {"a_b_2": "a_b", "underscore_view": "_view"}})
        );
    }
}
