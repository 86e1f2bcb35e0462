//! Generates the source code of a driver.

use onlyfansapi_codegen::{ArgumentSignature, OperationSignature, Signatures};
use serde_json::{Value, json};

use crate::value;

/// Body fields that only the description of their operation requires, not its schema: operation, field.
const REQUIRED_BY_DESCRIPTION: [(&str, &str); 11] = [
    ("createSmartLink", "free_trial_days"),
    ("sendMessage", "text"),
    ("startAuthentication", "email"),
    ("startAuthentication", "password"),
    ("submit2FA", "selfie_verification_completed"),
    ("updateAuthenticationCredentials", "email"),
    ("updateAuthenticationCredentials", "password"),
    ("updateAuthenticationCredentials", "auth_type"),
    ("updateWelcomeMessage", "text"),
    ("uploadMediaToTheOnlyFansCDN", "file"),
    ("uploadMediaToVault", "file"),
];

/// Returns the source of a driver: `CASES`, the calls for every operation of the client, and `MISSING_ENUM_VALUES`, the
/// problems that can be detected without a call. `client` is the path of the client's crate or module.
///
/// Each case includes the request that it must send. The expected request is derived from the document alone, because
/// the client's required arguments, names and nested types are what is being tested.
pub(crate) fn source(signatures: &Signatures, document: &Value, client: &str) -> String {
    let mut source = format!(
        "#[allow(unused_imports)] use serde_json::{{Map, Value}};\n#[allow(unused_imports)] use onlyfansapi_core::{{FilePart, MediaRef, Timestamp}};\n#[allow(unused_imports)] use {client}::types::{{self, *}};\nuse {client}::Client;\nuse crate::run::{{CallFuture, Case, check_call, options}};\n\n"
    );
    let (mut cases, mut missing) = (String::new(), Vec::new());
    for (method, operation) in &signatures.operations {
        let Some(documented) = Documented::find(document, &operation.id) else {
            continue;
        };
        for (name, all) in [("required", false), ("all", true)] {
            let mut call = String::new();
            for (setter, argument) in &operation.arguments {
                let (location, wire_name) = location_and_name(argument);
                let is_required_by_description = location != "query"
                    && REQUIRED_BY_DESCRIPTION.contains(&(operation.id.as_str(), wire_name));
                if argument.required || is_required_by_description || all {
                    let mut value = documented.value(location, wire_name, all);
                    // An enum of the client may have other values than the document.
                    if let Some(variants) = signatures.enums.get(&argument.ty)
                        && !variants.values().any(|known| value == *known)
                    {
                        value = variants.values().next().cloned().into();
                    }
                    let value = value::expression(&argument.ty, &value);
                    call += &format!("\n        .{}({value})", strip_raw_prefix(setter));
                }
            }
            let shape = &operation.shape;
            source += &format!(
                "fn {method}_{name}(api: &Client) -> CallFuture {{\n    check_call({shape:?}, api.{}(){call}\n        .with(options())\n        .send())\n}}\n\n",
                strip_raw_prefix(method)
            );
        }
        for argument in operation.arguments.values() {
            missing.extend(documented.missing_enum_values(signatures, argument));
        }
        let OperationSignature { id, tag, .. } = operation;
        let [required, all] = [false, true].map(|all| documented.expected(all).to_string());
        cases += &format!(
            "    Case {{ operation: {id:?}, tag: {tag:?}, required: {method}_required, all: {method}_all, expected: [{required:?}, {all:?}] }},\n"
        );
    }
    source
        + &format!(
            "pub(crate) const MISSING_ENUM_VALUES: &[&str] = &{missing:?};\n\npub(crate) const CASES: &[Case<Client>] = &[\n{cases}];\n"
        )
}

/// Returns the source of `DOCUMENTED`, the operations of a document with their tags.
pub(crate) fn documented(document: &Value) -> String {
    let items = document["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values());
    let operations =
        items.flat_map(|item| item.as_object().into_iter().flat_map(|item| item.values()));
    let list: String = operations
        .filter_map(|operation| {
            Some((
                operation["operationId"].as_str()?,
                operation["tags"][0].as_str()?,
            ))
        })
        .map(|(id, tag)| format!("    ({id:?}, {tag:?}),\n"))
        .collect();
    format!(
        "/// Every operation of the document with its tag.\npub(crate) const DOCUMENTED: &[(&str, &str)] = &[\n{list}];\n"
    )
}

/// Returns an identifier without the `r#` prefix.
fn strip_raw_prefix(name: &str) -> &str {
    name.trim_start_matches("r#")
}

/// Returns the location of an argument in the request, and its name there.
fn location_and_name(argument: &ArgumentSignature) -> (&str, &str) {
    let (location, name) = argument.wire.split_once(' ').unwrap_or_default();
    let name = name.split_once(", ").map_or(name, |(name, _)| name);
    (location, name)
}

/// An operation of the document.
struct Documented<'a> {
    path: &'a str,
    id: &'a str,
    item: &'a Value,
    operation: &'a Value,
}

impl<'a> Documented<'a> {
    fn find(document: &'a Value, id: &'a str) -> Option<Self> {
        document["paths"]
            .as_object()?
            .iter()
            .find_map(|(path, item)| {
                let mut operations = item.as_object()?.values();
                let operation = operations.find(|operation| operation["operationId"] == id)?;
                Some(Self {
                    path,
                    id,
                    item,
                    operation,
                })
            })
    }

    fn parameters(&self) -> impl Iterator<Item = &'a Value> {
        let holders = [self.item, self.operation].into_iter();
        holders.flat_map(|holder| holder["parameters"].as_array().into_iter().flatten())
    }

    /// Returns the media type and the schema of the request body.
    fn body(&self) -> Option<(&'a str, &'a Value)> {
        let content = self.operation["requestBody"]["content"].as_object()?;
        let (media, content) = content.iter().next()?;
        Some((media, &content["schema"]))
    }

    /// Returns the schema of an argument; null if the document has no argument of this name.
    fn schema(&self, location: &str, name: &str) -> Value {
        if matches!(location, "body" | "file" | "files") {
            let schema = self
                .body()
                .map(|(_, schema)| schema["properties"][name].clone());
            return schema.unwrap_or_default();
        }
        let name = name.trim_end_matches("[]");
        let matches =
            |parameter: &&Value| parameter["in"] == location && name_on_wire(parameter) == name;
        self.parameters()
            .find(matches)
            .map_or(Value::Null, schema_of)
    }

    fn value(&self, location: &str, name: &str, all: bool) -> Value {
        value::of_schema(&self.schema(location, name), all)
    }

    /// Lists the enum values of the document that the client's enum does not have.
    fn missing_enum_values(
        &self,
        signatures: &Signatures,
        argument: &ArgumentSignature,
    ) -> Vec<String> {
        let (location, name) = location_and_name(argument);
        let schema = self.schema(location, name);
        let (ty, schema) = match argument.ty.strip_prefix("Vec<") {
            Some(item) => (item.trim_end_matches('>'), &schema["items"]),
            None => (argument.ty.as_str(), &schema),
        };
        let Some(variants) = signatures.enums.get(ty) else {
            return Vec::new();
        };
        let documented = schema["enum"].as_array().into_iter().flatten();
        let missing = documented
            .filter(|value| !value.is_null() && !variants.values().any(|known| *value == known));
        missing
            .map(|value| format!("{}: the enum of `{name}` has no value {value}", self.id))
            .collect()
    }

    /// Returns the expected request: the path, the query pairs as they are sent, and the body if it is JSON.
    fn expected(&self, all: bool) -> Value {
        let mut path = self.path.to_owned();
        let mut query = Vec::new();
        for parameter in self.parameters() {
            let name = name_on_wire(parameter);
            let value = value::of_schema(&schema_of(parameter), all);
            let is_sent = all || parameter["required"] == true;
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &value::text(&value)),
                Some("query") if is_sent && !self.has_nested_filters(parameter) => match &value {
                    Value::Array(items) => query.extend(
                        items
                            .iter()
                            .map(|item| json!([format!("{name}[]"), value::text(item)])),
                    ),
                    Value::Bool(flag) => query.push(json!([name, if *flag { "1" } else { "0" }])),
                    value => query.push(json!([name, value::text(value)])),
                },
                _ => {}
            }
        }
        let body = match self.body() {
            Some(("application/json", schema)) => self.expected_body(schema, all),
            _ => Value::Null,
        };
        json!({"path": path, "query": query, "body": body})
    }

    fn expected_body(&self, schema: &Value, all: bool) -> Value {
        let mut body = value::of_schema(schema, all);
        for (id, field) in REQUIRED_BY_DESCRIPTION {
            if id == self.id {
                body[field] = value::of_schema(&schema["properties"][field], all);
            }
        }
        body
    }

    /// Returns whether a parameter is only the parent of nested filters, which are parameters of their own.
    fn has_nested_filters(&self, parameter: &Value) -> bool {
        let prefix = format!("{}.", parameter["name"].as_str().unwrap_or_default());
        let mut names = self.parameters().filter_map(|other| other["name"].as_str());
        names.any(|name| name.starts_with(&prefix))
    }
}

/// Returns the schema of a parameter, including the parameter's example.
fn schema_of(parameter: &Value) -> Value {
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
    schema
}

/// Returns the name of a documented parameter as it is sent.
fn name_on_wire(parameter: &Value) -> String {
    let mut parts = parameter["name"].as_str().unwrap_or_default().split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
}
