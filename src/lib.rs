//! The generated client for the OnlyFans API, with a typed method for every operation in the document.
//!
//! The build script generates the client from `openapi.yaml` and `overlay.yaml`. This crate contains no transport and
//! no retry policy. Applications should use the `onlyfansapi` crate, which provides both.

#[cfg(feature = "document")]
pub mod document;
mod generated;

pub use generated::{Client, SERVER, builder, operations, types};
