//! The wrong passes: each does one thing wrong to a document that all passes have gone over.
//!
//! They stand for mistakes that a change of a pass could make, and that nothing but the wire shows: the client compiles,
//! its own tests pass, and the service refuses the request, or reads it in another way.

use onlyfansapi_codegen::Document;
use serde_json::{Value, json};

/// One wrong pass.
pub(crate) struct Wrong {
    pub(crate) name: &'static str,
    /// The operation that it goes over, by its operationId in the document.
    pub(crate) operation: &'static str,
    /// What it does: to the operation, and to the components.
    fault: Fault,
}

enum Fault {
    /// A parameter is called otherwise.
    Rename(&'static str, &'static str),
    /// A field of the body has another type.
    RetypeField(&'static str, &'static str),
    /// A parameter is one of these words.
    Words(&'static str, [&'static str; 2]),
    /// A list in the query is written in another style, under this name.
    Style(&'static str, &'static str, &'static str),
    /// A parameter is not there.
    Drop(&'static str),
    /// A parameter may be left out.
    Optional(&'static str),
    /// There is no body.
    DropBody,
    /// A field of the body is called otherwise.
    RenameField(&'static str, &'static str),
    /// A field within a field of the body is lost.
    LoseNested(&'static str, &'static str),
    /// A parameter that may be left out may not.
    Mandatory(&'static str),
    /// Two parameters of the path change places.
    Swap(&'static str, &'static str),
    /// The request has another method.
    Method(&'static str),
    /// A field of the answer has another type.
    RetypeAnswer(&'static str, &'static str),
    /// The answer has no envelope.
    NoEnvelope,
}

pub(crate) const PASSES: [Wrong; 18] = [
    wrong(
        "a word that is lost",
        "listTrackingLinks",
        Fault::Words("sortby", ["claims", "date"]),
    ),
    wrong(
        "a parameter that may not be left out",
        "listTrackingLinks",
        Fault::Mandatory("sort"),
    ),
    wrong(
        "parameters of a path in each other's place",
        "getSpecificChatMessage",
        Fault::Swap("{chat_id}", "{message_id}"),
    ),
    wrong(
        "a nested field that is lost",
        "createSmartLinkPostback",
        Fault::LoseNested("headers", "value"),
    ),
    wrong(
        "filters with dots",
        "listActiveFans",
        Fault::Rename("filter[online]", "filter.online"),
    ),
    wrong(
        "a filter of another name",
        "listActiveFans",
        Fault::Rename("filter[online]", "filter[is_online]"),
    ),
    wrong(
        "a number as a word",
        "listTrackingLinks",
        Fault::Words("pagination", ["true", "false"]),
    ),
    wrong(
        "a truth value as another word",
        "listTrackingLinks",
        Fault::Words("synchronous", ["yes", "no"]),
    ),
    wrong(
        "a list with commas",
        "listQueueItems",
        Fault::Style("type[]", "type", "comma"),
    ),
    wrong(
        "a list that is repeated",
        "listSmartLinks",
        Fault::Style("filter[tags][]", "filter[tags]", "repeated"),
    ),
    wrong(
        "a body that a deletion lost",
        "deleteVaultMedia",
        Fault::DropBody,
    ),
    wrong(
        "a parameter that is lost",
        "listVaultMedia",
        Fault::Drop("sort"),
    ),
    wrong(
        "a parameter that may be left out",
        "listQueueItems",
        Fault::Optional("timezone"),
    ),
    wrong(
        "a field of another name",
        "createWebhook",
        Fault::RenameField("endpoint_url", "endpointUrl"),
    ),
    wrong(
        "a field of another type",
        "sendMessage",
        Fault::RetypeField("price", "string"),
    ),
    wrong(
        "another method",
        "updateSmartLinkPostback",
        Fault::Method("put"),
    ),
    wrong(
        "an answer of another type",
        "showWebhook",
        Fault::RetypeAnswer("url", "integer"),
    ),
    wrong(
        "an envelope that is not seen",
        "showWebhook",
        Fault::NoEnvelope,
    ),
];

const fn wrong(name: &'static str, operation: &'static str, fault: Fault) -> Wrong {
    Wrong {
        name,
        operation,
        fault,
    }
}

/// The document with these operations only.
pub(crate) fn cut(document: &Document, operations: &[&str]) -> Document {
    let mut document = document.clone();
    let paths = document.root["paths"].as_object_mut();
    if let Some(paths) = paths {
        for item in paths.values_mut() {
            if let Some(item) = item.as_object_mut() {
                item.retain(|key, value| {
                    key == "parameters" || operations.iter().any(|id| value["operationId"] == *id)
                });
            }
        }
        paths.retain(|_, item| {
            item.as_object()
                .is_some_and(|item| item.keys().any(|key| key != "parameters"))
        });
    }
    document
}

/// Does it wrong; says whether there was anything to do.
pub(crate) fn apply(pass: &Wrong, root: &mut Value) -> bool {
    let before = root.clone();
    let path = root["paths"]
        .as_object()
        .and_then(|paths| paths.keys().next())
        .cloned()
        .unwrap_or_default();
    let item = root["paths"][&path].take();
    let mut item = item.as_object().cloned().unwrap_or_default();
    let key = item
        .iter()
        .find(|(_, value)| value["operationId"].is_string())
        .map(|(key, _)| key.clone());
    let Some((key, mut operation)) = key.and_then(|key| item.remove_entry(&key)) else {
        return false;
    };
    let body = component(&operation["requestBody"]["content"]["application/json"]["schema"]);
    let answer = component(&operation["responses"]["2XX"]["content"]["application/json"]["schema"]);
    let schemas = &mut root["components"]["schemas"];
    let mut method = key;
    match pass.fault {
        Fault::Rename(from, to) => with(&mut operation, from, |parameter| {
            parameter["name"] = json!(to)
        }),
        Fault::RetypeField(name, ty) => schemas[body]["properties"][name] = json!({"type": ty}),
        Fault::Words(name, words) => with(&mut operation, name, |parameter| {
            parameter["schema"] = json!({"type": "string", "enum": words});
        }),
        Fault::Style(from, to, style) => with(&mut operation, from, |parameter| {
            parameter["name"] = json!(to);
            parameter["x-codegen-style"] = json!(style);
        }),
        Fault::Drop(name) => {
            if let Some(parameters) = operation["parameters"].as_array_mut() {
                parameters.retain(|parameter| parameter["name"] != name);
            }
        }
        Fault::Optional(name) => with(&mut operation, name, |parameter| {
            parameter["required"] = json!(false)
        }),
        Fault::Mandatory(name) => with(&mut operation, name, |parameter| {
            parameter["required"] = json!(true)
        }),
        Fault::Swap(one, other) => {
            let from = path
                .replace(one, "\0")
                .replace(other, one)
                .replace('\0', other);
            if let Some(paths) = root["paths"].as_object_mut()
                && let Some(item) = paths.remove(&path)
            {
                paths.insert(from, item);
            }
        }
        Fault::LoseNested(field, lost) => {
            let items = component(&schemas[&body]["properties"][field]["items"]);
            if let Some(properties) = schemas[items]["properties"].as_object_mut() {
                properties.remove(lost);
            }
        }
        Fault::DropBody => {
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("requestBody");
                if let Some(facts) = operation
                    .get_mut("x-codegen")
                    .and_then(Value::as_object_mut)
                {
                    facts.remove("body");
                }
            }
        }
        Fault::RenameField(from, to) => {
            let schema = &mut schemas[body];
            if let Some(properties) = schema["properties"].as_object_mut()
                && let Some(field) = properties.remove(from)
            {
                properties.insert(to.to_owned(), field);
            }
            for name in schema["required"].as_array_mut().into_iter().flatten() {
                if *name == from {
                    *name = json!(to);
                }
            }
        }
        Fault::Method(other) => method = other.to_owned(),
        Fault::RetypeAnswer(name, ty) => schemas[answer]["properties"][name] = json!({"type": ty}),
        Fault::NoEnvelope => operation["x-codegen"]["shape"] = json!("whole"),
    }
    item.insert(method, operation);
    if let Some(paths) = root["paths"].as_object_mut()
        && let Some(place) = paths.values_mut().next()
    {
        *place = Value::Object(item);
    }
    *root != before
}

/// The name of the component that a schema is.
fn component(schema: &Value) -> String {
    let reference = schema["$ref"].as_str().unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

fn with(operation: &mut Value, name: &str, change: impl Fn(&mut Value)) {
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        if parameter["name"] == name {
            change(parameter);
        }
    }
}

/// The source of a client as a module of this crate rather than a crate.
pub(crate) fn as_module(source: &str, module: &str) -> String {
    let own = format!("crate::wrong::{module}::hook::");
    // Each would be the crate's one macro of this name.
    let source = source
        .replace("#[macro_export]\n", "")
        .replace("crate::hook::", &own);
    let hook = "pub(crate) mod hook {
    use onlyfansapi_core::{Draft, Hook, Operation};
    impl super::Client {
        pub fn new(hook: Hook) -> Self { Self { inner: hook } }
    }
    pub(crate) fn draft(client: &super::Client, operation: &'static Operation) -> Draft {
        Draft::new(client.inner.clone(), operation)
    }
}
";
    format!("{source}\n{hook}")
}
