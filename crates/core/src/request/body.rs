//! Request bodies that can be sent repeatedly.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;

/// A stream of body bytes.
pub type BodyStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send + 'static>>;

/// Opens the body for one attempt. Called once per attempt, so a request can be retried even if its body, such as a
/// file, cannot be cloned.
pub type BodyFactory = Arc<dyn Fn() -> std::io::Result<BodyStream> + Send + Sync>;

/// The body of a request.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::Body;
///
/// let body = Body::from("plain text");
/// assert_eq!(format!("{body:?}"), "Bytes(10 bytes)");
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// Bytes in memory.
    Bytes(Bytes),
    /// A stream that is reopened for each attempt.
    Factory {
        /// Length in bytes, if known.
        length: Option<u64>,
        /// Opens the stream.
        open: BodyFactory,
    },
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Self::Bytes(Bytes::from_static(bytes))
    }
}

impl<const N: usize> From<&'static [u8; N]> for Body {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::Bytes(Bytes::from_static(bytes))
    }
}

impl fmt::Debug for Body {
    /// Shows only the kind and the size: bodies contain passwords and messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Factory {
                length: Some(length),
                ..
            } => write!(f, "Factory({length} bytes)"),
            Self::Factory { length: None, .. } => f.write_str("Factory(length unknown)"),
        }
    }
}
