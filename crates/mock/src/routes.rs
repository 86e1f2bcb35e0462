//! What the stand-in answers by itself: Smart Link postbacks that can be made, listed, shown, changed
//! and deleted.
//!
//! Source: the document's five operations on `/api/smart-link-postbacks`; its published example is
//! the one postback that is there from the start, under the id 123.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{MockReply, Recorded};

const PATH: &str = "/api/smart-link-postbacks";
const FIELDS: [&str; 7] = [
    "url",
    "http_method",
    "body",
    "headers",
    "smart_link_scope",
    "conversion_types",
    "smart_link_ids",
];

/// The state of the stand-in.
#[derive(Debug)]
pub(crate) struct Routes {
    postbacks: BTreeMap<i64, Value>,
}

impl Default for Routes {
    fn default() -> Self {
        Self {
            postbacks: BTreeMap::from([(123, published())]),
        }
    }
}

impl Routes {
    /// The answer of a route; `None` where no route fits.
    pub(crate) fn answer(&mut self, request: &Recorded) -> Option<MockReply> {
        let rest = request.path.strip_prefix(PATH)?;
        let id = rest
            .strip_prefix('/')
            .map(|id| id.parse::<i64>().unwrap_or_default());
        Some(match (request.method.as_str(), rest, id) {
            ("GET", "", None) => data(200, self.postbacks.values().cloned().collect()),
            ("POST", "", None) => self.write(None, &request.json()),
            ("GET", _, Some(id)) => self
                .postbacks
                .get(&id)
                .map_or_else(not_found, |postback| data(200, postback.clone())),
            ("PATCH", _, Some(id)) if self.postbacks.contains_key(&id) => {
                self.write(Some(id), &request.json())
            }
            ("DELETE", _, Some(id)) if self.postbacks.remove(&id).is_some() => {
                MockReply::status(204)
            }
            ("PATCH" | "DELETE", _, Some(_)) => not_found(),
            _ => MockReply::json(
                405,
                &json!({"message": "The method is not supported for this route."}),
            ),
        })
    }

    /// Makes or changes a postback. The fields that are required are so on both, as documented.
    fn write(&mut self, id: Option<i64>, body: &Value) -> MockReply {
        let mut errors = Map::new();
        let mut require = |field: &str, is_there: bool| {
            if !is_there {
                errors.insert(
                    field.to_owned(),
                    json!([format!(
                        "The {} field is required.",
                        field.replace('_', " ")
                    )]),
                );
            }
        };
        let filled = |field: &str| {
            body[field]
                .as_array()
                .is_some_and(|items| !items.is_empty())
        };
        require(
            "url",
            body["url"].as_str().is_some_and(|url| !url.is_empty()),
        );
        require(
            "smart_link_scope",
            matches!(
                body["smart_link_scope"].as_str(),
                Some("global" | "campaign_specific")
            ),
        );
        require("conversion_types", filled("conversion_types"));
        require(
            "smart_link_ids",
            body["smart_link_scope"] != "campaign_specific" || filled("smart_link_ids"),
        );
        if let Some(first) = errors.values().next() {
            let message = first[0].clone();
            let body = json!({"error": "VALIDATION_ERROR", "message": message, "description": "The request parameters failed validation.", "errors": errors});
            return MockReply::json(422, &body);
        }
        let new_id =
            id.unwrap_or_else(|| self.postbacks.keys().last().map_or(123, |last| last + 1));
        let postback = self.postbacks.entry(new_id).or_insert_with(|| {
            json!({"id": new_id, "http_method": "GET", "body": null, "headers": [], "smart_link_ids": [], "latest_response": null, "created_at": "2026-02-01T10:00:00+00:00"})
        });
        for field in FIELDS {
            if let Some(value) = body.get(field) {
                postback[field] = value.clone();
            }
        }
        let ids = postback["smart_link_ids"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        postback["smart_links"] = ids.iter().map(|id| json!({"link_ulid": id, "name": "Smart Link", "account_display_name": "Creator Main", "account_prefixed_id": "acct_XXXXXXXX"})).collect();
        postback["updated_at"] = "2026-02-01T10:00:00+00:00".into();
        data(if id.is_some() { 200 } else { 201 }, postback.clone())
    }
}

fn data(status: u16, data: Value) -> MockReply {
    let meta = json!({
        "_credits": {"used": 0, "balance": 999_999, "note": "Free endpoint"},
        "_cache": {"is_cached": false, "note": "Cache disabled for this endpoint"}
    });
    MockReply::json(status, &json!({"data": data, "_meta": meta}))
}

fn not_found() -> MockReply {
    MockReply::json(404, &json!({"message": "No query results for this id."}))
}

/// The document's published example.
fn published() -> Value {
    json!({
        "id": 123,
        "url": "https://example.com/postback?click={click_id}&type={conversion_type}&gclid={gclid}",
        "http_method": "POST",
        "body": "{\"click_id\":\"{click_id}\",\"value\":\"{amount_gross}\"}",
        "headers": [{"name": "Authorization", "value": "Bearer token"}],
        "smart_link_scope": "campaign_specific",
        "conversion_types": ["new_subscriber", "new_transaction"],
        "smart_link_ids": ["01JTESTLINK000000000000001"],
        "smart_links": [{
            "link_ulid": "01JTESTLINK000000000000001",
            "name": "Instagram Bio Link",
            "account_display_name": "Creator Main",
            "account_prefixed_id": "acct_XXXXXXXX"
        }],
        "latest_response": null,
        "created_at": "2026-01-31T21:45:00+00:00",
        "updated_at": "2026-01-31T21:45:00+00:00"
    })
}
