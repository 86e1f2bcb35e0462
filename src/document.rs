//! The document and its overlay as they were vendored, for tools that read them at run time; with the feature
//! `document`.

/// The text of openapi.yaml.
///
/// ```
/// assert!(onlyfansapi_client::document::DOCUMENT.starts_with("openapi: 3.0.3"));
/// ```
pub const DOCUMENT: &str = include_str!("../openapi.yaml");

/// The text of overlay.yaml: our corrections to the document.
///
/// ```
/// assert!(onlyfansapi_client::document::OVERLAY.contains("overlay: 1.0.0"));
/// ```
pub const OVERLAY: &str = include_str!("../overlay.yaml");
