//! Assigns each type to a module of `types`.
//!
//! A response type is in the module that `names.yaml` records, so that its path does not change when operations with
//! another tag start to use it. Any other type is in the module of the tag whose operations use it, or at the top level
//! of `types` if several tags use it. An enumeration that the overlay names is always at the top level.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit_mut::VisitMut;
use syn::{Item, Type};

use super::names;
use super::progenitor::{ProgenitorOutput, last_name};
use crate::passes::{ENUM_NAME, INFERRED};
use crate::walk::METHODS;

/// Assigns a module to each type.
#[derive(Clone, Debug, Default)]
pub(super) struct Modules {
    /// The module of each type; `None` for the top level of `types`.
    of_type: HashMap<String, Option<Ident>>,
    /// The method names of the operations that use each type, directly or through other types.
    operations: BTreeMap<String, BTreeSet<String>>,
    /// The types that the definition of each type refers to.
    uses: HashMap<String, BTreeSet<String>>,
}

impl Modules {
    /// Assigns the types in progenitor's output.
    pub(super) fn new(root: &Value, output: &ProgenitorOutput) -> Self {
        let defined: HashMap<String, &Item> = output
            .types
            .iter()
            .filter(|item| !matches!(item, Item::Impl(_)))
            .filter_map(|item| Some((item_name(item)?, item)))
            .collect();
        let uses: HashMap<String, BTreeSet<String>> = defined
            .iter()
            .map(|(name, item)| (name.clone(), types_in_item(item, &defined)))
            .collect();
        let mut reached: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut tags: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for operation in operations(root) {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            let name = operation["operationId"].as_str().unwrap_or_default();
            let method_name = names::snake(name);
            let Some(method) = output.methods.get(name) else {
                continue;
            };
            let mut waiting: Vec<String> = method
                .parameters
                .iter()
                .chain(&method.body)
                .chain([&method.success])
                .flat_map(|ty| {
                    let mut found = BTreeSet::new();
                    types_in(ty, &defined, &mut found);
                    found
                })
                .collect();
            while let Some(name) = waiting.pop() {
                let is_new = reached
                    .entry(name.clone())
                    .or_default()
                    .insert(method_name.clone());
                if is_new {
                    tags.entry(name.clone()).or_default().insert(tag.to_owned());
                    waiting.extend(uses.get(&name).into_iter().flatten().cloned());
                }
            }
        }
        let inferred = &root[INFERRED]["types"];
        let of_type = defined
            .into_keys()
            .map(|name| {
                let recorded = inferred.get(&name).map(|ty| ty["tag"].as_str());
                let only_tag = tags
                    .get(&name)
                    .filter(|tags| tags.len() == 1)
                    .and_then(|tags| tags.first().map(String::as_str));
                // An enumeration that the overlay names keeps its path if other tags start to use it.
                let is_shared = root["components"]["schemas"][&name]
                    .get(ENUM_NAME)
                    .is_some();
                let tag = recorded.unwrap_or(only_tag).filter(|_| !is_shared);
                let module = tag.map(|tag| format_ident!("{}", names::module(tag)));
                (name, module)
            })
            .collect();
        Self {
            of_type,
            operations: reached,
            uses,
        }
    }

    /// Returns the path of each type within `types`, with the method names of the operations that use it.
    pub(super) fn paths(&self) -> BTreeMap<String, Vec<String>> {
        let paths = self.of_type.keys().map(|name| {
            let operations = self.operations_using(name).cloned();
            (self.path_of(name), operations.collect())
        });
        paths.collect()
    }

    /// Returns the method names of the operations that use a type, in alphabetical order.
    pub(super) fn operations_using(&self, name: &str) -> impl Iterator<Item = &String> {
        self.operations.get(name).into_iter().flatten()
    }

    /// Returns the path of a type within `types`.
    pub(super) fn path_of(&self, name: &str) -> String {
        match self.of_type.get(name) {
            Some(Some(module)) => format!("{module}::{name}"),
            _ => name.to_owned(),
        }
    }

    /// Returns the path of a type, starting with `types`.
    fn path(&self, name: &Ident) -> TokenStream {
        match self.of_type.get(&name.to_string()) {
            Some(Some(module)) => quote! { types::#module::#name },
            _ => quote! { types::#name },
        }
    }

    /// Returns a type from progenitor's output, with its paths rewritten to be valid outside `types`.
    pub(super) fn qualified(&self, ty: &Type) -> Type {
        struct Qualify<'a>(&'a Modules);
        impl VisitMut for Qualify<'_> {
            fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
                syn::visit_mut::visit_type_path_mut(self, path);
                let segments = &path.path.segments;
                // A type is `types::Fan` in signatures from progenitor and `Fan` in fields from typify.
                let is_of_types = path.path.leading_colon.is_none()
                    && (segments.len() == 1 || segments.len() == 2 && segments[0].ident == "types");
                if let (true, Some(last)) = (is_of_types, segments.last())
                    && last.arguments.is_empty()
                    && self.0.of_type.contains_key(&last.ident.to_string())
                {
                    let qualified = self.0.path(&last.ident);
                    path.path = syn::parse_quote!(#qualified);
                }
            }
        }
        let mut ty = ty.clone();
        Qualify(self).visit_type_mut(&mut ty);
        ty
    }

    /// Whether the code uses typify's error type, which is defined at the top level of `types`.
    pub(super) fn mentions_error(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "ConversionError",
            TokenTree::Group(group) => Self::mentions_error(group.stream()),
            _ => false,
        })
    }

    /// Returns the content of `types`, with each item in its module.
    pub(super) fn sort(&self, items: Vec<(String, TokenStream)>) -> TokenStream {
        let mut by_module: BTreeMap<Option<Ident>, (TokenStream, BTreeSet<String>)> =
            BTreeMap::new();
        for (name, tokens) in items {
            let module = self.of_type.get(&name).cloned().flatten();
            let (code, foreign) = by_module.entry(module.clone()).or_default();
            for used in self.uses.get(&name).into_iter().flatten() {
                if self.of_type[used] != module {
                    foreign.insert(used.clone());
                }
            }
            code.extend(tokens);
        }
        let mut all = TokenStream::new();
        for (module, (code, foreign)) in by_module {
            let imports = foreign.iter().map(|name| {
                let ident = format_ident!("{name}");
                match (&module, &self.of_type[name]) {
                    (Some(_), None) => quote! { use super::#ident; },
                    (Some(_), Some(other)) => quote! { use super::#other::#ident; },
                    (None, Some(other)) => quote! { use self::#other::#ident; },
                    (None, None) => TokenStream::new(),
                }
            });
            let error = Self::mentions_error(code.clone()).then(|| quote! { use super::error; });
            match &module {
                None => all.extend(quote! { #(#imports)* #code }),
                Some(module) => {
                    let doc = format!(" Types of the operations in `builder::{module}`.");
                    all.extend(quote! {
                        #[doc = #doc]
                        pub mod #module {
                            #error
                            #(#imports)*
                            #code
                        }
                    });
                }
            }
        }
        all
    }
}

fn operations(root: &Value) -> impl Iterator<Item = &Value> {
    let items = root["paths"].as_object().into_iter().flatten();
    items
        .flat_map(|(_, item)| item.as_object().into_iter().flatten())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(_, operation)| operation)
}

/// Returns the name of the type that an item defines, or that an `impl` block is for.
pub(super) fn item_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Impl(block) => Some(last_name(&block.self_ty)),
        _ => None,
    }
}

/// Returns the `known` types that the definition of a type refers to.
fn types_in_item<V>(item: &Item, known: &HashMap<String, V>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let fields: Vec<&syn::Field> = match item {
        Item::Struct(item) => item.fields.iter().collect(),
        Item::Enum(item) => item
            .variants
            .iter()
            .flat_map(|variant| &variant.fields)
            .collect(),
        _ => Vec::new(),
    };
    for field in fields {
        types_in(&field.ty, known, &mut found);
    }
    found
}

/// Adds to `found` the `known` types that `ty` refers to.
fn types_in<V>(ty: &Type, known: &HashMap<String, V>, found: &mut BTreeSet<String>) {
    match ty {
        Type::Path(path) => {
            for segment in &path.path.segments {
                let name = segment.ident.to_string();
                if known.contains_key(&name) {
                    found.insert(name);
                }
                if let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments {
                    for argument in &arguments.args {
                        if let syn::GenericArgument::Type(ty) = argument {
                            types_in(ty, known, found);
                        }
                    }
                }
            }
        }
        Type::Reference(reference) => types_in(&reference.elem, known, found),
        Type::Slice(slice) => types_in(&slice.elem, known, found),
        Type::Array(array) => types_in(&array.elem, known, found),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| types_in(ty, known, found)),
        _ => {}
    }
}
