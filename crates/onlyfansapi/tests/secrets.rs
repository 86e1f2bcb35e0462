//! The key is in no `Debug`, `Display` or error of any public type.
//!
//! The table has every public type: it is compared with the listing that `cargo xtask public-api`
//! keeps.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::{Debug, Display};

use common::start;
use onlyfansapi::http::Method;
use onlyfansapi::{
    ApiError, ApiKey, Blob, Body, CacheInfo, CallOptions, Client, ConversionType, Credits, Decode,
    Error, Fault, FilePart, MediaRef, Pagination, PostbackHeader, PostbackMethod, PostbackResponse,
    PostbackSmartLink, PostbackSpec, RateLimits, SmartLinkPostback, SmartLinkScope, Timestamp,
    UpstreamResponse,
};
use onlyfansapi_mock::{KEY, MockReply, WireServer};
use serde_json::json;

/// A secret that is not the key but must stay out of Debug as well.
const OTHER: &str = "another-secret-of-the-test";

#[derive(Default)]
struct Table {
    rows: BTreeMap<&'static str, Vec<String>>,
}

impl Table {
    fn debug(&mut self, name: &'static str, value: &impl Debug) {
        self.rows
            .entry(name)
            .or_default()
            .extend([format!("{value:?}"), format!("{value:#?}")]);
    }

    fn display(&mut self, name: &'static str, value: &impl Display) {
        self.rows.entry(name).or_default().push(value.to_string());
    }

    fn error(&mut self, error: &Error) {
        self.debug("Error", error);
        self.display("Error", error);
        let mut source = error.source();
        while let Some(cause) = source {
            self.rows
                .entry("Error")
                .or_default()
                .extend([cause.to_string(), format!("{cause:?}")]);
            source = cause.source();
        }
    }
}

#[tokio::test]
async fn the_key_is_nowhere() {
    let mut t = Table::default();
    let (server, client) = start().await;
    t.debug("ApiKey", &ApiKey::from(KEY));
    t.debug("Client", &client);
    t.debug(
        "ClientBuilder",
        &Client::builder()
            .key(KEY)
            .header("x-secret", OTHER)
            .proxy(format!("http://u:{OTHER}@127.0.0.1:1")),
    );
    t.debug("api::Api", client.api());

    // Calls in every state.
    let options = CallOptions::new()
        .header("x-secret", OTHER)
        .query("secret", OTHER)
        .body_field("secret", OTHER);
    t.debug("CallOptions", &options);
    let call = client
        .api()
        .submit_2fa()
        .attempt_id("auth_1")
        .code(OTHER)
        .with(options.clone());
    t.debug("api::Api", &call);
    let preview = call.request().unwrap();
    t.debug("RequestPreview", &preview);
    assert_eq!(preview.headers["authorization"], "[redacted]");
    assert!(!preview.to_string().contains(KEY), "{preview}");
    t.debug(
        "RawRequest",
        &client
            .request(Method::POST, "/api/x")
            .json(&json!({"secret": OTHER}))
            .with(options.clone()),
    );
    t.debug("Fetch", &client.api().whoami().fetch());
    server.reply_at(
        "GET",
        "/api/whoami",
        MockReply::json(200, &json!({"team": {}}))
            .header("set-cookie", "session=another-secret-of-the-test"),
    );
    t.debug("Reply", &client.api().whoami().fetch().await.unwrap());

    // Errors of every kind.
    t.error(
        &Client::builder()
            .key(format!("{KEY}\n"))
            .build()
            .unwrap_err(),
    );
    t.error(
        &Client::builder()
            .key(KEY)
            .base_url(format!("https://u:{OTHER}@host"))
            .build()
            .unwrap_err(),
    );
    t.error(
        &Client::builder()
            .key(KEY)
            .proxy(format!("://{OTHER}"))
            .build()
            .unwrap_err(),
    );
    t.error(
        &Client::builder()
            .key(KEY)
            .header("x-secret", format!("{OTHER}\n"))
            .build()
            .unwrap_err(),
    );
    t.error(
        &client
            .api()
            .delete_chat()
            .account("")
            .chat_id("..")
            .fetch()
            .await
            .unwrap_err(),
    );
    t.error(
        &client
            .api()
            .whoami()
            .with(CallOptions::new().header("x", &format!("{OTHER}\n")))
            .fetch()
            .await
            .unwrap_err(),
    );
    let nobody = Client::builder()
        .key(KEY)
        .base_url(common::nobody())
        .build()
        .unwrap();
    t.error(
        &nobody
            .api()
            .whoami()
            .with(CallOptions::new().query("secret", OTHER))
            .fetch()
            .await
            .unwrap_err(),
    );
    let silent = WireServer::start("").await.unwrap();
    let silent = Client::builder()
        .key(KEY)
        .base_url(silent.url())
        .build()
        .unwrap();
    t.error(
        &silent
            .api()
            .whoami()
            .with(CallOptions::new().query("secret", OTHER))
            .fetch()
            .await
            .unwrap_err(),
    );
    t.error(
        &silent
            .with_key(OTHER)
            .unwrap()
            .api()
            .whoami()
            .fetch()
            .await
            .unwrap_err(),
    );
    for reply in [
        MockReply::json(401, &json!({"error": "Unauthorized."}))
            .header("set-cookie", "session=another-secret-of-the-test"),
        MockReply::status(302).header(
            "location",
            "https://elsewhere.example/?token=another-secret-of-the-test",
        ),
        MockReply::status(200).body("application/json", "not json: another-secret-of-the-test"),
        MockReply::json(200, &json!({"team": "another-secret-of-the-test"})),
    ] {
        server.reply_at("GET", "/api/whoami", reply);
        let error = client
            .api()
            .whoami()
            .with(CallOptions::new().decode(Decode::Strict))
            .fetch()
            .await
            .unwrap_err();
        t.debug("Drift", &error.drift());
        t.error(&error);
    }

    // Values that hold what the service or the caller gave; none of them is given the key.
    t.debug("ApiError", &ApiError::default());
    t.debug("UpstreamResponse", &UpstreamResponse::default());
    t.debug("CacheInfo", &CacheInfo::default());
    t.debug("Credits", &Credits::default());
    t.debug("Pagination", &Pagination::default());
    t.debug("RateLimits", &RateLimits::default());
    t.debug("Decode", &Decode::Lenient);
    t.debug("ErrorKind", &onlyfansapi::ErrorKind::Refused);
    t.debug("Fault", &Fault::new("field", "rule"));
    t.debug("MediaRef", &MediaRef::from(1));
    t.debug("Timestamp", &Timestamp::from(1));
    t.debug("ConversionType", &ConversionType::NewSubscriber);
    t.debug("SmartLinkScope", &SmartLinkScope::Global);
    t.debug("PostbackMethod", &PostbackMethod::Get);
    t.debug(
        "PostbackSpec",
        &PostbackSpec::global("https://e.com", [])
            .header("authorization", OTHER)
            .body(OTHER),
    );
    let header = PostbackHeader {
        name: "authorization".into(),
        value: OTHER.into(),
    };
    t.debug("PostbackHeader", &header);
    t.debug("PostbackResponse", &PostbackResponse::default());
    t.debug("PostbackSmartLink", &PostbackSmartLink::default());
    t.debug(
        "SmartLinkPostback",
        &serde_json::from_value::<SmartLinkPostback>(json!({"headers": [header]})).unwrap(),
    );
    t.debug(
        "SmartLinkPostbacks",
        &client.smart_link_postbacks().with(options),
    );
    let operation = onlyfansapi::api::operations::ALL[0];
    t.debug("api::Operation", operation);
    t.debug("api::Parameter", &operation.parameters);
    t.debug("api::Place", &onlyfansapi::api::Place::Query);
    t.debug("api::Shape", &operation.shape);
    t.debug("api::BodyFormat", &operation.body);
    t.debug("api::EmptyBody", &operation.empty_body);
    t.debug("api::Style", &onlyfansapi::api::Style::Php);
    t.debug("Body", &Body::from(OTHER));
    t.debug("FilePart", &FilePart::new("file.txt", OTHER));
    t.debug("Blob", &Blob::default());
    server.reply_at(
        "GET",
        "/api/file",
        MockReply::status(200)
            .header("x-secret", OTHER)
            .body("application/pdf", OTHER),
    );
    let opening = client.request(Method::GET, "/api/file").stream();
    t.debug("Opening", &opening);
    t.debug("Download", &opening.await.unwrap());
    let target = "https://cdn.example/file?signature=another-secret-of-the-test";
    server.reply_at(
        "GET",
        "/api/acct/media/download/drm/1",
        MockReply::status(302).header("location", target),
    );
    let redirect = client
        .api()
        .download_drm_protected_media()
        .account("acct")
        .media_id(1)
        .fetch()
        .await
        .unwrap();
    assert_eq!(redirect.as_str(), target);
    t.debug("Location", &redirect.into_inner());

    // Values that the service or the caller means for nobody else, in types that are generated.
    let account: onlyfansapi::api::types::AccountUser =
        serde_json::from_value(json!({"id": 1, "csrf": OTHER, "wsAuthToken": OTHER})).unwrap();
    let shown = format!("{account:?}");
    assert!(!shown.contains(OTHER), "{shown}");
    assert!(shown.contains("csrf: Some(\"[redacted]\")"), "{shown}");
    server.reply_at(
        "GET",
        "/api/accounts",
        MockReply::json(
            200,
            &json!([{"onlyfans_user_data": {"csrf": OTHER, "wsAuthToken": OTHER}}]),
        ),
    );
    t.debug(
        "Reply",
        &client.api().list_accounts().fetch().await.unwrap(),
    );
    // Calls that were tried more than once, and their keys, which are no secrets.
    server.reply_at(
        "GET",
        "/api/whoami",
        MockReply::status(503).header("x-secret", OTHER),
    );
    let options = CallOptions::new()
        .retries(1)
        .timeout(std::time::Duration::from_secs(1));
    t.error(
        &client
            .api()
            .whoami()
            .with(options)
            .fetch()
            .await
            .unwrap_err(),
    );
    t.debug("Limits", CallOptions::new().limits());
    t.debug("Limit", &CallOptions::new().limits().total);

    for (name, texts) in &t.rows {
        assert!(!texts.is_empty());
        for text in texts {
            assert!(!text.contains(KEY), "{name} shows the key: {text}");
            assert!(!text.contains(OTHER), "{name} shows a secret: {text}");
        }
    }
    let covered: Vec<_> = t
        .rows
        .keys()
        .map(|name| format!("onlyfansapi::{name}"))
        .collect();
    let listed: Vec<_> = include_str!("../public-types.txt").lines().collect();
    assert_eq!(covered, listed);
}
