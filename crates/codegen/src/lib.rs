//! From an OpenAPI 3.0 document, as Laravel Scribe writes it, to the Rust source of a typed client.
//!
//! Data flows one way: bytes -> [`Document`] -> [`Overlay`] -> [`passes`] -> progenitor -> code
//! passes -> formatted source. A [`Report`] rides along and says what each step changed, where and
//! why. Nothing here knows one particular API: what is special to it stands in its overlay.
//!
//! A document is refused only when it is no OpenAPI 3.0 document. Of every other one each operation is
//! generated, but where the document does not say which request to send (a path with a brace that is not
//! closed, a method that HTTP does not have); what cannot be typed is any JSON value; and each such thing
//! is a line of the report.
//!
//! The reader and the overlay stand alone too: without the feature `generate`, which is on by default, this crate is
//! they, and whoever has other uses for a document builds no generator.
//!
//! [`generate`] gives the source for this workspace's client; [`Standalone`] a crate of its own.
//!
//! ```
//! use onlyfansapi_codegen::{Document, generate};
//!
//! let document = Document::parse("tiny.yaml", "
//! openapi: 3.0.3
//! info: {title: Tiny, version: 1.0.0}
//! paths:
//!   /api/things/{id}:
//!     parameters:
//!     - {in: path, name: id, required: true, schema: {type: integer}}
//!     get:
//!       operationId: showThing
//!       responses:
//!         200:
//!           description: Success
//!           content:
//!             application/json:
//!               schema: {type: object, properties: {data: {type: object, properties: {name: {type: string}}}}}
//! ")?;
//! let output = generate(document, None, None)?;
//! assert!(output.source.contains("pub fn show_thing(&self)"));
//! # Ok::<(), onlyfansapi_codegen::Error>(())
//! ```

// What only the generator asks of the reader.
#![cfg_attr(not(feature = "generate"), allow(dead_code))]

// The reader.
mod document;
mod error;
mod overlay;
mod pointer;
mod report;
mod tree;

// From here on it is about Rust.
#[cfg(feature = "generate")]
pub mod build_script;
#[cfg(feature = "generate")]
mod code;
#[cfg(feature = "generate")]
mod coverage;
#[cfg(feature = "generate")]
mod diff;
#[cfg(feature = "generate")]
mod generator;
#[cfg(feature = "generate")]
mod given;
#[cfg(feature = "generate")]
mod names;
#[cfg(feature = "generate")]
pub mod passes;
#[cfg(feature = "generate")]
mod pipeline;
#[cfg(feature = "generate")]
mod standalone;
#[cfg(feature = "generate")]
mod walk;

pub use document::{Document, Position, Positions};
pub use error::Error;
pub use overlay::{Misfit, Overlay};
pub use pointer::Pointer;
pub use report::{Change, Report};

#[cfg(feature = "generate")]
pub use code::{ArgumentSignature, FieldSignature, OperationSignature, Signatures};
#[cfg(feature = "generate")]
pub use coverage::{Coverage, Covered, FieldKinds, Outcome};
#[cfg(feature = "generate")]
pub use diff::{Class, Diff, Difference};
#[cfg(feature = "generate")]
pub use names::Names;
#[cfg(feature = "generate")]
pub use pipeline::{Output, generate, generate_with, prepare};
#[cfg(feature = "generate")]
pub use standalone::Standalone;
