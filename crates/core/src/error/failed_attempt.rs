//! The outcome of one attempt.

use std::fmt;

use http::StatusCode;

use super::{Error, ErrorKind};

/// An attempt that failed, and how far its request got.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn log(error: &onlyfansapi::Error) {
///     for (number, attempt) in error.failed_attempts().iter().enumerate() {
///         println!("attempt {}: {attempt}", number + 1);
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// How far the request got.
    pub kind: ErrorKind,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// Whether a time limit expired.
    pub is_timeout: bool,
    /// Whether the request may have taken effect: there was no response, or its status does not rule that out.
    pub may_have_taken_effect: bool,
}

impl FailedAttempt {
    /// Describes an attempt that ended with `error`.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        let kind = error.kind();
        Self {
            kind,
            status: error.status(),
            is_timeout: error.is_timeout(),
            may_have_taken_effect: !matches!(kind, ErrorKind::NeverBuilt | ErrorKind::NeverSent),
        }
    }

    /// Describes an attempt that was refused with `status`.
    ///
    /// `is_without_effect` says that the response proves that the service did not process the request.
    #[must_use]
    pub fn refused(status: StatusCode, is_without_effect: bool) -> Self {
        Self {
            kind: ErrorKind::Refused,
            status: Some(status),
            is_timeout: false,
            may_have_taken_effect: !is_without_effect,
        }
    }
}

impl fmt::Display for FailedAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.status) {
            (ErrorKind::NeverBuilt, _) => f.write_str("not built"),
            (ErrorKind::NeverSent, _) => f.write_str("not sent"),
            (ErrorKind::Unreadable, _) => f.write_str("unreadable response"),
            (_, Some(status)) => write!(f, "{status}"),
            (_, None) if self.is_timeout => f.write_str("no response in time"),
            (_, None) => f.write_str("no response"),
        }
    }
}
