//! Limits of a call, each of which can be set, switched off, or left to the client.

use std::time::Duration;

/// One limit: "off" is not the same as "not set".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit<T> {
    /// Not said here: what stands behind it counts.
    #[default]
    Unset,
    /// There is no limit.
    Off,
    /// The limit.
    At(T),
}

impl<T> Limit<T> {
    /// What counts: this, or `default` where nothing is set; `None` for no limit.
    ///
    /// ```
    /// use onlyfansapi::Limit;
    ///
    /// assert_eq!(Limit::Unset.or(Some(5)), Some(5));
    /// assert_eq!(Limit::Off.or(Some(5)), None);
    /// assert_eq!(Limit::At(1).or(Some(5)), Some(1));
    /// ```
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
    /// The time to make a connection, TLS included.
    pub connect: Limit<Duration>,
    /// The time of one attempt, from sending to the last byte of the body.
    pub attempt: Limit<Duration>,
    /// The time of all attempts and the waits between them.
    pub total: Limit<Duration>,
    /// The size of a body that is read to its end, in bytes, after decompression.
    pub body: Limit<u64>,
}
