//! Decodes JSON into typed values and records every mismatch.
//!
//! [`lenient`] first decodes the JSON directly into the type (`traced`), at no extra cost if everything matches. If
//! that fails, it learns what the type expects at the failing place (`facts`), rewrites the JSON based on everything
//! learned so far (`rewrite`), and decodes it again, until nothing fails.
//!
//! The number of places depends only on the type, so the work is proportional to the size of the JSON. To keep learning
//! cheap, the first passes decode only the first items of long lists. If a type rejects many values for custom reasons,
//! lists are decoded part by part. The last pass decodes everything.

mod drift;
mod facts;
mod rewrite;
mod scan;
mod traced;

use std::ops::Range;

use serde::de::DeserializeOwned;

pub use self::drift::{Decode, Drift};
use self::rewrite::{Rewrite, Rules};
pub(crate) use self::scan::members;
use self::scan::{Index, SyntaxError};
use self::traced::Reason;
pub(crate) use self::traced::{Failure, data_member};

/// The initial size and the minimum size, in bytes, of the window in which long lists are decoded.
const WINDOW: usize = 4 * 1024;
const MIN_WINDOW: usize = 1024;

/// The number of failures after which it is cheaper to decode lists part by part.
const MAX_FAILURES: usize = 8;

/// The maximum number of bytes to read for each byte of the body. Only a type that rejects many values, each for a
/// different custom reason, can reach this limit.
const MAX_WORK: usize = 256;

/// Decodes `json`, which is located at the JSON pointer `at` of the response body.
///
/// Returns the value and every mismatch between the JSON and the type.
///
/// # Errors
///
/// Returns the failure if `json` is not valid JSON, or if no value remains after the mismatches are left out.
pub(crate) fn lenient<T: DeserializeOwned>(
    json: &[u8],
    at: &str,
) -> Result<(T, Vec<Drift>), Failure> {
    let failure = match traced::decode(json) {
        Ok(value) => return Ok((value, Vec::new())),
        Err(failure) => failure,
    };
    let expected = failure.expected;
    let syntax_error = |SyntaxError(position): SyntaxError| Failure {
        path: Vec::new(),
        expected,
        reason: Reason::Other,
        key: None,
        syntax: Some(scan::line_and_column(json, position)),
    };
    let everything = 0..json.len();
    let mut window = 0..WINDOW.min(json.len());
    // A body that is decoded as a whole needs no index.
    let mut index = if window == everything {
        Index::default()
    } else {
        Index::new(json).map_err(syntax_error)?
    };
    let mut rules = Rules::default();
    let mut failures = 0;
    let mut is_part_by_part = false;
    let mut work = 0;
    loop {
        let pass = Rewrite::new(json, at, &rules, &index, window.clone());
        let Ok((rewritten, drift)) = pass.run().map_err(syntax_error)? else {
            return Err(failure);
        };
        work += rewritten.len() + MIN_WINDOW;
        let next = match traced::decode(&rewritten) {
            Ok(value) if window == everything => return Ok((value, drift.into_drift())),
            Ok(_) => {
                window = if is_part_by_part {
                    after(&window, json.len())
                } else {
                    everything.clone()
                };
                continue;
            }
            Err(next) => next,
        };
        let known = scan::locate(&rewritten, &next.path);
        let (position, kind) = known.unwrap_or((0, scan::Kind::Object));
        let find =
            |rules: &Rules| Rewrite::new(json, at, rules, &index, window.clone()).find(position);
        // The type may reject an object or a list only because a part of it is missing.
        let is_partial = window != everything
            && !matches!(next.reason, Reason::InvalidType | Reason::UnknownVariant)
            && matches!(kind, scan::Kind::Array | scan::Kind::Object);
        if is_partial {
            let position = find(&rules).map_err(syntax_error)?;
            let is_missing = matches!(next.reason, Reason::MissingField(_));
            let omits_nothing = if is_missing {
                &mut rules.complete
            } else {
                &mut rules.whole
            };
            if index.get(position).is_some() && omits_nothing.insert(position) {
                continue;
            }
        }
        failures += 1;
        let is_new = rules.knowledge.learn(&next, kind);
        let starts_parts = window == everything && failures > MAX_FAILURES;
        if !is_new || starts_parts {
            let position = find(&rules).map_err(syntax_error)?;
            if !is_new && !rules.left_out.insert(position) {
                return Err(next);
            }
            // Everything before this position has been decoded.
            if starts_parts {
                (failures, is_part_by_part) = (0, true);
                index = Index::new(json).map_err(syntax_error)?;
                window = position..json.len().min(position + MIN_WINDOW);
            } else if window != everything {
                window.start = position.clamp(window.start, window.end);
            }
        }
        if work > MAX_WORK.saturating_mul(json.len() + MIN_WINDOW) {
            return Err(next);
        }
        if window != everything {
            window.end = window.end.min(window.start + half(&window));
        }
    }
}

/// Returns the next window, which is twice the size of `window`, or the whole body if `window` is the last one.
fn after(window: &Range<usize>, length: usize) -> Range<usize> {
    if window.end >= length {
        return 0..length;
    }
    let size = (window.len() * 2).max(MIN_WINDOW);
    window.end..window.end.saturating_add(size).min(length)
}

/// Returns half the size of a window.
fn half(window: &Range<usize>) -> usize {
    (window.len() / 2).max(MIN_WINDOW)
}

/// Returns the type's empty value, decoded from the first of `null`, `{}` and `[]` that the type accepts.
///
/// Used for responses without a value. Returns `None` if the type accepts none of them.
pub(crate) fn empty<T: DeserializeOwned>() -> Option<T> {
    [b"null".as_slice(), b"{}", b"[]"]
        .into_iter()
        .find_map(|json| traced::decode(json).ok())
}

#[cfg(test)]
mod tests;
