//! Generates the client for `openapi.yaml` without an overlay.

fn main() -> std::process::ExitCode {
    onlyfansapi_codegen::build_script::run("openapi.yaml", None, None)
}
