//! Every way in which a call can end, over real loopback HTTP, with status, headers and body kept.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use std::time::Duration;

use common::start;
use onlyfansapi::{CallOptions, Client, Error, ErrorKind, Reply};
use onlyfansapi_mock::{KEY, MockReply, WireServer};
use serde_json::json;

const PATH: &str = "/api/smart-link-postbacks/1";

type Postback = onlyfansapi::api::types::smart_link_postbacks::SmartLinkPostback;

async fn answered(reply: MockReply) -> Result<Reply<Postback>, Error> {
    let (server, client) = start().await;
    server.reply_at("GET", PATH, reply);
    client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
        .fetch()
        .await
}

#[tokio::test]
async fn a_422_is_an_error_with_its_message_and_fields() {
    let body = json!({"error": "VALIDATION_ERROR", "message": "The url field is required.", "errors": {"url": ["The url field is required."]}, "_meta": {"_credits": {"used": 0}}});
    let error = answered(MockReply::json(422, &body).header("x-request", "r1"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.status().unwrap(), 422);
    let api = error.api().unwrap();
    assert_eq!(api.code.as_deref(), Some("VALIDATION_ERROR"));
    assert_eq!(api.errors["url"], ["The url field is required."]);
    assert_eq!(error.headers().unwrap()["x-request"], "r1");
    assert_eq!(error.body().unwrap(), body.to_string().as_bytes());
    assert_eq!(
        error.to_string(),
        "showSmartLinkPostback: refused with 422 Unprocessable Entity VALIDATION_ERROR: The url field is required. (url: The url field is required.)"
    );
}

#[tokio::test]
async fn a_401_whose_error_is_a_sentence_keeps_the_sentence() {
    let (server, _) = start().await;
    let client = Client::builder()
        .key("another-key")
        .base_url(server.url())
        .build()
        .unwrap();
    let error = client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Refused, 401)
    );
    let api = error.api().unwrap();
    assert_eq!(api.code, None);
    assert!(
        api.message
            .as_deref()
            .unwrap()
            .starts_with("Unauthorized. Go to https://")
    );
    assert!(!format!("{error} {error:?}").contains("another-key"));
}

#[tokio::test]
async fn an_html_502_is_an_error_with_the_page_kept() {
    let error = answered(MockReply::status(502).body("text/html", "<html>Bad gateway</html>"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Refused, 502)
    );
    assert!(error.api().is_none());
    assert_eq!(error.body().unwrap(), b"<html>Bad gateway</html>");
    assert_eq!(
        error.to_string(),
        "showSmartLinkPostback: refused with 502 Bad Gateway and a page of HTML, so not by the service itself"
    );
}

#[tokio::test]
async fn an_empty_204_and_a_304_are_successes_without_value() {
    let reply = answered(MockReply::status(204)).await.unwrap();
    assert_eq!(
        (reply.status().as_u16(), reply.has_data(), reply.id),
        (204, false, None)
    );
    let reply = answered(
        MockReply::status(304)
            .header("etag", "\"x\"")
            .header("x-ofapi-credits-balance", "5"),
    )
    .await
    .unwrap();
    assert!(reply.is_not_modified() && !reply.has_data());
    assert_eq!(reply.headers()["etag"], "\"x\"");
    assert_eq!(reply.credits().unwrap().balance, 5);

    let (server, client) = start().await;
    server.reply_at("DELETE", PATH, MockReply::status(204));
    let reply = client
        .api()
        .delete_smart_link_postback()
        .postback_id(1)
        .fetch()
        .await
        .unwrap();
    assert_eq!(reply.status(), 204);
}

#[tokio::test]
async fn an_undocumented_201_is_a_success_of_the_same_type() {
    let reply = answered(MockReply::json(201, &json!({"data": {"id": 7}})))
        .await
        .unwrap();
    assert_eq!((reply.status().as_u16(), reply.id), (201, Some(7)));
}

#[tokio::test]
async fn a_redirect_is_an_error_that_names_the_host_only() {
    let error = answered(
        MockReply::status(302).header("location", "https://cdn.example.com/secret/path?sig=1"),
    )
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(
        error
            .to_string()
            .contains("a redirect to host cdn.example.com"),
        "{error}"
    );
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_truncated_body_is_unreadable_with_what_arrived() {
    let server = WireServer::start("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-kept: yes\r\ncontent-length: 100\r\n\r\n{\"data\":{\"id\":1").await.unwrap();
    let client = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    let error = client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Unreadable, 200)
    );
    assert_eq!(error.headers().unwrap()["x-kept"], "yes");
    assert_eq!(error.body().unwrap(), b"{\"data\":{\"id\":1");
    assert!(
        error
            .to_string()
            .contains("its body broke off after 15 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_whose_body_breaks_off_stays_a_refusal() {
    let server = WireServer::start(
        "HTTP/1.1 422 Unprocessable Entity\r\ncontent-length: 100\r\n\r\n{\"mess",
    )
    .await
    .unwrap();
    let client = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    let error = client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Refused, 422)
    );
    assert_eq!(error.body().unwrap(), b"{\"mess");
}

#[tokio::test]
async fn a_body_that_does_not_fit_names_the_place_and_no_value() {
    let sent = MockReply::json(
        200,
        &json!({"data": {"smart_links": [{"name": {"secret": 1}}]}}),
    );
    let reply = answered(sent).await.unwrap();
    assert_eq!(
        reply.drift()[0].to_string(),
        "/data/smart_links/0/name: expected a text, found an object; left out"
    );
    let error = answered(MockReply::json(200, &json!({"data": 5})))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert_eq!(
        error.to_string(),
        "showSmartLinkPostback: answered with 200 OK, but at /data it does not fit the type asked for, which wants an object there"
    );
    let error = answered(MockReply::status(200).body("application/json", "{\"data\": oops"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("its body is not JSON: broken at line 1 column 10"),
        "{error}"
    );
}

#[tokio::test]
async fn no_connection_is_never_sent_and_silence_is_maybe_sent() {
    let client = Client::builder()
        .key(KEY)
        .base_url(common::nobody())
        .build()
        .unwrap();
    let error = client.api().whoami().fetch().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NeverSent);
    assert!(!error.may_have_been_sent());

    let (server, client) = start().await;
    server.reply_at(
        "GET",
        "/api/whoami",
        MockReply::status(200).delay(Duration::from_secs(30)),
    );
    let options = CallOptions::new().timeout(Duration::from_millis(50));
    let error = client
        .api()
        .whoami()
        .with(options)
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert_eq!(
        error.to_string(),
        "whoami: no answer, and the request may have been sent: the time limit ran out"
    );
    assert_eq!(error.attempts(), 1);

    let server = WireServer::start("").await.unwrap();
    let client = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    assert_eq!(
        client.api().whoami().fetch().await.unwrap_err().kind(),
        ErrorKind::MaybeSent
    );
}

#[tokio::test]
async fn every_fault_of_the_arguments_is_told_and_nothing_is_sent() {
    let (server, client) = start().await;
    let error = client
        .api()
        .create_smart_link_postback()
        .smart_link_scope("global")
        .headers(Vec::<
            onlyfansapi::api::types::smart_link_postbacks::CreateSmartLinkPostbackBodyHeadersItem,
        >::new())
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NeverBuilt);
    let faults: Vec<_> = error
        .faults()
        .iter()
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(
        faults,
        [
            "`conversion_types` is required and was not set",
            "`url` is required and was not set"
        ]
    );
    for bad in ["", ".", ".."] {
        let error = client
            .api()
            .delete_chat()
            .account("acct_1")
            .chat_id(bad)
            .fetch()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.faults()[0].field.as_str()),
            (ErrorKind::NeverBuilt, "chat_id")
        );
    }
    let error = client
        .api()
        .show_smart_link_postback()
        .postback_id(u64::MAX)
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(
        error.faults()[0].to_string(),
        "`postback_id` must be an integer of 64 bits"
    );
    let options = CallOptions::new()
        .header("authorization", "Bearer x")
        .header("bad name", "x");
    let error = client
        .api()
        .whoami()
        .with(options)
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(error.faults().len(), 2);
    assert!(server.requests().is_empty());
}

/// Two calls at once on one client: each has its own options on the way in and its own status,
/// headers and bytes on the way out.
#[tokio::test]
async fn two_concurrent_calls_do_not_share_their_context() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        "/api/smart-link-postbacks/1",
        MockReply::json(200, &json!({"data": {"id": 1}}))
            .header("x-call", "one")
            .delay(Duration::from_millis(80)),
    );
    server.reply_at(
        "GET",
        "/api/smart-link-postbacks/2",
        MockReply::json(201, &json!({"data": {"id": 2}}))
            .header("x-call", "two")
            .delay(Duration::from_millis(20)),
    );
    let call = |id: i64, name: &'static str| {
        let options = CallOptions::new().header("x-option", name);
        // `'static` and `Send`: the future is spawned on another thread.
        tokio::spawn(
            client
                .api()
                .show_smart_link_postback()
                .postback_id(id)
                .with(options)
                .fetch(),
        )
    };
    let (one, two) = (call(1, "first"), call(2, "second"));
    let (one, two) = (one.await.unwrap().unwrap(), two.await.unwrap().unwrap());
    assert_eq!(
        (
            one.id,
            one.status().as_u16(),
            one.headers()["x-call"].as_bytes()
        ),
        (Some(1), 200, &b"one"[..])
    );
    assert_eq!(
        (
            two.id,
            two.status().as_u16(),
            two.headers()["x-call"].as_bytes()
        ),
        (Some(2), 201, &b"two"[..])
    );
    assert!(one.elapsed() >= Duration::from_millis(80));
    let option_of = |path: &str| {
        server
            .requests()
            .iter()
            .find(|r| r.path == path)
            .unwrap()
            .header("x-option")
            .to_owned()
    };
    assert_eq!(
        (
            option_of("/api/smart-link-postbacks/1").as_str(),
            option_of("/api/smart-link-postbacks/2").as_str()
        ),
        ("first", "second")
    );
}

#[test]
fn one_clear_line_for_a_client_that_cannot_be_made() {
    for (builder, expected) in [
        (
            Client::builder(),
            "no API key was given; one is made at https://app.onlyfansapi.com/api-keys",
        ),
        (Client::builder().key(""), "the API key is empty"),
        (
            Client::builder().key("a\nb"),
            "the API key contains a line break; was it read from a file without trimming?",
        ),
        (Client::builder().key("a b"), "the API key contains a blank"),
        (
            Client::builder().key("k").base_url("http://example.com"),
            "the base URL is plain http, which would show the key on the way; only loopback may be called so; it is a scheme and a host, such as https://app.onlyfansapi.com",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NeverBuilt);
        assert_eq!(error.to_string(), expected);
    }
}

/// A 200 that says no, wherever it says it.
#[tokio::test]
async fn a_refusal_in_an_answer_of_success_is_seen() {
    let (server, client) = start().await;
    for (body, expected) in [
        (json!({"data": {"success": true}}), None),
        (json!({"data": {"id": 1, "errors": []}}), None),
        (json!({"data": {"text": "\"success\": false"}}), None),
        (
            json!({"data": {"success": false, "message": "No."}}),
            Some("No."),
        ),
        (
            json!({"success": false, "message": "No.", "data": null}),
            Some("No."),
        ),
        (
            json!({"data": {"hasError": true}, "message": "Bad."}),
            Some("Bad."),
        ),
        (
            json!({"data": {"errors": [{"id": 5}], "message": "Some."}}),
            Some("Some."),
        ),
    ] {
        server.reply_at("GET", PATH, MockReply::json(200, &body));
        let reply = client
            .api()
            .show_smart_link_postback()
            .postback_id(1)
            .fetch()
            .await
            .unwrap();
        let message = reply
            .refused()
            .map(|refusal| refusal.message.as_deref().unwrap_or_default());
        assert_eq!(message, expected, "{body}");
    }
    // Here it is the answer: the name is free.
    server.reply_at(
        "POST",
        "/api/acct_1/settings/username-exists",
        MockReply::json(200, &json!({"data": {"success": false}})),
    );
    let check = client
        .api()
        .check_username_availability()
        .account("acct_1")
        .username("name");
    let reply = check.fetch().await.unwrap();
    assert_eq!(reply.success, Some(false));
    assert!(reply.refused().is_none());
}
