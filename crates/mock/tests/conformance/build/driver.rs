//! The source of a driver.

use onlyfansapi_codegen::{ArgumentSignature, OperationSignature, Signatures};
use serde_json::Value;

use crate::value;

/// The calls of every operation of a client, as a list `CASES`; `client` is the path of its crate or module.
pub(crate) fn source(signatures: &Signatures, document: &Value, client: &str) -> String {
    let mut source = format!(
        "#[allow(unused_imports)] use serde_json::{{Map, Value}};\n#[allow(unused_imports)] use onlyfansapi_core::{{FilePart, MediaRef, Timestamp}};\n#[allow(unused_imports)] use {client}::types::{{self, *}};\nuse {client}::Client;\nuse crate::run::{{Calling, Case, calling}};\n\n"
    );
    let mut cases = String::new();
    for (method, operation) in &signatures.operations {
        for (name, all) in [("required", false), ("all", true)] {
            let mut call = String::new();
            for (setter, argument) in &operation.arguments {
                if argument.required || all {
                    let mut value = of_argument(document, operation, argument, all);
                    // A client may have other words than the document.
                    if let Some(words) = signatures.enums.get(&argument.ty)
                        && !words.values().any(|word| value == *word)
                    {
                        value = words.values().next().cloned().into();
                    }
                    let setter = plain(setter);
                    call += &format!(
                        "\n        .{setter}({})",
                        value::expression(&argument.ty, &value)
                    );
                }
            }
            let shape = &operation.shape;
            source += &format!(
                "fn {method}_{name}(api: &Client) -> Calling {{\n    calling({shape:?}, api.{}(){call}\n        .fetch())\n}}\n\n",
                plain(method)
            );
        }
        let OperationSignature { id, tag, .. } = operation;
        cases += &format!(
            "    Case {{ operation: {id:?}, tag: {tag:?}, required: {method}_required, all: {method}_all }},\n"
        );
    }
    source + &format!("pub(crate) const CASES: &[Case<Client>] = &[\n{cases}];\n")
}

/// A name as Rust has it.
fn plain(name: &str) -> &str {
    name.trim_start_matches("r#")
}

fn of_argument(
    document: &Value,
    operation: &OperationSignature,
    argument: &ArgumentSignature,
    all: bool,
) -> Value {
    let (place, name) = argument.wire.split_once(' ').unwrap_or_default();
    let name = name.split_once(", ").map_or(name, |(name, _)| name);
    let Some((item, of_document)) = in_document(document, &operation.id) else {
        return Value::Null;
    };
    if matches!(place, "body" | "file" | "files") {
        let content = of_document["requestBody"]["content"].as_object();
        let body = content.and_then(|content| content.values().next());
        return body.map_or(Value::Null, |body| {
            value::of_schema(&body["schema"]["properties"][name], all)
        });
    }
    let mut parameters = [of_document, item]
        .into_iter()
        .flat_map(|holder| holder["parameters"].as_array().into_iter().flatten());
    let is_it = |parameter: &&Value| {
        parameter["in"] == place && on_the_wire(parameter) == name.trim_end_matches("[]")
    };
    let Some(parameter) = parameters.find(is_it) else {
        return Value::Null;
    };
    let mut schema = parameter["schema"].clone();
    let examples = [
        &parameter["example"],
        &parameter["examples"]["present"]["value"],
    ];
    if schema["example"].is_null()
        && let Some(example) = examples.into_iter().find(|example| !example.is_null())
    {
        schema["example"] = example.clone();
    }
    value::of_schema(&schema, all)
}

/// The path item and the operation of an operationId.
fn in_document<'a>(document: &'a Value, id: &str) -> Option<(&'a Value, &'a Value)> {
    let mut items = document["paths"].as_object()?.values();
    items.find_map(|item| {
        let mut operations = item.as_object()?.values();
        let operation = operations.find(|operation| operation["operationId"] == id)?;
        Some((item, operation))
    })
}

/// The name of a documented parameter as it is sent.
fn on_the_wire(parameter: &Value) -> String {
    let mut parts = parameter["name"].as_str().unwrap_or_default().split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
}
