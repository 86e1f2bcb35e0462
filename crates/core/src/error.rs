//! The error of every call, named by how far the request got.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::{Answer, ApiError, Operation};

/// How far a request got before its call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was never built: an argument, the key or the configuration is wrong. Nothing
    /// was sent. The message names every fault found.
    NeverBuilt,
    /// The request was built and provably never left: no address, no connection, no TLS. It is
    /// safe to send it again.
    NeverSent,
    /// The request may have reached the service, but no answer came: a timeout or a broken
    /// connection. A write may have taken effect.
    MaybeSent,
    /// The service, or the edge before it, refused: a status of 4xx or 5xx, or a redirect.
    Refused,
    /// The service answered with success, but its body broke off or does not fit the type.
    Unreadable,
}

/// One thing that is wrong with the arguments of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The argument, as its setter is called.
    pub field: String,
    /// What is wrong with it, as the end of a sentence that starts with the field.
    pub rule: String,
}

impl Fault {
    /// A fault of `field`; `rule` ends the sentence that `field` starts.
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            rule: rule.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.field, self.rule)
    }
}

/// Why a call failed, and how far its request got.
///
/// Status, headers and body are kept wherever there was an answer. Neither `Debug` nor `Display`
/// shows headers, the body as a whole, or the key.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static str>,
    message: String,
    faults: Vec<Fault>,
    answer: Option<Answer>,
    api: Option<ApiError>,
    attempts: u32,
    elapsed: Duration,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    fn new(kind: ErrorKind, operation: Option<&'static str>, message: String) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                operation,
                message,
                faults: Vec::new(),
                answer: None,
                api: None,
                attempts: 0,
                elapsed: Duration::ZERO,
                source: None,
            }),
        }
    }

    /// "Never built": the arguments of `operation` have these faults.
    #[must_use]
    pub fn never_built(operation: &'static Operation, faults: Vec<Fault>) -> Self {
        let list: Vec<_> = faults.iter().map(Fault::to_string).collect();
        let mut error = Self::new(ErrorKind::NeverBuilt, Some(operation.id), list.join("; "));
        error.inner.faults = faults;
        error
    }

    /// "Never built": the client itself cannot be made or used as it is configured.
    #[must_use]
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeverBuilt, None, message.into())
    }

    /// "Never sent": no connection could be made.
    #[must_use]
    pub fn never_sent(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeverSent, Some(operation.id), message.into())
    }

    /// "Maybe sent": no answer came.
    #[must_use]
    pub fn maybe_sent(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::MaybeSent, Some(operation.id), message.into())
    }

    /// "Answered but unreadable".
    #[must_use]
    pub fn unreadable(
        operation: &'static Operation,
        answer: Answer,
        why: impl fmt::Display,
    ) -> Self {
        let message = format!("answered with {}, but {why}", answer.status);
        Self::new(ErrorKind::Unreadable, Some(operation.id), message).with_answer(answer)
    }

    /// "Refused" by a status of 4xx or 5xx.
    pub(crate) fn refused(operation: &'static Operation, answer: Answer) -> Self {
        let api = ApiError::read(&answer.body);
        let mut message = format!("refused with {}", answer.status);
        if let Some(api) = &api {
            if let Some(code) = &api.code {
                message.push_str(&format!(" {code}"));
            }
            if let Some(text) = &api.message {
                message.push_str(&format!(": {text}"));
            }
            let fields: Vec<_> = api
                .errors
                .iter()
                .map(|(field, texts)| format!("{field}: {}", texts.join(" ")))
                .collect();
            if !fields.is_empty() {
                message.push_str(&format!(" ({})", fields.join("; ")));
            }
        } else {
            message.push_str(
                match answer
                    .headers
                    .get(http::header::CONTENT_TYPE)
                    .and_then(|v| v.to_str().ok())
                {
                    _ if answer.body.is_empty() => " and an empty body",
                    Some(kind) if kind.starts_with("text/html") => {
                        " and a page of HTML, so not by the service itself"
                    }
                    _ => " and a body that is no JSON object",
                },
            );
        }
        let mut error =
            Self::new(ErrorKind::Refused, Some(operation.id), message).with_answer(answer);
        error.inner.api = api;
        error
    }

    /// "Refused" by a redirect, which is never followed; the message names the target's host only.
    pub(crate) fn redirected(operation: &'static Operation, answer: Answer) -> Self {
        let target = answer
            .headers
            .get(http::header::LOCATION)
            .and_then(|v| v.to_str().ok());
        let host = target
            .and_then(|t| t.parse::<http::Uri>().ok())
            .and_then(|uri| uri.host().map(str::to_owned));
        let host = host.map_or_else(
            || "an unnamed place".to_owned(),
            |host| format!("host {host}"),
        );
        let message = format!(
            "answered with {}, a redirect to {host}, which is not followed",
            answer.status
        );
        Self::new(ErrorKind::Refused, Some(operation.id), message).with_answer(answer)
    }

    fn with_answer(mut self, answer: Answer) -> Self {
        self.inner.attempts = answer.attempts;
        self.inner.elapsed = answer.elapsed;
        self.inner.answer = Some(answer);
        self
    }

    /// Adds the cause that a lower layer gave.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Adds how many requests were sent for the call, and how long it took.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.inner.attempts = attempts;
        self.inner.elapsed = elapsed;
        self
    }

    /// How far the request got.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The operation's id in the document; `None` when no call had begun.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// Every fault of the arguments, for a request that was never built.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.inner.faults
    }

    /// The status of the answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.answer.as_ref().map(|answer| answer.status)
    }

    /// The headers of the answer, where there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.inner.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The body of the answer as it came, as much of it as arrived.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.inner.answer.as_ref().map(|answer| &*answer.body)
    }

    /// What the service said, where its body was an error body.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        self.inner.api.as_ref()
    }

    /// How many requests were sent for the call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Time from the start of the first attempt to the failure.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.inner.elapsed
    }

    /// Whether the request may have reached the service.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        !matches!(
            self.inner.kind,
            ErrorKind::NeverBuilt | ErrorKind::NeverSent
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(match self.inner.kind {
            ErrorKind::NeverBuilt if self.inner.operation.is_some() => {
                "the request was not built: "
            }
            ErrorKind::NeverSent => "the request was not sent: ",
            ErrorKind::MaybeSent => "no answer, and the request may have been sent: ",
            _ => "",
        })?;
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("operation", &self.inner.operation)
            .field("message", &self.inner.message)
            .field("answer", &self.inner.answer)
            .field("attempts", &self.inner.attempts)
            .field("elapsed", &self.inner.elapsed)
            .field("source", &self.inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner
            .source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}
