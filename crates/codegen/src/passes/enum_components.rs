//! Turns every enumeration into a component with a unique name.
//!
//! Before: an inline `status: {type: string, enum: […]}`, which the generator would name after its object and field
//! even if that name is taken. After: `$ref: '#/components/schemas/UserStatus'` with a unique name. The overlay can
//! name an enumeration with `x-enum`, so that requests and responses share one type; a string schema with a name but no
//! values gets the values of the enumeration with that name.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::VALUES;
use super::references::{RESERVED, type_name, unique_type_name};
use super::words;
use crate::walk::{
    Role, Side, children, operations, parameter_names, plain, put_components, schema_tree, schemas,
    take_components, top_schemas,
};
use crate::{Pointer, Report};

/// Schema member, set by the overlay, that names the type of an enumeration.
pub(crate) const ENUM_NAME: &str = "x-enum";

pub(super) fn run(root: &mut Value, _: &mut Report) {
    let mut components = take_components(root);
    share_values(root, &mut components);
    let mut taken: HashSet<String> = components.keys().cloned().collect();
    taken.extend(RESERVED.iter().map(|name| (*name).to_owned()));
    let mut hoisted = Map::new();
    // Sorted by name, so that the order in the document does not matter.
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

/// Adds the values of an enumeration to string schemas that name it with `x-enum` but have no values.
fn share_values(root: &mut Value, components: &mut Map<String, Value>) {
    let mut named: HashMap<String, Map<String, Value>> = HashMap::new();
    every_schema(root, components, |schema| {
        if let (Some(name), true) = (schema[ENUM_NAME].as_str(), schema["enum"].is_array()) {
            let values = ["enum", VALUES]
                .iter()
                .filter_map(|key| Some(((*key).to_owned(), schema.get(*key)?.clone())));
            named.insert(name.to_owned(), values.collect());
        }
    });
    every_schema(root, components, |schema| {
        let is_bare = schema["type"] == "string" && !schema["enum"].is_array();
        let values = schema[ENUM_NAME].as_str().filter(|_| is_bare);
        let values = values.and_then(|name| named.get(name)).cloned();
        if let (Some(values), Some(members)) = (values, schema.as_object_mut()) {
            members.extend(values);
        }
    });
}

/// Visits the schemas of all operations and components, inner ones first.
fn every_schema(
    root: &mut Value,
    components: &mut Map<String, Value>,
    mut visit: impl FnMut(&mut Value),
) {
    schemas(root, |schema, _| visit(schema));
    for component in components.values_mut() {
        schema_tree(
            component,
            Side::Response,
            Role::Top,
            &Pointer::root(),
            "",
            &mut |schema, _| visit(schema),
        );
    }
}

/// Moves the enumerations in `schema` to `hoisted`.
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
    // Sorted as in the `enums` pass, because later passes may have added enumerations.
    if let Some(values) = schema["enum"].as_array_mut() {
        values.sort_by_key(plain);
    }
    // Enumerations with the same name and the same values share one type.
    let base = match schema[ENUM_NAME].as_str() {
        Some(name) => type_name(name),
        None => type_name(words),
    };
    let is_same = hoisted.get(&base).is_some_and(|known| {
        ["enum", VALUES]
            .iter()
            .all(|key| known.get(*key) == schema.get(*key))
    });
    let name = if is_same {
        base
    } else {
        unique_type_name(&base, taken)
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
    // The description of one use does not apply to a shared type.
    if members.contains_key(ENUM_NAME) {
        members.shift_remove("description");
    }
    hoisted.insert(name, schema.take());
    *schema = reference;
}

#[cfg(test)]
mod tests {
    #[test]
    fn shares_the_type_and_the_values_of_a_named_enumeration() {
        let (root, _) = crate::passes::test_run(
            "enum-components",
            "paths:
  /a:
    get: {operationId: a, parameters: [{in: query, name: kind, schema: {type: string, description: Filter., enum: [b, a], x-enum: Kind}}], responses: {}}
    post: {operationId: b, requestBody: {content: {application/json: {schema: {type: object, properties: {kinds: {type: array, items: {type: string, x-enum: Kind}}}}}}}, responses: {}}
components: {schemas: {Thing: {type: object, properties: {kind: {type: string, nullable: true, x-enum: Kind}}}}}",
        );
        let reference = "#/components/schemas/Kind";
        let components = &root["components"]["schemas"];
        assert_eq!(components["Kind"]["enum"], serde_json::json!(["a", "b"]));
        assert!(components["Kind"].get("description").is_none());
        let thing = &components["Thing"]["properties"]["kind"];
        assert_eq!(thing["allOf"][0]["$ref"], reference);
        let path = &root["paths"]["/a"];
        assert_eq!(path["get"]["parameters"][0]["schema"]["$ref"], reference);
        let body = &path["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["properties"]["kinds"]["items"]["$ref"], reference);
        assert_eq!(components.as_object().unwrap().len(), 2);
    }
}
