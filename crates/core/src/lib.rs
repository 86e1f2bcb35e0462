//! The runtime shared by the generated client and the facade.
//!
//! A generated builder collects arguments in a [`support::RequestBuilder`]. The builder produces one
//! [`transport::Call`], a [`transport::Transport`] turns the call into a [`transport::Response`], and the response
//! becomes a [`Reply`] or an [`Error`]. This crate sets no policy: the transport is responsible for keys, retries and
//! time limits.
//!
//! Applications use it through the facade crate, which re-exports what they need.
//!
//! - the crate root: the types that users of a client work with
//! - [`transport`]: the interface that transports implement, and the types that they construct
//! - [`support`]: the functions that generated code and hand-written resources call

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
pub use error::{ApiError, Error, ErrorKind, FailedAttempt, InvalidArgument, UpstreamResponse};
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

/// Re-exported so that callers don't need a matching dependency: `http` types appear in the public API.
pub use http;
