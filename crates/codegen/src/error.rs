//! The error type: a one-line message with the file, position and JSON pointer.

use std::fmt;

use crate::{Pointer, Position};

/// An error that prevented generation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The file.
    pub file: String,
    /// The line and column, if known.
    pub position: Option<Position>,
    /// The location in the document, if the error has one.
    pub pointer: Option<Pointer>,
    /// What is wrong, as one sentence without line breaks.
    pub message: String,
}

impl Error {
    /// Creates an error about a whole file.
    pub fn new(file: impl Into<String>, message: impl fmt::Display) -> Self {
        // Messages from lower layers may span several lines.
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

    /// Sets the position in the file.
    #[must_use]
    pub fn with_position(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    /// Sets the location in the document.
    #[must_use]
    pub fn with_pointer(mut self, pointer: Pointer) -> Self {
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
