//! Writes the client to `$OUT_DIR/client.rs`. With the `generate` feature, `onlyfansapi-codegen` generates it from the
//! document. Without it, the build script copies `generated/client.rs`, which `cargo xtask generate` writes.
//!
//! In both cases, it first checks the input files against `openapi.lock`.

use std::path::Path;
use std::process::ExitCode;

/// Exists while `cargo xtask` replaces files. A leftover journal means that `cargo xtask` was interrupted.
const JOURNAL: &str = ".update/journal";

fn main() -> ExitCode {
    if Path::new(JOURNAL).exists() {
        println!(
            "cargo::error=an update of the document was interrupted: run `cargo xtask lock` to finish it"
        );
        return ExitCode::FAILURE;
    }
    client()
}

#[cfg(feature = "generate")]
fn client() -> ExitCode {
    use onlyfansapi_codegen::build_script;

    if let Err(error) = build_script::check_lock("openapi.lock") {
        println!("cargo::error={error}");
        return ExitCode::FAILURE;
    }
    build_script::run("openapi.yaml", Some("overlay.yaml"), Some("names.yaml"))
}

#[cfg(not(feature = "generate"))]
fn client() -> ExitCode {
    const COPY: &str = "generated/client.rs";
    let copied = check_sizes("openapi.lock").and_then(|()| {
        let out = std::env::var_os("OUT_DIR")
            .ok_or("OUT_DIR is not set; this build script must be run by cargo")?;
        std::fs::copy(COPY, Path::new(&out).join("client.rs"))
            .map_err(|error| format!("{COPY}: {error}; run `cargo xtask generate` to write it"))
    });
    match copied {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

/// Checks file sizes against the lock file. Checking hashes would add a build dependency, which builds without code
/// generation should not have to compile.
#[cfg(not(feature = "generate"))]
fn check_sizes(lock: &str) -> Result<(), String> {
    println!("cargo:rerun-if-changed={lock}");
    let text = std::fs::read_to_string(lock).map_err(|error| format!("{lock}: {error}"))?;
    let (_, sizes) = text.split_once("\nbytes:\n").ok_or_else(|| {
        format!("{lock} has no file sizes; run `cargo xtask generate` to write them")
    })?;
    for line in sizes.lines().take_while(|line| line.starts_with(' ')) {
        let Some((file, size)) = line.trim().split_once(": ") else {
            return Err(format!("{lock}: `{line}` is not a file size"));
        };
        println!("cargo:rerun-if-changed={file}");
        let found = std::fs::metadata(file).map_err(|error| format!("{file}: {error}"))?;
        if found.len().to_string() != size {
            return Err(format!(
                "{file} does not match its size in {lock}; run `cargo xtask generate`"
            ));
        }
    }
    Ok(())
}
