//! Entry points for build scripts: code generation with cargo's `rerun-if-changed` lines, and verification of a lock
//! file. Errors and warnings are printed in cargo's format, one line each.

use std::path::Path;
use std::process::ExitCode;

use sha2::{Digest, Sha256};

use crate::{Document, Error, Names, Overlay, generate};

/// Generates the client for `document`, corrected by `overlay` and with the type names pinned in `names`, and writes
/// it to `$OUT_DIR/client.rs`. Paths are relative to the package that owns the build script.
///
/// The script is rerun only when one of these files changes. Anything that needs attention is printed
/// as a warning; an error stops the build with a single message and no backtrace.
#[must_use]
pub fn run(document: &str, overlay: Option<&str>, names: Option<&str>) -> ExitCode {
    println!("cargo:rerun-if-changed={document}");
    for file in [overlay, names].into_iter().flatten() {
        println!("cargo:rerun-if-changed={file}");
    }
    match write(
        Path::new(document),
        overlay.map(Path::new),
        names.map(Path::new),
    ) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Cargo 1.84 and later print this as the build script's error.
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

/// Verifies that the files listed in `lock` match their recorded hashes.
///
/// The lock file has a `sha256` member that maps file paths to hexadecimal digests.
///
/// # Errors
///
/// Returns an error if the lock file cannot be read or lists no hashes, or if a file does not match its hash. The
/// message is one line and names the command that fixes the problem.
///
/// ```no_run
/// if let Err(error) = onlyfansapi_codegen::build_script::check_lock("openapi.lock") {
///     println!("cargo::error={error}");
/// }
/// ```
pub fn check_lock(lock: &str) -> Result<(), Error> {
    println!("cargo:rerun-if-changed={lock}");
    let document = Document::read(Path::new(lock))?;
    let hashes = document.root["sha256"].as_object();
    let hashes =
        hashes.ok_or_else(|| Error::new(lock, "has no member `sha256` with file hashes"))?;
    for (file, expected) in hashes {
        println!("cargo:rerun-if-changed={file}");
        let bytes = std::fs::read(file)
            .map_err(|error| Error::new(file, format!("cannot be read: {error}")))?;
        if *expected != sha256(&bytes) {
            let message = format!("does not match its hash in {lock}; run `cargo xtask generate`");
            return Err(Error::new(file, message));
        }
    }
    Ok(())
}

/// Returns the SHA-256 digest of `bytes` in lowercase hexadecimal, as stored in a lock file.
///
/// ```
/// assert!(onlyfansapi_codegen::build_script::sha256(b"").starts_with("e3b0c442"));
/// ```
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let digits = Sha256::digest(bytes);
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write(document: &Path, overlay: Option<&Path>, names: Option<&Path>) -> Result<(), Error> {
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| {
        Error::new(
            "build.rs",
            "OUT_DIR is not set; this program must be run by cargo",
        )
    })?;
    let document = Document::read(document)?;
    let file = document.file().to_owned();
    let overlay = overlay.map(Overlay::read).transpose()?;
    let names = names.map(Names::read).transpose()?;
    let output = generate(document, overlay.as_ref(), names.as_ref())?;
    for change in output
        .report
        .warnings()
        .filter(|change| change.step == "read")
    {
        println!(
            "cargo::warning={file}: {}: {}",
            change.pointer, change.description
        );
    }
    for covered in output.coverage.missing() {
        println!(
            "cargo::warning={file}: {} {} is missing from the client, and no step reported a reason",
            covered.method, covered.path
        );
    }
    let target = Path::new(&out).join("client.rs");
    std::fs::write(&target, output.source).map_err(|e| {
        Error::new(
            target.display().to_string(),
            format!("cannot be written: {e}"),
        )
    })
}
