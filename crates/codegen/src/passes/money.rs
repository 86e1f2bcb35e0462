//! Types monetary amounts as numbers, even if the example is an integer.
//!
//! Before: `regularPrice: {type: integer}`, because the sampled price is 0. After: `number`. A response field is a
//! monetary amount if its name ends in one of `WORDS`.

use heck::ToSnakeCase;

use crate::Report;
use crate::walk::{Role, Side, schemas};

use serde_json::Value;

/// Words that end the names of monetary amounts. `summ` is the service's spelling.
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
    schemas(root, |schema, context| {
        let name = context
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
        if (context.side, context.role) == (Side::Response, Role::Property)
            && is_money
            && schema["type"] == "integer"
        {
            schema["type"] = "number".into();
            report.note(
                context.at,
                Some(context.operation),
                "integer -> number: the name denotes a monetary amount",
            );
        }
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn prices_become_numbers_and_counts_stay_integers() {
        let (root, lines) = crate::passes::test_run(
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
        assert_eq!(lines.len(), 2);
    }
}
