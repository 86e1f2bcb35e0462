//! What the compiler would say first: names given twice, and types that nobody defines.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Fields, GenericArgument, ImplItem, Item, PathArguments, Type, UseTree};

/// What is wrong with a generated source; empty for one that is consistent.
pub(crate) fn faults(source: &str) -> Vec<String> {
    let file = match syn::parse_file(source) {
        Ok(file) => file,
        Err(error) => return vec![format!("does not parse: {error}")],
    };
    let mut faults = Vec::new();
    let types = types_of(&file.items);
    for item in &file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                let items = &module.content.as_ref().expect("a module in place").1;
                check_types(items, &[], &types, &mut faults);
            }
            Item::Mod(module) if module.ident == "builder" => {
                for tag in &module.content.as_ref().expect("a module in place").1 {
                    let Item::Mod(tag) = tag else { continue };
                    let items = &tag.content.as_ref().expect("a module in place").1;
                    once(items, &tag.ident.to_string(), &mut faults);
                    check_builders(items, &types, &mut faults);
                }
            }
            Item::Mod(module) if module.ident == "operations" => {
                once(
                    &module.content.as_ref().expect("a module in place").1,
                    "operations",
                    &mut faults,
                );
            }
            Item::Impl(block) => methods(&block.items, "Client", &mut faults),
            _ => {}
        }
    }
    faults
}

type Types = BTreeMap<Vec<String>, BTreeSet<String>>;

/// The names that each module of `types` defines.
fn types_of(items: &[Item]) -> Types {
    fn collect(items: &[Item], path: &[String], into: &mut Types) {
        let own = into.entry(path.to_vec()).or_default();
        own.extend(items.iter().filter_map(name_of));
        for item in items {
            if let Item::Mod(module) = item
                && let Some((_, items)) = &module.content
            {
                let mut path = path.to_vec();
                path.push(module.ident.to_string());
                collect(items, &path, into);
            }
        }
    }
    let mut all = Types::new();
    for item in items {
        if let Item::Mod(module) = item
            && module.ident == "types"
            && let Some((_, items)) = &module.content
        {
            collect(items, &[], &mut all);
        }
    }
    all
}

fn name_of(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Static(item) => Some(item.ident.to_string()),
        Item::Mod(item) => Some(item.ident.to_string()),
        // `open_enum! { … pub enum Name { … } }`
        Item::Macro(item) => {
            let text = item.mac.tokens.to_string();
            let rest = text.split("pub enum ").nth(1)?;
            Some(rest.split_whitespace().next()?.to_owned())
        }
        _ => None,
    }
}

fn once(items: &[Item], place: &str, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in items.iter().filter_map(name_of) {
        if !seen.insert(name.clone()) {
            faults.push(format!("`{name}` twice in {place}"));
        }
    }
}

fn methods(items: &[ImplItem], place: &str, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for item in items {
        if let ImplItem::Fn(function) = item
            && !seen.insert(function.sig.ident.to_string())
        {
            faults.push(format!("method `{}` twice in {place}", function.sig.ident));
        }
    }
}

fn check_types(items: &[Item], path: &[String], types: &Types, faults: &mut Vec<String>) {
    let place = format!("types::{}", path.join("::"));
    once(items, &place, faults);
    let mut known: BTreeSet<String> = types[path].clone();
    known.extend(["Option", "String", "Vec", "Self"].map(str::to_owned));
    for item in items {
        if let Item::Use(import) = item {
            imported(&import.tree, &mut known);
        }
    }
    for item in items {
        match item {
            Item::Mod(module) => {
                let mut path = path.to_vec();
                path.push(module.ident.to_string());
                let items = &module.content.as_ref().expect("a module in place").1;
                check_types(items, &path, types, faults);
            }
            Item::Struct(item) => {
                let mut seen = BTreeSet::new();
                if let Fields::Named(fields) = &item.fields {
                    for field in &fields.named {
                        let name = field.ident.as_ref().expect("a named field").to_string();
                        if !seen.insert(name.clone()) {
                            faults.push(format!("field `{name}` twice in {place}::{}", item.ident));
                        }
                    }
                }
                for field in &item.fields {
                    named(
                        &field.ty,
                        &known,
                        &format!("{place}::{}", item.ident),
                        faults,
                    );
                }
            }
            Item::Impl(block) => {
                let ty = &block.self_ty;
                named(ty, &known, &place, faults);
                for segment in block.trait_.iter().flat_map(|(path, _)| &path.segments) {
                    if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                        for argument in &arguments.args {
                            if let GenericArgument::Type(ty) = argument {
                                named(ty, &known, &place, faults);
                            }
                        }
                    }
                }
                if block.trait_.is_none() {
                    methods(&block.items, &place, faults);
                }
            }
            _ => {}
        }
    }
}

fn imported(tree: &UseTree, known: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, known),
        UseTree::Name(name) => {
            known.insert(name.ident.to_string());
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, known)),
        _ => {}
    }
}

/// Complains of a name of one word that is neither defined nor imported.
fn named(ty: &Type, known: &BTreeSet<String>, place: &str, faults: &mut Vec<String>) {
    let Type::Path(path) = ty else { return };
    if path.path.leading_colon.is_none() && path.path.segments.len() == 1 {
        let name = path.path.segments[0].ident.to_string();
        let is_primitive = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !is_primitive && !known.contains(&name) {
            faults.push(format!("`{name}` is nowhere defined, in {place}"));
        }
    }
    for segment in &path.path.segments {
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            for argument in &arguments.args {
                if let GenericArgument::Type(ty) = argument {
                    named(ty, known, place, faults);
                }
            }
        }
    }
}

/// Every `types::…` of the builders leads to a type.
fn check_builders(items: &[Item], types: &Types, faults: &mut Vec<String>) {
    struct Visit<'a>(&'a Types, Vec<String>);
    impl<'ast> syn::visit::Visit<'ast> for Visit<'_> {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            syn::visit::visit_path(self, path);
            let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
            if path.leading_colon.is_none()
                && let [first, modules @ .., last] = &names[..]
                && first == "types"
                && !self
                    .0
                    .get(modules)
                    .is_some_and(|known| known.contains(last))
            {
                self.1
                    .push(format!("`{}` is nowhere defined", names.join("::")));
            }
        }
    }
    let mut visit = Visit(types, Vec::new());
    for item in items {
        syn::visit::Visit::visit_item(&mut visit, item);
        if let Item::Impl(block) = item
            && block.trait_.is_none()
        {
            methods(&block.items, "a builder", faults);
        }
    }
    faults.extend(visit.1);
}
