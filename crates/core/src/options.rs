//! What a caller may set for one call alone, in a namespace of its own: an operation may have a
//! parameter called `timeout` or `header`.

use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::Fault;

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
    pub(crate) timeout: Option<Duration>,
    pub(crate) faults: Vec<Fault>,
}

impl CallOptions {
    /// No options.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header to the request, in place of one that the operation sets itself.
    ///
    /// A name or value that HTTP does not allow is reported when the call is built. `Authorization`
    /// and `Host` are refused there: they belong to the client.
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

    /// Limits the time of the call, from sending to the last byte of the body.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The time limit of the call, where one was set.
    #[must_use]
    pub fn get_timeout(&self) -> Option<Duration> {
        self.timeout
    }
}

impl fmt::Debug for CallOptions {
    /// Header names only: their values can be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("CallOptions")
            .field("headers", &names)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
