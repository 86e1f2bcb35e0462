//! Tests the possible results of a call over HTTP on loopback. Status, headers and body remain accessible in each.

use std::time::Duration;

use onlyfansapi::{CallOptions, Client, Error, ErrorKind, Reply};
use onlyfansapi_mock::{API_KEY, MockReply, MockServer, WireServer};
use serde_json::json;

use crate::common::start;

const PATH: &str = "/api/smart-link-postbacks/1";

type Postback = onlyfansapi::api::types::smart_link_postbacks::SmartLinkPostback;

/// Makes a call to a mock server that responds with `reply`.
async fn reply_to(reply: MockReply) -> Result<Reply<Postback>, Error> {
    let (server, client) = start().await;
    server.reply_at("GET", PATH, reply);
    client.api().show_smart_link_postback().postback_id(1).await
}

#[tokio::test]
async fn returns_message_and_field_errors_of_a_422() {
    let body = json!({"error": "VALIDATION_ERROR", "message": "The url field is required.", "errors": {"url": ["The url field is required."]}, "_meta": {"_credits": {"used": 0}}});
    let error = reply_to(MockReply::json(422, &body).header("x-request", "r1"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.status().unwrap(), 422);
    let api = error.api_error().unwrap();
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
async fn reads_a_sentence_in_the_error_field_of_a_401_as_message() {
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
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Refused, 401)
    );
    let api = error.api_error().unwrap();
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
async fn keeps_the_html_page_of_a_502() {
    let error = reply_to(MockReply::status(502).body("text/html", "<html>Bad gateway</html>"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Refused, 502)
    );
    assert!(error.api_error().is_none());
    assert_eq!(error.body().unwrap(), b"<html>Bad gateway</html>");
    assert_eq!(
        error.to_string(),
        "showSmartLinkPostback: refused with 502 Bad Gateway, with an HTML page from a proxy or CDN in front of the service (after 3 attempts)"
    );
}

#[tokio::test]
async fn accepts_a_204_and_a_304_without_a_value() {
    let reply = reply_to(MockReply::status(204)).await.unwrap();
    assert_eq!(
        (
            reply.meta().status().as_u16(),
            reply.meta().has_data(),
            reply.id
        ),
        (204, false, None)
    );
    let reply = reply_to(
        MockReply::status(304)
            .header("etag", "\"x\"")
            .header("x-ofapi-credits-balance", "5"),
    )
    .await
    .unwrap();
    assert!(reply.meta().is_not_modified() && !reply.meta().has_data());
    assert_eq!(reply.meta().headers()["etag"], "\"x\"");
    assert_eq!(reply.meta().credits().unwrap().balance, 5);

    let (server, client) = start().await;
    server.reply_at("DELETE", PATH, MockReply::status(204));
    let reply = client
        .api()
        .delete_smart_link_postback()
        .postback_id(1)
        .await
        .unwrap();
    assert_eq!(reply.meta().status(), 204);
}

#[tokio::test]
async fn decodes_an_undocumented_201() {
    let reply = reply_to(MockReply::json(201, &json!({"data": {"id": 7}})))
        .await
        .unwrap();
    assert_eq!((reply.meta().status().as_u16(), reply.id), (201, Some(7)));
}

#[tokio::test]
async fn shows_only_the_host_of_a_redirect() {
    let error = reply_to(
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
async fn keeps_the_received_part_of_a_truncated_body() {
    let server = WireServer::start("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-kept: yes\r\ncontent-length: 100\r\n\r\n{\"data\":{\"id\":1").await.unwrap();
    let client = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    let error = client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
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
            .contains("its body was cut off after 15 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn returns_a_refusal_with_a_truncated_body_as_refused() {
    let server = WireServer::start(
        "HTTP/1.1 422 Unprocessable Entity\r\ncontent-length: 100\r\n\r\n{\"mess",
    )
    .await
    .unwrap();
    let client = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    let error = client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Refused, 422)
    );
    assert_eq!(error.body().unwrap(), b"{\"mess");
}

#[tokio::test]
async fn reports_the_location_of_a_mismatch_but_not_the_value() {
    let body = MockReply::json(
        200,
        &json!({"data": {"smart_links": [{"name": {"secret": 1}}]}}),
    );
    let reply = reply_to(body).await.unwrap();
    assert_eq!(
        reply.meta().drift()[0].to_string(),
        "/data/smart_links/0/name: expected a string, found an object; left out"
    );
    let error = reply_to(MockReply::json(200, &json!({"data": 5})))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert_eq!(
        error.to_string(),
        "showSmartLinkPostback: responded with 200 OK, but `/data` does not match the requested type: expected an object"
    );
    let error = reply_to(MockReply::status(200).body("application/json", "{\"data\": oops"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the response body is not valid JSON (line 1, column 10)"),
        "{error}"
    );
}

#[tokio::test]
async fn distinguishes_never_sent_from_maybe_sent() {
    let client = Client::builder()
        .key(API_KEY)
        .base_url(crate::common::unused_address())
        .build()
        .unwrap();
    let error = client.api().whoami().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NeverSent);
    assert!(!error.may_have_been_sent());

    let (server, client) = start().await;
    server.reply_at(
        "GET",
        "/api/whoami",
        MockReply::status(200).delay(Duration::from_secs(30)),
    );
    let options = CallOptions::new().timeout(Duration::from_millis(50));
    let error = client.api().whoami().with(options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert_eq!(
        error.to_string(),
        "whoami: no response, and the request may have been sent: the call timeout of 50ms expired before a response arrived"
    );
    assert_eq!(error.attempts(), 1);

    let server = WireServer::start("").await.unwrap();
    let client = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    assert_eq!(
        client.api().whoami().await.unwrap_err().kind(),
        ErrorKind::MaybeSent
    );
}

#[tokio::test]
async fn reports_all_invalid_arguments_and_sends_nothing() {
    let (server, client) = start().await;
    let error = client
        .api()
        .create_smart_link_postback()
        .smart_link_scope("global")
        .headers(Vec::<
            onlyfansapi::api::types::smart_link_postbacks::CreateSmartLinkPostbackBodyHeadersItem,
        >::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NeverBuilt);
    let invalid: Vec<_> = error
        .invalid_arguments()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        invalid,
        [
            "`conversion_types` is required and was not set",
            "`url` is required and was not set"
        ]
    );
    for chat_id in ["", ".", ".."] {
        let error = client
            .api()
            .delete_chat()
            .account("acct_1")
            .chat_id(chat_id)
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.invalid_arguments()[0].argument.as_str()),
            (ErrorKind::NeverBuilt, "chat_id")
        );
    }
    let error = client
        .api()
        .show_smart_link_postback()
        .postback_id(u64::MAX)
        .await
        .unwrap_err();
    assert_eq!(
        error.invalid_arguments()[0].to_string(),
        "`postback_id` must be a 64-bit integer"
    );
    let options = CallOptions::new()
        .header("authorization", "Bearer x")
        .header("bad name", "x");
    let error = client.api().whoami().with(options).await.unwrap_err();
    assert_eq!(error.invalid_arguments().len(), 2);
    assert!(server.requests().is_empty());
}

/// Tests that each of two concurrent calls on one client has its own options, status, headers and body.
#[tokio::test]
async fn concurrent_calls_do_not_share_context() {
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
        // Also checks that the future is `'static` and `Send`.
        tokio::spawn(
            client
                .api()
                .show_smart_link_postback()
                .postback_id(id)
                .with(options)
                .send(),
        )
    };
    let (one, two) = (call(1, "first"), call(2, "second"));
    let (one, two) = (one.await.unwrap().unwrap(), two.await.unwrap().unwrap());
    assert_eq!(
        (
            one.id,
            one.meta().status().as_u16(),
            one.meta().headers()["x-call"].as_bytes()
        ),
        (Some(1), 200, &b"one"[..])
    );
    assert_eq!(
        (
            two.id,
            two.meta().status().as_u16(),
            two.meta().headers()["x-call"].as_bytes()
        ),
        (Some(2), 201, &b"two"[..])
    );
    assert!(one.meta().elapsed() >= Duration::from_millis(80));
    let option_sent_to = |path: &str| {
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
            option_sent_to("/api/smart-link-postbacks/1").as_str(),
            option_sent_to("/api/smart-link-postbacks/2").as_str()
        ),
        ("first", "second")
    );
}

#[test]
fn reports_invalid_client_settings_in_one_line() {
    for (builder, expected) in [
        (
            Client::builder(),
            "no API key was set; create one at https://app.onlyfansapi.com/api-keys",
        ),
        (Client::builder().key(""), "the API key is empty"),
        (
            Client::builder().key("a\nb"),
            "the API key contains a line break; was it read from a file without trimming?",
        ),
        (Client::builder().key("a b"), "the API key contains a space"),
        (
            Client::builder().key("k").base_url("http://example.com"),
            "the base URL is plain http, which would send the API key unencrypted; only loopback may use it; expected a scheme and a host, such as https://app.onlyfansapi.com",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NeverBuilt);
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn returns_a_2xx_response_that_reports_failure_as_an_error() {
    let (server, client) = start().await;
    let call = || client.api().show_smart_link_postback().postback_id(1);
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
            json!({"errors": {"url": ["Taken."]}, "message": "Some."}),
            Some("Some."),
        ),
        // These describe the object, not the call.
        (json!({"data": {"hasError": true}, "message": "Bad."}), None),
        (json!({"data": {"errors": [{"id": 5}]}}), None),
    ] {
        server.reply_at("GET", PATH, MockReply::json(200, &body));
        let result = call().await;
        let Some(message) = expected else {
            assert!(result.unwrap().meta().refusal().is_none(), "{body}");
            continue;
        };
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.message(), error.status()),
            (
                ErrorKind::Refused,
                Some(message),
                Some(onlyfansapi::http::StatusCode::OK)
            ),
            "{body}"
        );
        assert_eq!(error.body(), Some(body.to_string().as_bytes()));
        assert!(error.to_string().contains(message), "{error}");

        let accepted = call().with(CallOptions::new().accept_refusal()).await;
        let accepted = accepted.unwrap();
        let refusal = accepted.meta().refusal().unwrap();
        assert_eq!(refusal.message.as_deref(), Some(message));
    }
}

#[tokio::test]
async fn finds_a_refusal_before_and_after_a_list() {
    let (server, client) = start().await;
    for (body, is_refused) in [
        (r#"{"data":[{"id":1,"success":false,"errors":[1]}]}"#, false),
        (r#"{"data":[],"errors":[],"success":true}"#, false),
        (r#"{"data":[{"id":1}],"success":false}"#, true),
        (r#" { "data" : [ ] , "errors" : {"url":["Taken."]} }"#, true),
        (r#"{"success":false,"data":[]}"#, true),
    ] {
        let reply = MockReply::status(200).body("application/json", body);
        server.reply_at("GET", "/api/smart-link-postbacks", reply);
        let result = client.api().list_smart_link_postbacks().await;
        let kind = result.err().map(|error| error.kind());
        let expected = is_refused.then_some(ErrorKind::Refused);
        assert_eq!(kind, expected, "{body}");
    }
}

#[tokio::test]
async fn treats_has_error_as_refusal_only_where_it_describes_the_call() {
    let (server, client) = start().await;
    let media = json!({"data": {"id": 1, "hasError": true}});
    server.reply_at(
        "GET",
        "/api/acct_0123/media/vault/1",
        MockReply::json(200, &media),
    );
    let media = client
        .api()
        .get_vault_media()
        .account("acct_0123")
        .media_id(1)
        .await
        .unwrap();
    assert_eq!(media.has_error, Some(true));

    let failed = json!({"data": {"id": 1, "hasError": true}});
    server.reply_at(
        "POST",
        "/api/acct_0123/mass-messaging",
        MockReply::json(200, &failed),
    );
    let result = client
        .api()
        .send_mass_message()
        .account("acct_0123")
        .text("Hello!")
        .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn returns_the_username_check_as_data() {
    let (server, client) = start().await;
    server.reply_at(
        "POST",
        "/api/acct_0123/settings/username-exists",
        MockReply::json(200, &json!({"data": {"success": false}})),
    );
    let check = client
        .api()
        .check_username_availability()
        .account("acct_0123")
        .username("name");
    let reply = check.await.unwrap();
    assert_eq!(reply.success, Some(false));
    assert!(reply.meta().refusal().is_none());
}

#[tokio::test]
async fn rejects_an_unexpected_body_on_operations_without_a_value() {
    let (server, client) = start().await;
    for (body, content_type, is_ok) in [
        ("", "application/json", true),
        (" \n", "application/json", true),
        ("null", "application/json", true),
        (r#"{"data": null, "_meta": {}}"#, "application/json", true),
        (
            r#"{"success": true, "message": "Deleted."}"#,
            "application/json",
            true,
        ),
        (r#"{"id": 1}"#, "application/json", false),
        ("<html>Login</html>", "text/html; charset=UTF-8", false),
        ("OK", "text/plain", false),
        ("[]", "application/json", false),
        (r#"{"data": "#, "application/json", false),
    ] {
        let reply = || MockReply::status(200).body(content_type, body);
        server.reply_at("DELETE", "/api/webhooks/wh_0123", reply());
        server.reply_at("DELETE", "/api/accounts/acct_0123", reply());
        server.reply_at("DELETE", "/api/fan-summary-categories/1", reply());
        let api = client.api();
        let results = [
            api.delete_webhook().webhook_id("wh_0123").await,
            api.disconnect_account().id("acct_0123").await,
            api.delete_custom_summary_category().category_id(1).await,
        ];
        for result in results {
            match result {
                Ok(_) => assert!(is_ok, "{body}"),
                Err(error) => {
                    assert!(!is_ok && error.is_unreadable(), "{body}: {error}");
                    assert_eq!(error.body(), Some(body.as_bytes()));
                    let is_html = error.to_string().contains("HTML");
                    assert_eq!(is_html, content_type.starts_with("text/html"), "{error}");
                }
            }
        }
    }
    // The service refuses the deletion.
    let refusal = json!({"success": false, "message": "In use."});
    server.reply_at(
        "DELETE",
        "/api/webhooks/wh_0123",
        MockReply::json(200, &refusal),
    );
    let result = client.api().delete_webhook().webhook_id("wh_0123").await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Refused);
}

/// Returns variants of `json` that a strict parser rejects.
fn damaged(json: &str) -> [Vec<u8>; 4] {
    let members = &json[1..];
    [
        [b"\xEF\xBB\xBF".as_slice(), json.as_bytes()].concat(),
        [
            br#"{"title":"half an emoji \ud83d","#.as_slice(),
            members.as_bytes(),
        ]
        .concat(),
        [
            b"{\"title\":\"Latin-1 \xE9\",".as_slice(),
            members.as_bytes(),
        ]
        .concat(),
        [br#"{"number":1e999,"#.as_slice(), members.as_bytes()].concat(),
    ]
}

#[tokio::test]
async fn reads_damaged_error_bodies() {
    for body in damaged(r#"{"message":"Busy","request_outcome":"unknown"}"#) {
        let (server, client) = start().await;
        server.reply_at(
            "POST",
            "/api/acct_0123/chats/12345/messages",
            MockReply::status(500).body("application/json", body.clone()),
        );
        let error = client
            .api()
            .send_message()
            .account("acct_0123")
            .chat_id(12345)
            .text("Hello!")
            .await
            .unwrap_err();
        let api = error.api_error().unwrap();
        assert_eq!(api.request_outcome.as_deref(), Some("unknown"));
        assert_eq!(error.body().unwrap(), body, "the error keeps the body");
        assert!(error.may_have_been_sent());
        assert_eq!(server.requests().len(), 1, "{}", body.escape_ascii());
    }
}

#[tokio::test]
async fn finds_refusals_in_damaged_bodies() {
    for body in damaged(r#"{"success":false,"message":"No."}"#) {
        let error = reply_to(MockReply::status(200).body("application/json", body.clone()))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.api_error().unwrap().message.as_deref()),
            (ErrorKind::Refused, Some("No.")),
            "{}",
            body.escape_ascii()
        );
    }
}

#[tokio::test]
async fn skips_a_byte_order_mark() {
    let reply = reply_to(MockReply::status(200).body(
        "application/json",
        b"\xEF\xBB\xBF{\"data\":{\"id\":7}}".to_vec(),
    ))
    .await
    .unwrap();
    assert_eq!(reply.id, Some(7));
    assert!(reply.meta().drift().is_empty());

    let (server, client) = start().await;
    server.reply_at(
        "DELETE",
        PATH,
        MockReply::status(200).body("application/json", b"\xEF\xBB\xBF".to_vec()),
    );
    client
        .api()
        .delete_smart_link_postback()
        .postback_id(1)
        .await
        .unwrap();
}

#[tokio::test]
async fn treats_a_blank_body_as_empty() {
    for body in ["", " ", " \r\n\t", "\u{feff} \n"] {
        let blank = || MockReply::status(200).body("application/json", body);
        let error = reply_to(blank()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{body:?}: {error}");

        let (server, client) = start().await;
        server.reply_at("DELETE", PATH, blank());
        let delete = client.api().delete_smart_link_postback().postback_id(1);
        delete.await.unwrap();
    }
}

#[tokio::test]
async fn the_call_timeout_covers_decoding() {
    /// A type that takes a long time to decode.
    #[derive(Debug)]
    struct Slow;

    impl<'de> serde::Deserialize<'de> for Slow {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            serde::de::IgnoredAny::deserialize(deserializer)?;
            std::thread::sleep(Duration::from_millis(500));
            Ok(Self)
        }
    }

    let body = json!({"data": "x".repeat(200_000)});
    let server = MockServer::start().await.unwrap();
    server.reply_at("GET", "/api/whoami", MockReply::json(200, &body));
    let options = CallOptions::new().timeout(Duration::from_millis(200));
    let call = server.client().api().whoami().with(options);
    let error = call.send_as::<Slow>().await.unwrap_err();
    assert!(error.is_unreadable() && error.is_timeout(), "{error}");
    assert_eq!(
        error.to_string(),
        "whoami: responded with 200 OK, but the call timeout of 200ms expired while its body was decoded"
    );
    assert_eq!(error.body().map(<[u8]>::len), Some(body.to_string().len()));
    let slow = server.client().api().whoami().send_as::<Slow>().await;
    assert!(slow.is_ok(), "{slow:?}");
}
