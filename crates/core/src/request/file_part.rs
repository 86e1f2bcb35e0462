//! A file of a multipart body.

use std::fmt;

use super::{Body, BodyFactory};

/// A file of a multipart body: its bytes, its name, and optionally its media type.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use std::sync::Arc;
/// use onlyfansapi::FilePart;
///
/// let in_memory = FilePart::new("clip.mp4", b"not really a clip").content_type("video/mp4");
/// assert_eq!(in_memory.file_name(), "clip.mp4");
///
/// // Opened once per attempt, so that the upload can be retried.
/// let streamed = FilePart::streamed("clip.mp4", None, Arc::new(|| Err(std::io::Error::other("no such file"))));
/// # let _ = streamed;
/// ```
#[derive(Clone)]
pub struct FilePart {
    pub(crate) file_name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Body,
}

impl FilePart {
    /// Creates a file part from bytes in memory.
    #[must_use]
    pub fn new(file_name: impl Into<String>, bytes: impl Into<Body>) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: None,
            body: bytes.into(),
        }
    }

    /// Creates a file part that is streamed: `open` is called once per attempt. `length` is in bytes, if known.
    #[must_use]
    pub fn streamed(file_name: impl Into<String>, length: Option<u64>, open: BodyFactory) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: None,
            body: Body::Factory { length, open },
        }
    }

    /// Sets the media type. Without it the part is sent as `application/octet-stream`.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }

    /// Returns the file name that is sent.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }
}

impl fmt::Debug for FilePart {
    /// Shows the name and the size, never the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart")
            .field("file_name", &self.file_name)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
