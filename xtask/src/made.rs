//! The files that are made of the document, and those that they are made of: what belongs together.

use std::path::Path;

use anyhow::{Context, Result};
use onlyfansapi_codegen::Output;

use crate::journal::NewFile;
use crate::lock::Lock;
use crate::{coverage, explain};

/// All of them, the lock first: the build script goes by it. `lock` is told what it holds fast.
pub(crate) fn files(
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
        lock.hold(file.path, &file.bytes);
    }
    files.insert(0, lock.file()?);
    let untyped = coverage::untyped(&output.coverage);
    files.push(NewFile::new("untyped.yaml", untyped));
    let page = std::fs::read_to_string(root.join("CONTRIBUTING.md"))
        .context("CONTRIBUTING.md cannot be read")?;
    if let Some(page) = explain::renewed(&page, output) {
        files.push(NewFile::new("CONTRIBUTING.md", page));
    }
    Ok(files)
}
