//! Puts the client into `$OUT_DIR/client.rs`: with the feature `generate` from the document, by
//! `onlyfansapi-codegen`; without it the committed copy, which `cargo xtask generate` writes.

use std::process::ExitCode;

#[cfg(feature = "generate")]
fn main() -> ExitCode {
    onlyfansapi_codegen::build_script::run("openapi.yaml", Some("overlay.yaml"), Some("names.yaml"))
}

#[cfg(not(feature = "generate"))]
fn main() -> ExitCode {
    const COPY: &str = "generated/client.rs";
    println!("cargo:rerun-if-changed={COPY}");
    let Some(out) = std::env::var_os("OUT_DIR") else {
        println!("cargo::error=OUT_DIR is not set: run by cargo only");
        return ExitCode::FAILURE;
    };
    match std::fs::copy(COPY, std::path::Path::new(&out).join("client.rs")) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={COPY}: {error}; `cargo xtask generate` writes it");
            ExitCode::FAILURE
        }
    }
}
