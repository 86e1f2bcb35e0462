//! The limits of a call, each of which can be set, disabled, or left at the client's default.

use std::time::Duration;

/// A limit. A disabled limit differs from a limit that is not set.
///
/// ```
/// use onlyfansapi_core::transport::Limit;
///
/// assert_eq!(Limit::Unset.or(Some(5)), Some(5));
/// assert_eq!(Limit::Off.or(Some(5)), None);
/// assert_eq!(Limit::At(1).or(Some(5)), Some(1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit<T> {
    /// Not set; the client's default applies.
    #[default]
    Unset,
    /// No limit.
    Off,
    /// This limit.
    At(T),
}

impl<T> Limit<T> {
    /// Returns the limit that applies if the client's default is `default`; `None` for no limit.
    pub fn or(self, default: Option<T>) -> Option<T> {
        match self {
            Self::Unset => default,
            Self::Off => None,
            Self::At(limit) => Some(limit),
        }
    }
}

impl<T> From<Option<T>> for Limit<T> {
    fn from(limit: Option<T>) -> Self {
        limit.map_or(Self::Off, Self::At)
    }
}

/// The limits of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Time to connect, including TLS.
    pub connect: Limit<Duration>,
    /// Time for one attempt, from sending the request to receiving the last byte of the body.
    pub attempt: Limit<Duration>,
    /// Time for all attempts, including the waits between them.
    pub total: Limit<Duration>,
    /// Size of a buffered response body, in bytes after decompression.
    pub body: Limit<u64>,
}
