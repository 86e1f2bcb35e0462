//! The one operation that is vendored exactly as published gives the same call alone, without the
//! overlay, as it gives within the whole document.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::{Answer, Body, Call, Error, Hook, Operation, RequestPreview, Transport};

const ANSWER: &str = r#"{"data":{"id":123,"url":"u","http_method":"POST","body":"b","headers":[{"name":"n","value":"v"}],
    "smart_link_scope":"global","conversion_types":["new_subscriber"],"smart_link_ids":["01J"],
    "smart_links":[{"link_ulid":"01J","name":"n","account_display_name":"d","account_prefixed_id":"acct_1"}],
    "created_at":"2026-01-31T21:45:00+00:00","updated_at":"2026-01-31T21:45:00+00:00"},
    "_meta":{"_credits":{"used":0,"balance":999999,"note":"Free endpoint"}}}"#;

/// Writes down what would be sent and gives the same answer to everything.
#[derive(Default)]
struct Recorder {
    sent: Mutex<Vec<String>>,
}

impl Transport for Recorder {
    fn send(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>> {
        let request = &call.request;
        let body: &[u8] = match &request.body {
            Body::Bytes(bytes) => bytes,
            _ => b"",
        };
        self.sent.lock().unwrap().push(format!(
            "{} {} {:?} {body:?}",
            request.method, request.target, request.headers
        ));
        Box::pin(async {
            Ok(Answer::new(
                StatusCode::OK,
                HeaderMap::new(),
                Bytes::from_static(ANSWER.as_bytes()),
            ))
        })
    }

    fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        let request = &call.request;
        Ok(RequestPreview::new(
            request.method.clone(),
            request.target.clone(),
            request.headers.clone(),
            Bytes::new(),
        ))
    }
}

fn description(operation: &Operation) -> String {
    format!("{operation:?}")
}

#[tokio::test]
async fn the_piece_alone_gives_the_same_call() {
    let recorder = Arc::new(Recorder::default());
    let hook = || Hook::new(recorder.clone());
    let alone = onlyfansapi_piece::Client::new(hook())
        .show_smart_link_postback()
        .postback_id(123)
        .fetch()
        .await
        .unwrap();
    let whole = onlyfansapi_client::Client::new(hook())
        .show_smart_link_postback()
        .postback_id(123)
        .fetch()
        .await
        .unwrap();

    let sent = recorder.sent.lock().unwrap();
    assert_eq!(sent[0], sent[1]);
    assert!(
        sent[0].starts_with("GET /api/smart-link-postbacks/123 "),
        "{}",
        sent[0]
    );
    assert_eq!(
        description(&onlyfansapi_piece::operations::SHOW_SMART_LINK_POSTBACK),
        description(&onlyfansapi_client::operations::SHOW_SMART_LINK_POSTBACK)
    );
    assert_eq!(onlyfansapi_piece::SERVER, onlyfansapi_client::SERVER);
    assert_eq!(alone.credits().unwrap().balance, 999_999);

    // Every field that the answer has is a field of both types, under the same name.
    let answer: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
    for typed in [
        serde_json::to_value(&*alone).unwrap(),
        serde_json::to_value(&*whole).unwrap(),
    ] {
        assert_eq!(typed, answer["data"]);
    }
    // The same field names and types in Rust: this compiles for neither if they differ.
    macro_rules! same {
        ($($field:ident),*) => { $( assert_eq!(format!("{:?}", alone.$field).len() > 4, format!("{:?}", whole.$field).len() > 4); )* };
    }
    same!(
        id,
        url,
        http_method,
        body,
        headers,
        smart_link_scope,
        conversion_types,
        smart_link_ids,
        smart_links,
        latest_response,
        created_at,
        updated_at
    );
    // What is unknown in the piece alone is known from the list of the whole document.
    let _: &Option<serde_json::Value> = &alone.latest_response;
    let _: &Option<onlyfansapi_client::types::smart_link_postbacks::SmartLinkPostbackResponse> =
        &whole.latest_response;
}
