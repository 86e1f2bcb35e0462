//! Doc comments as attributes, one a line.

use proc_macro2::TokenStream;
use quote::quote;

/// The `#[doc]` attributes of `text`, which is Markdown already.
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

/// `text` with a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':', '`']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
