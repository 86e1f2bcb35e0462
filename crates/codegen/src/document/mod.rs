//! The document: an ordered JSON tree with string keys, and its source text.

mod locate;
mod read;

use std::path::Path;

use serde_json::Value;

pub use self::locate::{Position, Positions};
use crate::{Error, Pointer};

/// The maximum size of a document in bytes.
const MAX_BYTES: usize = 64 << 20;

/// A parsed document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The tree. Every key is a string, and members keep their order in the text.
    pub root: Value,
    file: String,
    text: std::sync::Arc<str>,
    quirks: Vec<Quirk>,
}

/// Something in the text that the reader could not represent exactly.
#[derive(Clone, Debug)]
pub(crate) struct Quirk {
    pub(crate) pointer: Pointer,
    pub(crate) description: String,
}

impl Document {
    /// Reads a YAML or JSON file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or its syntax is invalid.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        let bytes = std::fs::read(path)
            .map_err(|e| Error::new(path.display().to_string(), format!("cannot be read: {e}")))?;
        let text = String::from_utf8(bytes).map_err(|e| {
            Error::new(
                &file,
                format!(
                    "is not valid UTF-8 from byte {}",
                    e.utf8_error().valid_up_to()
                ),
            )
        })?;
        Self::parse(&file, &text)
    }

    /// Parses a document from `text`.
    ///
    /// `file` is the name used in messages. If it ends in `.json`, the text is parsed as JSON, otherwise as YAML.
    ///
    /// # Errors
    ///
    /// Returns an error if the syntax is invalid, or if the text exceeds a resource limit: it is too large, nested
    /// deeper than 128 levels, or its aliases expand to far more data than the text contains.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        if text.len() > MAX_BYTES {
            return Err(Error::new(
                file,
                format!("has {} bytes; the maximum is {MAX_BYTES}", text.len()),
            ));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (root, quirks) = read::tree(file, text)?;
        Ok(Self {
            root,
            file: file.to_owned(),
            text: text.into(),
            quirks,
        })
    }

    /// Returns the file name, for messages.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the source text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns what the reader could not represent exactly, such as duplicate keys.
    pub(crate) fn quirks(&self) -> &[Quirk] {
        &self.quirks
    }

    /// Returns the positions of `pointer` in the text; more than one if a key is duplicated.
    ///
    /// The tree does not store positions, so this parses the text again. Use it only for messages.
    #[must_use]
    pub fn locate(&self, pointer: &Pointer) -> Vec<Position> {
        locate::positions(&self.text, pointer)
    }

    /// Returns a position lookup that remains usable after the document is dropped.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, Pointer};
    ///
    /// let document = Document::parse("tiny.yaml", "a:\n  b: 1\n")?;
    /// let pointer = Pointer::root().child("a").child("b");
    /// assert_eq!(document.positions().of([&pointer])[&pointer].line, 2);
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    #[must_use]
    pub fn positions(&self) -> Positions {
        Positions {
            text: self.text.clone(),
        }
    }

    /// Creates an error about this document at `pointer`, with the position of `pointer` in the text.
    #[must_use]
    pub fn error(&self, pointer: &Pointer, message: impl std::fmt::Display) -> Error {
        Error::new(&self.file, message)
            .with_position(self.locate(pointer).first().copied())
            .with_pointer(pointer.clone())
    }

    /// Verifies that this is an OpenAPI 3.0 document.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not. The message states what the document is instead, if known.
    ///
    /// ```
    /// use onlyfansapi_codegen::Document;
    ///
    /// let document = Document::parse("old.yaml", "swagger: '2.0'\npaths: {}\n")?;
    /// assert!(document.expect_openapi().unwrap_err().to_string().starts_with("old.yaml:"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    pub fn expect_openapi(&self) -> Result<(), Error> {
        let error = |pointer: &Pointer, message: String| Err(self.error(pointer, message));
        let root = Pointer::root();
        let Some(members) = self.root.as_object() else {
            return error(
                &root,
                format!(
                    "is not an OpenAPI document: the root is {}, not an object",
                    crate::tree::kind(&self.root)
                ),
            );
        };
        if let Some(version) = members.get("swagger") {
            return error(
                &root.child("swagger"),
                format!(
                    "is a Swagger {} document; OpenAPI 3.0 is required",
                    crate::tree::plain(version)
                ),
            );
        }
        match members.get("openapi").map(crate::tree::plain) {
            Some(version) if version == "3.0" || version.starts_with("3.0.") => {}
            Some(version) => {
                return error(
                    &root.child("openapi"),
                    format!("is an OpenAPI {version} document; 3.0 is required"),
                );
            }
            None => {
                return error(
                    &root,
                    "is not an OpenAPI document: it has no member `openapi`".to_owned(),
                );
            }
        }
        match members.get("paths") {
            Some(Value::Object(_)) => Ok(()),
            Some(other) => error(
                &root.child("paths"),
                format!("must be an object, not {}", crate::tree::kind(other)),
            ),
            None => error(&root, "has no member `paths`".to_owned()),
        }
    }
}
