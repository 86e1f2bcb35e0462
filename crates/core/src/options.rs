//! Options for a single call, separate from its parameters: an operation may have a parameter named `timeout` or
//! `header`.

use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::request::{query, to_json};
use crate::transport::CallSettings;
use crate::{Decode, InvalidArgument};

/// Options for a single call, passed to a builder with `.with(…)`. The client's defaults apply to everything that is
/// not set.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use std::time::Duration;
/// use onlyfansapi::{CallOptions, Decode};
///
/// let options = CallOptions::new()
///     .timeout(Duration::from_secs(5))   // all attempts and the waits between them
///     .attempt_timeout(None)             // no limit, whatever the client's default is
///     .retries(5)
///     .decode(Decode::Strict)
///     .header("If-None-Match", "\"abc\"") // headers, query parameters and body fields
///     .query("new_filter", 5)            // that the document does not describe
///     .body_field("new_field", true);
/// # let _ = options;
/// ```
#[derive(Clone, Default)]
pub struct CallOptions {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) fields: Vec<(String, Value)>,
    pub(crate) settings: CallSettings,
    pub(crate) invalid: Vec<InvalidArgument>,
}

impl CallOptions {
    /// Creates empty options.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header, replacing a header of the same name that the operation sets.
    ///
    /// Sending the request reports an error for a name or value that HTTP does not allow, and for `Authorization` and
    /// `Host`, which only the client sets.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), _) if name == http::header::AUTHORIZATION || name == http::header::HOST => {
                self.reject(
                    format!("header {name}"),
                    "is set by the client and cannot be set for a call",
                );
            }
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.push((name, value));
            }
            (Err(_), _) => {
                self.reject(format!("header {name:?}"), "is not a valid header name");
            }
            (Ok(name), Err(_)) => self.reject(
                format!("header {name}"),
                "contains characters that a header value cannot have",
            ),
        }
        self
    }

    /// Adds a query parameter that the document does not describe, encoded as PHP parses it.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match to_json(&value) {
            Ok(value) => query::append_pairs(&name, &value, &mut self.query),
            Err(reason) => self.reject(format!("query {name}"), reason),
        }
        self
    }

    /// Adds a field that the document does not describe to the JSON body, replacing a field of the same name. If the
    /// body is not a JSON object, an error is reported when the request is sent.
    #[must_use]
    pub fn body_field(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match to_json(&value) {
            Ok(value) => self.fields.push((name, value)),
            Err(reason) => self.reject(format!("body field {name}"), reason),
        }
        self
    }

    /// Sets how to handle a response that does not match its type.
    #[must_use]
    pub fn decode(mut self, decode: Decode) -> Self {
        self.settings.decode = Some(decode);
        self
    }

    /// Returns a 2xx response that reports failure as a reply instead of an error of kind
    /// [`Refused`](crate::ErrorKind::Refused); [`Meta::refusal`](crate::Meta::refusal) returns what the service
    /// reported.
    #[must_use]
    pub fn accept_refusal(mut self) -> Self {
        self.settings.accept_refusal = true;
        self
    }

    /// Limits the time of the call: all attempts and the waits between them. `None` for no limit.
    #[must_use]
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.settings.limits.total = limit.into().into();
        self
    }

    /// Limits the time of each attempt, from sending to the last byte of the body. `None` for no limit.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.settings.limits.attempt = limit.into().into();
        self
    }

    /// Limits the time to connect, if a new connection is needed. `None` for no limit. Only calls with the same limit
    /// share connections.
    #[must_use]
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.settings.limits.connect = limit.into().into();
        self
    }

    /// Limits the size of the response body, in bytes after decompression; a larger body is an error of kind
    /// [`Unreadable`](crate::ErrorKind::Unreadable). `None` for no limit. Streamed responses are not limited.
    #[must_use]
    pub fn max_response_bytes(mut self, limit: impl Into<Option<u64>>) -> Self {
        self.settings.limits.body = limit.into().into();
        self
    }

    /// Sets the maximum number of retries. The request is retried only if that is safe.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.settings.retries = Some(retries);
        self
    }

    /// Disables retries.
    #[must_use]
    pub fn no_retry(self) -> Self {
        self.retries(0)
    }

    /// Declares whether the call is idempotent. An idempotent call is retried like a read, even if an earlier attempt
    /// may have taken effect. By default, only reads and calls with an idempotency key are treated as idempotent.
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.settings.idempotent = Some(idempotent);
        self
    }

    fn reject(&mut self, argument: String, reason: impl Into<String>) {
        self.invalid.push(InvalidArgument::new(argument, reason));
    }
}

impl fmt::Debug for CallOptions {
    /// Shows names only: values can be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("CallOptions")
            .field("headers", &names)
            .field(
                "query",
                &self.query.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field(
                "body_fields",
                &self.fields.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
