//! Why nothing could be generated: one line with file, position and pointer.

use std::fmt;

use crate::{Pointer, Position};

/// Why nothing could be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The file.
    pub file: String,
    /// Line and column, where they are known.
    pub position: Option<Position>,
    /// The place in the document, where the fault has one.
    pub pointer: Option<Pointer>,
    /// What is wrong, in one sentence without a line break.
    pub message: String,
}

impl Error {
    /// A fault of a whole file.
    pub fn new(file: impl Into<String>, message: impl fmt::Display) -> Self {
        // One line: what lower layers say may have several.
        let message = message
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        Self {
            file: file.into(),
            position: None,
            pointer: None,
            message,
        }
    }

    /// The same, at a position of the file.
    #[must_use]
    pub fn at(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    /// The same, at a place of the document.
    #[must_use]
    pub fn of(mut self, pointer: Pointer) -> Self {
        self.pointer = Some(pointer);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(position) = self.position {
            write!(f, ":{}:{}", position.line, position.column)?;
        }
        if let Some(pointer) = &self.pointer {
            write!(f, ": {pointer}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Error {}
