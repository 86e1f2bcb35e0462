//! The client that bare progenitor generates, after the minimal repair that the document needs.
//!
//! The document is converted to JSON, invalid type names become `string`, and multipart bodies are removed. The
//! interface is progenitor's builder style, as shown in its documentation.

use anyhow::{Context, Result, anyhow};
use onlyfansapi_codegen::Document;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;

use crate::workspace;

/// Stack size of the generator's thread.
const STACK: usize = 64 << 20;

/// Generates the client and returns its formatted source.
pub(super) fn source() -> Result<String> {
    let mut root = Document::read(&workspace::root().join("openapi.yaml"))?.root;
    repair(&mut root);
    let api: openapiv3::OpenAPI = serde_json::from_value(root)
        .context("the repaired document is not a valid OpenAPI document")?;
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let mut settings = GenerationSettings::new();
            settings.with_interface(InterfaceStyle::Builder);
            let tokens = Generator::new(&settings)
                .generate_tokens(&api)
                .map_err(|error| anyhow!("bare progenitor: {error}"))?;
            Ok(prettyplease::unparse(&syn::parse2(tokens)?))
        })?;
    thread
        .join()
        .map_err(|_| anyhow!("bare progenitor panicked"))?
}

/// Repairs what progenitor cannot process.
fn repair(node: &mut Value) {
    match node {
        Value::Object(members) => {
            if let Some(content) = members
                .get("requestBody")
                .and_then(|body| body.get("content"))
                && content.get("multipart/form-data").is_some()
            {
                members.remove("requestBody");
            }
            if let Some(Value::String(name)) = members.get_mut("type")
                && name.contains("file[]")
            {
                *name = "string".to_owned();
            }
            members.values_mut().for_each(repair);
        }
        Value::Array(items) => items.iter_mut().for_each(repair),
        _ => {}
    }
}
