//! What a build script calls: generates, tells cargo what to watch, and fails in one line.

use std::path::Path;
use std::process::ExitCode;

use sha2::{Digest, Sha256};

use crate::{Document, Error, Names, Overlay, generate};

/// Generates the client of `document`, corrected by `overlay` and with pinned `names`, into `$OUT_DIR/client.rs`. Paths are
/// relative to the package of the build script.
///
/// The script runs again only when one of these files changes. What a person should look at is
/// printed as a warning; a fault stops the build with one message and no trace.
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
            // The form in which cargo shows a build script's own error (cargo 1.84 and later).
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

/// Refuses files that do not belong together: each must have the sha256 that stands under `sha256` in the file
/// `lock`, a map from paths to hexadecimal digits.
///
/// # Errors
///
/// When the lock cannot be read or names no hashes, or a file is another; in one line that names the command
/// which mends it.
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
    let hashes = hashes.ok_or_else(|| Error::new(lock, "names no sha256 of any file"))?;
    for (file, expected) in hashes {
        println!("cargo:rerun-if-changed={file}");
        let bytes = std::fs::read(file)
            .map_err(|error| Error::new(file, format!("cannot be read: {error}")))?;
        if *expected != sha256(&bytes) {
            let what = format!(
                "is not the one that belongs to the others, by {lock}: `cargo xtask generate` makes them go together"
            );
            return Err(Error::new(file, what));
        }
    }
    Ok(())
}

/// The sha256 of `bytes` as a lock has it: in hexadecimal digits.
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
    let out = std::env::var_os("OUT_DIR")
        .ok_or_else(|| Error::new("build.rs", "OUT_DIR is not set: run by cargo only"))?;
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
        println!("cargo::warning={file}: {}: {}", change.pointer, change.what);
    }
    for covered in output.coverage.vanished() {
        println!(
            "cargo::warning={file}: {} {} is not in the client, and no step says why",
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
