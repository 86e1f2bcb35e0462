//! Bytes to a typed value, so that nothing is lost.
//!
//! First the plain typed way, which costs nothing when it fits (`guard`). Where it does not, the
//! failing places are mended one by one (`repair`): converted where that loses nothing, else left
//! out of the typed value. Each such place is a [`Drift`].

mod drift;
mod guard;
mod repair;

use serde::de::DeserializeOwned;

pub use self::drift::{Decode, Drift};
pub(crate) use self::guard::{Failure, under_data};

/// Decodes the JSON text `json`, which stands at the pointer `at` of its body.
///
/// Returns the value, and every place that did not fit its type.
pub(crate) fn lenient<T: DeserializeOwned>(
    json: &[u8],
    at: &str,
) -> Result<(T, Vec<Drift>), Failure> {
    let mut failure = match guard::typed(json) {
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
    // A doubled member is gone by now: the last one counts, as for every reader of JSON.
    if let Ok(value) = guard::typed(&repair.text()) {
        repair.note_doubled(&failure);
        return Ok((value, repair.into_drift()));
    }
    loop {
        repair.mend(failure)?;
        match guard::typed(&repair.text()) {
            Ok(value) => return Ok((value, repair.into_drift())),
            Err(next) => failure = next,
        }
    }
}

/// What the type makes of an answer without a value: of null, of an object without members, or of an
/// empty list, in this order.
pub(crate) fn empty<T: DeserializeOwned>() -> Option<T> {
    [b"null".as_slice(), b"{}", b"[]"]
        .into_iter()
        .find_map(|json| guard::typed(json).ok())
}

#[cfg(test)]
mod tests;
