//! Reads what progenitor made: its types, and the signature of each of its methods.
//!
//! The shape read here is that of the pinned version; anything else is an error that says so.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use syn::{FnArg, GenericArgument, ImplItem, Item, Pat, PathArguments, ReturnType, Type};

/// What progenitor made.
pub(super) struct Made {
    /// The items of its module `types`.
    pub(super) types: Vec<Item>,
    /// Its methods by their names.
    pub(super) methods: HashMap<String, Method>,
}

/// The signature of one method.
pub(super) struct Method {
    /// The type of each argument, without reference and `Option`.
    pub(super) arguments: HashMap<String, Type>,
    /// The type of a success.
    pub(super) success: Type,
}

pub(super) fn read(tokens: TokenStream) -> Result<Made, String> {
    let file: syn::File =
        syn::parse2(tokens).map_err(|e| format!("progenitor's output does not parse: {e}"))?;
    let mut made = Made {
        types: Vec::new(),
        methods: HashMap::new(),
    };
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                made.types = module.content.map(|(_, items)| items).unwrap_or_default();
            }
            Item::Impl(block) if block.trait_.is_none() => {
                for item in block.items {
                    if let ImplItem::Fn(function) = item
                        && function.sig.asyncness.is_some()
                    {
                        let name = function.sig.ident.to_string();
                        let method = method(&function.sig).ok_or_else(|| format!("progenitor's method `{name}` has a signature of another kind than expected"))?;
                        made.methods.insert(name, method);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(made)
}

fn method(signature: &syn::Signature) -> Option<Method> {
    let mut arguments = HashMap::new();
    for input in &signature.inputs {
        if let FnArg::Typed(argument) = input {
            let Pat::Ident(name) = &*argument.pat else {
                return None;
            };
            arguments.insert(name.ident.to_string(), owned(&argument.ty));
        }
    }
    let ReturnType::Type(_, output) = &signature.output else {
        return None;
    };
    let success = only_argument(only_argument(output)?)?.clone();
    Some(Method { arguments, success })
}

/// The first type argument: `T` of `Result<T, E>`.
pub(super) fn only_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| {
        if let GenericArgument::Type(ty) = argument {
            Some(ty)
        } else {
            None
        }
    })
}

/// The last name of a type's path: `Vec` of `::std::vec::Vec<T>`.
pub(super) fn last_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// The owned type of an argument: `T` of `Option<&'a T>`, `String` of `&'a str`.
pub(super) fn owned(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) => owned(&reference.elem),
        Type::Slice(slice) => {
            let item = &slice.elem;
            syn::parse_quote!(::std::vec::Vec<#item>)
        }
        Type::Path(_) if last_name(ty) == "str" => syn::parse_quote!(::std::string::String),
        Type::Path(_) if last_name(ty) == "Option" => {
            only_argument(ty).map_or_else(|| ty.clone(), owned)
        }
        other => other.clone(),
    }
}
