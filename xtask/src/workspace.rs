//! Where the files of the workspace are, and the pipeline over them.

use std::path::PathBuf;

use anyhow::Result;
use onlyfansapi_codegen::{Document, Names, Output, Overlay, generate};

/// The root of the workspace, from wherever the command was started.
pub(crate) fn root() -> PathBuf {
    // Cargo sets it for `cargo run`, which is how the alias starts us.
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    own.parent()
        .map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// The client of the vendored document.
pub(crate) fn output() -> Result<Output> {
    output_with(None)
}

/// The client of the vendored document, with other names than those of names.yaml.
pub(crate) fn output_with(names: Option<Names>) -> Result<Output> {
    let document = Document::read(&root().join("openapi.yaml"))?;
    let overlay = Overlay::read(&root().join("overlay.yaml"))?;
    let names = names.map_or_else(|| Names::read(&root().join("names.yaml")), Ok)?;
    Ok(generate(document, Some(&overlay), Some(&names))?)
}
