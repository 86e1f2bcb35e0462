//! The public shape of the generated code, to be compared: operations with their arguments, types with
//! their fields. Texts of types are those of the code, without the paths of the standard library.

use std::collections::BTreeMap;

use quote::quote;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use syn::{Fields, Item, Type};

use super::model::{Operation, Place};
use super::modules::Modules;
use super::progenitor::last_name;
use super::types::{renamed, unit_enum};
use crate::Pointer;
use crate::passes::{VALUES, WIRE_NAMES};

/// The public shape of a generated client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Signatures {
    /// Every operation, by the name of its method.
    pub operations: BTreeMap<String, OperationSignature>,
    /// Every struct, by its path within `types`: field, and what it is.
    pub structs: BTreeMap<String, BTreeMap<String, FieldSignature>>,
    /// Every enumeration, by its path within `types`: variant, and the value on the wire.
    pub enums: BTreeMap<String, BTreeMap<String, String>>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OperationSignature {
    /// The operationId of the document.
    pub id: String,
    /// The tag, whose module the builder stands in.
    pub tag: String,
    /// The HTTP method in capitals, and the path as it is sent.
    pub request: String,
    /// Where the operation stands in the document.
    pub pointer: String,
    /// What can be set, by the name of the setter.
    pub arguments: BTreeMap<String, ArgumentSignature>,
    /// The body: format and media type, and the type that the setter of the whole takes.
    pub body: Option<String>,
    /// What a success gives.
    pub returns: String,
    /// Where in the answer that stands: `envelope`, `whole`, `text`, `bytes`, `redirect`, `empty`.
    pub shape: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
}

/// One argument of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArgumentSignature {
    /// Where it travels, and its name there: `query filter[online]`.
    pub wire: String,
    /// Whether the request cannot be built without it.
    pub required: bool,
    /// The type of its value.
    pub ty: String,
}

/// One field of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldSignature {
    /// The name on the wire.
    pub wire: String,
    /// The type.
    pub ty: String,
}

/// The shape of what is about to be written.
pub(super) fn of(
    operations: &[Operation<'_>],
    items: &[Item],
    root: &Value,
    modules: &Modules,
) -> Signatures {
    let mut all = Signatures::default();
    for operation in operations {
        let arguments = operation.arguments.iter().map(|argument| {
            let place = match argument.place {
                Place::Path => "path",
                Place::Query => "query",
                Place::Header => "header",
                Place::Cookie => "cookie",
                Place::Body => "body",
                Place::File => "file",
                Place::Files => "files",
            };
            let style = argument
                .style
                .map_or_else(String::new, |style| format!(", {}", style.to_lowercase()));
            let signature = ArgumentSignature {
                wire: format!("{place} {}{style}", argument.name),
                required: argument.required,
                ty: text(&argument.ty),
            };
            (argument.setter.to_string(), signature)
        });
        let body = operation.body.as_ref().map(|body| {
            let ty = match body.format.as_str() {
                "bytes" => "Body".to_owned(),
                _ => text(&body.ty),
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
            returns: text(&operation.success),
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
                    ty: text(&field.ty),
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

/// A type as a reader would write it.
fn text(ty: &Type) -> String {
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
    // The unit type of an answer without a value.
    if last_name(ty).is_empty() && text == "()" {
        text = "nothing".to_owned();
    }
    text.replace(',', ", ")
}
