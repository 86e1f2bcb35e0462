//! Where the files of the workspace are, and the pipeline over them.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use fs4::{FileExt, TryLockError};
use onlyfansapi_codegen::{Document, Names, Output, Overlay, generate};

/// The root of the workspace, from wherever the command was started.
pub(crate) fn root() -> PathBuf {
    // Cargo sets it for `cargo run`, which is how the alias starts us.
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    own.parent()
        .map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Keeps other commands from replacing files at the same time, for as long as what is returned lives.
pub(crate) fn alone() -> Result<File> {
    let target = target();
    std::fs::create_dir_all(&target)
        .with_context(|| format!("cannot make {}", target.display()))?;
    let file = target.join("xtask.lock");
    let file = File::create(&file).with_context(|| format!("cannot write {}", file.display()))?;
    // By the trait's name: the method of the standard library is newer than the oldest Rust we build with.
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another `cargo xtask` is replacing files; wait until it is done")
        }
        Err(TryLockError::Error(error)) => {
            Err(error).context("the file that keeps commands apart cannot be locked")
        }
    }
}

/// What starts a program of another crate through cargo; `package` says which.
pub(crate) fn program(package: &[&str], arguments: &[OsString]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["run", "--quiet"])
        .args(package)
        .arg("--")
        .args(arguments)
        .current_dir(root());
    command
}

/// Runs a program of another crate until it ends.
pub(crate) fn run_program(package: &[&str], arguments: &[OsString]) -> Result<ExitCode> {
    let status = program(package, arguments).status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Builds what a benchmark measures, with optimizations.
pub(crate) fn build_release(package: &[&str]) -> Result<()> {
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--release"])
        .args(package)
        .current_dir(root())
        .status()?;
    if !status.success() {
        bail!("what is to be measured was not built");
    }
    Ok(())
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
