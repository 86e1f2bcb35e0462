//! Tests that the `Debug` and `Display` output of public types contains neither the API key nor other secrets.
//!
//! The table covers every public type: it is compared with the list that `cargo xtask public-api` generates.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::{Debug, Display};

use onlyfansapi::http::Method;
use onlyfansapi::{
    ApiError, ApiKey, Blob, Body, CacheInfo, CallOptions, Client, Credits, Decode, Error, FilePart,
    MediaRef, Pagination, PostbackSpec, RateLimits, Timestamp, UpstreamResponse,
};
use onlyfansapi_mock::{API_KEY, MockReply, WireServer};
use serde_json::json;

use crate::common::start;

/// A secret other than the API key.
const OTHER: &str = "another-secret-of-the-test";

/// The `Debug` and `Display` output of each public type.
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
        for attempt in error.failed_attempts() {
            self.debug("FailedAttempt", attempt);
            self.display("FailedAttempt", attempt);
        }
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
async fn shows_no_secret_in_debug_and_display() {
    let mut t = Table::default();
    let (server, client) = start().await;
    t.debug("ApiKey", &ApiKey::from(API_KEY));
    t.debug("Client", &client);
    t.debug(
        "ClientBuilder",
        &Client::builder()
            .key(API_KEY)
            .header("x-secret", OTHER)
            .proxy(format!("http://u:{OTHER}@127.0.0.1:1")),
    );
    t.debug("api::Api", client.api());

    // Create calls in every state.
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
    let preview = call.preview().unwrap();
    t.debug("RequestPreview", &preview);
    assert_eq!(preview.headers["authorization"], "[redacted]");
    assert!(!preview.to_string().contains(API_KEY), "{preview}");
    t.debug(
        "RawRequest",
        &client
            .request(Method::POST, "/api/x")
            .json(&json!({"secret": OTHER}))
            .with(options.clone()),
    );
    t.debug("ReplyFuture", &client.api().whoami().send());
    server.reply_at(
        "GET",
        "/api/whoami",
        MockReply::json(200, &json!({"team": {}}))
            .header("set-cookie", "session=another-secret-of-the-test"),
    );
    let reply = client.api().whoami().await.unwrap();
    t.debug("Reply", &reply);
    t.debug("Meta", reply.meta());

    // Create errors of every kind.
    t.error(
        &Client::builder()
            .key(format!("{API_KEY}\n"))
            .build()
            .unwrap_err(),
    );
    t.error(
        &Client::builder()
            .key(API_KEY)
            .base_url(format!("https://u:{OTHER}@host"))
            .build()
            .unwrap_err(),
    );
    t.error(
        &Client::builder()
            .key(API_KEY)
            .proxy(format!("://{OTHER}"))
            .build()
            .unwrap_err(),
    );
    t.error(
        &Client::builder()
            .key(API_KEY)
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
            .await
            .unwrap_err(),
    );
    t.error(
        &client
            .api()
            .whoami()
            .with(CallOptions::new().header("x", &format!("{OTHER}\n")))
            .await
            .unwrap_err(),
    );
    let unreachable = Client::builder()
        .key(API_KEY)
        .base_url(crate::common::unused_address())
        .build()
        .unwrap();
    t.error(
        &unreachable
            .api()
            .whoami()
            .with(CallOptions::new().query("secret", OTHER))
            .await
            .unwrap_err(),
    );
    let silent_server = WireServer::start("").await.unwrap();
    let without_response = Client::builder()
        .key(API_KEY)
        .base_url(silent_server.url())
        .build()
        .unwrap();
    t.error(
        &without_response
            .api()
            .whoami()
            .with(CallOptions::new().query("secret", OTHER))
            .await
            .unwrap_err(),
    );
    t.error(
        &without_response
            .with_key(OTHER)
            .unwrap()
            .api()
            .whoami()
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
            .await
            .unwrap_err();
        t.debug("Drift", &error.drift());
        t.error(&error);
    }

    // Values from the service or the caller, which never contain the API key.
    t.debug("ApiError", &ApiError::default());
    t.debug("UpstreamResponse", &UpstreamResponse::default());
    t.debug("CacheInfo", &CacheInfo::default());
    t.debug("Credits", &Credits::default());
    t.debug("Pagination", &Pagination::default());
    t.debug("RateLimits", &RateLimits::default());
    t.debug("Decode", &Decode::Lenient);
    t.debug("ErrorKind", &onlyfansapi::ErrorKind::Refused);
    let options_with_invalid_header = CallOptions::new().header(OTHER, "\n");
    let error = client
        .api()
        .whoami()
        .with(options_with_invalid_header)
        .preview()
        .unwrap_err();
    t.debug("InvalidArgument", &error.invalid_arguments()[0].reason);
    t.debug("MediaRef", &MediaRef::from(1));
    let scope = onlyfansapi::api::types::SmartLinkScope::from("team");
    if let onlyfansapi::api::types::SmartLinkScope::Other(unknown) = &scope {
        t.debug("UnknownValue", unknown);
    }
    t.debug("Timestamp", &Timestamp::from(1));
    t.debug(
        "PostbackSpec",
        &PostbackSpec::global("https://e.com", [])
            .header("authorization", OTHER)
            .body(OTHER),
    );
    let postback: onlyfansapi::api::types::smart_link_postbacks::SmartLinkPostback =
        serde_json::from_value(json!({"headers": [{"name": "authorization", "value": OTHER}]}))
            .unwrap();
    t.debug("Reply", &postback);
    t.debug(
        "SmartLinkPostbacks",
        &client.smart_link_postbacks().with(options),
    );
    let operation = onlyfansapi::api::operations::ALL[0];
    t.debug("api::Operation", operation);
    t.debug("api::Parameter", &operation.parameters);
    t.debug(
        "api::ParameterLocation",
        &onlyfansapi::api::ParameterLocation::Query,
    );
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
    let download = client.request(Method::GET, "/api/file").stream();
    t.debug("DownloadFuture", &download);
    t.debug("Download", &download.await.unwrap());
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
        .await
        .unwrap();
    assert_eq!(redirect.as_str(), target);
    t.debug("Location", &redirect.into_inner());

    // Secrets in fields of generated types.
    let account: onlyfansapi::api::types::AccountUser =
        serde_json::from_value(json!({"id": 1, "csrf": OTHER, "wsAuthToken": OTHER})).unwrap();
    let output = format!("{account:?}");
    assert!(!output.contains(OTHER), "{output}");
    assert!(output.contains("csrf: Some(\"[redacted]\")"), "{output}");
    server.reply_at(
        "GET",
        "/api/accounts",
        MockReply::json(
            200,
            &json!([{"onlyfans_user_data": {"csrf": OTHER, "wsAuthToken": OTHER}}]),
        ),
    );
    t.debug("Reply", &client.api().list_accounts().await.unwrap());
    // An error after a retry.
    server.reply_at(
        "GET",
        "/api/whoami",
        MockReply::status(503).header("x-secret", OTHER),
    );
    let options = CallOptions::new()
        .retries(1)
        .timeout(std::time::Duration::from_secs(1));
    t.error(&client.api().whoami().with(options).await.unwrap_err());

    for (name, outputs) in &t.rows {
        assert!(!outputs.is_empty());
        for output in outputs {
            assert!(!output.contains(API_KEY), "{name} shows the key: {output}");
            assert!(!output.contains(OTHER), "{name} shows a secret: {output}");
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
