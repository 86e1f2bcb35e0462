//! Mutations of the document: each breaks one detail after all passes have run.
//!
//! They simulate mistakes that a change of a pass could introduce and that only the request itself reveals: the client
//! still compiles and its own tests pass, but the service rejects the request or interprets it differently.

use onlyfansapi_codegen::Document;
use serde_json::{Value, json};

/// One mutation of one operation.
pub(crate) struct Mutation {
    pub(crate) name: &'static str,
    /// The `operationId` of the mutated operation.
    pub(crate) operation: &'static str,
    edit: Edit,
}

/// The change to an operation or its components.
enum Edit {
    /// Renames a parameter.
    RenameParameter(&'static str, &'static str),
    /// Changes the type of a body field.
    RetypeField(&'static str, &'static str),
    /// Replaces the schema of a parameter with an enumeration of these values.
    SetEnum(&'static str, [&'static str; 2]),
    /// Renames a list in the query (old name, new name) and changes its style.
    SetListStyle(&'static str, &'static str, &'static str),
    /// Removes a parameter.
    RemoveParameter(&'static str),
    /// Makes a required parameter optional.
    MakeOptional(&'static str),
    /// Makes an optional parameter required.
    MakeRequired(&'static str),
    /// Removes the request body.
    RemoveBody,
    /// Renames a body field.
    RenameField(&'static str, &'static str),
    /// Removes a field from the items of a body field.
    RemoveNestedField(&'static str, &'static str),
    /// Swaps two path parameters.
    SwapPathParameters(&'static str, &'static str),
    /// Changes the HTTP method.
    SetMethod(&'static str),
    /// Changes the type of a response field.
    RetypeResponseField(&'static str, &'static str),
    /// Treats the response as if it had no envelope.
    IgnoreEnvelope,
}

pub(crate) const MUTATIONS: [Mutation; 18] = [
    mutation(
        "enum value removed",
        "listTrackingLinks",
        Edit::SetEnum("sortby", ["claims", "date"]),
    ),
    mutation(
        "optional parameter made required",
        "listTrackingLinks",
        Edit::MakeRequired("sort"),
    ),
    mutation(
        "path parameters swapped",
        "getSpecificChatMessage",
        Edit::SwapPathParameters("{chat_id}", "{message_id}"),
    ),
    mutation(
        "nested body field removed",
        "createSmartLinkPostback",
        Edit::RemoveNestedField("headers", "value"),
    ),
    mutation(
        "filter name with a dot",
        "listActiveFans",
        Edit::RenameParameter("filter[online]", "filter.online"),
    ),
    mutation(
        "filter renamed",
        "listActiveFans",
        Edit::RenameParameter("filter[online]", "filter[is_online]"),
    ),
    mutation(
        "number sent as true or false",
        "listTrackingLinks",
        Edit::SetEnum("pagination", ["true", "false"]),
    ),
    mutation(
        "boolean sent as yes or no",
        "listTrackingLinks",
        Edit::SetEnum("synchronous", ["yes", "no"]),
    ),
    mutation(
        "list joined with commas",
        "listQueueItems",
        Edit::SetListStyle("type[]", "type", "comma"),
    ),
    mutation(
        "list repeated without brackets",
        "listSmartLinks",
        Edit::SetListStyle("filter[tags][]", "filter[tags]", "repeated"),
    ),
    mutation(
        "body of a delete removed",
        "deleteVaultMedia",
        Edit::RemoveBody,
    ),
    mutation(
        "query parameter removed",
        "listVaultMedia",
        Edit::RemoveParameter("sort"),
    ),
    mutation(
        "required parameter made optional",
        "listQueueItems",
        Edit::MakeOptional("timezone"),
    ),
    mutation(
        "body field renamed",
        "createWebhook",
        Edit::RenameField("endpoint_url", "endpointUrl"),
    ),
    mutation(
        "body field type changed",
        "sendMessage",
        Edit::RetypeField("price", "string"),
    ),
    mutation(
        "method changed",
        "updateSmartLinkPostback",
        Edit::SetMethod("put"),
    ),
    mutation(
        "response field type changed",
        "showWebhook",
        Edit::RetypeResponseField("url", "integer"),
    ),
    mutation("envelope ignored", "showWebhook", Edit::IgnoreEnvelope),
];

const fn mutation(name: &'static str, operation: &'static str, edit: Edit) -> Mutation {
    Mutation {
        name,
        operation,
        edit,
    }
}

/// Returns the document reduced to these operations.
pub(crate) fn with_operations(document: &Document, operations: &[&str]) -> Document {
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

/// Applies a mutation to a document with a single operation; returns whether the document changed.
pub(crate) fn apply(mutation: &Mutation, root: &mut Value) -> bool {
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
    let response =
        component(&operation["responses"]["2XX"]["content"]["application/json"]["schema"]);
    let schemas = &mut root["components"]["schemas"];
    let mut method = key;
    match mutation.edit {
        Edit::RenameParameter(from, to) => edit_parameter(&mut operation, from, |parameter| {
            parameter["name"] = json!(to)
        }),
        Edit::RetypeField(name, ty) => schemas[body]["properties"][name] = json!({"type": ty}),
        Edit::SetEnum(name, values) => edit_parameter(&mut operation, name, |parameter| {
            parameter["schema"] = json!({"type": "string", "enum": values});
        }),
        Edit::SetListStyle(from, to, style) => edit_parameter(&mut operation, from, |parameter| {
            parameter["name"] = json!(to);
            parameter["x-codegen-style"] = json!(style);
        }),
        Edit::RemoveParameter(name) => {
            if let Some(parameters) = operation["parameters"].as_array_mut() {
                parameters.retain(|parameter| parameter["name"] != name);
            }
        }
        Edit::MakeOptional(name) => edit_parameter(&mut operation, name, |parameter| {
            parameter["required"] = json!(false)
        }),
        Edit::MakeRequired(name) => edit_parameter(&mut operation, name, |parameter| {
            parameter["required"] = json!(true)
        }),
        Edit::SwapPathParameters(one, other) => {
            let swapped = path
                .replace(one, "\0")
                .replace(other, one)
                .replace('\0', other);
            if let Some(paths) = root["paths"].as_object_mut()
                && let Some(item) = paths.remove(&path)
            {
                paths.insert(swapped, item);
            }
        }
        Edit::RemoveNestedField(field, nested) => {
            let items = component(&schemas[&body]["properties"][field]["items"]);
            if let Some(properties) = schemas[items]["properties"].as_object_mut() {
                properties.remove(nested);
            }
        }
        Edit::RemoveBody => {
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("requestBody");
                if let Some(extension) = operation
                    .get_mut("x-codegen")
                    .and_then(Value::as_object_mut)
                {
                    extension.remove("body");
                }
            }
        }
        Edit::RenameField(from, to) => {
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
        Edit::SetMethod(other) => method = other.to_owned(),
        Edit::RetypeResponseField(name, ty) => {
            schemas[response]["properties"][name] = json!({"type": ty});
        }
        Edit::IgnoreEnvelope => operation["x-codegen"]["shape"] = json!("whole"),
    }
    item.insert(method, operation);
    if let Some(paths) = root["paths"].as_object_mut()
        && let Some(only_item) = paths.values_mut().next()
    {
        *only_item = Value::Object(item);
    }
    *root != before
}

/// Returns the name of the component that a schema refers to.
fn component(schema: &Value) -> String {
    let reference = schema["$ref"].as_str().unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Edits the parameters with this name.
fn edit_parameter(operation: &mut Value, name: &str, edit: impl Fn(&mut Value)) {
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        if parameter["name"] == name {
            edit(parameter);
        }
    }
}

/// Adapts the source of a client crate to a module of this crate.
///
/// An exported macro is global to the crate, so the modules would define it more than once.
pub(crate) fn as_module(source: &str) -> String {
    source.replace("#[macro_export]\n", "")
}
