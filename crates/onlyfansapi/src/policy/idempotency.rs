//! The idempotency key of a call: given, or made once and carried by every attempt.

use std::sync::Arc;

use onlyfansapi_core::http::{HeaderName, HeaderValue};
use onlyfansapi_core::{Call, Error, Fault};

/// The longest key that the service takes.
const LONGEST: usize = 255;

/// Sees to it that a call whose operation takes a key has one; returns it.
///
/// # Errors
///
/// "Never built" for a key that the service would refuse: it takes 1 to 255 printable characters of ASCII
/// (source: the document's description of `sendMessage`).
pub(crate) fn ensure(call: &mut Call) -> Result<Option<Arc<str>>, Error> {
    let Some(header) = call.operation.idempotency_header() else {
        return Ok(None);
    };
    let fault = |rule: &str| {
        let field = call
            .operation
            .parameters
            .iter()
            .find(|parameter| parameter.name == header);
        let field = field.map_or(header, |parameter| parameter.setter);
        Error::never_built(call.operation, vec![Fault::new(field, rule)])
    };
    let name = HeaderName::from_bytes(header.as_bytes())
        .map_err(|_| fault("is not the name of a header"))?;
    if let Some(given) = call.request.headers.get(&name) {
        let key = given.as_bytes();
        if key.is_empty() || key.len() > LONGEST {
            return Err(fault("must have 1 to 255 characters"));
        }
        let is_printable = key.iter().all(|byte| (b' '..=b'~').contains(byte));
        return match std::str::from_utf8(key) {
            Ok(key) if is_printable => Ok(Some(key.into())),
            _ => Err(fault("must be printable ASCII")),
        };
    }
    let key = uuid::Uuid::new_v4().to_string();
    let value = HeaderValue::from_str(&key).map_err(|_| fault("cannot be sent"))?;
    call.request.headers.insert(name, value);
    Ok(Some(key.into()))
}
