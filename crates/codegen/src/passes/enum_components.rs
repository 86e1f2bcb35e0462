//! Every enumeration is a component with a name of its own.
//!
//! Before: `status: {type: string, enum: […]}` in place; the generator would call it after its object and
//! field, also where that name is taken. After: `$ref: '#/components/schemas/UserStatus'`; a name is given
//! once.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::VALUES;
use super::references::{RESERVED, given_once, type_name};
use super::words;
use crate::walk::{
    children, operations, parameter_names, put_components, take_components, top_schemas,
};
use crate::{Pointer, Report};

pub(super) fn run(root: &mut Value, _: &mut Report) {
    let mut components = take_components(root);
    let mut taken: HashSet<String> = components.keys().cloned().collect();
    taken.extend(RESERVED.iter().map(|name| (*name).to_owned()));
    let mut hoisted = Map::new();
    // In the order of their names, so that the document's does not matter.
    let mut names: Vec<String> = components.keys().cloned().collect();
    names.sort();
    for name in names {
        let Some(component) = components.get_mut(&name) else {
            continue;
        };
        let mut inner: Vec<_> = children(component, &Pointer::root());
        inner.sort_by(|a, b| a.2.cmp(&b.2));
        for (child, _, at) in inner {
            let words = format!("{name} {}", words::step(&at));
            hoist(child, &words, &mut taken, &mut hoisted);
        }
    }
    operations(root, |operation| {
        let parameters = parameter_names(operation.members);
        top_schemas(operation.members, &operation.at, |schema, _, at| {
            let words = format!("{} {}", operation.name, words::part(at, &parameters));
            hoist(schema, &words, &mut taken, &mut hoisted);
        });
    });
    components.extend(hoisted);
    put_components(root, components);
}

/// Moves the enumerations of `schema` among the components.
fn hoist(
    schema: &mut Value,
    words: &str,
    taken: &mut HashSet<String>,
    hoisted: &mut Map<String, Value>,
) {
    for (child, _, at) in children(schema, &Pointer::root()) {
        hoist(
            child,
            &format!("{words} {}", words::step(&at)),
            taken,
            hoisted,
        );
    }
    if schema["type"] != "string" || !schema["enum"].is_array() {
        return;
    }
    // The same values at a place of the same name: one type.
    let base = type_name(words);
    let is_same = hoisted.get(&base).is_some_and(|known| {
        ["enum", VALUES]
            .iter()
            .all(|key| known.get(*key) == schema.get(*key))
    });
    let name = if is_same {
        base
    } else {
        given_once(words, taken)
    };
    let mut reference = json!({"$ref": format!("#/components/schemas/{name}")});
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    let nullable = members.shift_remove("nullable") == Some(Value::Bool(true));
    let null_is_a_value = members.shift_remove(super::NULL_IS_A_VALUE);
    if nullable {
        reference = json!({"allOf": [reference], "nullable": true});
    }
    if let Some(mark) = null_is_a_value {
        reference[super::NULL_IS_A_VALUE] = mark;
    }
    if let Some(description) = members.get("description") {
        reference["description"] = description.clone();
    }
    hoisted.insert(name, schema.take());
    *schema = reference;
}
