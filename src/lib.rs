//! The generated client of the OnlyFans API: every operation of the document, typed.
//!
//! The build script writes it from `openapi.yaml` and `overlay.yaml`. This crate has no policy and
//! no way out of its own: the facade, crate `onlyfansapi`, brings both and is the one to use.

#[cfg(feature = "document")]
pub mod document;
mod generated;
mod hook;

pub use generated::{Client, SERVER, builder, operations, types};
