//! The model of an operation, which combines the document with progenitor's types.

use proc_macro2::Ident;
use quote::format_ident;
use serde_json::Value;
use syn::{Item, Type};

use super::modules::Modules;
use super::progenitor::{ProgenitorOutput, last_name, owned};
use super::{docs, names};
use crate::passes::{CORE_TYPES, FACTS, NULL_IS_A_VALUE, STYLE, VALUES, WIRE_NAMES, rust_field};
use crate::walk::{METHODS, component_name, plain, sent_path};

/// Set by the overlay on an operation or at the top level: the price of a call, as a sentence.
const CREDITS: &str = "x-credits";

/// Set by the overlay on an operation: the markers by which a 2xx response reports failure. The list is empty if
/// `success: false` is a regular result of the operation.
const REFUSAL: &str = "x-refusal";

/// Set by the overlay at the top level: values for doc examples, by parameter name.
const EXAMPLES: &str = "x-examples";

/// An operation.
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    pub(super) http_method: &'static str,
    /// The path in requests.
    pub(super) path: &'a str,
    /// The path in the document.
    pub(super) document_path: &'a str,
    pub(super) tag: &'a str,
    pub(super) doc: String,
    pub(super) deprecated: bool,
    pub(super) shape: &'a str,
    /// The media type of the `Accept` header.
    pub(super) accept: &'a str,
    pub(super) undocumented: bool,
    /// The price of a call, if the overlay sets it.
    pub(super) credits: Option<&'a str>,
    /// Variants of core's `RefusalMarker`; `None` for the default.
    pub(super) refusal: Option<Vec<&'static str>>,
    pub(super) method_ident: Ident,
    /// The module of the operation's tag, which contains the builder.
    pub(super) module_ident: Ident,
    pub(super) builder_ident: Ident,
    pub(super) static_ident: Ident,
    pub(super) arguments: Vec<Argument>,
    pub(super) body: Option<Body>,
    pub(super) success: Type,
}

/// The part of the request in which an argument is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ArgumentLocation {
    Path,
    Query,
    Header,
    Cookie,
    Body,
    /// A multipart field with one file.
    File,
    /// A multipart field with several files.
    Files,
}

/// An argument of an operation: a parameter, or a field of the body.
pub(super) struct Argument {
    /// The name on the wire.
    pub(super) name: String,
    pub(super) setter: Ident,
    pub(super) location: ArgumentLocation,
    pub(super) required: bool,
    /// The variant of core's `QueryStyle` for a list in the query; `None` for the PHP style.
    pub(super) style: Option<&'static str>,
    pub(super) ty: Type,
    /// The setter that sends null, if null differs from absent.
    pub(super) null_setter: Option<Ident>,
    /// The expected value, for error messages: `a 64-bit integer`, `one of …`.
    pub(super) expects: String,
    /// A value for the doc example.
    pub(super) example: Option<String>,
    pub(super) doc: String,
}

/// The request body.
pub(super) struct Body {
    /// `json`, `form`, `multipart` or `bytes`, from the `request-bodies` pass.
    pub(super) format: String,
    /// The value of the `Content-Type` header.
    pub(super) media: String,
    /// The body if no field is set: `object` (`{}`), `nothing`, or `refused` (an error).
    pub(super) empty: String,
    pub(super) ty: Type,
    /// Whether its fields can be set individually, as arguments.
    pub(super) has_fields: bool,
}

/// Returns all operations, sorted by tag and name, independent of the order in the document.
pub(super) fn read<'a>(
    root: &'a Value,
    output: &ProgenitorOutput,
    modules: &Modules,
) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(method) = METHODS.into_iter().find(|known| known == method) {
                operations.extend(read_operation(
                    root, output, modules, path, method, operation,
                ));
            }
        }
    }
    operations.sort_by(|a, b| {
        (&a.module_ident, a.tag, &a.method_ident).cmp(&(&b.module_ident, b.tag, &b.method_ident))
    });
    operations
}

/// Reads an operation; `None` if progenitor has no method for it.
fn read_operation<'a>(
    root: &'a Value,
    output: &ProgenitorOutput,
    modules: &Modules,
    path: &'a str,
    http_method: &'static str,
    operation: &'a Value,
) -> Option<Operation<'a>> {
    let name = operation["operationId"].as_str().unwrap_or_default();
    let id = operation[FACTS]["id"].as_str().unwrap_or(name);
    let method_name = names::snake(name);
    let signature = output.methods.get(name)?;
    let mut taken = Vec::new();
    let mut arguments = Vec::new();
    let declared = operation["parameters"].as_array().into_iter().flatten();
    let mut parameters: Vec<(&Value, &Type)> = declared.zip(&signature.parameters).collect();
    // Path parameters keep their order; the others are sorted, independent of the order in the document.
    parameters.sort_by_key(|(parameter, _)| {
        if parameter["in"] == "path" {
            (false, "")
        } else {
            (true, parameter["name"].as_str().unwrap_or_default())
        }
    });
    for (parameter, ty) in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let (location, prefix) = match parameter["in"].as_str() {
            Some("path") => (ArgumentLocation::Path, "path"),
            Some("header") => (ArgumentLocation::Header, "header"),
            Some("cookie") => (ArgumentLocation::Cookie, "cookie"),
            _ => (ArgumentLocation::Query, "query"),
        };
        let style = match parameter[STYLE].as_str() {
            Some("repeated") => Some("Repeated"),
            Some("comma") => Some("Comma"),
            Some("space") => Some("Space"),
            Some("pipe") => Some("Pipe"),
            _ => None,
        };
        let schema = &parameter["schema"];
        arguments.push(Argument {
            setter: format_ident!("{}", names::setter(name, prefix, &mut taken)),
            location,
            required: parameter["required"] == true,
            style,
            ty: modules.qualified(ty),
            null_setter: None,
            expects: expects(root, schema),
            example: example(root, name, schema),
            doc: argument_doc(
                parameter["description"]
                    .as_str()
                    .or_else(|| schema["description"].as_str()),
                name,
                location,
                parameter["required"] == true,
            ),
            name: name.to_owned(),
        });
    }
    let body = read_body(
        root,
        output,
        modules,
        operation,
        signature.body.as_ref(),
        &mut arguments,
        &mut taken,
    );
    let facts = &operation[FACTS];
    for (name, file) in facts["files"].as_object().into_iter().flatten() {
        let is_many = file["many"] == true;
        let location = if is_many {
            ArgumentLocation::Files
        } else {
            ArgumentLocation::File
        };
        arguments.push(Argument {
            setter: format_ident!("{}", names::setter(name, "file", &mut taken)),
            location,
            required: file["required"] == true,
            style: None,
            ty: syn::parse_quote!(FilePart),
            null_setter: None,
            expects: "a file".to_owned(),
            example: None,
            doc: argument_doc(
                file["description"].as_str(),
                name,
                location,
                file["required"] == true,
            ),
            // PHP keeps only the last file of a name without brackets.
            name: if is_many && !name.ends_with("[]") {
                format!("{name}[]")
            } else {
                name.clone()
            },
        });
    }
    Some(Operation {
        id,
        http_method,
        path: sent_path(operation, path),
        document_path: path,
        tag: operation["tags"][0].as_str().unwrap_or_default(),
        doc: operation_doc(operation),
        deprecated: operation["deprecated"] == true,
        shape: facts["shape"].as_str().unwrap_or("whole"),
        accept: facts["accept"].as_str().unwrap_or("application/json"),
        undocumented: facts["undocumented"] == true,
        credits: operation[CREDITS].as_str().or(root[CREDITS].as_str()),
        refusal: refusal(operation),
        method_ident: format_ident!("{method_name}"),
        module_ident: format_ident!(
            "{}",
            names::module(operation["tags"][0].as_str().unwrap_or_default())
        ),
        builder_ident: names::builder(name),
        static_ident: names::description(name),
        arguments,
        body,
        success: modules.qualified(&signature.success),
    })
}

/// Reads the body. If it is an object with named fields, adds them to `arguments`.
fn read_body(
    root: &Value,
    output: &ProgenitorOutput,
    modules: &Modules,
    operation: &Value,
    ty: Option<&Type>,
    arguments: &mut Vec<Argument>,
    taken: &mut Vec<String>,
) -> Option<Body> {
    let ty = ty?;
    let schema = resolved(
        root,
        &operation["requestBody"]["content"]["application/json"]["schema"],
    );
    let fields = output.types.iter().find_map(|item| match item {
        Item::Struct(found) if found.ident == last_name(ty) => Some(&found.fields),
        _ => None,
    });
    let mut has_fields = false;
    if let Some(syn::Fields::Named(fields)) = fields {
        for field in &fields.named {
            let rust_name = field
                .ident
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let Some((name, property)) = property_of_field(&schema["properties"], &rust_name)
            else {
                continue;
            };
            has_fields = true;
            let null_setter = (property[NULL_IS_A_VALUE] == true).then(|| {
                format_ident!("{}", names::setter(&format!("{name} null"), "body", taken))
            });
            let wire = root[WIRE_NAMES][last_name(ty)][name]
                .as_str()
                .unwrap_or(name);
            let is_required = schema["required"]
                .as_array()
                .is_some_and(|required| required.iter().any(|r| r == name));
            arguments.push(Argument {
                name: wire.to_owned(),
                setter: format_ident!("{}", names::setter(name, "body", taken)),
                location: ArgumentLocation::Body,
                required: is_required,
                style: None,
                ty: modules.qualified(&owned(&field.ty)),
                null_setter,
                expects: expects(root, property),
                example: example(root, name, property),
                doc: argument_doc(
                    property["description"].as_str(),
                    name,
                    ArgumentLocation::Body,
                    is_required,
                ),
            });
        }
    }
    let fact = &operation[FACTS]["body"];
    Some(Body {
        format: fact["format"].as_str().unwrap_or("json").to_owned(),
        empty: fact["empty"].as_str().unwrap_or("object").to_owned(),
        media: fact["media"]
            .as_str()
            .unwrap_or("application/json")
            .to_owned(),
        ty: modules.qualified(ty),
        has_fields,
    })
}

/// Returns the property whose field typify names `rust_name`.
pub(super) fn property_of_field<'a>(
    properties: &'a Value,
    rust_name: &str,
) -> Option<(&'a String, &'a Value)> {
    let plain = rust_name.trim_start_matches("r#");
    let typify = |name: &str| names::valid(&rust_field(name));
    properties
        .as_object()?
        .iter()
        .find(|(name, _)| typify(name) == plain)
}

/// Returns the component that `schema` references, or `schema` itself if it is not a reference.
pub(super) fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    component_name(schema).map_or(schema, |name| &root["components"]["schemas"][name])
}

/// Returns the core type that a schema references, and the description of its values.
fn core_type(schema: &Value) -> Option<(&'static str, &'static str)> {
    let name = component_name(schema)?;
    CORE_TYPES.into_iter().find(|(known, _)| *known == name)
}

/// Returns the wire values of an enumeration.
fn values(schema: &Value) -> Option<Vec<&Value>> {
    match schema.get(VALUES).and_then(Value::as_object) {
        Some(named) => Some(named.values().collect()),
        None => schema["enum"]
            .as_array()
            .map(|values| values.iter().collect()),
    }
}

/// Describes the values of a schema, to complete "must be …".
fn expects(root: &Value, schema: &Value) -> String {
    if let Some((_, expects)) = core_type(schema) {
        return expects.to_owned();
    }
    let schema = resolved(root, schema);
    if let Some(values) = values(schema) {
        let list: Vec<_> = values
            .iter()
            .map(|value| format!("`{}`", plain(value)))
            .collect();
        return format!("one of {}", list.join(", "));
    }
    match schema["type"].as_str() {
        Some("string") => "a string".to_owned(),
        Some("integer") => "a 64-bit integer".to_owned(),
        Some("number") => "a number".to_owned(),
        Some("boolean") => "a boolean".to_owned(),
        Some("array") => format!(
            "a list in which each item is {}",
            expects(root, &schema["items"])
        ),
        Some("object") => "an object".to_owned(),
        _ => "a JSON value".to_owned(),
    }
}

/// Returns a Rust expression that the setter of `name` accepts; `None` if there is no short expression.
fn example(root: &Value, name: &str, schema: &Value) -> Option<String> {
    if schema["type"] == "array" {
        return example(root, name, &schema["items"]).map(|item| format!("[{item}]"));
    }
    if let Some(value) = root[EXAMPLES][name].as_str() {
        return Some(format!("{value:?}"));
    }
    if core_type(schema).is_some() {
        return Some("12345".to_owned());
    }
    let schema = resolved(root, schema);
    if let Some(first) = values(schema)
        .as_ref()
        .and_then(|values| values.first()?.as_str())
    {
        return Some(format!("{first:?}"));
    }
    let words = names::snake(name);
    let is_id = words == "id" || words.ends_with("_id") || words.ends_with("_ids");
    match schema["type"].as_str() {
        Some("string" | "integer") if is_id => Some("12345".to_owned()),
        Some("string") if words.contains("url") => Some("\"https://example.com/\"".to_owned()),
        Some("string") if words.contains("date") => Some("\"2026-01-31\"".to_owned()),
        Some("string") => Some("\"example\"".to_owned()),
        Some("integer") => Some("1".to_owned()),
        Some("number") => Some("9.99".to_owned()),
        Some("boolean") => Some("true".to_owned()),
        Some("object") => None,
        _ if is_id => Some("12345".to_owned()),
        _ => Some("\"example\"".to_owned()),
    }
}

/// Returns the markers by which a 2xx response reports failure, if the overlay sets them.
fn refusal(operation: &Value) -> Option<Vec<&'static str>> {
    let named = operation[REFUSAL].as_array()?;
    let marker = |name: &Value| match name.as_str() {
        Some("success") => Some("SuccessFalse"),
        Some("hasError") => Some("HasError"),
        Some("errors") => Some("Errors"),
        Some("error") => Some("Error"),
        _ => None,
    };
    Some(named.iter().filter_map(marker).collect())
}

/// Returns the docs for a setter: the description, then the kind and the wire name of the argument.
fn argument_doc(
    description: Option<&str>,
    name: &str,
    location: ArgumentLocation,
    is_required: bool,
) -> String {
    let text = docs::sentence(description.unwrap_or_default());
    let kind = match (location, is_required) {
        (ArgumentLocation::Path, false) => "Path parameter",
        (ArgumentLocation::Path, true) => "Required path parameter",
        (ArgumentLocation::Query, false) => "Query parameter",
        (ArgumentLocation::Query, true) => "Required query parameter",
        (ArgumentLocation::Header, false) => "Header",
        (ArgumentLocation::Header, true) => "Required header",
        (ArgumentLocation::Cookie, false) => "Cookie",
        (ArgumentLocation::Cookie, true) => "Required cookie",
        (ArgumentLocation::Body, false) => "Body field",
        (ArgumentLocation::Body, true) => "Required body field",
        (ArgumentLocation::File, false) => "File field",
        (ArgumentLocation::File, true) => "Required file field",
        (ArgumentLocation::Files, false) => "Multi-file field",
        (ArgumentLocation::Files, true) => "Required multi-file field",
    };
    let wire = format!("{kind} `{name}`.");
    if text.is_empty() {
        wire
    } else {
        format!("{text}\n\n{wire}")
    }
}

/// Returns the summary of an operation on one line, then its description.
fn operation_doc(operation: &Value) -> String {
    let summary = docs::sentence(
        &operation["summary"]
            .as_str()
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    );
    let description = operation["description"].as_str().unwrap_or_default();
    if description.is_empty() {
        summary
    } else {
        format!("{summary}\n\n{description}")
    }
}
