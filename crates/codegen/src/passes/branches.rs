//! Overlapping branches are one schema with all fields.
//!
//! Before: `oneOf` with one branch for each example of a status, without discriminator; plain
//! decoding would take the first that fits and lose the fields of the others. After: the union of
//! the branches, in which every field has its place.

use serde_json::Value;

use super::union::union;
use crate::Report;
use crate::walk::schemas;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, place| {
        let Some((word, branches)) = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|word| {
            schema
                .get(word)?
                .as_array()
                .map(|branches| (word, branches.clone()))
        }) else {
            return;
        };
        let mut joined = branches
            .iter()
            .cloned()
            .reduce(|a, b| union(&a, &b))
            .unwrap_or_else(|| serde_json::json!({}));
        if let (Some(joined), Some(members)) = (joined.as_object_mut(), schema.as_object()) {
            for key in ["description", "nullable"] {
                if let Some(value) = members.get(key) {
                    joined.insert(key.to_owned(), value.clone());
                }
            }
        }
        let what = if joined.get("type").is_some() {
            "one schema with the fields of all"
        } else {
            "any value: they do not go together"
        };
        report.note(
            place.at,
            Some(place.operation),
            format!("`{word}` of {} branches -> {what}", branches.len()),
        );
        *schema = joined;
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn one_schema_has_the_fields_of_all_branches() {
        let (root, told) = crate::passes::test_run(
            "branches",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {oneOf: [{type: object, description: pending, properties: {id: {type: string}}}, {type: object, properties: {id: {type: string}, error: {type: string}}}]}}}}}}}}",
        );
        let schema = &root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        assert_eq!(
            *schema,
            json!({"type": "object", "properties": {"id": {"type": "string"}, "error": {"type": "string"}}})
        );
        assert!(told[0].ends_with("`oneOf` of 2 branches -> one schema with the fields of all"));
    }
}
