//! Mismatches between a response and its documented type.

use std::fmt;

/// How to handle a response that does not match its type.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::{CallOptions, Decode};
///
/// let options = CallOptions::new().decode(Decode::Strict);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decode {
    /// Returns everything that matches, converts mismatched values if that is lossless, and leaves out the rest:
    /// a field becomes `None`, an array loses the item. The reply lists every mismatch. This is the default.
    #[default]
    Lenient,
    /// Fails with [`ErrorKind::Unreadable`](crate::ErrorKind::Unreadable) on any mismatch. The error lists every
    /// mismatch and keeps the response body.
    Strict,
}

/// A mismatch between a response and its type.
///
/// Contains the location and the JSON types but no values, so it is safe to log.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn log(meta: &onlyfansapi::Meta) {
///     for drift in meta.drift() {
///         eprintln!("{drift}"); // /data/id: expected an integer, found a string; converted
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The location in the response body, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The JSON type that the Rust type expects, for example `an integer`.
    pub expected: &'static str,
    /// The JSON type that the response contains, for example `a string`.
    pub found: &'static str,
    /// Whether the value was converted without loss. If not, it is missing from the typed value and available only
    /// in the raw body.
    pub is_converted: bool,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = if self.pointer.is_empty() {
            "the response body"
        } else {
            &self.pointer
        };
        let outcome = if self.is_converted {
            "converted"
        } else {
            "left out"
        };
        write!(
            f,
            "{location}: expected {}, found {}; {outcome}",
            self.expected, self.found
        )
    }
}
