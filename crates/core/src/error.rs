//! The error of every call, named by how far the request got.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::envelope::Envelope;
use crate::{Answer, ApiError, Attempts, Credits, Drift, Operation, RateLimits, UpstreamResponse};

/// How much of a refusal's body an error keeps, in bytes; the largest documented one has under 1 KiB.
pub(crate) const MAX_REFUSAL: usize = 1 << 20;

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
    ///
    /// ```
    /// let fault = onlyfansapi::Fault::new("url", "is empty");
    /// assert_eq!(fault.to_string(), "`url` is empty");
    /// ```
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
    drift: Vec<Drift>,
    is_timeout: bool,
    attempts: Attempts,
    source: Option<Box<dyn StdError + Send + Sync>>,
    envelope: OnceLock<Envelope>,
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
                drift: Vec::new(),
                is_timeout: false,
                attempts: Attempts::default(),
                source: None,
                envelope: OnceLock::new(),
            }),
        }
    }

    /// "Never built": the arguments of `operation` have these faults.
    ///
    /// ```
    /// use onlyfansapi::{Error, Fault};
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let error = Error::never_built(operation, vec![Fault::new("url", "is empty")]);
    /// assert_eq!(error.faults().len(), 1);
    /// ```
    #[must_use]
    pub fn never_built(operation: &'static Operation, faults: Vec<Fault>) -> Self {
        let list: Vec<_> = faults.iter().map(Fault::to_string).collect();
        let mut error = Self::new(ErrorKind::NeverBuilt, Some(operation.id), list.join("; "));
        error.inner.faults = faults;
        error
    }

    /// "Never built": the client itself cannot be made or used as it is configured.
    ///
    /// ```
    /// use onlyfansapi::Error;
    /// let error = Error::configuration("the proxy is not a URL");
    /// assert!(error.is_never_built());
    /// ```
    #[must_use]
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeverBuilt, None, message.into())
    }

    /// "Never sent": no connection could be made.
    ///
    /// ```
    /// use onlyfansapi::Error;
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let error = Error::never_sent(operation, "no connection could be made");
    /// assert!(!error.may_have_been_sent());
    /// ```
    #[must_use]
    pub fn never_sent(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NeverSent, Some(operation.id), message.into())
    }

    /// "Maybe sent": no answer came.
    ///
    /// ```
    /// use onlyfansapi::Error;
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let error = Error::maybe_sent(operation, "the connection broke");
    /// assert!(error.may_have_been_sent());
    /// ```
    #[must_use]
    pub fn maybe_sent(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::MaybeSent, Some(operation.id), message.into())
    }

    /// "Answered but unreadable".
    ///
    /// ```
    /// use onlyfansapi::Error;
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let error = Error::unreadable(operation, onlyfansapi_core::Answer::default(), "its body broke off");
    /// assert!(error.is_unreadable());
    /// ```
    #[must_use]
    pub fn unreadable(
        operation: &'static Operation,
        answer: Answer,
        why: impl fmt::Display,
    ) -> Self {
        let message = format!("answered with {}, but {why}", answer.status);
        Self::new(ErrorKind::Unreadable, Some(operation.id), message).with_answer(answer)
    }

    /// "Refused" by a status of 4xx or 5xx. At most [`MAX_REFUSAL`] bytes of the body are kept.
    pub(crate) fn refused(operation: &'static Operation, mut answer: Answer) -> Self {
        let api = ApiError::read(&answer.body);
        if answer.body.len() > MAX_REFUSAL {
            // A copy, so that the rest is freed.
            answer.body = Bytes::copy_from_slice(&answer.body[..MAX_REFUSAL]);
        }
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
        self.inner.attempts = answer.attempts.clone();
        self.inner.answer = Some(answer);
        self
    }

    /// Adds the places that did not fit.
    pub(crate) fn with_drift(mut self, drift: Vec<Drift>) -> Self {
        self.inner.drift = drift;
        self
    }

    /// Says that it was a time limit that ran out.
    ///
    /// ```
    /// use onlyfansapi::Error;
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// assert!(Error::maybe_sent(operation, "the time limit ran out").by_timeout().is_timeout());
    /// ```
    #[must_use]
    pub fn by_timeout(mut self) -> Self {
        self.inner.is_timeout = true;
        self
    }

    /// Adds the cause that a lower layer gave.
    ///
    /// ```
    /// use onlyfansapi::Error;
    /// let cause = std::io::Error::other("the cause");
    /// let error = Error::configuration("no").with_source(cause);
    /// assert!(std::error::Error::source(&error).is_some());
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Adds how many requests were sent for the call, and how long it took.
    ///
    /// ```
    /// use std::time::Duration;
    /// use onlyfansapi::Error;
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let error = Error::never_sent(operation, "no").with_attempts(2, Duration::from_secs(1));
    /// assert_eq!(error.attempts(), 2);
    /// ```
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.inner.attempts.count = attempts;
        self.inner.attempts.elapsed = elapsed;
        self
    }

    /// Adds the idempotency key that the request carried.
    ///
    /// ```
    /// use onlyfansapi::Error;
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let error = Error::maybe_sent(operation, "no").with_idempotency_key("k1".into());
    /// assert_eq!(error.idempotency_key(), Some("k1"));
    /// ```
    #[must_use]
    pub fn with_idempotency_key(mut self, key: Arc<str>) -> Self {
        self.inner.attempts.idempotency_key = Some(key);
        self
    }

    /// Adds a wait before the next attempt that would have been too long, so that there was none.
    ///
    /// ```
    /// use std::time::Duration;
    /// use onlyfansapi::Error;
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let error = Error::never_sent(operation, "no").with_wait(Duration::from_secs(90));
    /// assert_eq!(error.wait(), Some(Duration::from_secs(90)));
    /// ```
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.inner.attempts.wait = Some(wait);
        self
    }

    /// How far the request got.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.kind());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The operation's id in the document; `None` when no call had begun.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.operation());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// Every fault of the arguments, for a request that was never built.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     for fault in error.faults() {
    ///         println!("{fault}");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.inner.faults
    }

    /// The status of the answer, where there was one.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.status());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.answer.as_ref().map(|answer| answer.status)
    }

    /// The headers of the answer, where there was one.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{}", error.headers().is_some());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.inner.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The body of the answer as it came, as much of it as arrived; at most 1 MiB of a refusal's.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.body().map(<[u8]>::len));
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.inner.answer.as_ref().map(|answer| &*answer.body)
    }

    /// What the service said, where its body was an error body.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.api().map(|api| &api.errors));
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        self.inner.api.as_ref()
    }

    /// The service's machine-readable code, for example `VALIDATION_ERROR`.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.code());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.api()?.code.as_deref()
    }

    /// The service's sentence for people.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.message());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.api()?.message.as_deref()
    }

    /// The service's longer explanation.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.description());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.api()?.description.as_deref()
    }

    /// The service's messages about one field, for example of `text`; empty where it has none.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{}", error.field("url").join(" "));
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn field(&self, name: &str) -> &[String] {
        self.api()
            .and_then(|api| api.errors.get(name))
            .map_or(&[], Vec::as_slice)
    }

    /// What OnlyFans answered to the service, where the service passes its refusal on.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.upstream().and_then(|upstream| upstream.status));
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn upstream(&self) -> Option<&UpstreamResponse> {
        self.api()?.onlyfans_response.as_ref()
    }

    /// How long the service asks to wait: `retry-after-ms`, or `Retry-After` as seconds or as a date
    /// (counted from now).
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.retry_after());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?, SystemTime::now())
    }

    /// The wait before the next attempt that was not made, because it is longer than what was left of the
    /// call's time, or than a minute. Wait so long, and call again.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.wait());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.inner.attempts.wait
    }

    /// The idempotency key that the request carried, given or made for the call. With
    /// [`Error::may_have_been_sent`], the same call with the same key takes effect once.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.idempotency_key());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.inner.attempts.idempotency_key.as_deref()
    }

    /// The id that the service, or the edge before it, gave the request: what its support asks for.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.request_id());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.answer.as_ref()?.request_id()
    }

    /// How many calls may still be made, where the answer says so; headers win over the body.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.rate_limits());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.envelope()?.rate_limits.as_ref()
    }

    /// What the refused call cost in credits, where the answer says so; headers win over the body.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.credits());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn credits(&self) -> Option<&Credits> {
        self.envelope()?.credits.as_ref()
    }

    /// Every place that did not fit its type, when strict decoding failed.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     for place in error.drift() {
    ///         println!("{place}");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.inner.drift
    }

    fn envelope(&self) -> Option<&Envelope> {
        let answer = self.inner.answer.as_ref()?;
        Some(
            self.inner
                .envelope
                .get_or_init(|| Envelope::read(&answer.headers, &answer.body)),
        )
    }

    /// How many requests were sent for the call.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{}", error.attempts());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts.count
    }

    /// Time from the start of the first attempt to the failure.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     println!("{:?}", error.elapsed());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.inner.attempts.elapsed
    }
}

/// Predicates: what went wrong, and what to do next.
impl Error {
    fn has_status(&self, codes: &[u16]) -> bool {
        self.status()
            .is_some_and(|status| codes.contains(&status.as_u16()))
    }

    /// Whether the request may have reached the service.
    ///
    /// # Troubleshooting
    ///
    /// Before a write is sent again after such an error, look whether it took effect: list the chat's
    /// messages, show the object.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.may_have_been_sent() {
    ///         println!("look before sending again");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        !matches!(
            self.inner.kind,
            ErrorKind::NeverBuilt | ErrorKind::NeverSent
        )
    }

    /// Whether the arguments or the configuration are wrong, so that nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::faults`] names each argument and its rule. Without faults it is the client that
    /// cannot be made: the message says which setting.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_never_built() {
    ///         println!("mend the arguments");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_never_built(&self) -> bool {
        self.inner.kind == ErrorKind::NeverBuilt
    }

    /// Whether no connection could be made.
    ///
    /// # Troubleshooting
    ///
    /// Look at the base URL, the network, a proxy, and at TLS: a build without a TLS feature can only
    /// call loopback. [`std::error::Error::source`] has the cause.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_never_sent() {
    ///         println!("look at the network");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_never_sent(&self) -> bool {
        self.inner.kind == ErrorKind::NeverSent
    }

    /// Whether a time limit ran out: to connect, or of the call.
    ///
    /// # Troubleshooting
    ///
    /// Reading a chat's history can take a minute. Give slow calls a limit of their own with
    /// `CallOptions::timeout`. A write may have taken effect unless [`Error::is_never_sent`].
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_timeout() {
    ///         println!("give it more time");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.inner.is_timeout
    }

    /// Whether the service answered with success, but the answer broke off or does not fit.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::body`] has what came. Decode it yourself, or call with `fetch_as` and a type of your
    /// own; with strict decoding, [`Error::drift`] lists the places.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_unreadable() {
    ///         println!("look at the body");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.inner.kind == ErrorKind::Unreadable
    }

    /// Whether the key is missing, wrong or revoked (401).
    ///
    /// # Troubleshooting
    ///
    /// Make a key at <https://app.onlyfansapi.com/api-keys>. A 401 with a page of HTML comes from the
    /// edge before the service and says nothing about the key.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_unauthorized() {
    ///         println!("look at the key");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.has_status(&[401])
    }

    /// Whether the key may not do this (403).
    ///
    /// # Troubleshooting
    ///
    /// Keys have permissions (read, write, delete) and can be limited to accounts. A page of HTML
    /// comes from the edge before the service.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_forbidden() {
    ///         println!("look at the permissions of the key");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.has_status(&[403])
    }

    /// Whether what was asked for is not there (404).
    ///
    /// # Troubleshooting
    ///
    /// The account in the path is the service's own id (`acct_…`), never the number that OnlyFans
    /// has. With [`Error::is_upstream`] it is OnlyFans that does not know the object.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_not_found() {
    ///         println!("it is gone");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.has_status(&[404])
    }

    /// Whether the service refused because of what goes on at the same time (409).
    ///
    /// # Troubleshooting
    ///
    /// With the code `IDEMPOTENCY_CONFLICT` the first request with this key is still running: wait,
    /// and send the same again. On a webhook's redelivery: it is disabled or cooling down.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_conflict() {
    ///         println!("wait for the other call");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.has_status(&[409])
    }

    /// Whether the service refused the arguments (422).
    ///
    /// # Troubleshooting
    ///
    /// [`Error::field`] has the messages of a field, [`Error::api`] those of all fields.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_validation() {
    ///         println!("mend the arguments");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.has_status(&[422])
    }

    /// Whether too many calls were made (429).
    ///
    /// # Troubleshooting
    ///
    /// Wait for [`Error::retry_after`] where the service gives it. The limit is one for all keys and
    /// accounts of a team; [`Error::rate_limits`] has the numbers.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_rate_limited() {
    ///         println!("wait");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.has_status(&[429])
    }

    /// Whether the team is out of credits (402).
    ///
    /// # Troubleshooting
    ///
    /// The status is the one that HTTP has for it; the service documents 402 for one download only.
    /// [`Error::credits`] has the balance where the answer says it.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_out_of_credits() {
    ///         println!("buy credits");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_out_of_credits(&self) -> bool {
        self.has_status(&[402])
    }

    /// Whether it was OnlyFans that refused, and the service passes that on.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::upstream`] has status and body of OnlyFans; its status can differ from the answer's
    /// own, and is the one to go by.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_upstream() {
    ///         println!("OnlyFans said no");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_upstream(&self) -> bool {
        self.upstream().is_some() || self.code() == Some("ONLYFANS_COM_ERROR")
    }

    /// Whether the service, or the edge before it, failed (5xx).
    ///
    /// # Troubleshooting
    ///
    /// Reads may be sent again after a while. A write may have taken effect.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) {
    /// if let Err(error) = client.smart_link_postbacks().show(123).await {
    ///     if error.is_server_error() {
    ///         println!("try later");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.kind() == ErrorKind::Refused
            && self.status().is_some_and(|status| status.is_server_error())
    }
}

/// How long the headers ask to wait, counted from `now`: `retry-after-ms`, or `Retry-After` as seconds or as a
/// date. `None` where they do not ask, or in no way that can be read.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use onlyfansapi::http::{HeaderMap, HeaderValue};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("2"));
/// assert_eq!(onlyfansapi_core::retry_after(&headers, SystemTime::now()), Some(Duration::from_secs(2)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|number| number.is_finite() && *number >= 0.0)
    };
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let after = text("retry-after")?;
    match number(after) {
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        // A date that has passed asks for no wait at all.
        None => httpdate::parse_http_date(after)
            .ok()
            .map(|date| date.duration_since(now).unwrap_or_default()),
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
        f.write_str(&self.inner.message)?;
        if let Some(wait) = self.inner.attempts.wait {
            write!(f, "; not tried again, because of a wait of {wait:?}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("operation", &self.inner.operation)
            .field("message", &self.inner.message)
            .field("answer", &self.inner.answer)
            .field("attempts", &self.inner.attempts.count)
            .field("elapsed", &self.inner.attempts.elapsed)
            .field("wait", &self.inner.attempts.wait)
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

#[cfg(test)]
mod tests;
