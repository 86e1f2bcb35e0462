//! The source of a driver.

use onlyfansapi_codegen::{ArgumentSignature, OperationSignature, Signatures};
use serde_json::{Value, json};

use crate::value;

/// What the document requires in its prose only: operation, field.
const IN_PROSE: [(&str, &str); 11] = [
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

/// The calls of every operation of a client, as a list `CASES`, and `LOST`, what can be seen without a call; `client` is
/// the path of its crate or module.
///
/// What a call must send is written beside it, from the document alone: the client's own idea of what is required, of
/// names and of nested types is what is being tested.
pub(crate) fn source(signatures: &Signatures, document: &Value, client: &str) -> String {
    let mut source = format!(
        "#[allow(unused_imports)] use serde_json::{{Map, Value}};\n#[allow(unused_imports)] use onlyfansapi_core::{{FilePart, MediaRef, Timestamp}};\n#[allow(unused_imports)] use {client}::types::{{self, *}};\nuse {client}::Client;\nuse crate::run::{{Calling, Case, calling}};\n\n"
    );
    let (mut cases, mut lost) = (String::new(), Vec::new());
    for (method, operation) in &signatures.operations {
        let Some(documented) = Documented::find(document, &operation.id) else {
            continue;
        };
        for (name, all) in [("required", false), ("all", true)] {
            let mut call = String::new();
            for (setter, argument) in &operation.arguments {
                let (place, wire) = wire(argument);
                let in_prose =
                    place != "query" && IN_PROSE.contains(&(operation.id.as_str(), wire));
                if argument.required || in_prose || all {
                    let mut value = documented.value(place, wire, all);
                    // A client may have other words than the document.
                    if let Some(words) = signatures.enums.get(&argument.ty)
                        && !words.values().any(|word| value == *word)
                    {
                        value = words.values().next().cloned().into();
                    }
                    let value = value::expression(&argument.ty, &value);
                    call += &format!("\n        .{}({value})", plain(setter));
                }
            }
            let shape = &operation.shape;
            source += &format!(
                "fn {method}_{name}(api: &Client) -> Calling {{\n    calling({shape:?}, api.{}(){call}\n        .fetch())\n}}\n\n",
                plain(method)
            );
        }
        for argument in operation.arguments.values() {
            lost.extend(documented.lost_words(signatures, argument));
        }
        let OperationSignature { id, tag, .. } = operation;
        let [required, all] = [false, true].map(|all| documented.expected(all).to_string());
        cases += &format!(
            "    Case {{ operation: {id:?}, tag: {tag:?}, required: {method}_required, all: {method}_all, must_send: [{required:?}, {all:?}] }},\n"
        );
    }
    source
        + &format!(
            "pub(crate) const LOST: &[&str] = &{lost:?};\n\npub(crate) const CASES: &[Case<Client>] = &[\n{cases}];\n"
        )
}

/// The operations of a document with their tags, as a list `DOCUMENTED`.
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
        "/// Every operation of the document, and its tag.\npub(crate) const DOCUMENTED: &[(&str, &str)] = &[\n{list}];\n"
    )
}

/// A name as Rust has it.
fn plain(name: &str) -> &str {
    name.trim_start_matches("r#")
}

/// Where an argument travels, and its name there.
fn wire(argument: &ArgumentSignature) -> (&str, &str) {
    let (place, name) = argument.wire.split_once(' ').unwrap_or_default();
    (place, name.split_once(", ").map_or(name, |(name, _)| name))
}

/// An operation as the document has it.
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

    /// The media type and the schema of the body.
    fn body(&self) -> Option<(&'a str, &'a Value)> {
        let content = self.operation["requestBody"]["content"].as_object()?;
        let (media, content) = content.iter().next()?;
        Some((media, &content["schema"]))
    }

    /// The schema of an argument; null where the document has none of the name.
    fn schema(&self, place: &str, name: &str) -> Value {
        if matches!(place, "body" | "file" | "files") {
            let schema = self
                .body()
                .map(|(_, schema)| schema["properties"][name].clone());
            return schema.unwrap_or_default();
        }
        let name = name.trim_end_matches("[]");
        let is_it = |parameter: &&Value| parameter["in"] == place && on_the_wire(parameter) == name;
        self.parameters().find(is_it).map_or(Value::Null, schema_of)
    }

    fn value(&self, place: &str, name: &str, all: bool) -> Value {
        value::of_schema(&self.schema(place, name), all)
    }

    /// Words of the document that an enumeration of the client does not have.
    fn lost_words(&self, signatures: &Signatures, argument: &ArgumentSignature) -> Vec<String> {
        let (place, name) = wire(argument);
        let schema = self.schema(place, name);
        let (ty, schema) = match argument.ty.strip_prefix("Vec<") {
            Some(item) => (item.trim_end_matches('>'), &schema["items"]),
            None => (argument.ty.as_str(), &schema),
        };
        let Some(words) = signatures.enums.get(ty) else {
            return Vec::new();
        };
        let documented = schema["enum"].as_array().into_iter().flatten();
        let lost = documented
            .filter(|word| !word.is_null() && !words.values().any(|known| *word == known));
        lost.map(|word| format!("{}: `{name}` has no word {word}", self.id))
            .collect()
    }

    /// What must be sent: the path, the pairs of the query in the form of the wire, and the body where it is JSON.
    fn expected(&self, all: bool) -> Value {
        let mut path = self.path.to_owned();
        let mut query = Vec::new();
        for parameter in self.parameters() {
            let name = on_the_wire(parameter);
            let value = value::of_schema(&schema_of(parameter), all);
            let is_sent = all || parameter["required"] == true;
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &value::text(&value)),
                Some("query") if is_sent && !self.stands_for_others(parameter) => match &value {
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
        for (id, field) in IN_PROSE {
            if id == self.id {
                body[field] = value::of_schema(&schema["properties"][field], all);
            }
        }
        body
    }

    /// Whether a parameter only stands for the nested filters beside it.
    fn stands_for_others(&self, parameter: &Value) -> bool {
        let prefix = format!("{}.", parameter["name"].as_str().unwrap_or_default());
        let mut names = self.parameters().filter_map(|other| other["name"].as_str());
        names.any(|name| name.starts_with(&prefix))
    }
}

/// The schema of a parameter with its example.
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

/// The name of a documented parameter as it is sent.
fn on_the_wire(parameter: &Value) -> String {
    let mut parts = parameter["name"].as_str().unwrap_or_default().split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
}
