//! Texts that nobody may read in a log: their types show `[redacted]` in place of them.
//!
//! Before: `#[derive(Debug)] struct Account { id, csrf }`. After: a `Debug` by hand, in which `csrf` is there and
//! its value is not. A field is secret by a word of its name, or by the overlay's `x-secrets: [Type.field]`.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{Fields, Item, ItemStruct, Meta, Path, Token, punctuated::Punctuated};

use super::progenitor::{last_name, only_argument};

/// The member at the top of the document, set by the overlay, that names more of them.
const SECRETS: &str = "x-secrets";

/// Words of names whose texts are secrets.
const WORDS: [&str; 10] = [
    "authorization",
    "cookie",
    "cookies",
    "csrf",
    "jwt",
    "passwd",
    "password",
    "secret",
    "sess",
    "token",
];

/// A `Debug` that hides the secrets of a type, in place of the derived one; `None` where it has none.
pub(super) fn debug(item: &mut Item, root: &Value) -> Option<TokenStream> {
    let Item::Struct(item) = item else {
        return None;
    };
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let ident = &item.ident;
    let name = ident.to_string();
    let mut has_secret = false;
    let members: Vec<_> = fields
        .named
        .iter()
        .filter_map(|field| Some((field.ident.as_ref()?, &field.ty)))
        .map(|(field, ty)| {
            let shown = field.to_string();
            let is_option = last_name(ty) == "Option";
            let inner = only_argument(ty).filter(|_| is_option).unwrap_or(ty);
            if last_name(inner) != "String" || !is_secret(&name, &shown, root) {
                return quote! { .field(#shown, &self.#field) };
            }
            has_secret = true;
            if is_option {
                quote! { .field(#shown, &self.#field.as_ref().map(|_| "[redacted]")) }
            } else {
                quote! { .field(#shown, &"[redacted]") }
            }
        })
        .collect();
    if !has_secret {
        return None;
    }
    let debug = quote! {
        impl ::std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#name) #(#members)* .finish()
            }
        }
    };
    without_derive(item);
    Some(debug)
}

fn is_secret(ty: &str, field: &str, root: &Value) -> bool {
    let snake = field.trim_start_matches("r#").to_snake_case();
    let listed = root[SECRETS].as_array().into_iter().flatten();
    snake.split('_').any(|word| WORDS.contains(&word))
        || listed
            .filter_map(|place| place.as_str()?.split_once('.'))
            .any(|(known, member)| known == ty && member.to_snake_case() == snake)
}

/// Takes `Debug` out of the derives.
fn without_derive(item: &mut ItemStruct) {
    for attribute in &mut item.attrs {
        if !attribute.path().is_ident("derive") {
            continue;
        }
        let paths = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        if let (Ok(paths), Meta::List(list)) = (paths, &mut attribute.meta) {
            let kept: Vec<_> = paths
                .iter()
                .filter(|path| !path.is_ident("Debug"))
                .collect();
            list.tokens = quote! { #(#kept),* };
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_secret_is_hidden_and_the_rest_is_shown() {
        let mut item: Item = parse_quote! {
            #[derive(Clone, Debug, Default)]
            pub struct Account { pub id: i64, pub ws_auth_token: Option<String>, pub pin: String, pub tokens: i64 }
        };
        let debug = debug(
            &mut item,
            &json!({"x-secrets": ["Account.pin", "Other.id"]}),
        )
        .unwrap();
        assert_eq!(
            debug.to_string(),
            quote! {
                impl ::std::fmt::Debug for Account {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.debug_struct("Account")
                            .field("id", &self.id)
                            .field("ws_auth_token", &self.ws_auth_token.as_ref().map(|_| "[redacted]"))
                            .field("pin", &"[redacted]")
                            .field("tokens", &self.tokens)
                            .finish()
                    }
                }
            }
            .to_string()
        );
        let Item::Struct(item) = item else { panic!() };
        let attribute = &item.attrs[0];
        assert_eq!(
            quote! { #attribute }.to_string(),
            quote! { #[derive(Clone, Default)] }.to_string()
        );
    }
}
