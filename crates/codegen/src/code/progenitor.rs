//! Reads what progenitor made: its types, and the signature of each of its methods.
//!
//! The shape read here is that of the pinned version; anything else is an error that says so.

use std::collections::HashMap;

use crate::given::{Given, operation_name, parameter_name};
use proc_macro2::TokenStream;
use syn::{FnArg, GenericArgument, ImplItem, Item, Pat, PathArguments, ReturnType, Type};

/// What progenitor made.
#[derive(Clone)]
pub(crate) struct Made {
    /// The items of its module `types`.
    pub(crate) types: Vec<Item>,
    /// The methods by the names of the operations.
    pub(crate) methods: HashMap<String, Method>,
}

/// The types of one method.
#[derive(Clone)]
pub(crate) struct Method {
    /// The type of each parameter, in their order, without reference and `Option`.
    pub(crate) parameters: Vec<Type>,
    pub(crate) body: Option<Type>,
    /// The type of a success.
    pub(crate) success: Type,
}

/// Reads what progenitor made of `operations`.
pub(crate) fn read(tokens: TokenStream, operations: &[&Given]) -> Result<Made, String> {
    let file: syn::File =
        syn::parse2(tokens).map_err(|e| format!("progenitor's output does not parse: {e}"))?;
    let mut types = Vec::new();
    let mut functions = HashMap::new();
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                types = module.content.map(|(_, items)| items).unwrap_or_default();
                for item in &mut types {
                    if let Item::Struct(item) = item {
                        item.fields.iter_mut().for_each(box_inside);
                    }
                }
            }
            Item::Impl(block) if block.trait_.is_none() => {
                for item in block.items {
                    if let ImplItem::Fn(function) = item
                        && function.sig.asyncness.is_some()
                    {
                        functions.insert(function.sig.ident.to_string(), function.sig);
                    }
                }
            }
            _ => {}
        }
    }
    let mut methods = HashMap::new();
    for (i, operation) in operations.iter().enumerate() {
        let method = functions
            .get(&operation_name(i))
            .and_then(|signature| method(signature, operation))
            .ok_or("progenitor made no method of the expected form")?;
        methods.insert(operation.name.clone(), method);
    }
    Ok(Made { types, methods })
}

/// Writes `Option<Box<T>>` for `Box<Option<T>>`: typify boxes either way where a type holds itself.
fn box_inside(field: &mut syn::Field) {
    let inner = |ty: &Type, name: &str| {
        (last_name(ty) == name)
            .then(|| only_argument(ty).cloned())
            .flatten()
    };
    if let Some(held) = inner(&field.ty, "Box").and_then(|ty| inner(&ty, "Option")) {
        field.ty = syn::parse_quote!(::std::option::Option<::std::boxed::Box<#held>>);
        field.attrs.push(
            syn::parse_quote!(#[serde(skip_serializing_if = "::std::option::Option::is_none")]),
        );
    }
}

fn method(signature: &syn::Signature, operation: &Given) -> Option<Method> {
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
    let parameters = (0..operation.parameters.len())
        .map(|i| arguments.remove(&parameter_name(i)))
        .collect::<Option<_>>()?;
    let body = match &operation.body {
        Some(_) => Some(arguments.remove("body")?),
        None => None,
    };
    Some(Method {
        parameters,
        body,
        success: only_argument(only_argument(output)?)?.clone(),
    })
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
