//! Redacts secrets in the `Debug` output of types.
//!
//! Before: `#[derive(Debug)] struct Account { id, csrf }`. After: a `Debug` implementation that prints `[redacted]` as
//! the value of `csrf`. A string field is secret if its name contains one of [`WORDS`], or if the overlay lists it in
//! `x-secrets: [Type.field]`.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{Fields, Item, ItemStruct, Meta, Path, Token, punctuated::Punctuated};

use super::progenitor::{last_name, only_argument};

/// Set by the overlay at the top level: additional secret fields.
const SECRETS: &str = "x-secrets";

/// Words that mark a field as secret if its name contains them.
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

/// Removes the derived `Debug` of a type and returns an implementation that redacts its secrets. Returns `None` if the
/// type has no secrets.
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
            let label = field.to_string();
            let is_option = last_name(ty) == "Option";
            let inner = only_argument(ty).filter(|_| is_option).unwrap_or(ty);
            if last_name(inner) != "String" || !is_secret(&name, &label, root) {
                return quote! { .field(#label, &self.#field) };
            }
            has_secret = true;
            if is_option {
                quote! { .field(#label, &self.#field.as_ref().map(|_| "[redacted]")) }
            } else {
                quote! { .field(#label, &"[redacted]") }
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
    remove_derived_debug(item);
    Some(debug)
}

/// Whether a field is secret, by its name or by the overlay.
fn is_secret(ty: &str, field: &str, root: &Value) -> bool {
    let snake = field.trim_start_matches("r#").to_snake_case();
    let listed = root[SECRETS].as_array().into_iter().flatten();
    snake.split('_').any(|word| WORDS.contains(&word))
        || listed
            .filter_map(|path| path.as_str()?.split_once('.'))
            .any(|(listed_type, listed_field)| {
                listed_type == ty && listed_field.to_snake_case() == snake
            })
}

/// Removes `Debug` from the derives.
fn remove_derived_debug(item: &mut ItemStruct) {
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
    fn debug_redacts_only_secret_fields() {
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
