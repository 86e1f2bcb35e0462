//! An operation as the builders need it: the document's words and progenitor's types together.

use proc_macro2::Ident;
use quote::format_ident;
use serde_json::Value;
use syn::{Item, Type};

use super::modules::Modules;
use super::progenitor::{Made, last_name, owned};
use super::{docs, names};
use crate::passes::{CORE_TYPES, FACTS, NULL_IS_A_VALUE, WIRE_NAMES};
use crate::walk::{METHODS, component_name, plain};

/// The member, set by the overlay on an operation or at the top, that says what a call costs.
const CREDITS: &str = "x-credits";

/// One operation.
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    pub(super) http_method: &'static str,
    pub(super) path: &'a str,
    pub(super) tag: &'a str,
    pub(super) doc: String,
    pub(super) deprecated: bool,
    pub(super) shape: &'a str,
    pub(super) undocumented: bool,
    /// What a call costs, where the overlay says it.
    pub(super) credits: Option<&'a str>,
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
    Body,
}

/// One argument of an operation: a parameter, or a field of its body.
pub(super) struct Argument {
    /// The name on the wire.
    pub(super) name: String,
    pub(super) setter: Ident,
    pub(super) place: Place,
    pub(super) required: bool,
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
    pub(super) ty: Type,
    /// Whether its fields are arguments; else only the whole can be set.
    pub(super) has_fields: bool,
}

pub(super) fn read<'a>(
    root: &'a Value,
    made: &Made,
    modules: &Modules,
) -> Result<Vec<Operation<'a>>, String> {
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(method) = METHODS.into_iter().find(|known| known == method) {
                operations.push(operation_of(root, made, modules, path, method, operation)?);
            }
        }
    }
    // By tag and name, so that the order of the document does not matter.
    operations.sort_by(|a, b| {
        (&a.module_ident, a.tag, &a.method_ident).cmp(&(&b.module_ident, b.tag, &b.method_ident))
    });
    Ok(operations)
}

fn operation_of<'a>(
    root: &'a Value,
    made: &Made,
    modules: &Modules,
    path: &'a str,
    http_method: &'static str,
    operation: &'a Value,
) -> Result<Operation<'a>, String> {
    let name = operation["operationId"].as_str().unwrap_or_default();
    let id = operation[FACTS]["id"].as_str().unwrap_or(name);
    let method_name = names::snake(name);
    let signature = made.methods.get(&method_name).ok_or_else(|| {
        format!("progenitor made no method `{method_name}` for {http_method} {path}")
    })?;
    let mut taken = Vec::new();
    let mut arguments = Vec::new();
    let mut parameters: Vec<&Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    // Those of the path stand in its order already; the others in one that the document's does not change.
    parameters.sort_by_key(|parameter| {
        if parameter["in"] == "path" {
            (false, "")
        } else {
            (true, parameter["name"].as_str().unwrap_or_default())
        }
    });
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let (place, prefix) = match parameter["in"].as_str() {
            Some("path") => (Place::Path, "path"),
            Some("query") => (Place::Query, "query"),
            Some("header") => (Place::Header, "header"),
            other => {
                return Err(format!(
                    "{id}: a parameter in {other:?} cannot be generated"
                ));
            }
        };
        let ty = signature
            .arguments
            .get(&names::snake(name))
            .ok_or_else(|| format!("{id}: progenitor made no argument for `{name}`"))?;
        let schema = &parameter["schema"];
        arguments.push(Argument {
            setter: format_ident!("{}", names::setter(name, prefix, &mut taken)),
            place,
            required: parameter["required"] == true,
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
        signature.arguments.get("body"),
        &mut arguments,
        &mut taken,
    );
    let facts = &operation[FACTS];
    Ok(Operation {
        id,
        http_method,
        path,
        tag: operation["tags"][0].as_str().unwrap_or_default(),
        doc: operation_doc(operation),
        deprecated: operation["deprecated"] == true,
        shape: facts["shape"].as_str().unwrap_or("whole"),
        undocumented: facts["undocumented"] == true,
        credits: operation[CREDITS].as_str().or(root[CREDITS].as_str()),
        method_ident: format_ident!("{method_name}"),
        module_ident: format_ident!(
            "{}",
            names::module(operation["tags"][0].as_str().unwrap_or_default())
        ),
        builder_ident: names::pascal(name),
        static_ident: names::shouty(name),
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
            let Some((name, property)) = property_called(schema, &rust_name) else {
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
                ty: modules.qualified(&owned(&field.ty)),
                null_setter,
                expects: expects(root, property),
                example: example(root, property),
                doc: argument_doc(property["description"].as_str(), name, Place::Body),
            });
        }
    }
    Some(Body {
        ty: modules.qualified(ty),
        has_fields,
    })
}

/// The property that typify called `rust_name`.
fn property_called<'a>(schema: &'a Value, rust_name: &str) -> Option<(&'a String, &'a Value)> {
    let plain = rust_name.trim_start_matches("r#");
    let typify = |name: &str| {
        let snake = names::snake(name);
        snake
            .strip_prefix('_')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            .map_or(snake.clone(), |rest| format!("x{rest}"))
    };
    schema["properties"]
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

/// What a value must be, as the end of "must be …".
fn expects(root: &Value, schema: &Value) -> String {
    if let Some((_, expects)) = core_type(schema) {
        return expects.to_owned();
    }
    let schema = resolved(root, schema);
    if let Some(values) = schema["enum"].as_array() {
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
    if let Some(first) = schema["enum"]
        .as_array()
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
        Place::Body => format!("Field `{name}` of the body."),
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
