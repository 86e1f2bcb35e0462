//! The least repair with which bare progenitor generates anything of the document: JSON instead of YAML,
//! type words that are none are texts, multipart bodies go. Builder style, as its documentation shows.

use anyhow::{Context, Result, anyhow};
use onlyfansapi_codegen::Document;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;

use crate::workspace;

/// Stack of the generator's thread.
const STACK: usize = 64 << 20;

/// The source, formatted.
pub(super) fn source() -> Result<String> {
    let mut root = Document::read(&workspace::root().join("openapi.yaml"))?.root;
    mend(&mut root);
    let api: openapiv3::OpenAPI =
        serde_json::from_value(root).context("the repaired document is no OpenAPI document")?;
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
        .map_err(|_| anyhow!("bare progenitor gave up"))?
}

fn mend(node: &mut Value) {
    match node {
        Value::Object(members) => {
            if let Some(content) = members
                .get("requestBody")
                .and_then(|body| body.get("content"))
                && content.get("multipart/form-data").is_some()
            {
                members.remove("requestBody");
            }
            if let Some(Value::String(word)) = members.get_mut("type")
                && word.contains("file[]")
            {
                *word = "string".to_owned();
            }
            members.values_mut().for_each(mend);
        }
        Value::Array(items) => items.iter_mut().for_each(mend),
        _ => {}
    }
}
