//! Tests `Client::smart_link_postbacks` over HTTP on loopback.

use onlyfansapi::api::types::{ConversionType, PostbackMethod, SmartLinkScope};
use onlyfansapi::{CallOptions, Decode, ErrorKind, PostbackSpec};
use onlyfansapi_mock::MockReply;
use serde_json::json;

use crate::common::start;

#[tokio::test]
async fn creates_retrieves_lists_updates_and_deletes() {
    let (server, client) = start().await;
    let postbacks = client.smart_link_postbacks();
    let spec = PostbackSpec::global(
        "https://e.com/?c={external_click_id}",
        [
            ConversionType::NewSubscriber,
            ConversionType::from("new_thing"),
        ],
    )
    .method(PostbackMethod::Post)
    .body("{\"v\":\"{amount_gross}\"}")
    .header("X-A", "{gclid}");
    let created = postbacks.create(&spec).await.unwrap();
    let id = created.id.unwrap();
    assert_eq!(
        (
            created.meta().status().as_u16(),
            created.http_method.as_ref()
        ),
        (200, Some(&PostbackMethod::Post))
    );
    assert_eq!(
        created.conversion_types.as_ref().unwrap()[1],
        ConversionType::from("new_thing")
    );
    assert_eq!(
        server.requests().last().unwrap().json(),
        json!({"url": "https://e.com/?c={external_click_id}", "smart_link_scope": "global", "conversion_types": ["new_subscriber", "new_thing"],
            "http_method": "POST", "body": "{\"v\":\"{amount_gross}\"}", "headers": [{"name": "X-A", "value": "{gclid}"}]})
    );

    let retrieved = postbacks.retrieve(id).await.unwrap();
    assert_eq!(
        retrieved.url.as_deref(),
        Some("https://e.com/?c={external_click_id}")
    );
    assert_eq!(retrieved.meta().credits().unwrap().balance, 1_000_000);
    assert_eq!(
        postbacks
            .list()
            .await
            .unwrap()
            .iter()
            .map(|p| p.id.unwrap())
            .collect::<Vec<_>>(),
        [123, id]
    );

    let spec = PostbackSpec::for_links(
        "https://e.com/q",
        [ConversionType::NewTransaction],
        ["01JTESTLINK000000000000001"],
    )
    .without_headers();
    let updated = postbacks.update(id, &spec).await.unwrap();
    assert_eq!(
        updated.smart_link_scope,
        Some(SmartLinkScope::CampaignSpecific)
    );
    assert_eq!(
        server.requests().last().unwrap().json(),
        json!({"url": "https://e.com/q", "smart_link_scope": "campaign_specific", "conversion_types": ["new_transaction"],
            "smart_link_ids": ["01JTESTLINK000000000000001"], "headers": []})
    );

    let deleted = postbacks.delete(id).await.unwrap();
    assert_eq!(
        (deleted.meta().status().as_u16(), deleted.meta().has_data()),
        (204, false)
    );
    assert!(postbacks.retrieve(id).await.unwrap_err().is_not_found());
    assert!(postbacks.delete(id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn reports_all_invalid_arguments_before_sending() {
    let (server, client) = start().await;
    let megabyte = "x".repeat(1_000_000);
    let types = || [ConversionType::NewSubscriber];
    let url = "https://e.com";
    let global = |url: &str| PostbackSpec::global(url, types());
    for (spec, expected) in [
        (global(""), vec!["`url` is empty"]),
        (
            global("no url"),
            vec!["`url` contains a space or a control character"],
        ),
        (global("nourl"), vec!["`url` is not a valid URL"]),
        (
            global("ftp://e.com"),
            vec!["`url` must start with http:// or https://"],
        ),
        (
            PostbackSpec::global(url, []),
            vec!["`conversion_types` needs at least one type"],
        ),
        (
            PostbackSpec::global(url, [ConversionType::from("")]),
            vec!["`conversion_types` contains an empty type"],
        ),
        (
            PostbackSpec::for_links(url, types(), [""; 0]),
            vec!["`smart_link_ids` needs at least one id when the scope is `campaign_specific`"],
        ),
        (
            PostbackSpec::for_links(url, types(), ["01J", " "]),
            vec!["`smart_link_ids` contains an empty id"],
        ),
        (
            global(url).body("{}"),
            vec!["`body` requires the method POST"],
        ),
        (
            global(url).body("{}").method(PostbackMethod::Get),
            vec!["`body` requires the method POST"],
        ),
        (
            global(url).method(PostbackMethod::from("PUT")),
            vec!["`http_method` must be one of `GET`, `POST`"],
        ),
        (
            global(url).header("", "v"),
            vec!["`headers[0].name` is empty"],
        ),
        (
            global(url).header("A", "v").header("a b", "v"),
            vec!["`headers[1].name` contains characters that a header name cannot have"],
        ),
        (
            global(url).header("a".repeat(101), "v"),
            vec!["`headers[0].name` has 101 characters; at most 100 are allowed"],
        ),
        (
            global(url).header("A", "a\r\nB: c"),
            vec!["`headers[0].value` contains a line break or another control character"],
        ),
        (
            global(url).header("A", megabyte),
            vec!["`headers[0].value` has 1000000 characters; at most 2000 are allowed"],
        ),
        (
            PostbackSpec::for_links("", [], [""; 0])
                .body("b")
                .header("", "v"),
            vec![
                "`url` is empty",
                "`conversion_types` needs at least one type",
                "`smart_link_ids` needs at least one id when the scope is `campaign_specific`",
                "`body` requires the method POST",
                "`headers[0].name` is empty",
            ],
        ),
    ] {
        let postbacks = client.smart_link_postbacks();
        let mut errors = vec![postbacks.create(&spec).await.unwrap_err()];
        // An update without a method keeps the postback's method, which may be POST.
        let method_rule = "`body` requires the method POST";
        if !expected.contains(&method_rule) || format!("{spec:?}").contains("method: Some") {
            errors.push(postbacks.update(123, &spec).await.unwrap_err());
        }
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::NeverBuilt);
            assert_eq!(
                error
                    .invalid_arguments()
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
                expected
            );
            assert_eq!(error.to_string().lines().count(), 1);
            assert!(error.to_string().len() < 1_000, "{error}");
        }
    }
    assert!(server.requests().is_empty());
    let with_body = client
        .smart_link_postbacks()
        .update(123, &global(url).body("{}"))
        .await
        .unwrap();
    assert_eq!(with_body.http_method, Some(PostbackMethod::Post));
    // Values at the documented limits are accepted, and so is a body of 1 MB: its size has no documented limit.
    let spec = global(url)
        .header("a".repeat(100), "v".repeat(2_000))
        .method(PostbackMethod::Post)
        .body("x".repeat(1_000_000));
    assert!(client.smart_link_postbacks().create(&spec).await.is_ok());
}

#[tokio::test]
async fn keeps_unknown_values_and_fields() {
    let (server, client) = start().await;
    let body = json!({"data": {"id": "7", "http_method": "PURGE", "smart_link_scope": "team", "conversion_types": ["x", null], "headers": [], "new_field": [1],
        "latest_response": {"id": 1, "conversion_type": "new_subscriber", "status_code": 200, "succeeded": true}}});
    server.reply_at(
        "GET",
        "/api/smart-link-postbacks/7",
        MockReply::json(200, &body),
    );
    let postback = client.smart_link_postbacks().retrieve(7).await.unwrap();
    assert_eq!(
        (postback.id, postback.http_method.as_ref().unwrap().as_str()),
        (Some(7), "PURGE")
    );
    assert_eq!(
        postback.smart_link_scope,
        Some(SmartLinkScope::from("team"))
    );
    assert_eq!(
        postback.latest_response.as_ref().unwrap().succeeded,
        Some(true)
    );
    let drift: Vec<_> = postback
        .meta()
        .drift()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        drift,
        [
            "/data/id: expected an integer, found a string; converted",
            "/data/conversion_types/1: expected a string, found null; left out"
        ]
    );
    assert_eq!(
        postback.meta().original(&postback.meta().drift()[0]),
        Some(json!("7"))
    );
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(postback.meta().body()).unwrap(),
        body
    );

    let strict = client
        .smart_link_postbacks()
        .with(CallOptions::new().decode(Decode::Strict));
    let error = strict.retrieve(7).await.unwrap_err();
    assert!(error.is_unreadable());
    assert_eq!(
        (error.drift().len(), error.body().unwrap().len()),
        (2, body.to_string().len())
    );
    assert_eq!(
        error.to_string(),
        "showSmartLinkPostback: responded with 200 OK, but 2 of its values do not match their types, and decoding is strict; the first is /data/id: expected an integer, found a string; converted"
    );
}
