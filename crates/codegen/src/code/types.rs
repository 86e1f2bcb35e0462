//! Completes the types: docs on every type, derives, argument traits, and `schemars` support behind a feature.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Fields, Item, parse_quote};

use super::modules::{Modules, item_name};
use super::target::Target;
use super::{requests, secrets};
use crate::passes::{INFERRED, VALUES, WIRE_NAMES};

/// Generates the `types` module.
pub(super) fn module(
    items: Vec<Item>,
    root: &Value,
    modules: &Modules,
    target: &Target,
) -> TokenStream {
    let open_enums: HashSet<String> = items
        .iter()
        .filter_map(unit_enum)
        .map(|(name, _)| name)
        .collect();
    let enums: Vec<(String, TokenStream)> = items
        .iter()
        .filter_map(|item| Some((unit_enum(item)?.0, open_enum(item, root, target))))
        .collect();
    let others: Vec<Item> = items
        .into_iter()
        .filter(|item| !belongs_to(item, &open_enums))
        .map(|item| completed(item, root, modules))
        .collect();
    // typify always generates its error module, but few documents need it.
    let needs_error = others
        .iter()
        .filter(|item| matches!(item, Item::Impl(_) | Item::Enum(_)))
        .any(|item| Modules::mentions_error(item.to_token_stream()));
    let others = others
        .into_iter()
        .filter(|item| needs_error || !matches!(item, Item::Mod(_)));
    let core = target.core();
    let all = others
        .map(|mut item| {
            let debug = secrets::debug(&mut item, root);
            let ident = match &item {
                Item::Struct(item) => Some(&item.ident),
                Item::Enum(item) => Some(&item.ident),
                _ => None,
            };
            let request = ident.filter(|ident| !is_response(ident, root));
            let argument =
                request.map(|ident| quote! { impl #core::support::Argument for #ident {} });
            let builder = match &item {
                Item::Struct(item) if request.is_some() => requests::builder(item),
                _ => None,
            };
            let name = item_name(&item).unwrap_or_default();
            (name, quote! { #item #debug #argument #builder })
        })
        .chain(enums)
        .collect();
    let sorted = modules.sort(all);
    quote! {
        /// Argument and response types.
        ///
        /// Response fields are optional, and their types come from the examples in the document. Fields without docs
        /// have no description in the document.
        ///
        /// Types that belong to one tag are in that tag's module; shared types are at the top level.
        #[allow(missing_docs, unused_imports, clippy::all)]
        pub mod types {
            #sorted
        }
    }
}

/// Whether a type belongs to responses.
fn is_response(name: &Ident, root: &Value) -> bool {
    root[INFERRED]["types"].get(name.to_string()).is_some()
}

/// Completes an item from typify with docs, wire names, attributes and derives.
fn completed(mut item: Item, root: &Value, modules: &Modules) -> Item {
    shorten(&mut item, root);
    if let Item::Struct(item) = &mut item {
        rename(item, &root[WIRE_NAMES][item.ident.to_string()]);
        let properties = &root["components"]["schemas"][item.ident.to_string()]["properties"];
        for field in &mut item.fields {
            document(&mut field.attrs, None);
            describe(field, properties);
        }
    }
    let (attributes, name) = match &mut item {
        Item::Struct(item) => (&mut item.attrs, &item.ident),
        Item::Enum(item) => (&mut item.attrs, &item.ident),
        Item::Mod(module) => {
            // typify's error module, whose docs are a stub.
            module
                .attrs
                .retain(|attribute| !attribute.path().is_ident("doc"));
            module
                .attrs
                .push(parse_quote!(#[doc = " Conversion errors."]));
            return item;
        }
        _ => return item,
    };
    let default = usage_doc(name, root, modules);
    document(attributes, Some((&name.to_string(), &default)));
    attributes
        .push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    attributes.push(parse_quote!(#[non_exhaustive]));
    item
}

/// Returns docs for a type without a description: the operations that use it.
fn usage_doc(name: &Ident, root: &Value, modules: &Modules) -> String {
    let part = if is_response(name, root) {
        "response"
    } else {
        "request"
    };
    let name = name.to_string();
    let operations: Vec<_> = modules
        .operations_using(&name)
        .map(|operation| format!("`{operation}`"))
        .collect();
    match &operations[..] {
        [] => format!("Used in {part}s."),
        [only] => format!("Used in the {only} {part}."),
        [first, second] => format!("Used in {part}s by {first} and {second}."),
        [first, second, third] => format!("Used in {part}s by {first}, {second} and {third}."),
        [first, second, others @ ..] => format!(
            "Used in {part}s by {first}, {second} and {} other operations.",
            others.len()
        ),
    }
}

/// Shortens paths such as `::std::option::Option` to `Option`, so that fields fit on one line.
fn shorten(item: &mut Item, root: &Value) {
    struct Short<'a>(&'a Value);
    impl VisitMut for Short<'_> {
        fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
            syn::visit_mut::visit_type_path_mut(self, path);
            let names: Vec<_> = path
                .path
                .segments
                .iter()
                .map(|s| s.ident.to_string())
                .collect();
            let [first, _, last] = &names[..] else { return };
            let is_known = ["Option", "String", "Vec"].contains(&last.as_str());
            // The document may define a type with the same name.
            let is_free = self.0["components"]["schemas"].get(last).is_none();
            if let (true, Some(last)) = (
                first == "std" && is_known && is_free,
                path.path.segments.last().cloned(),
            ) {
                path.path = syn::Path::from(last);
            }
        }

        fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
            if let syn::Meta::List(list) = &mut attribute.meta
                && list.path.is_ident("serde")
                && self.0["components"]["schemas"].get("Option").is_none()
            {
                let text = list.tokens.to_string();
                let short = text.replace("\"::std::option::Option::", "\"Option::");
                if let (true, Ok(tokens)) = (short != text, short.parse()) {
                    list.tokens = tokens;
                }
            }
        }
    }
    Short(root).visit_item_mut(item);
}

/// Returns the name and the variants of a string enumeration, each variant with its Rust name and its value.
pub(super) fn unit_enum(item: &Item) -> Option<(String, Vec<(&Ident, String)>)> {
    let Item::Enum(item) = item else { return None };
    let variants = item.variants.iter().map(|variant| {
        let text = variant
            .attrs
            .iter()
            .find_map(renamed)
            .unwrap_or_else(|| variant.ident.to_string());
        matches!(variant.fields, Fields::Unit).then_some((&variant.ident, text))
    });
    Some((item.ident.to_string(), variants.collect::<Option<_>>()?))
}

/// Returns the value of `#[serde(rename = "value")]`.
pub(super) fn renamed(attribute: &Attribute) -> Option<String> {
    let mut text = None;
    if attribute.path().is_ident("serde") {
        // Parsing stops at the value of any other argument.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                text = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            }
            Ok(())
        });
    }
    text
}

/// Converts a closed enumeration from typify to an open enumeration.
fn open_enum(item: &Item, root: &Value, target: &Target) -> TokenStream {
    let core = target.core();
    let (Item::Enum(item), Some((name, variants))) = (item, unit_enum(item)) else {
        return TokenStream::new();
    };
    let mut attributes = item.attrs.clone();
    let default = "An open enumeration: values that are not in the document are kept in `Other`.";
    document(&mut attributes, Some((&name, default)));
    let docs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    let ident = &item.ident;
    let values = &root["components"]["schemas"][&name][VALUES];
    let variants = variants.into_iter().map(|(variant, text)| {
        let text = values[&text].as_str().unwrap_or(&text);
        // `Other` is reserved for unknown values.
        let variant = if variant == "Other" {
            quote::format_ident!("Other_")
        } else {
            variant.clone()
        };
        let doc = format!(" `{text}`");
        quote! { #[doc = #doc] #variant = #text }
    });
    quote! {
        #core::open_enum! {
            #(#docs)*
            pub enum #ident { #(#variants),* }
        }
    }
}

/// Whether `item` is one of the enumerations in `names`, or an `impl` block for it.
fn belongs_to(item: &Item, names: &HashSet<String>) -> bool {
    match item {
        Item::Enum(item) => names.contains(&item.ident.to_string()),
        Item::Impl(block) => names.contains(&super::progenitor::last_name(&block.self_ty)),
        _ => false,
    }
}

/// Restores the wire names of fields that the `field-names` pass renamed.
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

/// Documents a field with the description of its property, which typify ignores next to a reference.
fn describe(field: &mut syn::Field, properties: &Value) {
    if field
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("doc"))
    {
        return;
    }
    let name = field
        .ident
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let property = super::model::property_of_field(properties, &name);
    if let Some(text) = property.and_then(|(_, property)| property["description"].as_str()) {
        let docs = super::docs::attributes(text);
        field
            .attrs
            .splice(0..0, docs.into_iter().map(|doc| parse_quote!(#doc)));
    }
}

/// Reduces the docs from typify, which contain the JSON schema, to the description. `default` is the name of a type and
/// the docs that it gets if it has no description.
fn document(attributes: &mut Vec<Attribute>, default: Option<(&str, &str)>) {
    let text: String = attributes
        .iter()
        .filter(|a| a.path().is_ident("doc"))
        .filter_map(doc_text)
        .collect::<Vec<_>>()
        .join("\n");
    let text = text.split("<details>").next().unwrap_or_default().trim();
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let text = match default {
        Some((name, docs)) if text.is_empty() || text.trim_matches('`') == name => docs,
        _ => text,
    };
    let docs = super::docs::attributes(text);
    attributes.splice(0..0, docs.into_iter().map(|doc| parse_quote!(#doc)));
}

/// Returns the value of a `#[doc]` attribute.
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
