//! Mismatches between a response and its documented type.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::facts::Place;

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
    /// Returns everything that matches, converts mismatched values if that is lossless, and leaves out the rest: a
    /// mismatched field becomes `None`, and a mismatched array item is dropped. The reply lists every mismatch. This is
    /// the default.
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
    /// The location in the response body, as a JSON pointer (RFC 6901). If `occurrences` is greater than 1, each list
    /// index and map key is `*`.
    pub pointer: String,
    /// The JSON type that the Rust type expects, for example `an integer`.
    pub expected: &'static str,
    /// The JSON type that the response contains, for example `a string`.
    pub found: &'static str,
    /// Whether the value was converted without loss. If not, it is missing from the typed value and available only
    /// in the raw body.
    pub is_converted: bool,
    /// The number of values with this mismatch. It is 1 for each of the first 1,000 mismatches of a response; further
    /// mismatches are counted by location, regardless of list indexes and map keys.
    pub occurrences: usize,
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
        )?;
        match self.occurrences {
            0 | 1 => Ok(()),
            more => write!(f, " ({more} times)"),
        }
    }
}

/// The maximum number of mismatches that are listed individually.
const MAX_LISTED: usize = 1_000;

/// One step of the path from the root to a value.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// The name of a field.
    Name(Cow<'a, str>),
    /// The key of a map.
    Key(Cow<'a, str>),
    /// The index of a list item.
    Index(usize),
}

/// The mismatches of a response. The first ones are listed individually; the others are counted by place.
#[derive(Debug)]
pub(super) struct DriftList<'a> {
    /// The pointer of the root.
    at: &'a str,
    listed: Vec<Drift>,
    /// Stays small: it contains one entry for each place and kind of mismatch.
    counted: Vec<(Place, Drift)>,
}

impl<'a> DriftList<'a> {
    pub(super) fn new(at: &'a str) -> Self {
        Self {
            at,
            listed: Vec::new(),
            counted: Vec::new(),
        }
    }

    /// Adds a mismatch.
    pub(super) fn push(
        &mut self,
        path: &[Step<'_>],
        place: Place,
        expected: &'static str,
        found: &'static str,
        is_converted: bool,
    ) {
        let at = self.at;
        let drift = |is_folded| Drift {
            pointer: pointer(at, path, is_folded),
            expected,
            found,
            is_converted,
            occurrences: 1,
        };
        if self.listed.len() < MAX_LISTED {
            self.listed.push(drift(false));
            return;
        }
        let known = self.counted.iter_mut().find(|(at, drift)| {
            *at == place
                && drift.is_converted == is_converted
                && drift.found == found
                && drift.expected == expected
        });
        match known {
            Some((_, drift)) => drift.occurrences += 1,
            None => self.counted.push((place, drift(true))),
        }
    }

    /// Returns the number of listed mismatches, to pass to [`restore`](Self::restore).
    pub(super) fn mark(&self) -> usize {
        self.listed.len()
    }

    /// Removes the mismatches listed since `mark`, because the value that contains them is left out. Counted mismatches
    /// are kept.
    pub(super) fn restore(&mut self, mark: usize) {
        if self.counted.is_empty() {
            self.listed.truncate(mark);
        }
    }

    /// Returns all mismatches.
    pub(super) fn into_drift(self) -> Vec<Drift> {
        let mut all = self.listed;
        all.extend(self.counted.into_iter().map(|(_, drift)| drift));
        all
    }
}

/// Returns the JSON pointer of a path below `at`, with `*` for list indexes and map keys if `is_folded`.
fn pointer(at: &str, path: &[Step<'_>], is_folded: bool) -> String {
    let mut pointer = String::with_capacity(at.len() + 16 * path.len());
    pointer.push_str(at);
    for step in path {
        pointer.push('/');
        match step {
            Step::Key(_) | Step::Index(_) if is_folded => pointer.push('*'),
            Step::Name(name) | Step::Key(name) if name.contains(['~', '/']) => {
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Step::Name(name) | Step::Key(name) => pointer.push_str(name),
            Step::Index(index) => {
                // Writing to a string does not fail.
                let _ = write!(pointer, "{index}");
            }
        }
    }
    pointer
}
