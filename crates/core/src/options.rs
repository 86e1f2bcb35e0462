//! What a caller may set for one call alone, in a namespace of its own: an operation may have a
//! parameter called `timeout` or `header`.

use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::{Decode, Fault, query};

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
    pub(crate) timeout: Option<Duration>,
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

    /// Limits the time of the call, from sending to the last byte of the body.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().timeout(std::time::Duration::from_secs(5));
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The time limit of the call, where one was set.
    ///
    /// ```
    /// use onlyfansapi::CallOptions;
    ///
    /// assert_eq!(CallOptions::new().get_timeout(), None);
    /// ```
    #[must_use]
    pub fn get_timeout(&self) -> Option<Duration> {
        self.timeout
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
            .field("timeout", &self.timeout)
            .field("decode", &self.decode)
            .finish_non_exhaustive()
    }
}
