//! Converts Markdown to `#[doc]` attributes.

use proc_macro2::TokenStream;
use quote::quote;

/// Returns one `#[doc]` attribute for each line of `text`, which must be valid Markdown.
pub(super) fn attributes(text: &str) -> Vec<TokenStream> {
    text.lines()
        .map(|line| {
            let line = if line.is_empty() {
                String::new()
            } else {
                format!(" {line}")
            };
            quote! { #[doc = #line] }
        })
        .collect()
}

/// Returns `text`, trimmed and with a final period.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':', '`']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
