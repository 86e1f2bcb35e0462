//! What generated code and hand-written resources call. Not part of the users' API.

use crate::transport::Dispatcher;
use crate::{CallOptions, InvalidArgument, RawRequest};

pub use crate::argument::{Argument, FromInteger, ParseArgument, StringArgument};
pub use crate::request::RequestBuilder;

/// An argument that was rejected; `reason` completes the sentence that the argument's name starts.
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

/// A request of `method` on `path` that the document does not describe.
pub fn raw_request(
    dispatcher: Dispatcher,
    method: http::Method,
    path: impl Into<String>,
) -> RawRequest {
    RawRequest::new(dispatcher, method, path.into())
}

/// The value of an open enumeration that the enumeration does not list. Called by
/// [`open_enum!`](crate::open_enum), which has already compared `text` with every known value.
#[must_use]
pub fn unknown_value(text: String) -> crate::UnknownValue {
    crate::UnknownValue::new(text)
}
