//! Tests client settings, call options, raw requests and response shapes, over HTTP on loopback.

use std::process::Command;
use std::time::Duration;

use onlyfansapi::api::types;
use onlyfansapi::http::Method;
use onlyfansapi::{CallOptions, Client, Decode, ErrorKind, Reply};
use onlyfansapi_mock::{API_KEY, MockReply, WireServer};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::start;

const POSTBACK: &str = "/api/smart-link-postbacks/1";

#[test]
fn client_and_handles_are_clone_send_and_sync() {
    fn check<T: Clone + Send + Sync + 'static>(_: &T) {}
    let client = Client::new(API_KEY).unwrap();
    check(&client);
    check(&client.smart_link_postbacks());
    check(&client.api().whoami());
}

/// Runs a test from this file in a child process with these environment variables, and returns the printed result.
fn run_in_child_process(test: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
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
        .find_map(|line| line.split_once("RESULT ").map(|(_, rest)| rest.to_owned()))
        .unwrap()
}

/// Runs in the child process of the next test: prints the result of `from_env`.
#[test]
fn print_client_from_env() {
    if std::env::var_os("ONLYFANSAPI_TEST_CHILD").is_some() {
        match Client::from_env() {
            Ok(client) => println!("RESULT {client:?}"),
            Err(error) => println!("RESULT {error}"),
        }
    }
}

#[test]
fn from_env_reads_key_and_base_url() {
    let run = |variables: &[(&str, &str)]| {
        run_in_child_process("client::print_client_from_env", variables)
    };
    let key = ("ONLYFANSAPI_API_KEY", API_KEY);
    assert_eq!(
        run(&[]),
        "ONLYFANSAPI_API_KEY is not set; create an API key at https://app.onlyfansapi.com/api-keys"
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
async fn client_settings_apply_to_every_request() {
    let (server, _) = start().await;
    let client = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .user_agent("my-tool/1.0")
        .header("x-team", "t")
        .build()
        .unwrap();
    client.smart_link_postbacks().list().await.unwrap();
    client
        .request(Method::GET, "/api/smart-link-postbacks")
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
    let without_gzip = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .gzip(false)
        .build()
        .unwrap();
    without_gzip.smart_link_postbacks().list().await.unwrap();
    assert_eq!(
        server.requests().last().unwrap().header("accept-encoding"),
        ""
    );

    let with_custom_http = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap())
        .build()
        .unwrap();
    with_custom_http
        .smart_link_postbacks()
        .list()
        .await
        .unwrap();

    let with_other_key = client.with_key("another-key").unwrap();
    assert!(
        with_other_key
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
async fn decompresses_gzip_responses() {
    // `{"data":{"id":5}}`, compressed with gzip.
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
        client.smart_link_postbacks().retrieve(1).await.unwrap().id,
        Some(5)
    );
}

#[tokio::test]
async fn sends_requests_through_the_proxy() {
    let proxy =
        WireServer::start("HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"data\":{\"id\":5}}")
            .await
            .unwrap();
    // Nothing listens on this port, so the response comes from the proxy.
    let client = Client::builder()
        .key(API_KEY)
        .base_url("http://127.0.0.1:9")
        .proxy(proxy.url())
        .build()
        .unwrap();
    assert_eq!(
        client.smart_link_postbacks().retrieve(1).await.unwrap().id,
        Some(5)
    );
}

#[test]
fn reports_invalid_settings() {
    for (builder, message) in [
        (
            Client::builder().proxy("://"),
            "the proxy is not a valid http or https URL",
        ),
        (
            Client::builder().root_certificate("no pem"),
            "the root certificate is not PEM, or contains no certificate",
        ),
        (
            Client::builder().header("bad name", "v"),
            "the default header \"bad name\" has a name that HTTP does not allow",
        ),
        (
            Client::builder().header("x", "a\nb"),
            "the default header \"x\" contains characters that a header value cannot have",
        ),
        (
            Client::builder().header("Authorization", "v"),
            "the default header \"Authorization\" is set by the client itself",
        ),
        (
            Client::builder().user_agent("a\nb"),
            "the user-agent suffix contains characters that a header value cannot have",
        ),
    ] {
        let error = builder.key(API_KEY).build().unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.kind()),
            (message, ErrorKind::NeverBuilt)
        );
    }
}

#[tokio::test]
async fn call_options_apply_to_one_request_only() {
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
    let preview = call.clone().preview().unwrap();
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

    call.await.unwrap();
    client
        .api()
        .create_label()
        .account("acct_1")
        .name("n")
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
        .await
        .unwrap_err();
    assert_eq!(
        error.invalid_arguments()[0].to_string(),
        "`body field a` cannot be added: the request body is not an object"
    );
}

#[tokio::test]
async fn sends_raw_requests_with_the_same_key_and_decoding() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        "/api/new-thing",
        MockReply::json(
            200,
            &json!({"data": [1, 2], "_meta": {"_credits": {"used": 1, "balance": 2}}}),
        ),
    );
    let reply = client
        .request(Method::GET, "/api/new-thing")
        .query(&[("limit", 5)])
        .await
        .unwrap();
    assert_eq!(*reply, json!([1, 2]));
    let raw: Value = serde_json::from_slice(reply.meta().body()).unwrap();
    assert_eq!(raw["data"], json!([1, 2]));
    let reply: Reply<Vec<i64>> = client
        .request(Method::GET, "/api/new-thing?a=1")
        .query(&json!({"b": true, "c": [1]}))
        .send_as()
        .await
        .unwrap();
    assert_eq!(
        (reply.as_slice(), reply.meta().credits().unwrap().balance),
        (&[1, 2][..], 2)
    );
    let queries: Vec<_> = server.requests().iter().map(|r| r.query.clone()).collect();
    assert_eq!(queries, ["limit=5", "a=1&b=1&c%5B%5D=1"]);
    assert!(
        server
            .requests()
            .iter()
            .all(|r| r.header("authorization").ends_with(API_KEY)
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
        .send_as::<Value>()
        .await
        .unwrap();
    assert_eq!(*reply, json!({"data": 1, "success": true}));
    assert_eq!(server.requests().last().unwrap().json(), json!({"x": 1}));

    assert!(
        client
            .request(Method::GET, "/api/gone")
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
        let error = client.request(Method::GET, path).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.invalid_arguments()[0].argument.as_str()),
            (ErrorKind::NeverBuilt, "path"),
            "{path}"
        );
    }
    let error = client
        .request(Method::GET, "/x")
        .query(&5)
        .await
        .unwrap_err();
    assert_eq!(
        error.invalid_arguments()[0].to_string(),
        "`query` must be a list of pairs or an object"
    );
}

#[tokio::test]
async fn decodes_a_response_without_data_to_an_empty_value_or_an_error() {
    #[derive(Debug, Deserialize)]
    struct NeedsId {
        #[expect(dead_code, reason = "the test only checks whether decoding succeeds")]
        id: i64,
    }
    let (server, client) = start().await;
    for body in [
        json!({"data": null, "_meta": {"_credits": {"used": 1, "balance": 3}}}),
        json!({"_meta": {"_credits": {"used": 1, "balance": 3}}}),
    ] {
        server.reply_at("GET", POSTBACK, MockReply::json(200, &body));
        let call = || client.api().show_smart_link_postback().postback_id(1);
        let reply = call().await.unwrap();
        assert!(!reply.meta().has_data() && reply.id.is_none() && reply.meta().drift().is_empty());
        assert_eq!(reply.meta().credits().unwrap().balance, 3);
        let list = call()
            .send_as::<Vec<types::smart_link_postbacks::SmartLinkPostback>>()
            .await
            .unwrap();
        assert!(!list.meta().has_data() && list.is_empty());
        assert_eq!(*call().send_as::<Option<i64>>().await.unwrap(), None);
        for error in [
            call().send_as::<i64>().await.unwrap_err(),
            call().send_as::<NeedsId>().await.unwrap_err(),
        ] {
            assert_eq!(
                error.to_string(),
                "showSmartLinkPostback: responded with 200 OK, but it has no data, and the requested type has no empty value"
            );
            assert_eq!(error.body().unwrap(), body.to_string().as_bytes());
        }
    }
    // PHP's empty list instead of an object.
    server.reply_at("GET", POSTBACK, MockReply::json(200, &json!({"data": []})));
    let reply = client
        .api()
        .show_smart_link_postback()
        .postback_id(1)
        .await
        .unwrap();
    assert!(reply.meta().has_data() && reply.meta().drift().is_empty());
    // A bare value instead of an envelope.
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
async fn sets_strict_decoding_per_client_or_per_call() {
    let (server, lenient) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::json(200, &json!({"data": {"id": "1"}})),
    );
    let strict = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .decode(Decode::Strict)
        .build()
        .unwrap();
    let call = |client: &Client| client.api().show_smart_link_postback().postback_id(1);
    assert_eq!(call(&lenient).await.unwrap().meta().drift().len(), 1);
    assert_eq!(
        call(&strict).await.unwrap_err().drift()[0].pointer,
        "/data/id"
    );
    assert!(call(&strict.with_key(API_KEY).unwrap()).await.is_err());
    assert!(
        call(&strict)
            .with(CallOptions::new().decode(Decode::Lenient))
            .await
            .is_ok()
    );
    assert!(
        call(&lenient)
            .with(CallOptions::new().decode(Decode::Strict))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn sets_timeouts_per_client_or_per_call() {
    let (server, _) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::json(200, &json!({"data": {}})).delay(Duration::from_millis(300)),
    );
    let client = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let error = client.smart_link_postbacks().retrieve(1).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_been_sent());
    let longer = CallOptions::new().timeout(Duration::from_secs(10));
    assert!(
        client
            .smart_link_postbacks()
            .with(longer)
            .retrieve(1)
            .await
            .is_ok()
    );
    let unlimited = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .timeout(None)
        .build()
        .unwrap();
    assert!(unlimited.smart_link_postbacks().retrieve(1).await.is_ok());
}

#[tokio::test]
async fn distinguishes_absent_null_and_set_fields() {
    let client = Client::new(API_KEY).unwrap();
    let call = || {
        client
            .api()
            .update_smart_link_pixel()
            .smart_link_id("01J")
            .pixel_id(7)
    };
    let body = |call: onlyfansapi::api::builder::smart_links::UpdateSmartLinkPixel| -> Value {
        serde_json::from_slice(&call.preview().unwrap().body).unwrap()
    };
    assert_eq!(body(call()), json!({}));
    assert_eq!(body(call().label_null()), json!({"label": null}));
    assert_eq!(body(call().label("x")), json!({"label": "x"}));
    assert_eq!(body(call().label("x").label_null()), json!({"label": null}));
}

#[test]
fn id_lists_accept_numbers_and_strings() {
    let client = Client::new(API_KEY).unwrap();
    let preview = client
        .api()
        .update_post()
        .account("acct_1")
        .post_id(5)
        .text("t")
        .rf_tag([1, 2])
        .media_files(["ofapi_media_1"])
        .preview()
        .unwrap();
    let body: Value = serde_json::from_slice(&preview.body).unwrap();
    assert_eq!(
        body,
        json!({"text": "t", "rfTag": [1, 2], "mediaFiles": ["ofapi_media_1"]})
    );
}

#[tokio::test]
async fn reports_drift_if_the_response_object_has_no_data() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::json(200, &json!({"id": 5, "url": "u"})),
    );
    let call = || client.api().show_smart_link_postback().postback_id(1);
    let reply = call().await.unwrap();
    assert!(!reply.meta().has_data());
    assert_eq!(
        reply.meta().drift()[0].to_string(),
        "/data: expected the value under `data`, found an object without `data`; left out"
    );
    assert!(
        call()
            .with(CallOptions::new().decode(Decode::Strict))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn uses_the_last_of_duplicate_data_keys() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        POSTBACK,
        MockReply::status(200).body("application/json", r#"{"data":{"id":1},"data":{"id":2}}"#),
    );
    assert_eq!(
        client.smart_link_postbacks().retrieve(1).await.unwrap().id,
        Some(2)
    );
}

#[tokio::test]
async fn reports_every_missing_argument() {
    let client = Client::new(API_KEY).unwrap();
    let error = client.api().create_bundle().account("acct_1").await;
    assert_eq!(error.unwrap_err().invalid_arguments().len(), 2);
}

#[test]
fn a_whole_body_replaces_fields() {
    let client = Client::new(API_KEY).unwrap();
    let body = types::post_labels::CreateLabelBody::new("n");
    let preview = client
        .api()
        .create_label()
        .account("acct_1")
        .name("old")
        .body(body)
        .preview()
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&preview.body).unwrap(),
        json!({"name": "n"})
    );
}

#[test]
fn encodes_query_options_like_parameters() {
    let client = Client::new(API_KEY).unwrap();
    let options = CallOptions::new().query("fresh", true).query("ids", [1, 2]);
    let preview = client.api().whoami().with(options).preview().unwrap();
    assert!(
        preview
            .url
            .ends_with("/api/whoami?fresh=1&ids%5B%5D=1&ids%5B%5D=2"),
        "{}",
        preview.url
    );
}

#[test]
fn rejects_proxies_that_would_see_the_key() {
    let plain_http = || {
        Client::builder()
            .key(API_KEY)
            .base_url("http://127.0.0.1:9")
    };
    let error = plain_http()
        .proxy("http://proxy.example:8080")
        .build()
        .unwrap_err();
    assert!(
        error.to_string().contains("the proxy must be on loopback"),
        "{error}"
    );
    assert!(
        Client::builder()
            .key(API_KEY)
            .proxy("http://proxy.example:8080")
            .build()
            .is_ok()
    );
    let with_custom_client = plain_http()
        .proxy("http://127.0.0.1:1")
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap());
    assert!(
        with_custom_client
            .build()
            .unwrap_err()
            .to_string()
            .contains("together with a custom HTTP client")
    );
}
