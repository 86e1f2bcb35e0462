//! The idempotency key of a call: set by the caller, or generated once and sent with every attempt.

use std::sync::Arc;

use onlyfansapi_core::http::{HeaderName, HeaderValue};
use onlyfansapi_core::support::invalid_argument;
use onlyfansapi_core::transport::{Call, ErrorBuilder};
use onlyfansapi_core::{Error, Operation};

/// The longest key that the service accepts.
const LONGEST: usize = 255;

/// Adds a key to a call if its operation accepts a key and the caller did not set one. Returns the key.
///
/// # Errors
///
/// Returns an error if the service would refuse the key: it accepts 1 to 255 printable ASCII characters (source: the
/// description of `sendMessage` in the document).
pub(crate) fn ensure(call: &mut Call) -> Result<Option<Arc<str>>, Error> {
    let Some(header) = call.operation.idempotency_header() else {
        return Ok(None);
    };
    let operation = call.operation;
    let rejected = |reason: &str| invalid(operation, header, reason);
    let name = HeaderName::from_bytes(header.as_bytes())
        .map_err(|_| rejected("is not a valid header name"))?;
    if let Some(given) = call.request.headers.get(&name) {
        let key = given.as_bytes();
        if key.is_empty() || key.len() > LONGEST {
            return Err(rejected("must have 1 to 255 characters"));
        }
        let is_printable = key.iter().all(|byte| (b' '..=b'~').contains(byte));
        return match std::str::from_utf8(key) {
            Ok(key) if is_printable => Ok(Some(key.into())),
            _ => Err(rejected("must be printable ASCII")),
        };
    }
    let key = uuid::Uuid::new_v4().to_string();
    let value = HeaderValue::from_str(&key).map_err(|_| rejected("cannot be sent"))?;
    call.request.headers.insert(name, value);
    Ok(Some(key.into()))
}

/// Creates an error about the parameter whose header is `header`.
fn invalid(operation: &'static Operation, header: &str, reason: &str) -> Error {
    let mut parameters = operation.parameters.iter();
    let parameter = parameters.find(|parameter| parameter.name == header);
    let argument = parameter.map_or(header, |parameter| parameter.setter);
    let invalid = vec![invalid_argument(argument, reason)];
    ErrorBuilder::invalid_arguments(operation, invalid).build()
}
