//! Defines one type per entity, used by every operation that returns it.
//!
//! Before: each operation has its own inline objects, so a postback has different types in `show`, `list`, `create` and
//! `update`. After: identical objects are one component. Objects that differ only where one side is unknown are unified
//! and keep the known types. Objects that the overlay declares to be one entity (`x-models` at the top level of the
//! document) have the fields of all occurrences.
//!
//! - `classes`: collects the objects and unifies them
//! - `naming`: names them

mod classes;
mod naming;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use self::classes::{Classes, Occurrence};
use super::FACTS;
use crate::inferred::{self, InferredType};
use crate::walk::{Side, operations, top_schemas};
use crate::{Names, Pointer, Report};

/// Document member, set by the overlay, that maps each entity name to its locations (`operationId/property/*/…`).
const MODELS: &str = "x-models";

/// Document member, set by the overlay, that maps `Model.field` to the field's schema.
const FIELDS: &str = "x-fields";

/// Document member in which the pipeline provides the names and types of earlier documents.
pub(crate) const PINNED: &str = "x-codegen-pinned";

/// Document member in which this pass records the current names and types.
pub(crate) const INFERRED: &str = "x-codegen-inferred";

/// Document member in which this pass records the locations of each type.
pub(crate) const LOCATIONS: &str = "x-codegen-locations";

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut take = |member: &str| {
        root.as_object_mut()
            .and_then(|root| root.shift_remove(member))
            .unwrap_or_default()
    };
    let (models, fields, pinned) = (take(MODELS), take(FIELDS), take(PINNED));
    let pinned: Names = serde_json::from_value(pinned).unwrap_or_default();
    let mut classes = Classes::new(pinned.clone(), take_components(root));
    responses(root, |schema, operation, _| {
        *schema = classes.intern(
            schema,
            &operation.operation,
            &operation.name,
            &operation.tag,
            &mut Vec::new(),
        );
    });
    classes.recognize();
    classes.reunite();
    classes.unify();
    merge_entities(&mut classes, &models, report);
    classes.unify();

    let mut taken: Vec<String> = root["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    taken.extend(super::CORE_TYPES.iter().map(|(name, _)| (*name).to_owned()));
    taken.extend(pinned.types.keys().cloned());
    let names = naming::names(&classes, taken);
    let by_class: HashMap<usize, String> = names.iter().cloned().collect();
    let mut components: BTreeMap<String, Value> = names
        .iter()
        .map(|(class, name)| (name.clone(), component(&classes, *class, &by_class)))
        .collect();
    for (name, component) in &mut components {
        if let Some(before) = pinned.types.get(name) {
            // A field type from the overlay is final.
            let is_set_by_overlay = |field: &str| fields.get(format!("{name}.{field}")).is_some();
            widen(component, name, before, is_set_by_overlay, report);
        }
    }
    set_fields(&mut components, &fields, report);

    let mut inferred_names = Names::default();
    responses(root, |schema, operation, at| {
        *schema = resolve(schema, &classes, &by_class);
        let id = &operation.operation;
        let now = inferred::kind(schema);
        let before = pinned.answers.get(id);
        let kind = before.map_or_else(|| now.clone(), |before| inferred::widened(before, &now));
        if kind != now {
            report.warn(
                at,
                Some(id),
                format!(
                    "{now} -> {kind}: names.yaml has {}",
                    before.map_or("", String::as_str)
                ),
            );
            *schema = inferred::schema(&kind);
        }
        let named = inferred::innermost(&kind);
        if components.contains_key(named) || pinned.types.contains_key(named) {
            report.note(at, Some(id), format!("inline object -> {kind}"));
        }
        inferred_names.answers.insert(id.clone(), kind);
    });
    remember(&mut components, &inferred_names, &pinned, report);

    let mut locations = Map::new();
    let mut tags: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let all_tags = classes.tags();
    for (class, name) in &names {
        let occurrences = classes.occurrences(*class);
        let found = &all_tags[class];
        let only = (found.len() == 1).then(|| found.first().cloned());
        tags.insert(name, only.flatten());
        locations.insert(
            name.clone(),
            occurrences.iter().map(Occurrence::location).collect(),
        );
    }
    for (name, component) in &components {
        // A type stays in its module even if another tag starts to use it.
        let tag = match pinned.types.get(name) {
            Some(before) => before.tag.clone(),
            None => tags.remove(name.as_str()).flatten(),
        };
        let fields = kinds(component);
        inferred_names
            .types
            .insert(name.clone(), InferredType { tag, fields });
    }
    let schemas = &mut root["components"]["schemas"];
    if !schemas.is_object() {
        *schemas = json!({});
    }
    for (name, component) in components {
        schemas[name] = component;
    }
    root[LOCATIONS] = locations.into();
    root[INFERRED] = json!(inferred_names);
}

/// Removes and returns the components that are response objects. Those in use are added again as classes.
fn take_components(root: &mut Value) -> Map<String, Value> {
    let mut taken = Map::new();
    if let Some(components) = root["components"]["schemas"].as_object_mut() {
        components.retain(|name, schema| {
            let is_response_object =
                schema[super::SIDE] == "response" && schema["properties"].is_object();
            if is_response_object {
                taken.insert(name.clone(), schema.take());
            }
            !is_response_object
        });
    }
    taken
}

/// Visits the success schema of every operation, except those that are left out or return bytes or a redirect.
fn responses(root: &mut Value, mut visit: impl FnMut(&mut Value, &Occurrence, &Pointer)) {
    operations(root, |operation| {
        let facts = operation.members.get(FACTS);
        let is_json = |facts: &Value| {
            facts.get("left-out").is_none()
                && facts["shape"] != "bytes"
                && facts["shape"] != "redirect"
        };
        if !facts.is_none_or(is_json) {
            return;
        }
        let occurrence = Occurrence {
            operation: operation.id,
            name: operation.name,
            tag: operation.tag,
            path: Vec::new(),
        };
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            let is_error = ["/4XX/", "/5XX/"]
                .iter()
                .any(|status| at.as_str().contains(status));
            if side == Side::Response && !is_error {
                visit(schema, &occurrence, at);
            }
        });
    });
}

/// For each entity that the overlay declares, merges the classes at all of its locations.
fn merge_entities(classes: &mut Classes, models: &Value, report: &mut Report) {
    let by_location = classes.by_location();
    let mut named: BTreeMap<usize, &str> = BTreeMap::new();
    for (name, locations) in models.as_object().into_iter().flatten() {
        let at = Pointer::root().child(MODELS).child(name);
        for location in locations
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let Some(class) = by_location.get(location).copied() else {
                report.warn(
                    &at,
                    None,
                    format!("`{location}` is not an object in a response"),
                );
                continue;
            };
            match named.insert(class, name) {
                Some(other) if other != name => {
                    report.warn(
                        &at,
                        None,
                        format!("`{location}` already belongs to {other}"),
                    );
                }
                _ => classes.name(class, name),
            }
        }
    }
    classes.reunite();
}

/// Converts a class to a component.
fn component(classes: &Classes, class: usize, names: &HashMap<usize, String>) -> Value {
    let properties: Map<String, Value> = classes
        .properties(class)
        .iter()
        .map(|(key, schema)| (key.clone(), nullable(resolve(schema, classes, names))))
        .collect();
    let mut component = json!({"type": "object", "properties": properties});
    if let Some(values) = classes.values(class) {
        component["additionalProperties"] = resolve(values, classes, names);
    }
    component
}

/// Widens the fields of a component, so that none is narrower than before.
fn widen(
    component: &mut Value,
    name: &str,
    earlier: &InferredType,
    is_set_by_overlay: impl Fn(&str) -> bool,
    report: &mut Report,
) {
    let at = Pointer::root().join(["components", "schemas", name]);
    for (field, before) in &earlier.fields {
        let Some(schema) = component["properties"]
            .get_mut(field)
            .filter(|_| !is_set_by_overlay(field))
        else {
            continue;
        };
        let now = inferred::kind(schema);
        let kind = inferred::widened(before, &now);
        if kind == now {
            if now != *before {
                let at = at.child("properties").child(field);
                report.warn(
                    &at,
                    None,
                    format!("{before} in names.yaml -> {now}: widened"),
                );
            }
            continue;
        }
        let at = at.child("properties").child(field);
        let what = format!("{now} -> {kind}: names.yaml has {before}");
        if kind == *before {
            report.note(&at, None, what);
        } else {
            report.warn(&at, None, what);
        }
        *schema = nullable(inferred::schema(&kind));
    }
}

/// Applies the field types from the overlay.
fn set_fields(components: &mut BTreeMap<String, Value>, fields: &Value, report: &mut Report) {
    for (field, schema) in fields.as_object().into_iter().flatten() {
        let (model, property) = field.split_once('.').unwrap_or((field, ""));
        let at = Pointer::root().child(FIELDS).child(field);
        match components
            .get_mut(model)
            .and_then(|component| component["properties"].get_mut(property))
        {
            Some(known) => {
                let before = inferred::kind(known);
                *known = nullable(schema.clone());
                let now = inferred::kind(known);
                report.note(&at, None, format!("{before} -> {now}: set by the overlay"));
            }
            None => report.warn(&at, None, "is not a field of a response type"),
        }
    }
}

/// Adds types from earlier documents that fields still reference even though no response contains them anymore.
fn remember(
    components: &mut BTreeMap<String, Value>,
    inferred_names: &Names,
    pinned: &Names,
    report: &mut Report,
) {
    let base = |kind: &str| inferred::innermost(kind).to_owned();
    let mut waiting: Vec<String> = inferred_names
        .answers
        .values()
        .map(|kind| base(kind))
        .collect();
    waiting.extend(components.values().flat_map(|component| {
        kinds(component)
            .into_values()
            .map(|kind| base(&kind))
            .collect::<Vec<_>>()
    }));
    while let Some(name) = waiting.pop() {
        let Some(earlier) = pinned
            .types
            .get(&name)
            .filter(|_| !components.contains_key(&name))
        else {
            continue;
        };
        let properties: Map<String, Value> = earlier
            .fields
            .iter()
            .map(|(field, kind)| (field.clone(), nullable(inferred::schema(kind))))
            .collect();
        report.warn(
            &Pointer::root().join(["components", "schemas", &name]),
            None,
            "no longer in any response -> kept unchanged",
        );
        waiting.extend(earlier.fields.values().map(|kind| base(kind)));
        components.insert(name, json!({"type": "object", "properties": properties}));
    }
}

/// Returns the kind of every field of a component.
fn kinds(component: &Value) -> BTreeMap<String, String> {
    let mut kinds: BTreeMap<String, String> = component["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(field, schema)| (field.clone(), inferred::kind(schema)))
        .collect();
    if let Some(values) = component.get("additionalProperties") {
        kinds.insert("*".to_owned(), inferred::kind(values));
    }
    kinds
}

/// Returns `schema` with references instead of classes.
fn resolve(schema: &Value, classes: &Classes, names: &HashMap<usize, String>) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(class) = classes::class_of(schema) {
        let class = classes.find(class);
        let name = names.get(&class).map(String::as_str).unwrap_or_default();
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        return if schema["nullable"] == true {
            nullable(reference)
        } else {
            reference
        };
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

    fn run(extra: &str, responses: &[(&str, &str)]) -> Value {
        let paths: Vec<_> = responses
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
    fn identical_and_partially_known_objects_become_one_type() {
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
        assert_eq!(names(&root), ["Last", "Link"]);
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
    fn two_entities_at_one_location_stay_two_types() {
        let (long, short) = (
            "{type: object, properties: {id: {type: integer}, name: {type: string}, about: {type: string}}}",
            "{type: object, properties: {id: {type: integer}, view: {type: string}}}",
        );
        let post = |author: &str| format!("{{type: object, properties: {{author: {author}}}}}");
        let root = run(
            "x-models: {User: [show_user], UserRef: [show_ref], Post: [get_post, send_post]},",
            &[
                ("show_user", long),
                ("show_ref", short),
                ("get_post", &post(long)),
                ("send_post", &post(short)),
            ],
        );
        assert_eq!(names(&root), ["Post", "User", "UserRef"]);
        let fields = |name: &str| -> Vec<String> {
            let component = &root["components"]["schemas"][name]["properties"];
            component.as_object().unwrap().keys().cloned().collect()
        };
        // The long form replaces both, and gains the field that only the short form has.
        assert_eq!(fields("User"), ["about", "id", "name", "view"]);
        assert_eq!(fields("UserRef"), ["id", "view"]);
        let author = &root["components"]["schemas"]["Post"]["properties"]["author"];
        assert_eq!(author["allOf"][0]["$ref"], "#/components/schemas/User");
    }

    #[test]
    fn keeps_what_earlier_documents_contained() {
        let pinned = "x-codegen-pinned: {answers: {get_fan: Person, list_fans: 'Person[]', get_none: Person, get_old: Old},
            types: {Person: {fields: {id: integer, price: number, at: timestamp, last: Old, tags: 'string[]', said: string, more: unknown}},
                Old: {tag: T, fields: {when: timestamp}}}},";
        let root = run(
            pinned,
            &[
                (
                    "get_fan",
                    "{type: object, properties: {id: {type: string}, price: {type: integer}, at: {type: string}, last: {x-unknown: only null was seen},
                        tags: {type: array, items: {}, x-unknown: only empty lists were seen}, said: {type: string, format: date-time}, more: {type: integer}}}",
                ),
                (
                    "list_fans",
                    "{type: array, items: {type: object, properties: {id: {type: integer}, new_one: {type: boolean}}}}",
                ),
                ("get_none", "{x-unknown: not documented}"),
            ],
        );
        assert_eq!(names(&root), ["Old", "Person"]);
        let inferred: crate::Names = serde_json::from_value(root[super::INFERRED].clone()).unwrap();
        let fields = &inferred.types["Person"].fields;
        let expected = [
            ("at", "timestamp"),
            ("id", "any"),
            ("last", "Old"),
            ("more", "integer"),
            ("new_one", "boolean"),
            ("price", "number"),
            ("said", "string"),
            ("tags", "string[]"),
        ];
        let found: Vec<_> = fields
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(inferred.answers["get_none"], "Person");
        assert_eq!(inferred.types["Old"].fields["when"], "timestamp");
        assert_eq!(inferred.types["Old"].tag.as_deref(), Some("T"));
    }

    #[test]
    fn the_overlay_merges_an_object_and_its_short_form() {
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
