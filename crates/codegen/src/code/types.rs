//! Mends the types: documentation on every one, `schemars` behind the feature.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Fields, Item, parse_quote};

use super::modules::{Modules, item_name};
use super::target::Target;
use super::{requests, secrets};
use crate::passes::{LEARNT, VALUES, WIRE_NAMES};

/// The module of the types.
pub(super) fn module(
    items: Vec<Item>,
    root: &Value,
    modules: &Modules,
    target: &Target,
) -> TokenStream {
    let open: HashSet<String> = items
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
        .filter(|item| !belongs_to(item, &open))
        .map(|item| mended(item, root))
        .collect();
    // typify writes the module of its error always; few documents need it.
    let needs_error = others
        .iter()
        .filter(|item| matches!(item, Item::Impl(_) | Item::Enum(_)))
        .any(|item| Modules::mentions_error(item.to_token_stream()));
    let others = others
        .into_iter()
        .filter(|item| needs_error || !matches!(item, Item::Mod(_)));
    let all = others
        .map(|mut item| {
            let debug = secrets::debug(&mut item, root);
            let builder = match &item {
                Item::Struct(item) if !is_answer(&item.ident, root) => requests::builder(item),
                _ => None,
            };
            let name = item_name(&item).unwrap_or_default();
            (name, quote! { #item #debug #builder })
        })
        .chain(enums)
        .collect();
    let sorted = modules.sort(all);
    quote! {
        /// The types that operations take and return.
        ///
        /// They follow the document: a response field has the type that its examples had, and may be
        /// absent. A field without a description is as the service sends it.
        ///
        /// A type that only the operations of one tag have stands in the module of the tag; the others
        /// stand here.
        #[allow(missing_docs, unused_imports, clippy::all)]
        pub mod types {
            #sorted
        }
    }
}

/// Whether a type is one of answers.
fn is_answer(name: &Ident, root: &Value) -> bool {
    root[LEARNT]["types"].get(name.to_string()).is_some()
}

/// An item of typify's with the documentation, names, attributes and derives that it lacks.
fn mended(mut item: Item, root: &Value) -> Item {
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
            // typify's own error module; its docs are a stub.
            module
                .attrs
                .retain(|attribute| !attribute.path().is_ident("doc"));
            module
                .attrs
                .push(parse_quote!(#[doc = " Why a text was not taken as a value of a type."]));
            return item;
        }
        _ => return item,
    };
    let what = if is_answer(name, root) {
        format!("`{name}`, as the service sends it.")
    } else {
        format!("`{name}`, as the service takes it.")
    };
    document(attributes, Some((&name.to_string(), &what)));
    attributes
        .push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    attributes.push(parse_quote!(#[non_exhaustive]));
    item
}

/// Writes `Option` for `::std::option::Option` and its like, so that a field fits on a line.
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
            // A type of the document's that is called so has the name.
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

/// Name and variants of an enumeration of texts: for each variant its Rust name and its text.
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

/// The text of `#[serde(rename = "text")]`.
pub(super) fn renamed(attribute: &Attribute) -> Option<String> {
    let mut text = None;
    if attribute.path().is_ident("serde") {
        // Another argument than `rename` is not ours to read.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                text = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            }
            Ok(())
        });
    }
    text
}

/// typify's closed enumeration as one that keeps values it does not know.
fn open_enum(item: &Item, root: &Value, target: &Target) -> TokenStream {
    let core = target.core();
    let (Item::Enum(item), Some((name, variants))) = (item, unit_enum(item)) else {
        return TokenStream::new();
    };
    let mut attributes = item.attrs.clone();
    let what = format!("`{name}`; a value that is not known is kept.");
    document(&mut attributes, Some((&name, &what)));
    let docs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    let ident = &item.ident;
    let values = &root["components"]["schemas"][&name][VALUES];
    let variants = variants.into_iter().map(|(variant, text)| {
        let text = values[&text].as_str().unwrap_or(&text);
        // `Other` is the variant for the rest.
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

/// Whether `item` is one of the enumerations `names`, or typify's code for it.
fn belongs_to(item: &Item, names: &HashSet<String>) -> bool {
    match item {
        Item::Enum(item) => names.contains(&item.ident.to_string()),
        Item::Impl(block) => names.contains(&super::progenitor::last_name(&block.self_ty)),
        _ => false,
    }
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

/// Gives a field without docs the description of its property, which a reference cannot carry.
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
    let property = super::model::property_called(properties, &name);
    if let Some(text) = property.and_then(|(_, property)| property["description"].as_str()) {
        let docs = super::docs::attributes(text);
        field
            .attrs
            .splice(0..0, docs.into_iter().map(|doc| parse_quote!(#doc)));
    }
}

/// typify's docs are the name and the JSON schema; what stays is the description. A type without one
/// gets `otherwise`: its name, and what to say of it.
fn document(attributes: &mut Vec<Attribute>, otherwise: Option<(&str, &str)>) {
    let text: String = attributes
        .iter()
        .filter(|a| a.path().is_ident("doc"))
        .filter_map(doc_text)
        .collect::<Vec<_>>()
        .join("\n");
    let text = text.split("<details>").next().unwrap_or_default().trim();
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let text = match otherwise {
        Some((name, what)) if text.is_empty() || text.trim_matches('`') == name => what,
        _ => text,
    };
    let docs = super::docs::attributes(text);
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
