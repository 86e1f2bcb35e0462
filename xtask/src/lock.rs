//! `cargo xtask lock`: openapi.lock says what was vendored; this checks that it still is.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::Document;
use sha2::{Digest, Sha256};

use crate::workspace;

pub(crate) fn run() -> Result<ExitCode> {
    let lock = Document::read(&workspace::root().join("openapi.lock"))?;
    let bytes = std::fs::read(workspace::root().join("openapi.yaml"))
        .context("openapi.yaml cannot be read")?;
    let found = hex(&Sha256::digest(&bytes));
    let expected = lock.root["sha256"]["openapi.yaml"]
        .as_str()
        .context("openapi.lock names no sha256 of openapi.yaml")?;
    if found != expected {
        bail!("openapi.yaml has sha256 {found}, but openapi.lock says {expected}");
    }
    println!("openapi.yaml is the one in openapi.lock ({found})");
    Ok(ExitCode::SUCCESS)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
