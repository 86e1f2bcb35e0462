//! What a program that listens with `tracing` hears: one span a call, events for further attempts and for drift.
//!
//! The names are OpenTelemetry's where it has them. No header, no body, no query and no path with its values
//! is in them: a template of the path, kinds and numbers only. Where nobody listens nothing is formatted.

use std::sync::Arc;
use std::time::Duration;

use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::{Call, Drift, Error, ErrorKind, Observer};
use tracing::field::Empty;
use tracing::{Level, Span};

/// How many places of one answer are told.
const MOST: usize = 20;

/// The span of a call, until its answer is decoded.
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
        // A raw call has no template, and its path has values.
        if !operation.path.is_empty() {
            span.record("url.template", operation.path);
        }
        Self(span)
    }

    /// The span, if anybody listens.
    pub(crate) fn enabled(&self) -> Option<Span> {
        (!self.0.is_disabled()).then(|| self.0.clone())
    }

    /// A further attempt, after a wait.
    pub(crate) fn again(&self, why: &str, attempts: u32, wait: Duration) {
        let wait = wait.as_secs_f64();
        tracing::event!(target: "onlyfansapi", parent: &self.0, Level::WARN, attempt = attempts, wait, error.type = why, "trying again");
    }

    /// The end of the last attempt.
    pub(crate) fn answered(&self, status: StatusCode, headers: &HeaderMap, attempts: u32) {
        if self.0.is_disabled() {
            return;
        }
        self.attempts(attempts);
        self.0.record("http.response.status_code", status.as_u16());
        if status.is_client_error() || status.is_server_error() {
            self.0.record("error.type", status.as_str());
        }
        let used = headers.get("x-ofapi-credits-used");
        if let Some(used) = used.and_then(|value| value.to_str().ok()?.parse::<i64>().ok()) {
            self.0.record("credits.used", used);
        }
    }

    /// The end of the last attempt, without an answer.
    pub(crate) fn failed(&self, error: &Error, attempts: u32) {
        if self.0.is_disabled() {
            return;
        }
        self.attempts(attempts);
        self.0.record("error.type", error_type(error));
    }

    fn attempts(&self, attempts: u32) {
        self.0.record("attempt", attempts);
        if attempts > 1 {
            self.0.record("http.request.resend_count", attempts - 1);
        }
    }

    /// The span as one that hears how the body is read; `None` where nobody listens.
    pub(crate) fn observer(self) -> Option<Arc<dyn Observer>> {
        (!self.0.is_disabled()).then(|| Arc::new(self) as Arc<dyn Observer>)
    }
}

impl Observer for CallSpan {
    fn decoded(&self, drift: &[Drift], error: Option<&Error>) {
        self.0.record("drift.count", drift.len());
        if let Some(error) = error {
            self.0.record("error.type", error_type(error));
        }
        for place in drift.iter().take(MOST) {
            tracing::event!(
                target: "onlyfansapi",
                parent: &self.0,
                Level::WARN,
                pointer = place.pointer.as_str(),
                expected = place.expected,
                found = place.found,
                "a place of the answer does not fit its type"
            );
        }
    }
}

/// How far the request got, in a word.
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
