//! Replaces schemas that have a special meaning with types from `onlyfansapi-core`.
//!
//! Before: `type: string, format: date-time` in a response, items of type `file[]|string` in a request, a file as the
//! whole response. After: references to `Timestamp`, `MediaRef` and `Blob`, which the generator takes from
//! `onlyfansapi-core`. All other formats are removed: the generator would map each to a type from another crate.

use serde_json::{Value, json};

use super::type_words::MEDIA_REFERENCE;
use crate::walk::{Role, Side, operations, schema_tree, top_schemas};
use crate::{Pointer, Report};

/// The core types that replace components: the name, and a phrase that completes "must be …".
pub(crate) const CORE_TYPES: [(&str, &str); 4] = [
    ("Timestamp", "a timestamp"),
    ("MediaRef", "a media ID (a number or a string)"),
    ("Blob", "a file"),
    ("Location", "a redirect target"),
];

/// Formats of responses that are not JSON.
pub(super) const BLOB: &str = "blob";
pub(super) const LOCATION: &str = "location";

pub(super) fn run(root: &mut Value, _: &mut Report) {
    let mut used = [false; 4];
    let mut visit = |schema: &mut Value, _: &crate::walk::SchemaContext<'_>| {
        let which = match schema["format"].as_str() {
            Some("date-time") => 0,
            Some(MEDIA_REFERENCE) => 1,
            Some(BLOB) => 2,
            Some(LOCATION) => 3,
            None => return,
            Some(_) => {
                if let Some(members) = schema.as_object_mut() {
                    members.shift_remove("format");
                }
                return;
            }
        };
        used[which] = true;
        let reference = json!({"$ref": format!("#/components/schemas/{}", CORE_TYPES[which].0)});
        let mut replaced = if schema["nullable"] == true {
            json!({"allOf": [reference], "nullable": true})
        } else {
            reference
        };
        for key in ["description", super::NULL_IS_A_VALUE] {
            if let (Some(value), true) = (schema.get(key), replaced.get("allOf").is_some()) {
                replaced[key] = value.clone();
            }
        }
        *schema = replaced;
    };
    let at = Pointer::root();
    for component in root["components"]["schemas"]
        .as_object_mut()
        .into_iter()
        .flat_map(|components| components.values_mut())
    {
        schema_tree(component, Side::Response, Role::Top, &at, "", &mut visit);
    }
    operations(root, |operation| {
        top_schemas(operation.members, &operation.at, |schema, side, at| {
            schema_tree(schema, side, Role::Top, at, &operation.id, &mut visit);
        });
    });
    for ((name, description), used) in CORE_TYPES.iter().zip(used) {
        if used {
            root["components"]["schemas"][name] =
                json!({"type": "string", "description": description});
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn times_and_media_become_core_types() {
        let (root, _) = crate::passes::test_run(
            "core-types",
            "components: {schemas: {Fan: {type: object, properties: {seen_at: {type: string, format: date-time, nullable: true}, mail: {type: string, format: email}}}}}
paths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: array, items: {type: string, format: media-reference}}}}}}}}",
        );
        let fan = &root["components"]["schemas"]["Fan"]["properties"];
        assert_eq!(
            fan["seen_at"],
            json!({"allOf": [{"$ref": "#/components/schemas/Timestamp"}], "nullable": true})
        );
        assert_eq!(fan["mail"], json!({"type": "string"}));
        assert_eq!(
            root["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"]["items"],
            json!({"$ref": "#/components/schemas/MediaRef"})
        );
    }
}
