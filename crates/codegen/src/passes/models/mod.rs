//! One type for one thing, in every operation that answers with it.
//!
//! Before: each operation writes out its own objects, so that a postback is a type of its own in
//! `show`, `list`, `create` and `update`. After: objects that are identical are one component; those
//! that differ only where one side is unknown are unified, the known side winning; and those that the
//! overlay calls one entity (`x-models` at the top of the document) have all fields of all its places.
//!
//! - `classes`: collects the objects and unifies them
//! - `naming`: gives each a name

mod classes;
mod naming;

use serde_json::{Map, Value, json};

use self::classes::Classes;
use super::FACTS;
use crate::Report;
use crate::walk::{Side, operations, top_schemas};

/// The member of the document, set by the overlay, that names entities: a name, and the places that
/// are that entity, as `operationId/property/*/…`.
const MODELS: &str = "x-models";

/// The member of the document, set by the overlay, that gives fields their types: `Model.field`, and a
/// schema.
const FIELDS: &str = "x-fields";

/// The member under which the pipeline gives the pinned names: a place, and a name.
pub(crate) const PINNED: &str = "x-codegen-pinned";

/// The member under which the pass leaves where each type stands.
pub(crate) const PLACES: &str = "x-codegen-places";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut take = |member: &str| {
        root.as_object_mut()
            .and_then(|root| root.shift_remove(member))
            .unwrap_or_default()
    };
    let (models, fields, pins) = (take(MODELS), take(FIELDS), take(PINNED));
    let mut classes = Classes::default();
    operations(root, |operation| {
        if operation
            .members
            .get(FACTS)
            .is_some_and(|facts| facts.get("left-out").is_some())
        {
            return;
        }
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            if side == Side::Response
                && !at.as_str().contains("/4XX/")
                && !at.as_str().contains("/5XX/")
            {
                *schema = classes.intern(
                    schema,
                    &operation.id,
                    &operation.name,
                    &operation.tag,
                    &mut Vec::new(),
                );
            }
        });
    });
    classes.unify();
    let mut pinned = Vec::new();
    for (name, places) in models.as_object().into_iter().flatten() {
        let mut first = None;
        for place in places
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            match (classes.at(place), first) {
                (None, _) => report.warn(
                    &crate::Pointer::root().child(MODELS).child(name),
                    None,
                    format!("`{place}` is no object of an answer"),
                ),
                (Some(class), None) => first = Some(class),
                (Some(class), Some(first)) => classes.merge(first, class),
            }
        }
        pinned.extend(first.map(|class| (class, name.clone())));
    }
    classes.unify();
    naming::pin(&classes, &pins, &mut pinned);

    let taken: Vec<String> = root["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let names = naming::names(&classes, &pinned, taken);
    let mut components = root["components"]["schemas"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for (class, name) in &names {
        let properties: Map<String, Value> = classes
            .properties(*class)
            .iter()
            .map(|(key, schema)| (key.clone(), nullable(resolve(schema, &classes, &names))))
            .collect();
        let mut component = json!({"type": "object", "properties": properties});
        if let Some(values) = classes.values(*class) {
            component["additionalProperties"] = resolve(values, &classes, &names);
        }
        components.insert(name.clone(), component);
    }
    for (field, schema) in fields.as_object().into_iter().flatten() {
        let (model, property) = field.split_once('.').unwrap_or((field, ""));
        let at = crate::Pointer::root().child(FIELDS).child(field);
        match components
            .get_mut(model)
            .and_then(|component| component["properties"].get_mut(property))
        {
            Some(known) => {
                report.note(&at, None, format!("{known} is {schema} by the overlay"));
                *known = nullable(schema.clone());
            }
            None => report.warn(&at, None, "is no field of an answer"),
        }
    }
    root["components"]["schemas"] = components.into();
    let places: Map<String, Value> = names
        .iter()
        .map(|(class, name)| {
            (
                name.clone(),
                classes
                    .places(*class)
                    .iter()
                    .map(classes::Place::text)
                    .collect(),
            )
        })
        .collect();
    root[PLACES] = places.into();
    operations(root, |operation| {
        let id = operation.id.clone();
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            if side == Side::Response {
                *schema = resolve(schema, &classes, &names);
                if let Some(name) = schema["$ref"]
                    .as_str()
                    .or_else(|| schema["items"]["$ref"].as_str())
                {
                    report.note(
                        at,
                        Some(&id),
                        format!("is {}", name.trim_start_matches("#/components/schemas/")),
                    );
                }
            }
        });
    });
}

/// `schema` with references in place of classes.
fn resolve(schema: &Value, classes: &Classes, names: &[(usize, String)]) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(class) = classes::class_of(schema) {
        let class = classes.find(class);
        let name = names
            .iter()
            .find(|(known, _)| *known == class)
            .map(|(_, name)| name.as_str())
            .unwrap_or_default();
        return json!({"$ref": format!("#/components/schemas/{name}")});
    }
    let mut members = members.clone();
    for part in ["items", "additionalProperties"] {
        if let Some(inner) = members.get_mut(part) {
            *inner = resolve(inner, classes, names);
        }
    }
    Value::Object(members)
}

fn nullable(schema: Value) -> Value {
    if schema.get("$ref").is_some() {
        return json!({"allOf": [schema], "nullable": true});
    }
    let mut schema = schema;
    if let Some(members) = schema.as_object_mut() {
        members.insert("nullable".to_owned(), true.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn run(extra: &str, answers: &[(&str, &str)]) -> Value {
        let paths: Vec<_> = answers
            .iter()
            .map(|(id, schema)| format!("/{id}: {{get: {{operationId: {id}, tags: [T], responses: {{2XX: {{content: {{application/json: {{schema: {schema}}}}}}}}}}}}}"))
            .collect();
        crate::passes::test_run(
            "models",
            &format!(
                "{{paths: {{{}}}, {extra} components: {{schemas: {{}}}}}}",
                paths.join(", ")
            ),
        )
        .0
    }

    fn names(root: &Value) -> Vec<String> {
        root["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    }

    #[test]
    fn identical_and_half_known_objects_are_one_type() {
        let root = run(
            "",
            &[
                (
                    "show_link",
                    "{type: object, properties: {id: {type: integer}, last: {type: object, properties: {code: {type: integer}}}}}",
                ),
                (
                    "update_link",
                    "{type: object, properties: {id: {type: integer}, last: {x-unknown: only null was seen}}}",
                ),
                (
                    "list_links",
                    "{type: array, items: {type: object, properties: {last: {x-unknown: only null was seen}, id: {type: number}}}}",
                ),
            ],
        );
        assert_eq!(names(&root), ["Link", "Last"]);
        let link = &root["components"]["schemas"]["Link"]["properties"];
        assert_eq!(
            link["last"],
            json!({"allOf": [{"$ref": "#/components/schemas/Last"}], "nullable": true})
        );
        assert_eq!(link["id"], json!({"type": "number", "nullable": true}));
        assert_eq!(
            root["paths"]["/list_links"]["get"]["responses"]["2XX"]["content"]["application/json"]
                ["schema"],
            json!({"type": "array", "items": {"$ref": "#/components/schemas/Link"}})
        );
    }

    #[test]
    fn the_overlay_makes_one_entity_of_an_object_and_its_short_form() {
        let root = run(
            "x-models: {Fan: [show_fan, 'list_chats/*/fan', gone]},",
            &[
                (
                    "show_fan",
                    "{type: object, properties: {id: {type: integer}, name: {type: string}}}",
                ),
                (
                    "list_chats",
                    "{type: array, items: {type: object, properties: {fan: {type: object, properties: {id: {type: integer}}}}}}",
                ),
            ],
        );
        assert_eq!(names(&root), ["Chat", "Fan"]);
        assert_eq!(
            root["components"]["schemas"]["Fan"]["properties"]
                .as_object()
                .unwrap()
                .len(),
            2
        );
    }
}
