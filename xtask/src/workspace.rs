//! Paths and locking of the workspace, cargo invocations, and generation from the vendored document.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use fs4::{FileExt, TryLockError};
use onlyfansapi_codegen::{Document, Names, Output, Overlay, generate};

/// Returns the root of the workspace, independent of the current directory.
pub(crate) fn root() -> PathBuf {
    // Set by `cargo run`, which the `xtask` alias expands to.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    package
        .parent()
        .map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Returns cargo's target directory.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Locks the workspace so that no other command replaces files until the returned handle is dropped.
pub(crate) fn acquire_lock() -> Result<File> {
    let target = target();
    std::fs::create_dir_all(&target)
        .with_context(|| format!("cannot create {}", target.display()))?;
    let file = target.join("xtask.lock");
    let file = File::create(&file).with_context(|| format!("cannot write {}", file.display()))?;
    // Fully qualified: `File::try_lock` of the standard library is newer than the minimum supported Rust.
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another `cargo xtask` command is replacing files; wait until it has finished")
        }
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock target/xtask.lock"),
    }
}

/// Returns a `cargo run` command for the program selected by the `package` arguments.
pub(crate) fn cargo_run(package: &[&str], arguments: &[OsString]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["run", "--quiet"])
        .args(package)
        .arg("--")
        .args(arguments)
        .current_dir(root());
    command
}

/// Runs the program selected by the `package` arguments and waits for it.
pub(crate) fn run_program(package: &[&str], arguments: &[OsString]) -> Result<ExitCode> {
    let status = cargo_run(package, arguments).status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Builds the package under benchmark in release mode.
pub(crate) fn build_release(package: &[&str]) -> Result<()> {
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--release"])
        .args(package)
        .current_dir(root())
        .status()?;
    if !status.success() {
        bail!("`cargo build --release {}` failed", package.join(" "));
    }
    Ok(())
}

/// Generates the client from the vendored document.
pub(crate) fn output() -> Result<Output> {
    output_with(None)
}

/// Generates the client from the vendored document, with `names` instead of names.yaml if given.
pub(crate) fn output_with(names: Option<Names>) -> Result<Output> {
    let document = Document::read(&root().join("openapi.yaml"))?;
    let overlay = Overlay::read(&root().join("overlay.yaml"))?;
    let names = names.map_or_else(|| Names::read(&root().join("names.yaml")), Ok)?;
    Ok(generate(document, Some(&overlay), Some(&names))?)
}
