//! Mends the types: documentation on every one, `schemars` behind the feature.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{Attribute, Item, parse_quote};

/// The module of the types, and how many there are.
pub(super) fn module(items: Vec<Item>, wire_names: &Value) -> (TokenStream, usize) {
    let mut count = 0;
    let items: Vec<Item> = items
        .into_iter()
        .map(|mut item| {
            if let Item::Struct(item) = &mut item {
                rename(item, &wire_names[item.ident.to_string()]);
            }
            let (attributes, name) = match &mut item {
                Item::Struct(item) => (&mut item.attrs, item.ident.to_string()),
                Item::Enum(item) => (&mut item.attrs, item.ident.to_string()),
                Item::Mod(module) => {
                    // typify's own error module; its docs are a stub.
                    module
                        .attrs
                        .retain(|attribute| !attribute.path().is_ident("doc"));
                    module.attrs.push(
                        parse_quote!(#[doc = " Why a text was not taken as a value of a type."]),
                    );
                    return item;
                }
                _ => return item,
            };
            count += 1;
            document(attributes, &name);
            attributes.push(
                parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]),
            );
            item
        })
        .collect();
    let module = quote! {
        /// The types that operations take and return.
        ///
        /// They follow the document: a response field has the type that one example had, and may be
        /// absent. A field without a description is as the service sends it.
        #[allow(missing_docs, clippy::all)]
        pub mod types {
            #(#items)*
        }
    };
    (module, count)
}

/// Gives fields that the pass `field-names` has renamed their names on the wire back.
fn rename(item: &mut syn::ItemStruct, wire_names: &Value) {
    for field in &mut item.fields {
        let name = field
            .ident
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        if let Some(wire) = wire_names[&name].as_str() {
            field.attrs.push(parse_quote!(#[serde(rename = #wire)]));
        }
    }
}

/// typify's docs are the name and the JSON schema; what stays is the description.
fn document(attributes: &mut Vec<Attribute>, name: &str) {
    let text: String = attributes
        .iter()
        .filter(|a| a.path().is_ident("doc"))
        .filter_map(doc_text)
        .collect::<Vec<_>>()
        .join("\n");
    let text = text.split("<details>").next().unwrap_or_default().trim();
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let text = if text.is_empty() || text.trim_matches('`') == name {
        format!("`{name}`, as the service sends it.")
    } else {
        text.to_owned()
    };
    let docs = super::docs::attributes(&text);
    attributes.splice(0..0, docs.into_iter().map(|doc| parse_quote!(#doc)));
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    let syn::Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Str(text),
        ..
    }) = &meta.value
    else {
        return None;
    };
    Some(text.value())
}
