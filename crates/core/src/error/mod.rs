//! The error of every call, classified by how far the request got.

mod accessors;
mod api_error;
mod builder;
mod failed_attempt;
mod invalid_argument;
mod kind;
mod predicates;
mod retry_after;

use std::error::Error as StdError;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

pub use api_error::{ApiError, UpstreamResponse};
pub use builder::ErrorBuilder;
pub use failed_attempt::FailedAttempt;
pub use invalid_argument::InvalidArgument;
pub use kind::ErrorKind;
pub use retry_after::retry_after;

use crate::Drift;
use crate::response::{Attempts, Envelope, Response};

/// Why a call failed, and how far its request got.
///
/// Status, headers and body are kept if there was a response. `Display` alone is enough to act on: it names the
/// operation, how far the request got and the cause, which is also the [source](StdError::source): a reporter that prints
/// sources repeats it. Neither `Display` nor `Debug` shows headers, the body as a whole, or
/// the API key.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::{Error, ErrorKind};
///
/// fn handle(error: &Error) {
///     match error.kind() {
///         ErrorKind::Refused if error.is_rate_limited() => println!("retry after {:?}", error.retry_after()),
///         ErrorKind::Refused => println!("{:?}: {:?}", error.status(), error.message()),
///         ErrorKind::NeverBuilt => error.invalid_arguments().iter().for_each(|invalid| println!("{invalid}")),
///         _ if error.may_have_been_sent() => println!("check whether it took effect: {error}"),
///         _ => println!("{error}"),
///     }
/// }
/// ```
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static str>,
    message: String,
    invalid: Vec<InvalidArgument>,
    response: Option<Response>,
    api: Option<ApiError>,
    drift: Vec<Drift>,
    is_timeout: bool,
    attempts: Attempts,
    source: Option<Box<dyn StdError + Send + Sync>>,
    envelope: OnceLock<Envelope>,
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
            ErrorKind::MaybeSent => "no response, and the request may have been sent: ",
            _ => "",
        })?;
        f.write_str(&self.inner.message)?;
        let attempts = &self.inner.attempts;
        if attempts.count > 1 || attempts.failed.len() > 1 {
            let plural = if attempts.count == 1 { "" } else { "s" };
            write!(f, " (after {} attempt{plural}", attempts.count)?;
            if attempts.failed.windows(2).any(|pair| pair[0] != pair[1]) {
                let failed: Vec<_> = attempts.failed.iter().map(ToString::to_string).collect();
                write!(f, ": {}", failed.join(", "))?;
            }
            f.write_str(")")?;
        }
        if let Some(wait) = attempts.wait {
            let wait = to_millis(wait);
            write!(f, "; not retried, because the wait of {wait:?} is too long")?;
        }
        Ok(())
    }
}

/// Truncates a duration to milliseconds, for readability.
fn to_millis(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("operation", &self.inner.operation)
            .field("message", &self.inner.message)
            .field("response", &self.inner.response)
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
