//! Tests the spans and events that a `tracing` subscriber receives: one span per call with OpenTelemetry's field names,
//! and events for retries and drift. No span and no event contains a secret, header, body or value.
//!
//! This is a separate program: `tracing` decides once, for all threads, whether a call site is enabled, so other tests would
//! disable it at random.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onlyfansapi::{CallOptions, Client};
use onlyfansapi_mock::faults::{Fault, FaultServer};
use onlyfansapi_mock::{API_KEY, MockReply};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

type Fields = BTreeMap<String, String>;

#[derive(Debug, Default)]
struct Records {
    /// The fields of each span, and whether the span is closed.
    spans: Vec<(Fields, bool)>,
    events: Vec<(Level, Fields)>,
}

/// A subscriber that records spans and events with the target `onlyfansapi`.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Records>>);

struct FieldVisitor<'a>(&'a mut Fields);

impl Visit for FieldVisitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = format!("{value:?}");
        self.0
            .insert(field.name().to_owned(), value.trim_matches('"').to_owned());
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "onlyfansapi"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        span.record(&mut FieldVisitor(&mut fields));
        let mut records = self.0.lock().unwrap();
        records.spans.push((fields, false));
        Id::from_u64(records.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut records = self.0.lock().unwrap();
        values.record(&mut FieldVisitor(
            &mut records.spans[span.into_u64() as usize - 1].0,
        ));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut FieldVisitor(&mut fields));
        let level = *event.metadata().level();
        self.0.lock().unwrap().events.push((level, fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn try_close(&self, span: Id) -> bool {
        self.0.lock().unwrap().spans[span.into_u64() as usize - 1].1 = true;
        true
    }
}

fn fields(expected: &[(&str, &str)]) -> Fields {
    expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn records_one_span_per_call() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let (server, client) = crate::common::start().await;
    server.reply_at(
        "GET",
        "/api/smart-link-postbacks/17",
        MockReply::json(
            200,
            &json!({"data": {"id": "not-a-number-but-a-secret", "url": 5}}),
        )
        .header("x-ofapi-credits-used", "3"),
    );
    let options = CallOptions::new()
        .header("x-secret", "another-secret")
        .query("q", "secret-of-the-query");
    let call = client
        .api()
        .show_smart_link_postback()
        .postback_id(17)
        .with(options);
    let reply = call.await.unwrap();
    assert!(!reply.meta().drift().is_empty());
    let records = recorder.0.lock().unwrap();
    let mut expected = fields(&[
        ("attempt", "1"),
        ("credits.used", "3"),
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("operation", "showSmartLinkPostback"),
        ("otel.kind", "client"),
        ("otel.name", "showSmartLinkPostback"),
        ("url.template", "/api/smart-link-postbacks/{postback_id}"),
    ]);
    expected.insert(
        "drift.count".to_owned(),
        reply.meta().drift().len().to_string(),
    );
    assert_eq!(records.spans, [(expected, true)]);
    let drift: Vec<_> = records
        .events
        .iter()
        .map(|(level, fields)| (*level, fields["pointer"].as_str()))
        .collect();
    assert_eq!(drift[0], (Level::WARN, "/data/id"));
    let all = format!("{records:?}");
    for secret in [
        API_KEY,
        "another-secret",
        "secret-of-the-query",
        "not-a-number-but-a-secret",
    ] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[tokio::test]
async fn records_retries_and_failures() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let refused = Fault::Refused {
        status: 503,
        retry_after: Some(0),
        html: false,
    };
    let server = FaultServer::start(vec![refused.clone(), Fault::ResetAfter, refused])
        .await
        .unwrap();
    let client = Client::builder()
        .key(API_KEY)
        .base_url(server.url())
        .backoff(Duration::from_millis(1), Duration::from_millis(1))
        .build()
        .unwrap();
    client.api().whoami().await.unwrap_err();
    let client = Client::builder()
        .key(API_KEY)
        .base_url(crate::common::unused_address())
        .retries(0)
        .build()
        .unwrap();
    let delete = client.api().delete_smart_link_postback().postback_id(1);
    delete.await.unwrap_err();
    let records = recorder.0.lock().unwrap();
    let retries: Vec<_> = records
        .events
        .iter()
        .map(|(_, fields)| (fields["error.type"].as_str(), fields["attempt"].as_str()))
        .collect();
    assert_eq!(retries, [("503", "1"), ("maybe_sent", "2")]);
    let (first, is_closed) = &records.spans[0];
    assert!(is_closed);
    for (name, value) in [
        ("attempt", "3"),
        ("http.request.resend_count", "2"),
        ("error.type", "503"),
        ("http.response.status_code", "503"),
    ] {
        assert_eq!(first[name], value, "{name}");
    }
    assert_eq!(records.spans[1].0["error.type"], "never_sent");
    assert!(records.spans[1].1);
}
