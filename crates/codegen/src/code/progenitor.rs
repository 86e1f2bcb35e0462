//! Parses progenitor's output: its types, and the signature of each of its methods.
//!
//! The parser expects the output of the pinned version of progenitor, and returns an error for anything else.

use std::collections::HashMap;

use crate::progenitor_input::{OperationSchemas, operation_name, parameter_name};
use proc_macro2::TokenStream;
use syn::{FnArg, GenericArgument, ImplItem, Item, Pat, PathArguments, ReturnType, Type};

/// Progenitor's output.
#[derive(Clone)]
pub(crate) struct ProgenitorOutput {
    /// The items of the `types` module.
    pub(crate) types: Vec<Item>,
    /// The methods, by operation name.
    pub(crate) methods: HashMap<String, Method>,
}

/// The types of one method.
#[derive(Clone)]
pub(crate) struct Method {
    /// The type of each parameter in order, without references and `Option`.
    pub(crate) parameters: Vec<Type>,
    pub(crate) body: Option<Type>,
    /// The type of a successful response.
    pub(crate) success: Type,
}

/// Parses the code that progenitor generated for `operations`.
pub(crate) fn read(
    tokens: TokenStream,
    operations: &[&OperationSchemas],
) -> Result<ProgenitorOutput, String> {
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
                        item.fields.iter_mut().for_each(move_box_into_option);
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
            .ok_or("progenitor generated no method of the expected form")?;
        methods.insert(operation.name.clone(), method);
    }
    Ok(ProgenitorOutput { types, methods })
}

/// Changes `Box<Option<T>>` to `Option<Box<T>>`. In a recursive type, typify generates either.
fn move_box_into_option(field: &mut syn::Field) {
    let argument_of = |ty: &Type, name: &str| {
        (last_name(ty) == name)
            .then(|| only_argument(ty).cloned())
            .flatten()
    };
    let inner = argument_of(&field.ty, "Box").and_then(|ty| argument_of(&ty, "Option"));
    if let Some(inner) = inner {
        field.ty = syn::parse_quote!(::std::option::Option<::std::boxed::Box<#inner>>);
        field.attrs.push(
            syn::parse_quote!(#[serde(skip_serializing_if = "::std::option::Option::is_none")]),
        );
    }
}

/// Reads the types of a method from its signature; `None` if the signature does not match the operation.
fn method(signature: &syn::Signature, operation: &OperationSchemas) -> Option<Method> {
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

/// Returns the first type argument: `T` for `Result<T, E>`.
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

/// Returns the last segment of a type's path: `Vec` for `::std::vec::Vec<T>`.
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

/// Returns the owned type of an argument: `T` for `Option<&'a T>`, `String` for `&'a str`.
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
