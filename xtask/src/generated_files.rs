//! The generated files and their inputs, which are always replaced together.

use std::path::Path;

use anyhow::{Context, Result};
use onlyfansapi_codegen::Output;

use crate::journal::NewFile;
use crate::lock::Lock;
use crate::{coverage, explain};

/// Collects the inputs and every generated file, and records the locked files in `lock`.
///
/// The lock file comes first because the build script reads it to detect a mixed state.
pub(crate) fn collect(
    root: &Path,
    output: &Output,
    document: impl Into<Vec<u8>>,
    overlay: impl Into<Vec<u8>>,
    mut lock: Lock,
) -> Result<Vec<NewFile>> {
    let mut files = vec![
        NewFile::new("openapi.yaml", document),
        NewFile::new("overlay.yaml", overlay),
        NewFile::new("names.yaml", output.names.to_yaml()?),
        NewFile::new("generated/client.rs", output.source.as_bytes()),
    ];
    for file in &files {
        lock.record(file.path, &file.bytes);
    }
    files.insert(0, lock.to_file()?);
    let untyped = coverage::untyped_yaml(&output.coverage);
    files.push(NewFile::new("untyped.yaml", untyped));
    let page = std::fs::read_to_string(root.join("CONTRIBUTING.md"))
        .context("cannot read CONTRIBUTING.md")?;
    if let Some(page) = explain::with_current_block(&page, output) {
        files.push(NewFile::new("CONTRIBUTING.md", page));
    }
    Ok(files)
}
