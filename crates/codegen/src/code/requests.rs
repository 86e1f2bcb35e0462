//! Builders for the types of request bodies: `new` takes what is required, a method each sets the rest.
//!
//! The types are `#[non_exhaustive]`, so that a field which a later document adds breaks nobody.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, ItemStruct, Type};

use super::progenitor::{last_name, only_argument};

/// The builder of one type; `None` where it has no named fields.
pub(super) fn builder(item: &ItemStruct) -> Option<TokenStream> {
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let ident = &item.ident;
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    let mut setters = Vec::new();
    for field in &fields.named {
        let (Some(name), ty) = (&field.ident, &field.ty) else {
            continue;
        };
        let is_optional = has_default(field);
        // One that is required and may be null is an `Option` all the same.
        let inner = if is_optional && last_name(ty) == "Option" {
            only_argument(ty).unwrap_or(ty)
        } else {
            ty
        };
        let taken = taken(inner);
        let value = value(inner, name);
        if !is_optional {
            arguments.push(quote! { #name: #taken });
            values.push(quote! { #name: #value });
            continue;
        }
        let empty = quote! { #name: ::std::default::Default::default() };
        values.push(empty);
        let docs = field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("doc"));
        let value = if last_name(ty) == "Option" {
            quote! { Some(#value) }
        } else {
            value
        };
        // `new` is taken by the constructor, which calls `default`.
        let setter = if name == "new" || name == "default" {
            let is_taken = |setter: &String| {
                let mut names = fields.named.iter().filter_map(|field| field.ident.as_ref());
                names.any(|known| known == setter.as_str())
            };
            let setter = std::iter::successors(Some(format!("set_{name}")), |setter| {
                Some(format!("{setter}_field"))
            })
            .find(|setter| !is_taken(setter))
            .unwrap_or_default();
            quote::format_ident!("{setter}")
        } else {
            name.clone()
        };
        setters.push(quote! {
            #(#docs)*
            pub fn #setter(mut self, #name: #taken) -> Self {
                self.#name = #value;
                self
            }
        });
    }
    let doc = if arguments.is_empty() {
        " Nothing is required."
    } else {
        " With what is required."
    };
    let made = if arguments.is_empty() {
        quote! { Self::default() }
    } else {
        quote! { Self { #(#values),* } }
    };
    Some(quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                #made
            }

            #(#setters)*
        }
    })
}

/// What a setter takes for a field.
fn taken(ty: &Type) -> TokenStream {
    match (last_name(ty).as_str(), only_argument(ty)) {
        ("Vec", Some(item)) => quote! { impl IntoIterator<Item = impl Into<#item>> },
        _ => quote! { impl Into<#ty> },
    }
}

/// What a setter makes of it.
fn value(ty: &Type, name: &syn::Ident) -> TokenStream {
    if last_name(ty) == "Vec" {
        quote! { #name.into_iter().map(Into::into).collect() }
    } else {
        quote! { #name.into() }
    }
}

/// Whether a field may be absent: one that is null then, or an empty list or map.
fn has_default(field: &syn::Field) -> bool {
    let mut may_be_absent = false;
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("serde")) {
        // What follows a word is of no interest; an argument of another kind ends the reading.
        let _ = attribute.parse_nested_meta(|meta| {
            may_be_absent |= ["default", "skip_serializing_if"]
                .iter()
                .any(|word| meta.path.is_ident(word));
            if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Lit>()?;
            }
            Ok(())
        });
    }
    may_be_absent
}
