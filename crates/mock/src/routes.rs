//! What the stand-in answers by itself.

use serde_json::json;

use crate::{MockReply, Recorded};

/// The answer of a route; `None` where no route fits.
///
/// The one postback is the document's own published example.
#[must_use]
pub fn answer(request: &Recorded) -> Option<MockReply> {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/api/smart-link-postbacks/123") => Some(MockReply::json(200, &postback())),
        _ => None,
    }
}

fn postback() -> serde_json::Value {
    json!({
        "data": {
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
        },
        "_meta": {
            "_credits": {"used": 0, "balance": 999_999, "note": "Free endpoint"},
            "_cache": {"is_cached": false, "note": "Cache disabled for this endpoint"}
        }
    })
}
