//! The public signatures of the generated code, for comparison: operations with their arguments, and types with their
//! fields. Types are written as in the code, without the module paths of the standard library and of core.

use std::collections::BTreeMap;

use quote::quote;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use syn::{Fields, Item, Type};

use super::model::{ArgumentLocation, Operation};
use super::modules::Modules;
use super::progenitor::last_name;
use super::types::{renamed, unit_enum};
use crate::Pointer;
use crate::passes::{VALUES, WIRE_NAMES};

/// The public signatures of a generated client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Signatures {
    /// The operations, by method name.
    pub operations: BTreeMap<String, OperationSignature>,
    /// The fields of each struct, by the path of the struct within `types`.
    pub structs: BTreeMap<String, BTreeMap<String, FieldSignature>>,
    /// The wire value of each enum variant, by the path of the enum within `types`.
    pub enums: BTreeMap<String, BTreeMap<String, String>>,
}

/// The signature of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OperationSignature {
    /// The `operationId` in the document.
    pub id: String,
    /// The tag. The builder is in this tag's module.
    pub tag: String,
    /// The HTTP method in uppercase, and the path in requests.
    pub request: String,
    /// The JSON pointer to the operation in the document.
    pub pointer: String,
    /// The arguments, by setter name.
    pub arguments: BTreeMap<String, ArgumentSignature>,
    /// The body: its format and media type, and the type that the `body` setter takes.
    pub body: Option<String>,
    /// The type of a successful response.
    pub returns: String,
    /// The part of the response that contains the value: `envelope`, `whole`, `text`, `bytes`, `redirect`, `empty`.
    pub shape: String,
    /// Whether the operation is deprecated.
    pub deprecated: bool,
}

/// The signature of an argument of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArgumentSignature {
    /// The location in the request and the name there, for example `query filter[online]`.
    pub wire: String,
    /// Whether the argument is required to build the request.
    pub required: bool,
    /// The type of the value.
    pub ty: String,
}

/// The signature of a field of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldSignature {
    /// The name on the wire.
    pub wire: String,
    /// The type.
    pub ty: String,
}

/// Returns the signatures of the client to be generated.
pub(super) fn of(
    operations: &[Operation<'_>],
    items: &[Item],
    root: &Value,
    modules: &Modules,
) -> Signatures {
    let mut all = Signatures::default();
    for operation in operations {
        let arguments = operation.arguments.iter().map(|argument| {
            let location = match argument.location {
                ArgumentLocation::Path => "path",
                ArgumentLocation::Query => "query",
                ArgumentLocation::Header => "header",
                ArgumentLocation::Cookie => "cookie",
                ArgumentLocation::Body => "body",
                ArgumentLocation::File => "file",
                ArgumentLocation::Files => "files",
            };
            let style = argument
                .style
                .map_or_else(String::new, |style| format!(", {}", style.to_lowercase()));
            let signature = ArgumentSignature {
                wire: format!("{location} {}{style}", argument.name),
                required: argument.required,
                ty: type_name(&argument.ty),
            };
            (argument.setter.to_string(), signature)
        });
        let body = operation.body.as_ref().map(|body| {
            let ty = match body.format.as_str() {
                "bytes" => "Body".to_owned(),
                _ => type_name(&body.ty),
            };
            format!("{} {}: {ty}", body.format, body.media)
        });
        let signature = OperationSignature {
            id: operation.id.to_owned(),
            tag: operation.tag.to_owned(),
            request: format!(
                "{} {}",
                operation.http_method.to_uppercase(),
                operation.path
            ),
            pointer: Pointer::root()
                .join(["paths", operation.document_path, operation.http_method])
                .as_str()
                .to_owned(),
            arguments: arguments.collect(),
            body,
            returns: type_name(&operation.success),
            shape: operation.shape.to_owned(),
            deprecated: operation.deprecated,
        };
        all.operations
            .insert(operation.method_ident.to_string(), signature);
    }
    for item in items {
        if let Item::Struct(item) = item
            && let Fields::Named(fields) = &item.fields
        {
            let name = item.ident.to_string();
            let wire_names = &root[WIRE_NAMES][&name];
            let fields = fields.named.iter().filter_map(|field| {
                let ident = field.ident.as_ref()?.to_string();
                let plain = ident.trim_start_matches("r#").to_owned();
                let wire = wire_names[&plain].as_str().map(str::to_owned);
                let wire = wire.or_else(|| field.attrs.iter().find_map(renamed));
                let signature = FieldSignature {
                    wire: wire.unwrap_or_else(|| plain.clone()),
                    ty: type_name(&field.ty),
                };
                Some((plain, signature))
            });
            all.structs.insert(modules.path_of(&name), fields.collect());
        }
        if let Some((name, variants)) = unit_enum(item) {
            let values = &root["components"]["schemas"][&name][VALUES];
            let variants = variants.into_iter().map(|(variant, text)| {
                let wire = values[&text].as_str().unwrap_or(&text).to_owned();
                (variant.to_string(), wire)
            });
            all.enums.insert(modules.path_of(&name), variants.collect());
        }
    }
    all
}

/// Formats a type without module paths.
fn type_name(ty: &Type) -> String {
    let mut text = quote! { #ty }.to_string().replace(' ', "");
    for path in [
        "::std::option::",
        "::std::string::",
        "::std::vec::",
        "::std::boxed::",
        "::std::collections::",
        "::serde_json::",
        "::onlyfansapi_core::",
        "crate::runtime::",
        "types::",
    ] {
        text = text.replace(path, "");
    }
    // The unit type is the type of a response without a body.
    if last_name(ty).is_empty() && text == "()" {
        text = "nothing".to_owned();
    }
    text.replace(',', ", ")
}
