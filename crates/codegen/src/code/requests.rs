//! Generates constructors and setters for request types: `new` takes the required fields, and each optional field has
//! a setter.
//!
//! The types are `#[non_exhaustive]`, so a new optional field in a later document is not a breaking change.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, ItemStruct, Type};

use super::progenitor::{last_name, only_argument};

/// Generates `new` and the setters of a type; `None` if the type has no named fields.
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
        // A required field that may be null is an `Option` as well.
        let inner = if is_optional && last_name(ty) == "Option" {
            only_argument(ty).unwrap_or(ty)
        } else {
            ty
        };
        let parameter = parameter_type(inner);
        let value = converted(inner, name);
        if !is_optional {
            arguments.push(quote! { #name: #parameter });
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
        // These names are reserved for the constructor and `Default`.
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
            pub fn #setter(mut self, #name: #parameter) -> Self {
                self.#name = #value;
                self
            }
        });
    }
    let doc = if arguments.is_empty() {
        " Creates a value with no fields set."
    } else {
        " Creates a value with the required fields; optional fields are not set."
    };
    let constructed = if arguments.is_empty() {
        quote! { Self::default() }
    } else {
        quote! { Self { #(#values),* } }
    };
    Some(quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                #constructed
            }

            #(#setters)*
        }
    })
}

/// Returns the parameter type of a setter.
fn parameter_type(ty: &Type) -> TokenStream {
    // A conversion to these would turn NaN into null, or 9.99 of an `f32` into 9.989999.
    let is_exact = |ty: &Type| ["f64", "Value"].contains(&last_name(ty).as_str());
    match (last_name(ty).as_str(), only_argument(ty)) {
        ("Vec", Some(item)) if is_exact(item) => quote! { impl IntoIterator<Item = #item> },
        ("Vec", Some(item)) => quote! { impl IntoIterator<Item = impl Into<#item>> },
        _ if is_exact(ty) => quote! { #ty },
        _ => quote! { impl Into<#ty> },
    }
}

/// Returns the expression that converts the argument of a setter.
fn converted(ty: &Type, name: &syn::Ident) -> TokenStream {
    if last_name(ty) == "Vec" {
        quote! { #name.into_iter().map(Into::into).collect() }
    } else {
        quote! { #name.into() }
    }
}

/// Whether a field may be absent. An absent field is `None`, or an empty list or map.
fn has_default(field: &syn::Field) -> bool {
    let mut may_be_absent = false;
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("serde")) {
        // Skips the values of arguments. Parsing stops at an argument in another form.
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
