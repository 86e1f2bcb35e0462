//! Puts the client into `$OUT_DIR/client.rs`: with the feature `generate` from the document, by
//! `onlyfansapi-codegen`; without it the committed copy, which `cargo xtask generate` writes.
//!
//! Either way only from files that belong together, as openapi.lock says.

use std::path::Path;
use std::process::ExitCode;

/// Is there while `cargo xtask` replaces files, and after it was killed at that.
const JOURNAL: &str = ".update/journal";

fn main() -> ExitCode {
    if Path::new(JOURNAL).exists() {
        println!(
            "cargo::error=an update of the document was cut off: `cargo xtask lock` finishes it"
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
    let copied = sizes_as_locked("openapi.lock").and_then(|()| {
        let out = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run by cargo only")?;
        std::fs::copy(COPY, Path::new(&out).join("client.rs"))
            .map_err(|error| format!("{COPY}: {error}; `cargo xtask generate` writes it"))
    });
    match copied {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

/// Sizes only: whoever takes the committed copy should not have to build something that can do more.
#[cfg(not(feature = "generate"))]
fn sizes_as_locked(lock: &str) -> Result<(), String> {
    println!("cargo:rerun-if-changed={lock}");
    let text = std::fs::read_to_string(lock).map_err(|error| format!("{lock}: {error}"))?;
    let (_, sizes) = text
        .split_once("\nbytes:\n")
        .ok_or_else(|| format!("{lock} has no sizes: `cargo xtask generate` writes them"))?;
    for line in sizes.lines().take_while(|line| line.starts_with(' ')) {
        let Some((file, size)) = line.trim().split_once(": ") else {
            return Err(format!("{lock}: `{line}` is no size of a file"));
        };
        println!("cargo:rerun-if-changed={file}");
        let found = std::fs::metadata(file).map_err(|error| format!("{file}: {error}"))?;
        if found.len().to_string() != size {
            return Err(format!(
                "{file} is not the one that belongs to the others, by {lock}: `cargo xtask generate` makes them go together"
            ));
        }
    }
    Ok(())
}
