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

pub mod build_script;
mod code;
mod coverage;
mod diff;
mod document;
mod error;
mod generator;
mod given;
mod names;
mod overlay;
pub mod passes;
mod pipeline;
mod pointer;
mod report;
mod standalone;
mod walk;

pub use code::{ArgumentSignature, FieldSignature, OperationSignature, Signatures};
pub use coverage::{Coverage, Covered, FieldKinds, Outcome};
pub use diff::{Class, Diff, Difference};
pub use document::{Document, Position, Positions};
pub use error::Error;
pub use names::Names;
pub use overlay::{Misfit, Overlay};
pub use pipeline::{Output, generate, prepare};
pub use pointer::Pointer;
pub use report::{Change, Report};
pub use standalone::Standalone;
