//! Generates the Rust source of a typed client from an OpenAPI 3.0 document written by Laravel Scribe.
//!
//! The pipeline is: bytes -> [`Document`] -> [`Overlay`] -> [`passes`] -> progenitor -> code passes -> formatted
//! source. A [`Report`] records what each step changed, where and why. The crate contains nothing that is specific to
//! one API: corrections for a particular document go into its overlay.
//!
//! Only input that is not an OpenAPI 3.0 document is rejected. Otherwise, every operation is generated unless the
//! document does not define which request to send, for example because a path has an unclosed brace or the method is
//! not an HTTP method. Anything that cannot be typed accepts any JSON value. The report lists all of these cases.
//!
//! The `generate` feature, enabled by default, adds the generator. Without it, the crate contains only the document
//! reader and the overlay, for programs that use documents in other ways.
//!
//! [`generate`] generates the source for the client in this workspace, and [`Standalone`] generates a separate crate.
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

// Some parts of the reader are used only by the generator.
#![cfg_attr(not(feature = "generate"), allow(dead_code))]

// Reader and overlay.
mod document;
mod error;
mod overlay;
mod pointer;
mod report;
mod tree;

// Generator.
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
mod inferred;
#[cfg(feature = "generate")]
pub mod passes;
#[cfg(feature = "generate")]
mod pipeline;
#[cfg(feature = "generate")]
mod progenitor_input;
#[cfg(feature = "generate")]
mod standalone;
#[cfg(feature = "generate")]
mod walk;

pub use document::{Document, Position, Positions};
pub use error::Error;
pub use overlay::{IneffectiveAction, Overlay};
pub use pointer::Pointer;
pub use report::{Change, Report};

#[cfg(feature = "generate")]
pub use code::{ArgumentSignature, FieldSignature, OperationSignature, Signatures};
#[cfg(feature = "generate")]
pub use coverage::{Coverage, FieldKinds, OperationCoverage, OperationStatus};
#[cfg(feature = "generate")]
pub use diff::{Class, Diff, Difference};
#[cfg(feature = "generate")]
pub use inferred::Names;
#[cfg(feature = "generate")]
pub use pipeline::{Output, generate, generate_with, prepare};
#[cfg(feature = "generate")]
pub use standalone::Standalone;
