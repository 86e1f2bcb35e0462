//! Turns arguments into the requests that a transport sends.

mod assemble;
mod body;
mod builder;
mod file_part;
mod json;
mod multipart;
mod preview;
pub(crate) mod query;
mod raw;

use http::{HeaderMap, Method};

pub use body::{Body, BodyFactory, BodyStream};
pub use builder::RequestBuilder;
pub use file_part::FilePart;
pub(crate) use json::to_json;
pub use preview::RequestPreview;
pub use raw::RawRequest;

/// A request without an origin or an API key. The transport adds both, so code that builds requests cannot send the key
/// to another host.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Path and query, percent-encoded, starting with `/`.
    pub target: String,
    /// Headers of this call; the transport adds its own.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}
