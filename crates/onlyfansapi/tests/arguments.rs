//! Tests the values that setters accept (generated types, strings, numbers, references and options) and reject.

use onlyfansapi::api::types::{ConversionType, PostbackMethod, SmartLinkScope, WebhookEvent};
use onlyfansapi::{Client, RequestPreview, Timestamp};
use serde_json::{Value, json};

fn client() -> Client {
    Client::new("not-a-real-key").unwrap()
}

fn body(preview: &RequestPreview) -> Value {
    serde_json::from_slice(&preview.body).unwrap()
}

#[test]
fn setters_accept_generated_types() {
    let client = client();
    let url = url::Url::parse("https://example.com/p").unwrap();
    let postback = client
        .api()
        .create_smart_link_postback()
        .url(&url)
        .conversion_types([ConversionType::NewSubscriber])
        .smart_link_scope(SmartLinkScope::Global)
        .http_method(&PostbackMethod::Post);
    assert_eq!(
        body(&postback.preview().unwrap()),
        json!({"url": "https://example.com/p", "conversion_types": ["new_subscriber"], "smart_link_scope": "global", "http_method": "POST"})
    );

    let webhook = client
        .api()
        .create_webhook()
        .endpoint_url(url)
        .account_scope("global")
        .events(vec![WebhookEvent::MessagesReceived]);
    assert_eq!(
        body(&webhook.preview().unwrap())["events"],
        json!(["messages.received"])
    );

    let key = uuid::Uuid::nil();
    let message = client
        .api()
        .send_message()
        .account("acct_0123")
        .chat_id(12345_u64)
        .text("Hello!")
        .idempotency_key(key);
    let message = message.preview().unwrap();
    assert!(message.url.ends_with("/api/acct_0123/chats/12345/messages"));
    assert_eq!(message.headers["idempotency-key"], key.to_string());

    let earnings = client
        .api()
        .get_earnings()
        .account("acct_0123")
        .start_date(Timestamp::from("2026-01-31"))
        .end_date("2026-02-28");
    let url = earnings.preview().unwrap().url;
    assert!(
        url.contains("start_date=2026-01-31") && url.contains("end_date=2026-02-28"),
        "{url}"
    );
}

#[test]
fn strings_convert_to_enumerations_and_numbers() {
    let limit: Option<u8> = Some(5);
    let offset: &Option<String> = &Some("10".to_owned());
    let account = "acct_0123".to_owned();
    let preview = client()
        .api()
        .list_active_fans()
        .account(&account)
        .limit(limit)
        .offset(offset)
        .type_("a-new-type")
        .query(None::<&str>)
        .preview()
        .unwrap();
    assert!(
        preview
            .url
            .ends_with("/fans/active?limit=5&offset=10&type=a-new-type"),
        "{}",
        preview.url
    );
}

#[test]
fn json_arguments_accept_own_types_and_lists() {
    let preview = client()
        .api()
        .update_post()
        .account("acct_0123")
        .post_id(1)
        .text("Hello!")
        .media_files([onlyfansapi::MediaRef::from("ofapi_media_1")])
        .preview()
        .unwrap();
    assert_eq!(body(&preview)["mediaFiles"], json!(["ofapi_media_1"]));
    let preview = client()
        .api()
        .list_active_fans()
        .account("acct_0123")
        .filter_online(true)
        .preview()
        .unwrap();
    assert!(
        preview.url.ends_with("?filter%5Bonline%5D=1"),
        "{}",
        preview.url
    );
}

#[test]
fn reports_every_argument_that_cannot_be_converted() {
    let error = client()
        .api()
        .list_active_fans()
        .account("")
        .limit(u64::MAX)
        .offset("ten")
        .filter_max_total_spent(f64::NAN)
        .preview()
        .unwrap_err();
    let invalid: Vec<_> = error
        .invalid_arguments()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        invalid,
        [
            "`limit` must be a 64-bit integer",
            "`offset` must be a 64-bit integer",
            "`filter_max_total_spent` must be a finite number; JSON has neither NaN nor infinity",
            "`account` is part of the path and must not be empty",
        ]
    );

    let error = client()
        .api()
        .send_message()
        .account("acct_0123")
        .chat_id(12345)
        .text("Hello!")
        .price(f32::INFINITY)
        .preview()
        .unwrap_err();
    assert_eq!(error.invalid_arguments()[0].argument, "price");
}
