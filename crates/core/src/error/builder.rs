//! Constructs errors, for transports.

use std::error::Error as StdError;
use std::fmt;
use std::sync::OnceLock;
use std::time::SystemTime;

use bytes::Bytes;
use http::StatusCode;

use super::{
    ApiError, Error, ErrorKind, FailedAttempt, Inner, InvalidArgument, retry_after, to_millis,
};
use crate::Operation;
use crate::response::{Attempts, Drift, Response};

/// The maximum size of a refusal's body that an error keeps, in bytes; the largest documented body is smaller than 1
/// KiB.
pub(crate) const MAX_REFUSAL: usize = 1 << 20;

/// Builds an [`Error`].
///
/// ```
/// use onlyfansapi_core::transport::ErrorBuilder;
///
/// let cause = std::io::Error::other("no such file");
/// let error = ErrorBuilder::configuration(format!("cannot read the certificate: {cause}")).source(cause).build();
/// assert_eq!(error.to_string(), "cannot read the certificate: no such file");
/// assert!(std::error::Error::source(&error).is_some());
/// ```
#[derive(Debug)]
#[must_use = "call `build`"]
pub struct ErrorBuilder(Error);

impl ErrorBuilder {
    fn new(kind: ErrorKind, operation: Option<&'static Operation>, message: String) -> Self {
        Self(Error {
            inner: Box::new(Inner {
                kind,
                operation: operation.map(|operation| operation.id),
                message,
                invalid: Vec::new(),
                response: None,
                api: None,
                drift: Vec::new(),
                is_timeout: false,
                attempts: Attempts::default(),
                source: None,
                envelope: OnceLock::new(),
            }),
        })
    }

    /// Creates a [`NeverBuilt`](ErrorKind::NeverBuilt) error: `operation` was called with these invalid arguments.
    pub fn invalid_arguments(operation: &'static Operation, invalid: Vec<InvalidArgument>) -> Self {
        let list: Vec<_> = invalid.iter().map(InvalidArgument::to_string).collect();
        let mut builder = Self::new(ErrorKind::NeverBuilt, Some(operation), list.join("; "));
        builder.0.inner.invalid = invalid;
        builder
    }

    /// Creates a [`NeverBuilt`](ErrorKind::NeverBuilt) error: the client cannot be created or used with its
    /// configuration.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeverBuilt, None, message.into())
    }

    /// Creates a [`NeverBuilt`](ErrorKind::NeverBuilt) error: the request of `operation` cannot be built.
    pub fn never_built(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeverBuilt, Some(operation), message.into())
    }

    /// Creates a [`NeverSent`](ErrorKind::NeverSent) error: there was no connection.
    pub fn never_sent(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeverSent, Some(operation), message.into())
    }

    /// Creates a [`MaybeSent`](ErrorKind::MaybeSent) error: there was no response.
    pub fn maybe_sent(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::MaybeSent, Some(operation), message.into())
    }

    /// Creates an [`Unreadable`](ErrorKind::Unreadable) error; `why` completes the sentence "responded with 200 OK, but
    /// …".
    pub fn unreadable(
        operation: &'static Operation,
        response: Response,
        why: impl fmt::Display,
    ) -> Self {
        let message = format!("responded with {}, but {why}", response.status);
        Self::new(ErrorKind::Unreadable, Some(operation), message).response(response)
    }

    /// Creates a [`Refused`](ErrorKind::Refused) error for a 4xx or 5xx status. At most 1 MiB of the body is kept.
    pub fn refused(operation: &'static Operation, mut response: Response) -> Self {
        let api = ApiError::read(&response.body);
        let mut message = format!("refused with {}", response.status);
        match &api {
            Some(api) => message.push_str(&api.summary()),
            None if response.body.is_empty() => message.push_str(", without a body"),
            None if response.media_type() == Some("text/html") => {
                message.push_str(", with an HTML page from a proxy or CDN in front of the service")
            }
            None => message.push_str(", with a body that is not a JSON object"),
        }
        if response.status == StatusCode::UNAUTHORIZED && api.is_some() {
            message.push_str(" (check the API key)");
        }
        if let Some(wait) = retry_after(&response.headers, SystemTime::now()) {
            message.push_str(&format!(" (retry after {:?})", to_millis(wait)));
        }
        truncate(&mut response);
        let mut builder =
            Self::new(ErrorKind::Refused, Some(operation), message).response(response);
        builder.0.inner.api = api;
        builder
    }

    /// Creates a [`Refused`](ErrorKind::Refused) error for a 2xx response that reports failure.
    pub(crate) fn refused_in_success(
        operation: &'static Operation,
        response: Response,
        refusal: ApiError,
    ) -> Self {
        let message = format!(
            "responded with {}, but reports failure{}",
            response.status,
            refusal.summary()
        );
        let mut builder =
            Self::new(ErrorKind::Refused, Some(operation), message).response(response);
        builder.0.inner.api = Some(refusal);
        builder
    }

    /// Creates a [`Refused`](ErrorKind::Refused) error for a redirect, which is never followed; the message contains
    /// only the target's host.
    pub(crate) fn redirected(operation: &'static Operation, mut response: Response) -> Self {
        truncate(&mut response);
        let target = response
            .headers
            .get(http::header::LOCATION)
            .and_then(|target| target.to_str().ok());
        let host = target
            .and_then(|target| target.parse::<http::Uri>().ok())
            .and_then(|uri| uri.host().map(str::to_owned));
        let target = host.map_or_else(
            || "another path or an invalid location".to_owned(),
            |host| format!("host {host}"),
        );
        let message = format!(
            "responded with {}, a redirect to {target}, which is not followed",
            response.status
        );
        Self::new(ErrorKind::Refused, Some(operation), message).response(response)
    }

    /// Adds the response, and how the call reached it.
    fn response(mut self, response: Response) -> Self {
        let inner = &mut self.0.inner;
        inner.attempts = response.attempts.clone();
        if response.status.is_success() {
            // The transport counts this attempt as a success.
            inner.attempts.failed.push(FailedAttempt {
                kind: inner.kind,
                status: Some(response.status),
                is_timeout: false,
                may_have_taken_effect: true,
            });
        }
        inner.response = Some(response);
        self
    }

    /// Adds the locations that did not match their types.
    pub(crate) fn drift(mut self, drift: Vec<Drift>) -> Self {
        self.0.inner.drift = drift;
        self
    }

    /// Marks the cause as an expired time limit.
    pub fn timeout(mut self) -> Self {
        self.0.inner.is_timeout = true;
        self
    }

    /// Adds the error of a lower layer. The message should already contain its text.
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.inner.source = Some(source.into());
        self
    }

    /// Adds how the call reached its outcome.
    ///
    /// The kind describes the whole call: an error of the last attempt that says "never" becomes
    /// [`MaybeSent`](ErrorKind::MaybeSent) if an earlier attempt may have taken effect.
    pub fn attempts(mut self, attempts: Attempts) -> Self {
        let inner = &mut self.0.inner;
        let is_never = matches!(inner.kind, ErrorKind::NeverBuilt | ErrorKind::NeverSent);
        let mut failed = attempts.failed.iter();
        if is_never && failed.any(|attempt| attempt.may_have_taken_effect) {
            inner.kind = ErrorKind::MaybeSent;
        }
        inner.attempts = attempts;
        self
    }

    /// Builds the error.
    #[must_use]
    pub fn build(self) -> Error {
        self.0
    }
}

/// Truncates the body of a refusal to the size that an error keeps.
fn truncate(response: &mut Response) {
    if response.body.len() > MAX_REFUSAL {
        // Copy it, so that the rest is freed.
        response.body = Bytes::copy_from_slice(&response.body[..MAX_REFUSAL]);
    }
}

impl From<Error> for ErrorBuilder {
    fn from(error: Error) -> Self {
        Self(error)
    }
}
