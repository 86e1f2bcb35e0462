//! Decodes JSON into typed values and records every mismatch.
//!
//! [`lenient`] first decodes the JSON directly into the type (`traced`), at no extra cost if everything matches.
//! If that fails, it repairs one mismatch after another (`repair`): it converts the value if the conversion is
//! lossless, and otherwise leaves it out of the typed value. Each mismatch is recorded as a [`Drift`].

mod drift;
mod repair;
mod traced;

use serde::de::DeserializeOwned;

pub use self::drift::{Decode, Drift};
pub(crate) use self::traced::{Failure, data_member};

/// Decodes `json`, which is located at the JSON pointer `at` of the response body.
///
/// Returns the value and every mismatch between the JSON and the type.
///
/// # Errors
///
/// Returns the failure if `json` is not valid JSON, or if no value is left after the repair.
pub(crate) fn lenient<T: DeserializeOwned>(
    json: &[u8],
    at: &str,
) -> Result<(T, Vec<Drift>), Failure> {
    let mut failure = match traced::decode(json) {
        Ok(value) => return Ok((value, Vec::new())),
        Err(failure) => failure,
    };
    let mut repair = match repair::Repair::new(json, at) {
        Ok(repair) => repair,
        Err(position) => {
            return Err(Failure {
                syntax: position,
                ..failure
            });
        }
    };
    // Parsing into a `Value` removed duplicate members: the last member is kept, as in most JSON parsers.
    if let Ok(value) = traced::decode(&repair.to_json()) {
        repair.record_duplicate_member(&failure);
        return Ok((value, repair.into_drift()));
    }
    loop {
        repair.repair(failure)?;
        match traced::decode(&repair.to_json()) {
            Ok(value) => return Ok((value, repair.into_drift())),
            Err(next) => failure = next,
        }
    }
}

/// Returns the type's empty value: decoded from `null`, `{}` or `[]`, whichever the type accepts first.
///
/// Used for responses without a value. Returns `None` if the type accepts none of them.
pub(crate) fn empty<T: DeserializeOwned>() -> Option<T> {
    [b"null".as_slice(), b"{}", b"[]"]
        .into_iter()
        .find_map(|json| traced::decode(json).ok())
}

#[cfg(test)]
mod tests;
