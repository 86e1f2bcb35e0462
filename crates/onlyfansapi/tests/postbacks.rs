//! The handle of Smart Link postbacks, over real loopback HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use common::start;
use onlyfansapi::{
    CallOptions, ConversionType, Decode, ErrorKind, PostbackMethod, PostbackSpec, SmartLinkScope,
};
use onlyfansapi_mock::MockReply;
use serde_json::json;

#[tokio::test]
async fn from_creation_to_deletion() {
    let (server, client) = start().await;
    let postbacks = client.smart_link_postbacks();
    let spec = PostbackSpec::global(
        "https://e.com/?c={external_click_id}",
        [
            ConversionType::NewSubscriber,
            ConversionType::Other("new_thing".into()),
        ],
    )
    .method(PostbackMethod::Post)
    .body("{\"v\":\"{amount_gross}\"}")
    .header("X-A", "{gclid}");
    let created = postbacks.create(&spec).await.unwrap();
    let id = created.id.unwrap();
    assert_eq!(
        (created.status().as_u16(), created.http_method.as_ref()),
        (200, Some(&PostbackMethod::Post))
    );
    assert_eq!(
        created.conversion_types.as_ref().unwrap()[1],
        ConversionType::Other("new_thing".into())
    );
    assert_eq!(
        server.requests().last().unwrap().json(),
        json!({"url": "https://e.com/?c={external_click_id}", "smart_link_scope": "global", "conversion_types": ["new_subscriber", "new_thing"],
            "http_method": "POST", "body": "{\"v\":\"{amount_gross}\"}", "headers": [{"name": "X-A", "value": "{gclid}"}]})
    );

    let shown = postbacks.show(id).await.unwrap();
    assert_eq!(
        shown.url.as_deref(),
        Some("https://e.com/?c={external_click_id}")
    );
    assert_eq!(shown.credits().unwrap().balance, 1_000_000);
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
        (deleted.status().as_u16(), deleted.has_data()),
        (204, false)
    );
    assert!(postbacks.show(id).await.unwrap_err().is_not_found());
    assert!(postbacks.delete(id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn every_input_fault_is_found_before_sending_and_told_at_once() {
    let (server, client) = start().await;
    let million = "x".repeat(1_000_000);
    let one = || [ConversionType::NewSubscriber];
    let url = "https://e.com";
    let link = |url: &str| PostbackSpec::global(url, one());
    for (spec, faults) in [
        (link(""), vec!["`url` is empty"]),
        (
            link("no url"),
            vec!["`url` contains a blank or a control character"],
        ),
        (link("nourl"), vec!["`url` is not a URL"]),
        (
            link("ftp://e.com"),
            vec!["`url` must begin with http:// or https://"],
        ),
        (
            PostbackSpec::global(url, []),
            vec!["`conversion_types` needs at least one type"],
        ),
        (
            PostbackSpec::global(url, [ConversionType::from("")]),
            vec!["`conversion_types` has an empty type"],
        ),
        (
            PostbackSpec::for_links(url, one(), [""; 0]),
            vec!["`smart_link_ids` needs at least one id when the scope is `campaign_specific`"],
        ),
        (
            PostbackSpec::for_links(url, one(), ["01J", " "]),
            vec!["`smart_link_ids` has an empty id"],
        ),
        (
            link(url).body("{}"),
            vec!["`body` is a template for the method POST only"],
        ),
        (
            link(url).body("{}").method(PostbackMethod::Get),
            vec!["`body` is a template for the method POST only"],
        ),
        (
            link(url).method(PostbackMethod::from("PUT")),
            vec!["`http_method` must be one of `GET`, `POST`"],
        ),
        (
            link(url).header("", "v"),
            vec!["`headers[0].name` is empty"],
        ),
        (
            link(url).header("A", "v").header("a b", "v"),
            vec!["`headers[1].name` has a character that a header's name cannot have"],
        ),
        (
            link(url).header("a".repeat(101), "v"),
            vec!["`headers[0].name` has 101 characters; at most 100 are allowed"],
        ),
        (
            link(url).header("A", "a\r\nB: c"),
            vec!["`headers[0].value` has a line break or another control character"],
        ),
        (
            link(url).header("A", million),
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
                "`body` is a template for the method POST only",
                "`headers[0].name` is empty",
            ],
        ),
    ] {
        let postbacks = client.smart_link_postbacks();
        let mut errors = vec![postbacks.create(&spec).await.unwrap_err()];
        // An update without a method keeps the one that there is, which may be POST.
        let rule = "`body` is a template for the method POST only";
        if !faults.contains(&rule) || format!("{spec:?}").contains("method: Some") {
            errors.push(postbacks.update(123, &spec).await.unwrap_err());
        }
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::NeverBuilt);
            assert_eq!(
                error
                    .faults()
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
                faults
            );
            assert_eq!(error.to_string().lines().count(), 1);
            assert!(error.to_string().len() < 1_000, "{error}");
        }
    }
    assert!(server.requests().is_empty());
    let with_body = client
        .smart_link_postbacks()
        .update(123, &link(url).body("{}"))
        .await
        .unwrap();
    assert_eq!(with_body.http_method, Some(PostbackMethod::Post));
    // At the limit, and a megabyte where no limit is documented.
    let spec = link(url)
        .header("a".repeat(100), "v".repeat(2_000))
        .method(PostbackMethod::Post)
        .body("x".repeat(1_000_000));
    assert!(client.smart_link_postbacks().create(&spec).await.is_ok());
}

#[tokio::test]
async fn what_the_type_does_not_know_is_kept() {
    let (server, client) = start().await;
    let answer = json!({"data": {"id": "7", "http_method": "PURGE", "smart_link_scope": "team", "conversion_types": ["x", null], "headers": [], "new_field": [1],
        "latest_response": {"id": 1, "conversion_type": "new_subscriber", "status_code": 200, "succeeded": true}}});
    server.reply_at(
        "GET",
        "/api/smart-link-postbacks/7",
        MockReply::json(200, &answer),
    );
    let postback = client.smart_link_postbacks().show(7).await.unwrap();
    assert_eq!(
        (postback.id, postback.http_method.as_ref().unwrap().as_str()),
        (Some(7), "PURGE")
    );
    assert_eq!(
        postback.smart_link_scope,
        Some(SmartLinkScope::Other("team".into()))
    );
    assert_eq!(
        postback.latest_response.as_ref().unwrap().succeeded,
        Some(true)
    );
    let drift: Vec<_> = postback.drift().iter().map(ToString::to_string).collect();
    assert_eq!(
        drift,
        [
            "/data/id: expected an integer, found a text; converted",
            "/data/conversion_types/1: expected a text, found null; left out"
        ]
    );
    assert_eq!(postback.original(&postback.drift()[0]), Some(json!("7")));
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(postback.raw()).unwrap(),
        answer
    );

    let strict = client
        .smart_link_postbacks()
        .with(CallOptions::new().decode(Decode::Strict));
    let error = strict.show(7).await.unwrap_err();
    assert!(error.is_unreadable());
    assert_eq!(
        (error.drift().len(), error.body().unwrap().len()),
        (2, answer.to_string().len())
    );
    assert_eq!(
        error.to_string(),
        "showSmartLinkPostback: answered with 200 OK, but 2 of its places do not fit their types, and decoding is strict; the first is /data/id: expected an integer, found a text; converted"
    );
}
