//! The document: an ordered JSON tree with string keys, and the text it was read from.

mod locate;
mod read;

use std::path::Path;

use serde_json::Value;

pub use self::locate::{Position, Positions};
use crate::{Error, Pointer};

/// The largest text that is read, in bytes.
const LARGEST: usize = 64 << 20;

/// A document in memory.
#[derive(Clone, Debug)]
pub struct Document {
    /// The tree; every key is a string, in the order of the text.
    pub root: Value,
    file: String,
    text: std::sync::Arc<str>,
    oddities: Vec<Oddity>,
}

/// Something that the reader met and did not keep as it was.
#[derive(Clone, Debug)]
pub(crate) struct Oddity {
    pub(crate) pointer: Pointer,
    pub(crate) what: String,
}

impl Document {
    /// Reads a YAML or JSON file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or its syntax is broken.
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
                    "is not UTF-8 text from byte {} on",
                    e.utf8_error().valid_up_to()
                ),
            )
        })?;
        Self::parse(&file, &text)
    }

    /// Reads a document from `text`; `file` names it in messages, and decides between JSON (a name
    /// that ends in `.json`) and YAML.
    ///
    /// # Errors
    ///
    /// When the syntax is broken, or the text is a bomb: too large, nested deeper than 128 levels, or with
    /// aliases that make far more of it than is written.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        if text.len() > LARGEST {
            return Err(Error::new(
                file,
                format!(
                    "has {} bytes; no document of more than {LARGEST} is read",
                    text.len()
                ),
            ));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (root, oddities) = read::tree(file, text)?;
        Ok(Self {
            root,
            file: file.to_owned(),
            text: text.into(),
            oddities,
        })
    }

    /// The file's name, for messages.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text that was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the reader did not keep as it was: duplicate keys, keys that became equal as strings.
    pub(crate) fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// Where in the text `pointer` stands; every place, if a key stands there more than once.
    ///
    /// The tree keeps no positions, so the text is read once more: for messages only.
    #[must_use]
    pub fn locate(&self, pointer: &Pointer) -> Vec<Position> {
        locate::positions(&self.text, pointer)
    }

    /// Where places stand in the text, also when the document itself is gone.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, Pointer};
    ///
    /// let document = Document::parse("tiny.yaml", "a:\n  b: 1\n")?;
    /// let place = Pointer::root().child("a").child("b");
    /// assert_eq!(document.positions().of([&place])[&place].line, 2);
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    #[must_use]
    pub fn positions(&self) -> Positions {
        Positions {
            text: self.text.clone(),
        }
    }

    /// A fault of this document at `pointer`, with its line.
    #[must_use]
    pub fn error(&self, pointer: &Pointer, message: impl std::fmt::Display) -> Error {
        Error::new(&self.file, message)
            .at(self.locate(pointer).first().copied())
            .of(pointer.clone())
    }

    /// Refuses what is no OpenAPI 3.0 document, in a sentence that says what it is.
    ///
    /// # Errors
    ///
    /// When it is none, at the place that says so.
    ///
    /// ```
    /// use onlyfansapi_codegen::Document;
    ///
    /// let document = Document::parse("old.yaml", "swagger: '2.0'\npaths: {}\n")?;
    /// assert!(document.expect_openapi().unwrap_err().to_string().starts_with("old.yaml:"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    pub fn expect_openapi(&self) -> Result<(), Error> {
        let fault = |pointer: &Pointer, message: String| Err(self.error(pointer, message));
        let root = Pointer::root();
        let Some(members) = self.root.as_object() else {
            return fault(
                &root,
                format!(
                    "is not an OpenAPI document: the top is {}, not an object",
                    crate::tree::kind(&self.root)
                ),
            );
        };
        if let Some(version) = members.get("swagger") {
            return fault(
                &root.child("swagger"),
                format!(
                    "is a Swagger {} document; OpenAPI 3.0 is needed",
                    crate::tree::plain(version)
                ),
            );
        }
        match members.get("openapi").map(crate::tree::plain) {
            Some(version) if version == "3.0" || version.starts_with("3.0.") => {}
            Some(version) => {
                return fault(
                    &root.child("openapi"),
                    format!("is an OpenAPI {version} document; 3.0 is needed"),
                );
            }
            None => {
                return fault(
                    &root,
                    "is not an OpenAPI document: it has no member `openapi`".to_owned(),
                );
            }
        }
        match members.get("paths") {
            Some(Value::Object(_)) => Ok(()),
            Some(other) => fault(
                &root.child("paths"),
                format!("must be an object and is {}", crate::tree::kind(other)),
            ),
            None => fault(
                &root,
                "has no member `paths`, so there is nothing to call".to_owned(),
            ),
        }
    }
}
