//! `tracing`: one span per call, and events for retries and drift.
//!
//! Names follow OpenTelemetry's conventions where they exist. Spans and events contain the path template, kinds and
//! numbers, never headers, bodies, queries or values. Nothing is formatted if no subscriber is attached.

use std::sync::Arc;
use std::time::Duration;

use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::transport::{Call, DecodeObserver};
use onlyfansapi_core::{Drift, Error, ErrorKind};
use tracing::field::Empty;
use tracing::{Level, Span};

/// The maximum number of drift events per response.
const MAX_DRIFT_EVENTS: usize = 20;

/// The span of a call, until its response is decoded.
pub(crate) struct CallSpan(Span);

impl CallSpan {
    pub(crate) fn of(call: &Call) -> Self {
        let operation = call.operation;
        let span = tracing::span!(
            target: "onlyfansapi",
            Level::INFO,
            "call",
            otel.kind = "client",
            otel.name = operation.id,
            operation = operation.id,
            http.request.method = call.request.method.as_str(),
            url.template = Empty,
            http.response.status_code = Empty,
            http.request.resend_count = Empty,
            attempt = Empty,
            error.type = Empty,
            credits.used = Empty,
            drift.count = Empty,
        );
        // A raw request has no template, and its path contains values.
        if !operation.path.is_empty() {
            span.record("url.template", operation.path);
        }
        Self(span)
    }

    /// Returns the span, if a subscriber is attached.
    pub(crate) fn enabled(&self) -> Option<Span> {
        (!self.0.is_disabled()).then(|| self.0.clone())
    }

    /// Records a retry, before its wait.
    pub(crate) fn retrying(&self, why: &str, attempts: u32, wait: Duration) {
        let wait = wait.as_secs_f64();
        tracing::event!(target: "onlyfansapi", parent: &self.0, Level::WARN, attempt = attempts, wait, error.type = why, "retrying");
    }

    /// Records the response of the last attempt.
    pub(crate) fn responded(&self, status: StatusCode, headers: &HeaderMap, attempts: u32) {
        if self.0.is_disabled() {
            return;
        }
        self.record_attempts(attempts);
        self.0.record("http.response.status_code", status.as_u16());
        if status.is_client_error() || status.is_server_error() {
            self.0.record("error.type", status.as_str());
        }
        let used = headers.get("x-ofapi-credits-used");
        if let Some(used) = used.and_then(|value| value.to_str().ok()?.parse::<i64>().ok()) {
            self.0.record("credits.used", used);
        }
    }

    /// Records the error of the last attempt.
    pub(crate) fn failed(&self, error: &Error, attempts: u32) {
        if self.0.is_disabled() {
            return;
        }
        self.record_attempts(attempts);
        self.0.record("error.type", error_type(error));
    }

    fn record_attempts(&self, attempts: u32) {
        self.0.record("attempt", attempts);
        if attempts > 1 {
            self.0.record("http.request.resend_count", attempts - 1);
        }
    }

    /// Returns the span as an observer of decoding; `None` if no subscriber is attached.
    pub(crate) fn observer(self) -> Option<Arc<dyn DecodeObserver>> {
        (!self.0.is_disabled()).then(|| Arc::new(self) as Arc<dyn DecodeObserver>)
    }
}

impl DecodeObserver for CallSpan {
    fn decoded(&self, drift: &[Drift], error: Option<&Error>) {
        self.0.record("drift.count", drift.len());
        if let Some(error) = error {
            self.0.record("error.type", error_type(error));
        }
        for drift in drift.iter().take(MAX_DRIFT_EVENTS) {
            tracing::event!(
                target: "onlyfansapi",
                parent: &self.0,
                Level::WARN,
                pointer = drift.pointer.as_str(),
                expected = drift.expected,
                found = drift.found,
                "the response does not match its type"
            );
        }
    }
}

/// Returns how far the request got, as a value of `error.type`.
pub(crate) fn error_type(error: &Error) -> &'static str {
    match error.kind() {
        _ if error.is_timeout() => "timeout",
        ErrorKind::NeverBuilt => "never_built",
        ErrorKind::NeverSent => "never_sent",
        ErrorKind::MaybeSent => "maybe_sent",
        ErrorKind::Refused => "refused",
        ErrorKind::Unreadable => "unreadable",
        _ => "_OTHER",
    }
}
