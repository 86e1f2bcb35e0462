//! Document and overlay to `$OUT_DIR/client.rs`; everything is in `onlyfansapi-codegen`.

fn main() -> std::process::ExitCode {
    onlyfansapi_codegen::build_script::run("openapi.yaml", Some("overlay.yaml"), Some("names.yaml"))
}
