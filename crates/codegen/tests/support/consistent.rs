//! Finds errors in generated code without compiling it: duplicate names and undefined types.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Fields, GenericArgument, ImplItem, Item, PathArguments, Type, UseTree};

/// Returns the errors in a generated source; empty if the source is consistent.
pub(crate) fn errors(source: &str) -> Vec<String> {
    let file = match syn::parse_file(source) {
        Ok(file) => file,
        Err(error) => return vec![format!("does not parse: {error}")],
    };
    let mut errors = Vec::new();
    let types = types_of(&file.items);
    for item in &file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                let items = &module.content.as_ref().expect("an inline module").1;
                check_types(items, &[], &types, &mut errors);
            }
            Item::Mod(module) if module.ident == "builder" => {
                for tag in &module.content.as_ref().expect("an inline module").1 {
                    let Item::Mod(tag) = tag else { continue };
                    let items = &tag.content.as_ref().expect("an inline module").1;
                    check_unique_items(items, &tag.ident.to_string(), &mut errors);
                    check_builders(items, &types, &mut errors);
                }
            }
            Item::Mod(module) if module.ident == "operations" => {
                check_unique_items(
                    &module.content.as_ref().expect("an inline module").1,
                    "operations",
                    &mut errors,
                );
            }
            Item::Impl(block) => check_unique_methods(&block.items, "Client", &mut errors),
            _ => {}
        }
    }
    errors
}

type Types = BTreeMap<Vec<String>, BTreeSet<String>>;

/// Returns the names that each module in `types` defines.
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

fn check_unique_items(items: &[Item], context: &str, errors: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in items.iter().filter_map(name_of) {
        if !seen.insert(name.clone()) {
            errors.push(format!("`{name}` is defined twice in {context}"));
        }
    }
}

fn check_unique_methods(items: &[ImplItem], context: &str, errors: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for item in items {
        if let ImplItem::Fn(function) = item
            && !seen.insert(function.sig.ident.to_string())
        {
            errors.push(format!(
                "method `{}` is defined twice in {context}",
                function.sig.ident
            ));
        }
    }
}

fn check_types(items: &[Item], path: &[String], types: &Types, errors: &mut Vec<String>) {
    let context = format!("types::{}", path.join("::"));
    check_unique_items(items, &context, errors);
    let mut known: BTreeSet<String> = types[path].clone();
    known.extend(["Option", "String", "Vec", "Self"].map(str::to_owned));
    for item in items {
        if let Item::Use(import) = item {
            collect_imports(&import.tree, &mut known);
        }
    }
    for item in items {
        match item {
            Item::Mod(module) => {
                let mut path = path.to_vec();
                path.push(module.ident.to_string());
                let items = &module.content.as_ref().expect("an inline module").1;
                check_types(items, &path, types, errors);
            }
            Item::Struct(item) => {
                let mut seen = BTreeSet::new();
                if let Fields::Named(fields) = &item.fields {
                    for field in &fields.named {
                        let name = field.ident.as_ref().expect("a named field").to_string();
                        if !seen.insert(name.clone()) {
                            errors.push(format!(
                                "field `{name}` is defined twice in {context}::{}",
                                item.ident
                            ));
                        }
                    }
                }
                for field in &item.fields {
                    check_defined(
                        &field.ty,
                        &known,
                        &format!("{context}::{}", item.ident),
                        errors,
                    );
                }
            }
            Item::Impl(block) => {
                let ty = &block.self_ty;
                check_defined(ty, &known, &context, errors);
                for segment in block.trait_.iter().flat_map(|(path, _)| &path.segments) {
                    if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                        for argument in &arguments.args {
                            if let GenericArgument::Type(ty) = argument {
                                check_defined(ty, &known, &context, errors);
                            }
                        }
                    }
                }
                if block.trait_.is_none() {
                    check_unique_methods(&block.items, &context, errors);
                }
            }
            _ => {}
        }
    }
}

fn collect_imports(tree: &UseTree, known: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => collect_imports(&path.tree, known),
        UseTree::Name(name) => {
            known.insert(name.ident.to_string());
        }
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| collect_imports(tree, known)),
        _ => {}
    }
}

/// Reports unqualified type names that are neither defined nor imported.
fn check_defined(ty: &Type, known: &BTreeSet<String>, context: &str, errors: &mut Vec<String>) {
    let Type::Path(path) = ty else { return };
    if path.path.leading_colon.is_none() && path.path.segments.len() == 1 {
        let name = path.path.segments[0].ident.to_string();
        let is_primitive = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !is_primitive && !known.contains(&name) {
            errors.push(format!("`{name}` is not defined in {context}"));
        }
    }
    for segment in &path.path.segments {
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            for argument in &arguments.args {
                if let GenericArgument::Type(ty) = argument {
                    check_defined(ty, known, context, errors);
                }
            }
        }
    }
}

/// Reports every path `types::…` in the builders that is not a defined type.
fn check_builders(items: &[Item], types: &Types, errors: &mut Vec<String>) {
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
                    .push(format!("`{}` is not defined", names.join("::")));
            }
        }
    }
    let mut visit = Visit(types, Vec::new());
    for item in items {
        syn::visit::Visit::visit_item(&mut visit, item);
        if let Item::Impl(block) = item
            && block.trait_.is_none()
        {
            check_unique_methods(&block.items, "a builder", errors);
        }
    }
    errors.extend(visit.1);
}
