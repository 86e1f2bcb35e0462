//! What a caller may set for one call alone, in a namespace of its own: an operation may have a
//! parameter called `timeout` or `header`.

use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::{Decode, Fault, Limits, query};

/// Options of one call; given by `.with(CallOptions::new()…)`.
///
/// ```
/// use std::time::Duration;
/// use onlyfansapi_core::CallOptions;
///
/// let options = CallOptions::new()
///     .header("If-None-Match", "\"abc\"")
///     .timeout(Duration::from_secs(5));
/// # let _ = options;
/// ```
#[derive(Clone, Default)]
pub struct CallOptions {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) fields: Vec<(String, Value)>,
    pub(crate) limits: Limits,
    pub(crate) retries: Option<u32>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) decode: Option<Decode>,
    pub(crate) faults: Vec<Fault>,
}

impl CallOptions {
    /// No options.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new();
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header to the request, in place of one that the operation sets itself.
    ///
    /// A name or value that HTTP does not allow is reported when the call is built. `Authorization`
    /// and `Host` are refused there: they belong to the client.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().header("If-None-Match", "\"abc\"");
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), _) if name == http::header::AUTHORIZATION || name == http::header::HOST => {
                self.faults.push(Fault::new(
                    format!("header {name}"),
                    "is set by the client and cannot be set for a call",
                ));
            }
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.push((name, value));
            }
            (Err(_), _) => self.faults.push(Fault::new(
                format!("header {name:?}"),
                "is not a header name",
            )),
            (Ok(name), Err(_)) => {
                self.faults.push(Fault::new(
                    format!("header {name}"),
                    "has a value that no header can carry",
                ));
            }
        }
        self
    }

    /// Adds to the query, in the form that PHP reads, beside what the operation sends; for what the document does not
    /// know.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().query("new_filter", 5);
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match serde_json::to_value(value) {
            Ok(value) => query::pairs(&name, &value, &mut self.query),
            Err(error) => self.faults.push(Fault::new(
                format!("query {name}"),
                format!("is no JSON: {error}"),
            )),
        }
        self
    }

    /// Adds a field to the JSON body, in place of one of that name; for what the document does not
    /// know. An operation without a JSON object as its body reports it when the call is built.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().body_field("new_field", true);
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn body_field(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match serde_json::to_value(value) {
            Ok(value) => self.fields.push((name, value)),
            Err(error) => self.faults.push(Fault::new(
                format!("body field {name}"),
                format!("is no JSON: {error}"),
            )),
        }
        self
    }

    /// Says what to do with an answer that does not fit its type.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().decode(onlyfansapi::Decode::Strict);
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn decode(mut self, decode: Decode) -> Self {
        self.decode = Some(decode);
        self
    }

    /// Adds a fault that a check of the caller found; the call is not sent, and its error tells all
    /// faults at once.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().fault(onlyfansapi::Fault::new("price", "must not be negative"));
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Limits the time of the call: of all its attempts and the waits between them. `None` for no limit,
    /// whatever the client has.
    ///
    /// ```
    /// use std::time::Duration;
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().timeout(Duration::from_secs(5));
    /// let endless = CallOptions::new().timeout(None);
    /// # let _ = (options, endless);
    /// ```
    #[must_use]
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.limits.total = limit.into().into();
        self
    }

    /// Limits the time of each attempt, from sending to the last byte of the body. `None` for no limit,
    /// whatever the client has.
    ///
    /// ```
    /// use std::time::Duration;
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().attempt_timeout(Duration::from_secs(5));
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn attempt_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.limits.attempt = limit.into().into();
        self
    }

    /// Limits the time to make a connection, where none is open. `None` for no limit, whatever the client has.
    /// Calls with the same limit share their connections, and no others.
    ///
    /// ```
    /// use std::time::Duration;
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().connect_timeout(Duration::from_secs(1));
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.limits.connect = limit.into().into();
        self
    }

    /// Limits the size of an answer, in bytes after decompression; a larger one is "answered but
    /// unreadable". `None` for no limit, whatever the client has. Answers that are read as they come have none.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().max_response_bytes(1 << 20);
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn max_response_bytes(mut self, limit: impl Into<Option<u64>>) -> Self {
        self.limits.body = limit.into().into();
        self
    }

    /// The limits that were set.
    ///
    /// ```
    /// use onlyfansapi::{CallOptions, Limit};
    ///
    /// assert_eq!(CallOptions::new().limits().total, Limit::Unset);
    /// assert_eq!(CallOptions::new().timeout(None).limits().total, Limit::Off);
    /// ```
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends the request again at most `retries` times, where that is safe.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// assert_eq!(CallOptions::new().retries(5).get_retries(), Some(5));
    /// ```
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    /// Sends the request once, whatever happens.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// assert_eq!(CallOptions::new().no_retry().get_retries(), Some(0));
    /// ```
    #[must_use]
    pub fn no_retry(self) -> Self {
        self.retries(0)
    }

    /// Says whether the call may take effect twice without harm, so that it is sent again as a read is: after a
    /// silence too, and after any failure of the server. Without it, reads and calls with an idempotency key
    /// may.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// assert_eq!(CallOptions::new().idempotent(true).get_idempotent(), Some(true));
    /// ```
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// How often the request may be sent again, where that was set.
    ///
    /// ```
    /// assert_eq!(onlyfansapi::CallOptions::new().get_retries(), None);
    /// ```
    #[must_use]
    pub fn get_retries(&self) -> Option<u32> {
        self.retries
    }

    /// Whether the call may take effect twice, where that was said.
    ///
    /// ```
    /// assert_eq!(onlyfansapi::CallOptions::new().get_idempotent(), None);
    /// ```
    #[must_use]
    pub fn get_idempotent(&self) -> Option<bool> {
        self.idempotent
    }
}

impl fmt::Debug for CallOptions {
    /// Names only: values can be secrets.
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
            .field("limits", &self.limits)
            .field("retries", &self.retries)
            .field("idempotent", &self.idempotent)
            .field("decode", &self.decode)
            .finish_non_exhaustive()
    }
}
