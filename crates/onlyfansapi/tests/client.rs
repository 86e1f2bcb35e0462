//! The client's settings, options of a call, raw calls and the shapes of answers.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use std::process::Command;
use std::time::Duration;

use common::start;
use onlyfansapi::api::types;
use onlyfansapi::http::Method;
use onlyfansapi::{CallOptions, Client, Decode, ErrorKind, Reply};
use onlyfansapi_mock::{KEY, MockReply, WireServer};
use serde::Deserialize;
use serde_json::{Value, json};

const POSTBACK: &str = "/api/smart-link-postbacks/1";

#[test]
fn a_client_is_cheap_to_share() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let client = Client::new(KEY).unwrap();
    shared(&client);
    shared(&client.smart_link_postbacks());
    shared(&client.api().whoami());
}

/// Runs the test `child` of this file in a process of its own with these variables.
fn in_environment(child: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", child, "--nocapture"])
        .env("ONLYFANSAPI_TEST_CHILD", "1");
    for name in [
        "ONLYFANSAPI_API_KEY",
        "ONLYFANSAPI_BASE_URL",
        "ONLY_FANS_API_BASE_URL",
    ] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.split_once("OUTCOME ").map(|(_, rest)| rest.to_owned()))
        .unwrap()
}

/// The child of the next test: prints what `from_env` makes of its environment.
#[test]
fn print_client_from_env() {
    if std::env::var_os("ONLYFANSAPI_TEST_CHILD").is_some() {
        match Client::from_env() {
            Ok(client) => println!("OUTCOME {client:?}"),
            Err(error) => println!("OUTCOME {error}"),
        }
    }
}

#[test]
fn the_environment_makes_a_client() {
    let run = |variables: &[(&str, &str)]| in_environment("print_client_from_env", variables);
    let key = ("ONLYFANSAPI_API_KEY", KEY);
    assert_eq!(
        run(&[]),
        "ONLYFANSAPI_API_KEY is not set; a key is made at https://app.onlyfansapi.com/api-keys"
    );
    assert!(run(&[key]).contains("https://app.onlyfansapi.com/"));
    assert!(
        run(&[key, ("ONLY_FANS_API_BASE_URL", "http://127.0.0.1:2")])
            .contains("http://127.0.0.1:2/")
    );
    let both = [
        key,
        ("ONLY_FANS_API_BASE_URL", "http://127.0.0.1:2"),
        ("ONLYFANSAPI_BASE_URL", "http://127.0.0.1:1"),
    ];
    assert!(run(&both).contains("http://127.0.0.1:1/"));
    assert!(
        run(&[key, ("ONLYFANSAPI_BASE_URL", "http://example.com")])
            .starts_with("the base URL is plain http")
    );
}

#[tokio::test]
async fn settings_of_the_client_reach_every_request() {
    let (server, _) = start().await;
    let client = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .user_agent("my-tool/1.0")
        .header("x-team", "t")
        .build()
        .unwrap();
    client.smart_link_postbacks().list().await.unwrap();
    client
        .request(Method::GET, "/api/smart-link-postbacks")
        .fetch::<Value>()
        .await
        .unwrap();
    for request in server.requests() {
        assert_eq!(
            request.header("user-agent"),
            concat!(
                "onlyfansapi-rust/",
                env!("CARGO_PKG_VERSION"),
                " my-tool/1.0"
            )
        );
        assert_eq!(request.header("x-team"), "t");
        assert_eq!(request.header("accept-encoding"), "gzip");
    }
    let plain = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .gzip(false)
        .build()
        .unwrap();
    plain.smart_link_postbacks().list().await.unwrap();
    assert_eq!(
        server.requests().last().unwrap().header("accept-encoding"),
        ""
    );

    let own = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap())
        .build()
        .unwrap();
    own.smart_link_postbacks().list().await.unwrap();

    let other = client.with_key("another-key").unwrap();
    assert!(
        other
            .smart_link_postbacks()
            .list()
            .await
            .unwrap_err()
            .is_unauthorized()
    );
    assert_eq!(
        server.requests().last().unwrap().header("authorization"),
        "Bearer another-key"
    );
}

#[tokio::test]
async fn a_compressed_answer_is_read() {
    // {"data":{"id":5}}, as gzip.
    let body = [
        0x1f, 0x8b, 0x8, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2, 0x3, 0xab, 0x56, 0x4a, 0x49, 0x2c, 0x49,
        0x54, 0xb2, 0xaa, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x32, 0xad, 0xad, 0x5, 0x0, 0x3e, 0x1c,
        0xb9, 0xcf, 0x11, 0x0, 0x0, 0x0,
    ];
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::status(200)
            .body("application/json", body.to_vec())
            .header("content-encoding", "gzip"),
    );
    assert_eq!(
        client.smart_link_postbacks().show(1).await.unwrap().id,
        Some(5)
    );
}

#[tokio::test]
async fn a_proxy_is_used_and_what_cannot_be_used_is_named() {
    let proxy =
        WireServer::start("HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"data\":{\"id\":5}}")
            .await
            .unwrap();
    // Nothing listens there: only the proxy can have answered.
    let client = Client::builder()
        .key(KEY)
        .base_url("http://127.0.0.1:9")
        .proxy(proxy.url())
        .build()
        .unwrap();
    assert_eq!(
        client.smart_link_postbacks().show(1).await.unwrap().id,
        Some(5)
    );

    for (builder, message) in [
        (
            Client::builder().proxy("://"),
            "the proxy is not a URL that can be used",
        ),
        (
            Client::builder().root_certificate("no pem"),
            "the root certificate is not PEM, or has none in it",
        ),
        (
            Client::builder().header("bad name", "v"),
            "the default header \"bad name\" has a name that HTTP does not allow",
        ),
        (
            Client::builder().header("x", "a\nb"),
            "the default header \"x\" has a value that no header can carry",
        ),
        (
            Client::builder().header("Authorization", "v"),
            "the default header \"Authorization\" is set by the client itself",
        ),
        (
            Client::builder().user_agent("a\nb"),
            "the user-agent suffix has a character that no header can carry",
        ),
    ] {
        let error = builder.key(KEY).build().unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.kind()),
            (message, ErrorKind::NeverBuilt)
        );
    }
}

#[tokio::test]
async fn options_of_a_call_reach_its_request_alone() {
    let (server, client) = start().await;
    server.reply_at(
        "POST",
        "/api/acct_1/posts/labels",
        MockReply::json(200, &json!({"data": {"id": 1}})),
    );
    let options = CallOptions::new()
        .header("x-h", "v")
        .query("extra[]", "a b")
        .body_field("new", [1, 2])
        .body_field("name", "other");
    let call = client
        .api()
        .create_label()
        .account("acct_1")
        .name("n")
        .with(options);
    let preview = call.clone().request().unwrap();
    assert_eq!(
        preview.url,
        format!("{}/api/acct_1/posts/labels?extra%5B%5D=a+b", server.url())
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&preview.body).unwrap(),
        json!({"name": "other", "new": [1, 2]})
    );
    assert!(
        preview
            .to_string()
            .starts_with(&format!("POST {}", preview.url))
            && preview.to_string().contains("authorization: [redacted]")
    );
    assert!(server.requests().is_empty());

    call.fetch().await.unwrap();
    client
        .api()
        .create_label()
        .account("acct_1")
        .name("n")
        .fetch()
        .await
        .unwrap();
    let [with, without] = &server.requests()[..] else {
        panic!()
    };
    assert_eq!(
        (with.header("x-h"), with.query_pairs()),
        ("v", vec![("extra[]".to_owned(), "a b".to_owned())])
    );
    assert_eq!(with.json(), json!({"name": "other", "new": [1, 2]}));
    assert_eq!(
        (
            without.header("x-h"),
            without.query.as_str(),
            without.json()
        ),
        ("", "", json!({"name": "n"}))
    );

    let error = client
        .api()
        .whoami()
        .with(CallOptions::new().body_field("a", 1))
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(
        error.faults()[0].to_string(),
        "`body field a` cannot be added: the request has no object as its body"
    );
}

#[tokio::test]
async fn a_raw_call_goes_the_same_way() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        "/api/new-thing",
        MockReply::json(
            200,
            &json!({"data": [1, 2], "_meta": {"_credits": {"used": 1, "balance": 2}}}),
        ),
    );
    let value: Value = client
        .request(Method::GET, "/api/new-thing")
        .query(&[("limit", 5)])
        .fetch()
        .await
        .unwrap();
    assert_eq!(value["data"], json!([1, 2]));
    let reply: Reply<Vec<i64>> = client
        .request(Method::GET, "/api/new-thing?a=1")
        .query(&json!({"b": true, "c": [1]}))
        .fetch()
        .await
        .unwrap();
    assert_eq!(
        (reply.as_slice(), reply.credits().unwrap().balance),
        (&[1, 2][..], 2)
    );
    let queries: Vec<_> = server.requests().iter().map(|r| r.query.clone()).collect();
    assert_eq!(queries, ["limit=5", "a=1&b=1&c%5B%5D=1"]);
    assert!(
        server
            .requests()
            .iter()
            .all(|r| r.header("authorization").ends_with(KEY)
                && r.header("accept") == "application/json")
    );

    server.reply_at(
        "POST",
        "/api/bare",
        MockReply::json(200, &json!({"data": 1, "success": true})),
    );
    let reply = client
        .request(Method::POST, "/api/bare")
        .json(&json!({"x": 1}))
        .fetch_as::<Value>()
        .await
        .unwrap();
    assert_eq!(*reply, json!({"data": 1, "success": true}));
    assert_eq!(server.requests().last().unwrap().json(), json!({"x": 1}));

    assert!(
        client
            .request(Method::GET, "/api/gone")
            .fetch::<Value>()
            .await
            .unwrap_err()
            .is_not_found()
    );
    for path in [
        "api/x",
        "//evil.example/x",
        "https://evil.example/",
        "/a b",
        "/a\n",
        "/\\evil.example",
        "",
    ] {
        let error = client
            .request(Method::GET, path)
            .fetch::<Value>()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.faults()[0].field.as_str()),
            (ErrorKind::NeverBuilt, "path"),
            "{path}"
        );
    }
    let error = client
        .request(Method::GET, "/x")
        .query(&5)
        .fetch::<Value>()
        .await
        .unwrap_err();
    assert_eq!(
        error.faults()[0].to_string(),
        "`query` must be a list of pairs or an object"
    );
}

#[tokio::test]
async fn an_answer_without_data_is_empty_or_an_error_as_its_type_can_be() {
    #[derive(Debug, Deserialize)]
    struct NeedsId {
        #[expect(dead_code, reason = "only whether it decodes is of interest")]
        id: i64,
    }
    let (server, client) = start().await;
    for body in [
        json!({"data": null, "_meta": {"_credits": {"used": 1, "balance": 3}}}),
        json!({"_meta": {"_credits": {"used": 1, "balance": 3}}}),
    ] {
        server.reply_at("GET", POSTBACK, MockReply::json(200, &body));
        let call = || client.api().show_smart_link_postback().postback_id(1);
        let reply = call().fetch().await.unwrap();
        assert!(!reply.has_data() && reply.id.is_none() && reply.drift().is_empty());
        assert_eq!(reply.credits().unwrap().balance, 3);
        let list = call()
            .fetch_as::<Vec<types::smart_link_postbacks::SmartLinkPostback>>()
            .await
            .unwrap();
        assert!(!list.has_data() && list.is_empty());
        assert_eq!(*call().fetch_as::<Option<i64>>().await.unwrap(), None);
        for error in [
            call().fetch_as::<i64>().await.unwrap_err(),
            call().fetch_as::<NeedsId>().await.unwrap_err(),
        ] {
            assert_eq!(
                error.to_string(),
                "showSmartLinkPostback: answered with 200 OK, but there is no data in it, and the type has no empty value"
            );
            assert_eq!(error.body().unwrap(), body.to_string().as_bytes());
        }
    }
    // PHP's empty list where the document has an object, and the bare value where it has an envelope.
    server.reply_at("GET", POSTBACK, MockReply::json(200, &json!({"data": []})));
    let reply = client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
        .fetch()
        .await
        .unwrap();
    assert!(reply.has_data() && reply.drift().is_empty());
    server.reply_at(
        "GET",
        "/api/smart-link-postbacks",
        MockReply::json(200, &json!([{"id": 4}])),
    );
    assert_eq!(
        client.smart_link_postbacks().list().await.unwrap()[0].id,
        Some(4)
    );
}

#[tokio::test]
async fn strict_decoding_is_set_for_client_or_call() {
    let (server, lenient) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::json(200, &json!({"data": {"id": "1"}})),
    );
    let strict = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .decode(Decode::Strict)
        .build()
        .unwrap();
    let call = |client: &Client| client.api().show_smart_link_postback().postback_id(1);
    assert_eq!(call(&lenient).fetch().await.unwrap().drift().len(), 1);
    assert_eq!(
        call(&strict).fetch().await.unwrap_err().drift()[0].pointer,
        "/data/id"
    );
    assert!(call(&strict.with_key(KEY).unwrap()).fetch().await.is_err());
    assert!(
        call(&strict)
            .with(CallOptions::new().decode(Decode::Lenient))
            .fetch()
            .await
            .is_ok()
    );
    assert!(
        call(&lenient)
            .with(CallOptions::new().decode(Decode::Strict))
            .fetch()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn time_limits_of_client_and_call() {
    let (server, _) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::json(200, &json!({"data": {}})).delay(Duration::from_millis(300)),
    );
    let client = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let error = client.smart_link_postbacks().show(1).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_been_sent());
    let longer = CallOptions::new().timeout(Duration::from_secs(10));
    assert!(
        client
            .smart_link_postbacks()
            .with(longer)
            .show(1)
            .await
            .is_ok()
    );
    let unlimited = Client::builder()
        .key(KEY)
        .base_url(server.url())
        .timeout(None)
        .build()
        .unwrap();
    assert!(unlimited.smart_link_postbacks().show(1).await.is_ok());
}

#[tokio::test]
async fn a_field_tells_absent_null_and_value_apart() {
    let client = Client::new(KEY).unwrap();
    let call = || {
        client
            .api()
            .update_smart_link_pixel()
            .smart_link_id("01J")
            .pixel_id(7)
    };
    let body = |call: onlyfansapi::api::builder::smart_links::UpdateSmartLinkPixel| -> Value {
        serde_json::from_slice(&call.request().unwrap().body).unwrap()
    };
    assert_eq!(body(call()), json!({}));
    assert_eq!(body(call().label_null()), json!({"label": null}));
    assert_eq!(body(call().label("x")), json!({"label": "x"}));
    assert_eq!(body(call().label("x").label_null()), json!({"label": null}));
}

#[test]
fn lists_of_ids_take_numbers_and_texts() {
    let client = Client::new(KEY).unwrap();
    let preview = client
        .api()
        .update_post()
        .account("acct_1")
        .post_id(5)
        .text("t")
        .rf_tag([1, 2])
        .media_files(["ofapi_media_1"])
        .request()
        .unwrap();
    let body: Value = serde_json::from_slice(&preview.body).unwrap();
    assert_eq!(
        body,
        json!({"text": "t", "rfTag": [1, 2], "mediaFiles": ["ofapi_media_1"]})
    );
}

#[tokio::test]
async fn an_object_without_data_is_drift_where_something_else_stands_there() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::json(200, &json!({"id": 5, "url": "u"})),
    );
    let call = || client.api().show_smart_link_postback().postback_id(1);
    let reply = call().fetch().await.unwrap();
    assert!(!reply.has_data());
    assert_eq!(
        reply.drift()[0].to_string(),
        "/data: expected the value under `data`, found an object without it; left out"
    );
    assert!(
        call()
            .with(CallOptions::new().decode(Decode::Strict))
            .fetch()
            .await
            .is_err()
    );
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::status(200).body("application/json", r#"{"data":{"id":1},"data":{"id":2}}"#),
    );
    assert_eq!(call().fetch().await.unwrap().id, Some(2));
}

#[tokio::test]
async fn the_whole_body_replaces_fields_and_their_faults() {
    let client = Client::new(KEY).unwrap();
    let call = || client.api().create_bundle().account("acct_1");
    assert_eq!(call().fetch().await.unwrap_err().faults().len(), 2);
    let body = types::post_labels::CreateLabelBody::new("n");
    let preview = client
        .api()
        .create_label()
        .account("acct_1")
        .name("old")
        .body(body)
        .request()
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&preview.body).unwrap(),
        json!({"name": "n"})
    );
    let options = CallOptions::new().query("fresh", true).query("ids", [1, 2]);
    let preview = client.api().whoami().with(options).request().unwrap();
    assert!(
        preview
            .url
            .ends_with("/api/whoami?fresh=1&ids%5B%5D=1&ids%5B%5D=2"),
        "{}",
        preview.url
    );
}

#[test]
fn the_key_does_not_go_through_a_proxy_in_the_clear() {
    let plain = || Client::builder().key(KEY).base_url("http://127.0.0.1:9");
    let error = plain()
        .proxy("http://proxy.example:8080")
        .build()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the proxy must be on this machine"),
        "{error}"
    );
    assert!(
        Client::builder()
            .key(KEY)
            .proxy("http://proxy.example:8080")
            .build()
            .is_ok()
    );
    let own = plain()
        .proxy("http://127.0.0.1:1")
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap());
    assert!(
        own.build()
            .unwrap_err()
            .to_string()
            .contains("beside an HTTP client of your own")
    );
}
