//! Where an answer did not fit its type.

use std::fmt;

/// What to do with an answer that does not fit its type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decode {
    /// What fits is typed, what can be converted without loss is converted, the rest is `None`; the
    /// reply lists each such place. The default.
    #[default]
    Lenient,
    /// The call fails with "answered but unreadable"; the error lists each such place and keeps the
    /// body.
    Strict,
}

/// One place of an answer that did not fit its type. Names kinds, never values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The place, as a JSON pointer (RFC 6901) into the whole body.
    pub pointer: String,
    /// What kind the type wanted, for example `an integer`.
    pub expected: &'static str,
    /// What kind stood there, for example `a text`.
    pub found: &'static str,
    /// Whether the value was converted without loss; else it is not in the typed value, only in the
    /// raw body.
    pub is_converted: bool,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "the top"
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
            "{place}: expected {}, found {}; {outcome}",
            self.expected, self.found
        )
    }
}
