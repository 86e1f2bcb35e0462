//! A file of a multipart body.

use std::fmt;

use crate::{Body, BodyFactory};

/// A file of a multipart body: its bytes, and what the service is told of it.
///
/// ```
/// use onlyfansapi::FilePart;
///
/// let file = FilePart::new("clip.mp4", b"not really a clip".as_slice()).content_type("video/mp4");
/// assert_eq!(file.file_name(), "clip.mp4");
/// ```
#[derive(Clone)]
pub struct FilePart {
    pub(crate) file_name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Body,
}

impl FilePart {
    /// A file whose bytes are in memory.
    ///
    /// ```
    /// let file = onlyfansapi::FilePart::new("note.txt", "text".to_owned());
    /// # let _ = file;
    /// ```
    #[must_use]
    pub fn new(file_name: impl Into<String>, bytes: impl Into<Body>) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: None,
            body: bytes.into(),
        }
    }

    /// A file that is read as it is sent: `make` opens it anew for each attempt. `length` is in bytes,
    /// where it is known.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use onlyfansapi::FilePart;
    ///
    /// let file = FilePart::streamed("clip.mp4", None, Arc::new(|| Err(std::io::Error::other("no such clip"))));
    /// # let _ = file;
    /// ```
    #[must_use]
    pub fn streamed(file_name: impl Into<String>, length: Option<u64>, make: BodyFactory) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: None,
            body: Body::Factory { length, make },
        }
    }

    /// Says what the file is, as a media type.
    ///
    /// ```
    /// let file = onlyfansapi::FilePart::new("a.png", vec![0u8]).content_type("image/png");
    /// # let _ = file;
    /// ```
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }

    /// The name that the service is told.
    ///
    /// ```
    /// assert_eq!(onlyfansapi::FilePart::new("a.png", vec![0u8]).file_name(), "a.png");
    /// ```
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }
}

impl fmt::Debug for FilePart {
    /// The name and the size: what is in the file is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart")
            .field("file_name", &self.file_name)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
