//! Tests that the one operation that is vendored exactly as published produces the same request whether it is
//! generated alone and without the overlay, or as part of the whole document.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::transport::{
    Call, Dispatcher, Response, Transport, TransportFuture, request_preview,
};
use onlyfansapi_core::{Body, Error, Operation, RequestPreview};

const RESPONSE: &str = r#"{"data":{"id":123,"url":"u","http_method":"POST","body":"b","headers":[{"name":"n","value":"v"}],
    "smart_link_scope":"global","conversion_types":["new_subscriber"],"smart_link_ids":["01J"],
    "smart_links":[{"link_ulid":"01J","name":"n","account_display_name":"d","account_prefixed_id":"acct_1"}],
    "created_at":"2026-01-31T21:45:00+00:00","updated_at":"2026-01-31T21:45:00+00:00"},
    "_meta":{"_credits":{"used":0,"balance":999999,"note":"Free endpoint"}}}"#;

/// Records requests instead of sending them, and always returns the same response.
#[derive(Default)]
struct Recorder {
    sent: Mutex<Vec<String>>,
}

impl Transport for Recorder {
    fn send(self: Arc<Self>, call: Call) -> TransportFuture<Response> {
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
            Ok(Response::new(
                StatusCode::OK,
                HeaderMap::new(),
                Bytes::from_static(RESPONSE.as_bytes()),
            ))
        })
    }

    fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        let request = &call.request;
        Ok(request_preview(
            request.method.clone(),
            request.target.clone(),
            request.headers.clone(),
            &Body::Empty,
        ))
    }
}

fn debug_output(operation: &Operation) -> String {
    format!("{operation:?}")
}

#[tokio::test]
async fn an_operation_produces_the_same_request_alone_and_in_the_whole_document() {
    let recorder = Arc::new(Recorder::default());
    let dispatcher = || Dispatcher::new(recorder.clone());
    let alone = onlyfansapi_piece::Client::from(dispatcher())
        .show_smart_link_postback()
        .postback_id(123)
        .await
        .unwrap();
    let whole = onlyfansapi_client::Client::from(dispatcher())
        .show_smart_link_postback()
        .postback_id(123)
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
        debug_output(&onlyfansapi_piece::operations::SHOW_SMART_LINK_POSTBACK),
        debug_output(&onlyfansapi_client::operations::SHOW_SMART_LINK_POSTBACK)
    );
    assert_eq!(onlyfansapi_piece::SERVER, onlyfansapi_client::SERVER);
    assert_eq!(alone.meta().credits().unwrap().balance, 999_999);

    // Both types have every field of the response, with the same name.
    let response: serde_json::Value = serde_json::from_str(RESPONSE).unwrap();
    for typed in [
        serde_json::to_value(&*alone).unwrap(),
        serde_json::to_value(&*whole).unwrap(),
    ] {
        assert_eq!(typed, response["data"]);
    }
    // This does not compile unless both types have the same fields in Rust.
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
    // The type of this field is unknown in the excerpt. The whole document has it in the list operation.
    let _: &Option<serde_json::Value> = &alone.latest_response;
    let _: &Option<onlyfansapi_client::types::smart_link_postbacks::SmartLinkPostbackResponse> =
        &whole.latest_response;
}
