//! What the generated client and the facade share.
//!
//! The generated client turns typed arguments into a [`Draft`], the draft becomes one [`Call`], a
//! [`Transport`] answers it with an [`Answer`], and the answer becomes a [`Reply`] or an [`Error`].
//! There is no policy here: which key is sent, how often and how long is the transport's business.
//!
//! Users do not name this crate: everything they need of it stands in `onlyfansapi`.

mod answer;
mod api_error;
mod assemble;
mod decode;
mod download;
mod draft;
mod envelope;
mod error;
mod fetch;
mod file_part;
mod limits;
mod media_ref;
mod multipart;
mod open_enum;
mod operation;
mod options;
mod query;
mod raw;
mod reply;
mod request;
mod timestamp;
mod transport;

pub use answer::{Answer, Attempts, Observer};
pub use api_error::{ApiError, UpstreamResponse};
pub use decode::{Decode, Drift};
pub use download::{Blob, Download, Location, Opened, Opening};
pub use draft::Draft;
pub use envelope::{CacheInfo, Credits, Pagination, RateLimits};
pub use error::{Error, ErrorKind, Fault, retry_after};
pub use fetch::Fetch;
pub use file_part::FilePart;
pub use limits::{Limit, Limits};
pub use media_ref::MediaRef;
pub use operation::{BodyFormat, EmptyBody, Operation, Parameter, Place, Shape, Style};
pub use options::CallOptions;
pub use raw::{FromReply, RawRequest};
pub use reply::Reply;
pub use request::{Body, BodyFactory, BodyStream, Request, RequestPreview};
pub use timestamp::Timestamp;
pub use transport::{Call, Hook, Transport};

/// The HTTP types that stand in public signatures, so that nobody needs to match versions.
pub use http;
