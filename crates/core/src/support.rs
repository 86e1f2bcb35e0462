//! Functions and types for generated code and hand-written resources. Not part of the user-facing API.

use crate::transport::Dispatcher;
use crate::{CallOptions, InvalidArgument, RawRequest};

pub use crate::argument::{Argument, FromInteger, ParseArgument, StringArgument};
pub use crate::request::RequestBuilder;

/// Creates the record of a rejected argument; `reason` completes a sentence that starts with the argument's name.
///
/// ```
/// let invalid = onlyfansapi_core::support::invalid_argument("url", "is empty");
/// assert_eq!(invalid.to_string(), "`url` is empty");
/// ```
#[must_use]
pub fn invalid_argument(argument: impl Into<String>, reason: impl Into<String>) -> InvalidArgument {
    InvalidArgument::new(argument, reason)
}

/// Adds arguments that the caller's own checks rejected. The request is not sent; its error lists them together
/// with every other invalid argument.
#[must_use]
pub fn reject(
    mut options: CallOptions,
    invalid: impl IntoIterator<Item = InvalidArgument>,
) -> CallOptions {
    options.invalid.extend(invalid);
    options
}

/// Creates a request that the document does not describe.
pub fn raw_request(
    dispatcher: Dispatcher,
    method: http::Method,
    path: impl Into<String>,
) -> RawRequest {
    RawRequest::new(dispatcher, method, path.into())
}

/// Creates an unknown value of an open enumeration. Called by [`open_enum!`](crate::open_enum), which has already
/// compared `text` with every known value.
#[must_use]
pub fn unknown_value(text: String) -> crate::UnknownValue {
    crate::UnknownValue::new(text)
}
