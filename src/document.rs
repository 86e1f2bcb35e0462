//! The vendored document and overlay, for tools that read them at run time. Requires the `document` feature.
//!
//! ```
//! use onlyfansapi_client::document::{DOCUMENT, OVERLAY};
//!
//! assert!(DOCUMENT.starts_with("openapi: 3.0.3"));
//! assert!(OVERLAY.contains("overlay: 1.0.0"));
//! ```

/// The content of `openapi.yaml`.
pub const DOCUMENT: &str = include_str!("../openapi.yaml");

/// The content of `overlay.yaml`, which contains the corrections to the document.
pub const OVERLAY: &str = include_str!("../overlay.yaml");
