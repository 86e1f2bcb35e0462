//! The runtime that the generated client and the facade share.
//!
//! A generated builder collects arguments in a [`support::RequestBuilder`]. The builder produces one
//! [`transport::Call`], a [`transport::Transport`] turns the call into a [`transport::Response`], and the response
//! becomes a [`Reply`] or an [`Error`]. This crate has no policy: keys, retries and time limits belong to the
//! transport.
//!
//! Applications use it through the facade crate, which re-exports what they need.
//!
//! - the crate root: what users of a client see
//! - [`transport`]: what a transport implements and constructs
//! - [`support`]: what generated code and hand-written resources call

mod argument;
mod error;
mod operation;
mod options;
mod request;
mod response;
mod types;

#[cfg(feature = "sources")]
pub mod sources;
pub mod support;
pub mod transport;

pub use argument::IntoArgument;
pub use error::{ApiError, Error, ErrorKind, InvalidArgument, UpstreamResponse};
pub use operation::{
    BodyFormat, EmptyBody, Operation, Parameter, ParameterLocation, QueryStyle, RefusalMarker,
    ResponseShape,
};
pub use options::CallOptions;
pub use request::{Body, BodyFactory, BodyStream, FilePart, RawRequest, RequestPreview};
pub use response::{
    Blob, CacheInfo, Credits, Decode, Download, Drift, Location, Meta, Pagination, RateLimits,
    Reply,
};
pub use transport::{DownloadFuture, ReplyFuture};
pub use types::{MediaRef, Timestamp, UnknownValue};

/// The HTTP types that appear in public signatures, so that callers need not match versions.
pub use http;
