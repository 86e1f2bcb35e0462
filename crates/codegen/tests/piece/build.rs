//! Generates the client for the published excerpt without an overlay.

fn main() -> std::process::ExitCode {
    onlyfansapi_codegen::build_script::run("openapi.yaml", None, None)
}
