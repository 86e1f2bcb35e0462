//! An operation as the builders need it: the document's words and progenitor's types together.

use proc_macro2::Ident;
use quote::format_ident;
use serde_json::Value;
use syn::{Item, Type};

use super::modules::Modules;
use super::progenitor::{Made, last_name, owned};
use super::{docs, names};
use crate::passes::{CORE_TYPES, FACTS, NULL_IS_A_VALUE, STYLE, VALUES, WIRE_NAMES, rust_field};
use crate::walk::{METHODS, component_name, plain, sent_path};

/// The member, set by the overlay on an operation or at the top, that says what a call costs.
const CREDITS: &str = "x-credits";

/// The member, set by the overlay on an operation, that says what `success: false` is in its answer: with `answer`
/// it is the answer itself, and no refusal.
const SUCCESS_FALSE: &str = "x-success-false";

/// One operation.
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    pub(super) http_method: &'static str,
    /// The path as it is sent.
    pub(super) path: &'a str,
    /// The path as the document has it.
    pub(super) document_path: &'a str,
    pub(super) tag: &'a str,
    pub(super) doc: String,
    pub(super) deprecated: bool,
    pub(super) shape: &'a str,
    /// What the request says it accepts.
    pub(super) accept: &'a str,
    pub(super) undocumented: bool,
    /// What a call costs, where the overlay says it.
    pub(super) credits: Option<&'a str>,
    pub(super) refuses_in_success: bool,
    pub(super) method_ident: Ident,
    /// The module of the tag, in which the builder stands.
    pub(super) module_ident: Ident,
    pub(super) builder_ident: Ident,
    pub(super) static_ident: Ident,
    pub(super) arguments: Vec<Argument>,
    pub(super) body: Option<Body>,
    pub(super) success: Type,
}

/// Where an argument goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Cookie,
    Body,
    /// One file of a multipart body.
    File,
    /// Several files under one name.
    Files,
}

/// One argument of an operation: a parameter, or a field of its body.
pub(super) struct Argument {
    /// The name on the wire.
    pub(super) name: String,
    pub(super) setter: Ident,
    pub(super) place: Place,
    pub(super) required: bool,
    /// How a list is written in the query, where it is not as PHP reads it.
    pub(super) style: Option<&'static str>,
    pub(super) ty: Type,
    /// The setter that sends null, where null is a value of its own.
    pub(super) null_setter: Option<Ident>,
    /// What the value must be, for messages: `an integer`, `one of …`.
    pub(super) expects: String,
    /// A value for the doc example.
    pub(super) example: Option<String>,
    pub(super) doc: String,
}

/// The body as a whole.
pub(super) struct Body {
    /// `json`, `form`, `multipart` or `bytes`, as the pass `request-bodies` says.
    pub(super) format: String,
    /// The media type on the wire.
    pub(super) media: String,
    /// What is sent where nothing of it is set: `object`, `nothing` or `refused`.
    pub(super) empty: String,
    pub(super) ty: Type,
    /// Whether its fields are arguments; else only the whole can be set.
    pub(super) has_fields: bool,
}

pub(super) fn read<'a>(root: &'a Value, made: &Made, modules: &Modules) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(method) = METHODS.into_iter().find(|known| known == method) {
                operations.extend(operation_of(root, made, modules, path, method, operation));
            }
        }
    }
    // By tag and name, so that the order of the document does not matter.
    operations.sort_by(|a, b| {
        (&a.module_ident, a.tag, &a.method_ident).cmp(&(&b.module_ident, b.tag, &b.method_ident))
    });
    operations
}

/// One operation; none that the generator has left out.
fn operation_of<'a>(
    root: &'a Value,
    made: &Made,
    modules: &Modules,
    path: &'a str,
    http_method: &'static str,
    operation: &'a Value,
) -> Option<Operation<'a>> {
    let name = operation["operationId"].as_str().unwrap_or_default();
    let id = operation[FACTS]["id"].as_str().unwrap_or(name);
    let method_name = names::snake(name);
    let signature = made.methods.get(name)?;
    let mut taken = Vec::new();
    let mut arguments = Vec::new();
    let declared = operation["parameters"].as_array().into_iter().flatten();
    let mut parameters: Vec<(&Value, &Type)> = declared.zip(&signature.parameters).collect();
    // Those of the path stand in its order already; the others in one that the document's does not change.
    parameters.sort_by_key(|(parameter, _)| {
        if parameter["in"] == "path" {
            (false, "")
        } else {
            (true, parameter["name"].as_str().unwrap_or_default())
        }
    });
    for (parameter, ty) in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let (place, prefix) = match parameter["in"].as_str() {
            Some("path") => (Place::Path, "path"),
            Some("header") => (Place::Header, "header"),
            Some("cookie") => (Place::Cookie, "cookie"),
            _ => (Place::Query, "query"),
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
            place,
            required: parameter["required"] == true,
            style,
            ty: modules.qualified(ty),
            null_setter: None,
            expects: expects(root, schema),
            example: example(root, schema),
            doc: argument_doc(
                parameter["description"]
                    .as_str()
                    .or_else(|| schema["description"].as_str()),
                name,
                place,
            ),
            name: name.to_owned(),
        });
    }
    let body = body_of(
        root,
        made,
        modules,
        operation,
        signature.body.as_ref(),
        &mut arguments,
        &mut taken,
    );
    let facts = &operation[FACTS];
    for (name, file) in facts["files"].as_object().into_iter().flatten() {
        let is_many = file["many"] == true;
        let place = if is_many { Place::Files } else { Place::File };
        arguments.push(Argument {
            setter: format_ident!("{}", names::setter(name, "file", &mut taken)),
            place,
            required: file["required"] == true,
            style: None,
            ty: syn::parse_quote!(FilePart),
            null_setter: None,
            expects: "a file".to_owned(),
            example: None,
            doc: argument_doc(file["description"].as_str(), name, place),
            // As PHP reads it: without brackets the last file is the only one.
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
        refuses_in_success: operation[SUCCESS_FALSE] != "answer",
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

/// The body, whose fields join the arguments where it is an object with named fields.
fn body_of(
    root: &Value,
    made: &Made,
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
    let fields = made.types.iter().find_map(|item| match item {
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
            let Some((name, property)) = property_called(&schema["properties"], &rust_name) else {
                continue;
            };
            has_fields = true;
            let null_setter = (property[NULL_IS_A_VALUE] == true).then(|| {
                format_ident!("{}", names::setter(&format!("{name} null"), "body", taken))
            });
            let wire = root[WIRE_NAMES][last_name(ty)][name]
                .as_str()
                .unwrap_or(name);
            arguments.push(Argument {
                name: wire.to_owned(),
                setter: format_ident!("{}", names::setter(name, "body", taken)),
                place: Place::Body,
                required: schema["required"]
                    .as_array()
                    .is_some_and(|required| required.iter().any(|r| r == name)),
                style: None,
                ty: modules.qualified(&owned(&field.ty)),
                null_setter,
                expects: expects(root, property),
                example: example(root, property),
                doc: argument_doc(property["description"].as_str(), name, Place::Body),
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

/// The property that typify called `rust_name`.
pub(super) fn property_called<'a>(
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

/// `schema`, or the component that it refers to.
pub(super) fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    component_name(schema).map_or(schema, |name| &root["components"]["schemas"][name])
}

/// The type of core that a schema refers to, and what a value of it must be.
fn core_type(schema: &Value) -> Option<(&'static str, &'static str)> {
    let name = component_name(schema)?;
    CORE_TYPES.into_iter().find(|(known, _)| *known == name)
}

/// The values of an enumeration, as they stand on the wire.
fn values(schema: &Value) -> Option<Vec<&Value>> {
    match schema.get(VALUES).and_then(Value::as_object) {
        Some(named) => Some(named.values().collect()),
        None => schema["enum"]
            .as_array()
            .map(|values| values.iter().collect()),
    }
}

/// What a value must be, as the end of "must be …".
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
        Some("string") => "a text".to_owned(),
        Some("integer") => "an integer of 64 bits".to_owned(),
        Some("number") => "a number".to_owned(),
        Some("boolean") => "a truth value".to_owned(),
        Some("array") => format!(
            "a list in which each item is {}",
            expects(root, &schema["items"])
        ),
        Some("object") => "an object".to_owned(),
        _ => "a JSON value".to_owned(),
    }
}

/// A Rust expression that the setter takes; `None` where there is no short one.
fn example(root: &Value, schema: &Value) -> Option<String> {
    if core_type(schema).is_some() {
        return Some("123".to_owned());
    }
    let schema = resolved(root, schema);
    if let Some(first) = values(schema)
        .as_ref()
        .and_then(|values| values.first()?.as_str())
    {
        return Some(format!("{first:?}"));
    }
    match schema["type"].as_str() {
        Some("string") => Some("\"text\"".to_owned()),
        Some("integer") => Some("123".to_owned()),
        Some("number") => Some("9.99".to_owned()),
        Some("boolean") => Some("true".to_owned()),
        Some("array") => example(root, &schema["items"]).map(|item| format!("[{item}]")),
        Some("object") => None,
        _ => Some("\"text\"".to_owned()),
    }
}

fn argument_doc(description: Option<&str>, name: &str, place: Place) -> String {
    let text = docs::sentence(description.unwrap_or_default());
    let wire = match place {
        Place::Path => format!("Path parameter `{name}`."),
        Place::Query => format!("Query parameter `{name}`."),
        Place::Header => format!("Header `{name}`."),
        Place::Cookie => format!("Cookie `{name}`."),
        Place::Body => format!("Field `{name}` of the body."),
        Place::File => format!("File `{name}` of the body."),
        Place::Files => format!("Files `{name}` of the body."),
    };
    if text.is_empty() {
        wire
    } else {
        format!("{text}\n\n{wire}")
    }
}

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
