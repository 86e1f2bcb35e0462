//! Calls one operation of every tag over HTTP on loopback. Checks request line, query, headers, body and typed reply.

use std::collections::BTreeSet;

use onlyfansapi::Meta;
use onlyfansapi::api::operations;
use onlyfansapi_mock::{API_KEY, MockReply, MockServer};
use serde_json::{Value, json};

use crate::common::start;

/// Sends one call, checks the request that the mock server received, and evaluates to the reply.
macro_rules! call {
    ($t:ident, $tag:literal, $line:literal, query $query:expr, body $body:expr, response $response:expr, $call:expr) => {{
        let expected = Expected {
            tag: $tag,
            line: $line,
            query: $query.to_vec(),
            body: $body,
            response: $response,
        };
        $t.prepare(&expected);
        let reply = $call
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", $line));
        $t.check(&expected, reply.meta());
        reply
    }};
}

/// The request that a call must send, and the response to it.
struct Expected {
    tag: &'static str,
    /// The method and the path.
    line: &'static str,
    query: Vec<(&'static str, &'static str)>,
    body: Value,
    response: Value,
}

/// The mock server, and the tags that were tested.
struct Context {
    server: MockServer,
    tags: BTreeSet<&'static str>,
    /// The number of requests that were checked.
    checked: usize,
}

impl Context {
    fn prepare(&self, expected: &Expected) {
        let (method, path) = expected.line.split_once(' ').unwrap();
        self.server
            .reply_at(method, path, MockReply::json(200, &expected.response));
    }

    fn check(&mut self, expected: &Expected, meta: &Meta) {
        let line = expected.line;
        let requests = self.server.requests();
        assert_eq!(requests.len(), self.checked + 1, "{line}");
        let request = &requests[self.checked];
        self.checked += 1;
        assert_eq!(format!("{} {}", request.method, request.path), line);
        let pairs = request.query_pairs();
        let mut pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut query = expected.query.clone();
        // The order of query parameters is not significant.
        pairs.sort_unstable();
        query.sort_unstable();
        assert_eq!(pairs, query, "{line}");
        let body = &expected.body;
        assert_eq!(request.json(), *body, "{line}");
        assert_eq!(request.body.is_empty(), body.is_null(), "{line}");
        let content_type = if body.is_null() {
            ""
        } else {
            "application/json"
        };
        assert_eq!(request.header("content-type"), content_type, "{line}");
        assert_eq!(
            request.header("authorization"),
            format!("Bearer {API_KEY}"),
            "{line}"
        );
        assert_eq!(request.header("accept"), "application/json", "{line}");
        assert!(
            request
                .header("user-agent")
                .starts_with("onlyfansapi-rust/"),
            "{line}"
        );
        assert!(!request.headers.contains_key("api-version"), "{line}");
        assert_eq!(
            meta.body().as_ref(),
            expected.response.to_string().as_bytes(),
            "{line}"
        );
        let tag = expected.tag;
        assert!(self.tags.insert(tag), "tag {tag} is tested twice");
    }
}

#[tokio::test]
async fn calls_one_operation_of_every_tag() {
    let (server, client) = start().await;
    let api = client.api();
    let mut t = Context {
        server,
        tags: BTreeSet::new(),
        checked: 0,
    };
    call_first_half(&mut t, api).await;
    call_second_half(&mut t, api).await;
    let all: BTreeSet<_> = operations::ALL
        .iter()
        .map(|operation| operation.tag)
        .collect();
    assert_eq!(all.len(), 54);
    assert_eq!(t.tags, all);
}

fn ok() -> Value {
    json!({"data": {"success": true}, "_meta": {"_credits": {"used": 1, "balance": 9}}})
}

async fn call_first_half(t: &mut Context, api: &onlyfansapi::api::Api) {
    let r = call!(t, "API Keys", "GET /api/whoami", query [], body Value::Null, response json!({"team": {"name": "T", "slug": "t"}}), api.whoami());
    assert_eq!(r.team.as_ref().unwrap().slug.as_deref(), Some("t"));

    let r = call!(t, "Account", "GET /api/acct_1/me/model-start-date", query [], body Value::Null, response json!({"data": {"startDate": "2020-01-01"}}), api.get_model_start_date().account("acct_1"));
    assert_eq!(r.start_date.as_deref(), Some("2020-01-01"));

    let r = call!(
        t, "Analytics - Financial", "POST /api/analytics/financial/transactions/by-type", query [],
        body json!({"account_ids": ["a", "b"], "start_date": "2026-01-01", "end_date": "2026-02-01"}),
        response json!([{"type": "tips", "count": 2, "total": 3.5}]),
        api.get_transactions_by_type().account_ids(["a", "b"]).start_date("2026-01-01").end_date("2026-02-01")
    );
    assert_eq!((r[0].count, r[0].total), (Some(2), Some(3.5)));

    let r = call!(t, "Analytics - Summary", "POST /api/analytics/summary/historical", query [], body json!({}), response json!([{"period": "2024-01", "value": 8000}]), api.get_historical_performance());
    assert_eq!(r[0].value, Some(8000.0));

    let r = call!(t, "Banking", "GET /api/acct_1/banking/countries", query [], body Value::Null, response json!({"data": [{"id": 1, "code": "NO", "canPay": true}]}), api.list_countries().account("acct_1"));
    assert_eq!(r[0].code.as_deref(), Some("NO"));

    let r = call!(
        t, "Chargebacks", "GET /api/acct_1/chargebacks/ratio", query [("end_date", "2026-02-01 00:00:00"), ("start_date", "2026-01-01 00:00:00")], body Value::Null,
        response json!({"data": {"chargebacksRatio": 0.5}}),
        api.calculate_chargeback_ratio().account("acct_1").start_date("2026-01-01 00:00:00").end_date("2026-02-01 00:00:00")
    );
    assert_eq!(r.chargebacks_ratio, Some(0.5));

    let r = call!(t, "Chat Messages", "GET /api/acct_1/chats/7/messages/search", query [("query", "a&b=c é")], body Value::Null, response json!({"data": [5, 6]}), api.search_chat_messages().account("acct_1").chat_id(7).query("a&b=c é"));
    assert_eq!(*r.into_inner(), [5, 6]);

    let r = call!(t, "Chats", "DELETE /api/acct_1/chats/a%2Fb%20c", query [], body Value::Null, response ok(), api.delete_chat().account("acct_1").chat_id("a/b c"));
    assert_eq!(r.success, Some(true));

    let r = call!(
        t, "Client Sessions", "POST /api/client-sessions", query [], body json!({"display_name": "N", "client_reference_id": "ref"}),
        response json!({"data": {"token": "ofapi_cs_x"}}),
        api.create_client_session().display_name("N").client_reference_id("ref")
    );
    assert_eq!(r.token.as_deref(), Some("ofapi_cs_x"));

    let r = call!(t, "Connect OnlyFans Account", "PUT /api/authenticate/auth_1", query [], body json!({"code": "123456"}), response json!({"message": "ok"}), api.submit_2fa().attempt_id("auth_1").code("123456"));
    assert_eq!(r.message.as_deref(), Some("ok"));

    let r = call!(t, "Data Exports", "POST /api/data-exports/9/start", query [], body Value::Null, response json!({"data": {"id": "9", "status": "pending"}}), api.start_data_export().data_export_id(9));
    assert_eq!(r.status.as_deref(), Some("pending"));

    let r = call!(
        t, "Engagement / Messages", "GET /api/acct_1/engagement/messages/mass-messages/chart", query [("withTotal", "1")], body Value::Null,
        response json!({"data": {"group_messages": {"total": 4}}}),
        api.mass_messages_chart().account("acct_1").with_total(true)
    );
    assert!(r.group_messages.is_some());

    let r = call!(
        t, "Fans", "GET /api/acct_1/fans/active", query [("filter[online]", "1"), ("filter[total_spent]", "100"), ("limit", "20")], body Value::Null,
        response json!({"data": {"hasMore": true, "list": [{"id": 5_000_000_000_i64}]}, "_pagination": {"next_page": "https://h/api/x?offset=20"}}),
        api.list_active_fans().account("acct_1").filter_online(1).filter_total_spent(100).limit(20)
    );
    assert_eq!(r.list.as_ref().unwrap()[0].id, Some(5_000_000_000));
    assert_eq!(
        r.meta().pagination().unwrap().next_page.as_deref(),
        Some("https://h/api/x?offset=20")
    );

    let r = call!(t, "Fans - AI Summary", "POST /api/acct_1/fans/5/summary", query [], body json!({"regenerate": true}), response json!({"status": "pending", "message": "m"}), api.generate_fan_summary().account("acct_1").fan_id(5).regenerate(true));
    assert_eq!(r.status.as_deref(), Some("pending"));

    let r = call!(t, "Following", "GET /api/acct_1/following/all", query [("filter[online]", "0"), ("filter[paid]", "1")], body Value::Null, response json!({"data": {"hasMore": false, "list": []}}), api.list_all_followings().account("acct_1").filter_online(0).filter_paid(1));
    assert_eq!(r.has_more, Some(false));

    let r = call!(t, "Free Trial Links", "GET /api/acct_1/trial-links/3/cohort-arps", query [], body Value::Null, response json!({"anything": [1]}), api.get_free_trial_link_cohort_arps().account("acct_1").trial_link_id(3));
    assert_eq!(*r, json!({"anything": [1]}));

    let r = call!(t, "Giphy", "GET /api/acct_1/giphy/search", query [("q", "cat"), ("limit", "2")], body Value::Null, response json!({"data": [{"id": "g"}]}), api.search_gifs().account("acct_1").q("cat").limit(2));
    assert_eq!(r[0].id.as_deref(), Some("g"));

    let r = call!(t, "Link Tags", "GET /api/link-tags", query [], body Value::Null, response json!({"data": {"tags": ["a"]}}), api.list_all_link_tags());
    assert_eq!(r.tags.as_ref().unwrap().as_slice(), ["a"]);

    let r = call!(
        t, "Mass Messaging", "POST /api/acct_1/mass-messaging", query [], body json!({"text": "hi", "excludedLists": [], "lockedText": false}),
        response json!({"data": {"id": 8, "hasError": false}}),
        api.send_mass_message().account("acct_1").text("hi").excluded_lists(Vec::<String>::new()).locked_text(false)
    );
    assert_eq!(r.id, Some(8));

    let r = call!(t, "Media", "GET /api/acct_1/media/uploads/ofapi_media_1/status", query [], body Value::Null, response json!({"status": "failed", "prefixed_id": "ofapi_media_1", "error": "e", "credits_used": 3}), api.get_upload_status().account("acct_1").upload("ofapi_media_1"));
    assert_eq!(
        (r.status.as_deref(), r.credits_used),
        (Some("failed"), Some(3))
    );

    let r = call!(t, "Media Vault", "DELETE /api/acct_1/media/vault/delete-media", query [], body json!({"mediaIds": ["1", "2"]}), response ok(), api.delete_vault_media().account("acct_1").media_ids(["1", "2"]));
    assert_eq!(r.meta().credits().unwrap().balance, 9);

    let r = call!(t, "Media Vault Lists", "PUT /api/acct_1/media/vault/lists/4", query [], body json!({"name": "L"}), response json!({"data": {"id": 4}}), api.rename_vault_list().account("acct_1").list_id(4).name("L"));
    assert_eq!(r.id, Some(4));

    let r = call!(t, "Notifications", "GET /api/acct_1/notifications/tabs-order", query [], body Value::Null, response json!({"data": ["all", "tags"]}), api.get_notification_tabs_order().account("acct_1"));
    assert_eq!(r.len(), 2);

    let r = call!(t, "Payouts", "GET /api/acct_1/payouts/eligibility", query [], body Value::Null, response json!({"data": {"canReceiveManualPayout": true}}), api.get_eligibility().account("acct_1"));
    assert_eq!(r.can_receive_manual_payout, Some(true));

    let r = call!(t, "Post Comments", "DELETE /api/acct_1/posts/11/comments/12", query [], body Value::Null, response ok(), api.delete_post_comment().account("acct_1").post_id(11).comment_id(12));
    assert!(r.meta().has_data());

    let r = call!(t, "Post Labels", "POST /api/acct_1/posts/labels", query [], body json!({"name": "L"}), response json!({"data": {"id": 2, "posts": []}}), api.create_label().account("acct_1").name("L"));
    assert_eq!(r.id, Some(2));
}

async fn call_second_half(t: &mut Context, api: &onlyfansapi::api::Api) {
    let r = call!(t, "Posts", "POST /api/acct_1/posts/11/archive", query [("private_archive", "0")], body Value::Null, response json!({"data": {"counters": {}}}), api.archive_post().account("acct_1").post_id(11).private_archive(false));
    assert!(r.counters.is_some());

    let r = call!(t, "Promotions", "POST /api/acct_1/promotions/6/stop", query [], body Value::Null, response ok(), api.stop_promotion().account("acct_1").promotion_id(6));
    assert_eq!(r.success, Some(true));

    let r = call!(t, "Public Profiles", "GET /api/profiles/user.name", query [("fresh", "1")], body Value::Null, response json!({"data": {"id": 1, "about": null}}), api.get_profile_details().username("user.name").fresh(true));
    assert_eq!((r.id, r.about.as_deref()), (Some(1), None));

    let r = call!(
        t, "Queue", "GET /api/acct_1/queue", query [("timezone", "Europe/Oslo"), ("publishDateStart", "2026-01-01"), ("publishDateEnd", "2026-01-02"), ("type[]", "chat"), ("type[]", "post")], body Value::Null,
        response json!({"data": {"list": []}}),
        api.list_queue_items().account("acct_1").type_(["chat", "post"]).timezone("Europe/Oslo").publish_date_start("2026-01-01").publish_date_end("2026-01-02")
    );
    assert!(r.meta().has_data());

    let r = call!(t, "Release Forms", "PATCH /api/acct_1/release-forms/rename", query [], body json!({"entityId": 3, "name": "N"}), response json!({"data": {"id": 3, "success": true}}), api.rename_release_form().account("acct_1").entity_id(3).name("N"));
    assert_eq!(r.id, Some(3));

    let r = call!(
        t, "Saved For Later (Messages)", "PATCH /api/acct_1/saved-for-later/messages/settings/enable-or-update-automatic-messaging", query [], body json!({"period": 24}),
        response json!({"data": {"period": 24}}),
        api.enable_update_automatic_messaging().account("acct_1").period(24)
    );
    assert_eq!(r.period, Some(24));

    let r = call!(t, "Saved For Later (Posts)", "PATCH /api/acct_1/saved-for-later/posts/settings/disable-automatic-posting", query [], body Value::Null, response json!({"data": []}), api.disable_automatic_posting().account("acct_1"));
    assert!(r.is_empty());

    let r = call!(t, "Settings", "POST /api/acct_1/settings/username-exists", query [], body json!({"username": "u"}), response json!({"data": {"success": false}}), api.check_username_availability().account("acct_1").username("u"));
    assert_eq!(r.success, Some(false));

    let r = call!(t, "Shared Free Trial Links", "DELETE /api/acct_1/shared-trial-links/5/tags", query [], body json!({"tags": ["x"]}), response json!({"data": {"tags": []}}), api.remove_shared_free_trial_link_tags().account("acct_1").shared_trial_link_id(5).tags(["x"]));
    assert!(r.tags.as_ref().unwrap().is_empty());

    let r = call!(t, "Shared Tracking Links", "GET /api/acct_1/shared-tracking-links/5/tags", query [], body Value::Null, response json!({"data": {"tags": ["x"]}}), api.list_shared_tracking_link_tags().account("acct_1").shared_tracking_link_id(5));
    assert_eq!(r.tags.as_ref().unwrap().as_slice(), ["x"]);

    let r = call!(
        t, "Smart Link Postbacks", "POST /api/smart-link-postbacks", query [],
        body json!({"url": "https://e.com/{click_id}", "smart_link_scope": "global", "conversion_types": ["new_subscriber"], "http_method": "GET"}),
        response json!({"data": {"id": 124, "smart_link_scope": "global"}}),
        api.create_smart_link_postback().url("https://e.com/{click_id}").smart_link_scope("global").conversion_types(["new_subscriber"]).http_method("GET")
    );
    assert_eq!(r.id, Some(124));

    let r = call!(t, "Smart Links", "GET /api/smart-links", query [("filter[tags][]", "a"), ("filter[tags][]", "b")], body Value::Null, response json!({"data": [{"id": "01J", "name": "N"}]}), api.list_smart_links().filter_tags(["a", "b"]));
    assert_eq!(r[0].name.as_deref(), Some("N"));

    let r = call!(t, "Statistics", "GET /api/acct_1/statistics/total-transactions", query [], body Value::Null, response json!({"total_amount": 1.5, "total_transactions": 2}), api.calculate_total_transactions().account("acct_1"));
    assert_eq!((r.total_amount, r.total_transactions), (Some(1.5), Some(2)));

    let r = call!(
        t, "Stored Free Trial Links", "GET /api/acct_1/stored/trial-links", query [("filter[include_smart_links]", "1"), ("filter[search]", "s")], body Value::Null,
        response json!({"data": {"hasMore": false, "list": []}, "_pagination": {"next_page": null}}),
        api.list_stored_free_trial_links().account("acct_1").filter_include_smart_links(true).filter_search("s")
    );
    assert_eq!(r.meta().pagination().unwrap().next_page, None);

    let r = call!(t, "Stored Shared Free Trial Links", "GET /api/acct_1/stored/shared-trial-links", query [("limit", "1000")], body Value::Null, response json!({"data": {"hasMore": false}}), api.list_stored_shared_free_trial_links().account("acct_1").limit(1000));
    assert_eq!(r.has_more, Some(false));

    let r = call!(t, "Stored Shared Tracking Links", "GET /api/acct_1/stored/shared-tracking-links", query [("offset", "10")], body Value::Null, response json!({"data": {"hasMore": false}}), api.list_stored_shared_tracking_links().account("acct_1").offset(10));
    assert_eq!(r.has_more, Some(false));

    let r = call!(t, "Stored Tracking Links", "GET /api/acct_1/stored/tracking-links", query [("filter[tags][]", "a")], body Value::Null, response json!({"data": {"hasMore": true}}), api.list_stored_tracking_links().account("acct_1").filter_tags(["a"]));
    assert_eq!(r.has_more, Some(true));

    let r = call!(t, "Stories", "DELETE /api/acct_1/stories/3", query [], body Value::Null, response ok(), api.delete_story().account("acct_1").story_id(3));
    assert_eq!(r.success, Some(true));

    let r = call!(t, "Story Highlights", "PATCH /api/acct_1/stories/highlights/2/3", query [], body json!({"story_id": 3}), response ok(), api.add_story_to_highlight().account("acct_1").highlight_id(2).story_id(3).body_story_id(3));
    assert_eq!(r.success, Some(true));

    let r = call!(t, "Subscription Bundles", "POST /api/acct_1/bundles", query [("discount", "10"), ("duration", "3")], body Value::Null, response json!({"data": {"id": 1, "price": 12}}), api.create_bundle().account("acct_1").discount(10).duration(3));
    assert_eq!(r.id, Some(1));

    let r = call!(t, "Tracking Links", "GET /api/acct_1/tracking-links", query [("limit", "5"), ("synchronous", "1")], body Value::Null, response json!({"data": {"hasMore": false, "list": [{"id": 1}]}}), api.list_tracking_links().account("acct_1").limit(5).synchronous(true));
    assert_eq!(r.list.as_ref().unwrap().len(), 1);

    let r = call!(t, "Transactions", "GET /api/acct_1/transactions", query [("limit", "10"), ("marker", "17")], body Value::Null, response json!({"data": {"hasMore": true, "marker": 1, "nextMarker": 2}}), api.list_transactions().account("acct_1").limit(10).marker("17"));
    assert_eq!(r.next_marker, Some(2));

    let r = call!(t, "User List Collections", "POST /api/acct_1/user-lists/fans/users/9/pin", query [], body Value::Null, response ok(), api.pin_unpin_user_in_user_list().account("acct_1").user_list_id("fans").user_id(9));
    assert_eq!(r.success, Some(true));

    let r = call!(t, "Users", "DELETE /api/acct_1/users/9/subscribe", query [], body json!({"reason": "1"}), response json!({"data": {"success": true, "message": "m"}}), api.unsubscribe_from_user().account("acct_1").user_id(9).reason("1"));
    assert_eq!(r.message.as_deref(), Some("m"));

    let r = call!(t, "Webhooks", "POST /api/webhooks/wh_1/deliveries/7/redeliver", query [], body Value::Null, response json!({"data": {"delivery_id": 7, "event": "test-event"}}), api.redeliver_webhook_delivery().webhook_id("wh_1").delivery_id(7));
    assert_eq!(r.delivery_id, Some(7));

    let r = call!(t, "Banned Words", "GET /api/banned-words", query [("search", "x"), ("per_page", "50")], body Value::Null, response json!({"data": [{"word": "w"}], "links": {}, "meta": {"current_page": 1}}), api.list_banned_words().search("x").per_page(50));
    assert_eq!(r[0].word.as_deref(), Some("w"));

    let r = call!(t, "Blocked / Restricted Users", "GET /api/acct_1/users/blocked", query [("limit", "50"), ("query", "q")], body Value::Null, response json!({"data": {"hasMore": false, "nextOffset": 0}}), api.list_blocked_users().account("acct_1").limit(50).query("q"));
    assert_eq!(r.next_offset, Some(0));

    let r = call!(t, "Usage", "GET /api/usage/credits", query [("include_today", "1")], body Value::Null, response json!({"data": {"includes_today": true}}), api.get_credit_usage().include_today(true));
    assert_eq!(r.includes_today, Some(true));
}
