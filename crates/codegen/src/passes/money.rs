//! Money is a number, also where the example was a whole one.
//!
//! Before: `regularPrice: {type: integer}` because the sampled price was 0. After: `number`. Fields of
//! answers count as money by the last word of their names.

use heck::ToSnakeCase;

use crate::Report;
use crate::walk::{Role, Side, schemas};

use serde_json::Value;

/// Last words of the names of money; `summ` is how the service spells it.
const WORDS: [&str; 14] = [
    "amount",
    "balance",
    "commission",
    "cost",
    "costs",
    "earnings",
    "fee",
    "gross",
    "net",
    "price",
    "revenue",
    "spent",
    "summ",
    "tax",
];

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, place| {
        let name = place
            .at
            .as_str()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_snake_case();
        let is_money = name
            .rsplit('_')
            .next()
            .is_some_and(|word| WORDS.contains(&word));
        if (place.side, place.role) == (Side::Response, Role::Property)
            && is_money
            && schema["type"] == "integer"
        {
            schema["type"] = "number".into();
            report.note(
                place.at,
                Some(place.operation),
                "integer -> number: money by its name",
            );
        }
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn prices_are_numbers_and_counts_stay() {
        let (root, told) = crate::passes::test_run(
            "money",
            "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: {type: object, properties: {regularPrice: {type: integer}, tipsSumm: {type: integer}, priceCount: {type: integer}, amount: {type: string}}}}}}}, parameters: [{in: query, name: price, schema: {type: integer}}]}}}",
        );
        let properties = &root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"]["properties"];
        let types: Vec<_> = ["regularPrice", "tipsSumm", "priceCount", "amount"]
            .iter()
            .map(|name| properties[name]["type"].as_str().unwrap())
            .collect();
        assert_eq!(types, ["number", "number", "integer", "string"]);
        assert_eq!(told.len(), 2);
    }
}
