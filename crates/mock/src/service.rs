//! The operations of the OpenAPI document.
//!
//! The document is parsed by codegen and corrected by the overlay, but not processed by codegen's passes, so that a bug
//! in a pass does not affect the mock server as well.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use http::Method;
use onlyfansapi_client::document::{DOCUMENT, OVERLAY};
use onlyfansapi_codegen::{Document, Error, Overlay, Report};
use serde_json::{Map, Value};

use crate::route::{Segment, segments};

const METHODS: [Method; 8] = [
    Method::GET,
    Method::PUT,
    Method::POST,
    Method::DELETE,
    Method::OPTIONS,
    Method::HEAD,
    Method::PATCH,
    Method::TRACE,
];

/// The document and its operations, indexed by operationId and path length.
#[derive(Debug)]
pub(crate) struct Service {
    /// The whole document, used to resolve `$ref`s.
    pub(crate) root: Value,
    pub(crate) operations: Vec<Operation>,
    by_id: HashMap<String, usize>,
    /// How response schemas define properties, by property name.
    pub(crate) property_usage: HashMap<String, PropertyUsage>,
    /// Indices of operations by the number of segments in their path.
    pub(crate) by_length: HashMap<usize, Vec<usize>>,
    /// Indices of operations whose last segment matches the rest of the path.
    pub(crate) greedy: Vec<usize>,
}

/// How the response schemas define the properties with a given name.
#[derive(Debug)]
pub(crate) enum PropertyUsage {
    /// At least one is an object.
    Object,
    /// Some are arrays with an item schema. Contains the names of the sibling properties and the item schema of each.
    Arrays(Vec<(Vec<String>, Value)>),
}

/// An operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) tag: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// The documented responses, successes first.
    pub(crate) responses: Vec<DocumentedResponse>,
    /// The members that mark a successful response as a refusal, from the overlay's `x-refusal`.
    pub(crate) refusal: Vec<String>,
}

/// A documented parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// The value of `in`.
    pub(crate) location: String,
    pub(crate) required: bool,
    pub(crate) schema: Value,
    pub(crate) example: Value,
}

impl Operation {
    /// Returns the documented parameter with this location and name.
    pub(crate) fn parameter(&self, location: &str, name: &str) -> Option<&Parameter> {
        let mut parameters = self.parameters.iter();
        parameters.find(|parameter| parameter.location == location && parameter.name == name)
    }
}

/// A documented request body.
#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) media_type: String,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

/// A documented response.
#[derive(Debug)]
pub(crate) struct DocumentedResponse {
    pub(crate) status: u16,
    /// `None` if the response has no documented body.
    pub(crate) media_type: Option<String>,
    pub(crate) schema: Value,
    pub(crate) example: Option<Value>,
}

impl Service {
    /// Returns the vendored document, which is parsed once per process.
    pub(crate) fn vendored() -> io::Result<Arc<Self>> {
        static VENDORED: OnceLock<Result<Arc<Service>, Error>> = OnceLock::new();
        let service = VENDORED.get_or_init(|| {
            let document = Document::parse("openapi.yaml", DOCUMENT)?;
            let overlay = Overlay::parse("overlay.yaml", OVERLAY)?;
            Self::new(document, Some(&overlay)).map(Arc::new)
        });
        service.clone().map_err(invalid)
    }

    /// Reads a document and an optional overlay from files.
    pub(crate) fn read(document: &Path, overlay: Option<&Path>) -> io::Result<Arc<Self>> {
        let read = || {
            let overlay = overlay.map(Overlay::read).transpose()?;
            Self::new(Document::read(document)?, overlay.as_ref())
        };
        read().map(Arc::new).map_err(invalid)
    }

    fn new(mut document: Document, overlay: Option<&Overlay>) -> Result<Self, Error> {
        if let Some(overlay) = overlay {
            overlay.apply(&mut document, &mut Report::new())?;
        }
        document.expect_openapi()?;
        let root = document.root;
        let mut service = Self {
            operations: operations(&root),
            root,
            by_id: HashMap::new(),
            property_usage: HashMap::new(),
            by_length: HashMap::new(),
            greedy: Vec::new(),
        };
        for response in service
            .operations
            .iter()
            .flat_map(|operation| &operation.responses)
        {
            collect_property_usage(&response.schema, &mut service.property_usage);
        }
        for (index, operation) in service.operations.iter().enumerate() {
            service.by_id.insert(operation.id.clone(), index);
            let of_length = service.by_length.entry(operation.segments.len());
            of_length.or_default().push(index);
            if operation.segments.last().is_some_and(Segment::is_greedy) {
                service.greedy.push(index);
            }
        }
        Ok(service)
    }

    /// Returns the operation with this operationId.
    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.by_id.get(id).map(|index| &self.operations[*index])
    }

    /// Resolves a schema if it is a `$ref`.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        resolve(&self.root, schema)
    }
}

/// Records how a schema and its subschemas define their properties.
fn collect_property_usage(schema: &Value, usage: &mut HashMap<String, PropertyUsage>) {
    let properties = schema["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        let items = property["items"]
            .as_object()
            .filter(|items| !items.is_empty());
        if property["properties"].is_object() {
            usage.insert(name.clone(), PropertyUsage::Object);
        } else if let Some(items) = items {
            let entry = usage.entry(name.clone());
            if let PropertyUsage::Arrays(arrays) =
                entry.or_insert_with(|| PropertyUsage::Arrays(Vec::new()))
            {
                let siblings = properties
                    .into_iter()
                    .flat_map(Map::keys)
                    .cloned()
                    .collect();
                arrays.push((siblings, Value::Object(items.clone())));
            }
        }
        collect_property_usage(property, usage);
    }
    if let Some(items) = schema.get("items") {
        collect_property_usage(items, usage);
    }
    for keyword in ["oneOf", "anyOf", "allOf"] {
        for subschema in schema[keyword].as_array().into_iter().flatten() {
            collect_property_usage(subschema, usage);
        }
    }
}

/// Returns the first value with this name among path or query pairs.
pub(crate) fn first_value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let pair = pairs.iter().find(|(known, _)| known == name);
    pair.map(|(_, value)| value.as_str())
}

/// Formats a value for a path or a query: a string without quotes, anything else as JSON.
pub(crate) fn plain_string(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn invalid(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn resolve<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    let mut node = node;
    // The limit prevents an endless loop on cyclic references.
    for _ in 0..32 {
        let target = node["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
        match target.and_then(|pointer| root.pointer(pointer)) {
            Some(target) => node = target,
            None => return node,
        }
    }
    &Value::Null
}

fn operations(root: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let item = resolve(root, item);
        for (name, operation) in item.as_object().into_iter().flatten() {
            let method = METHODS
                .into_iter()
                .find(|method| method.as_str().eq_ignore_ascii_case(name));
            let Some(method) = method else { continue };
            let id = operation["operationId"]
                .as_str()
                .map_or_else(|| format!("{method} {path}"), str::to_owned);
            operations.push(Operation {
                id,
                tag: operation["tags"][0].as_str().unwrap_or_default().to_owned(),
                segments: segments(path),
                path: path.clone(),
                method,
                parameters: parameters(root, item, operation),
                body: request_body(root, operation),
                responses: responses(root, operation),
                refusal: refusal(operation),
            });
        }
    }
    operations
}

/// The members that mark a successful response as a refusal: `success`, unless the overlay names other members.
fn refusal(operation: &Value) -> Vec<String> {
    match operation["x-refusal"].as_array() {
        Some(named) => named.iter().map(plain_string).collect(),
        None => vec!["success".to_owned()],
    }
}

/// Merges the parameters of a path item and of an operation; the operation takes precedence.
fn parameters(root: &Value, item: &Value, operation: &Value) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for holder in [item, operation] {
        for parameter in holder["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(root, parameter);
            let (Some(name), Some(location)) =
                (parameter["name"].as_str(), parameter["in"].as_str())
            else {
                continue;
            };
            parameters.retain(|known| known.name != name || known.location != location);
            let schema = resolve(root, &parameter["schema"]).clone();
            let examples = [
                &parameter["example"],
                &parameter["examples"]["present"]["value"],
                &schema["example"],
            ];
            let example = examples.into_iter().find(|example| !example.is_null());
            let example = example.cloned().unwrap_or_default();
            parameters.push(Parameter {
                name: name.to_owned(),
                location: location.to_owned(),
                required: parameter["required"] == true,
                example,
                schema,
            });
        }
    }
    parameters
}

fn request_body(root: &Value, operation: &Value) -> Option<RequestBody> {
    let body = resolve(root, operation.get("requestBody")?);
    let (media_type, content) = content_of(body)?;
    Some(RequestBody {
        media_type: media_type.clone(),
        required: body["required"] == true,
        schema: content["schema"].clone(),
    })
}

/// Returns the media type and content of a body: JSON if documented, otherwise the first.
fn content_of(body: &Value) -> Option<(&String, &Value)> {
    let contents = body["content"].as_object()?;
    let is_json = |media_type: &str| media_type.starts_with("application/json");
    contents
        .iter()
        .find(|(media_type, _)| is_json(media_type))
        .or_else(|| contents.iter().next())
}

fn responses(root: &Value, operation: &Value) -> Vec<DocumentedResponse> {
    let mut responses = Vec::new();
    let documented = operation["responses"].as_object();
    let has_success = documented.is_some_and(|documented| {
        documented
            .keys()
            .any(|status| status.starts_with(['2', '3']))
    });
    for (status, response) in documented.into_iter().flatten() {
        let response = resolve(root, response);
        let status = match status.to_ascii_uppercase().as_str() {
            // Usually an error; a success if no other success is documented.
            "DEFAULT" if has_success => Ok(500),
            "DEFAULT" => Ok(200),
            // The first status of a range: 200 for `2XX`.
            text => text.replace('X', "0").parse(),
        };
        let Ok(status) = status else { continue };
        let content = content_of(response);
        let schema = content.map_or(&Value::Null, |(_, content)| &content["schema"]);
        let example = content.and_then(|(_, content)| content.get("example"));
        responses.push(DocumentedResponse {
            status,
            media_type: content.map(|(media_type, _)| media_type.clone()),
            example: example.or_else(|| schema.get("example")).cloned(),
            schema: schema.clone(),
        });
    }
    responses.sort_by_key(|response| (!(200..400).contains(&response.status), response.status));
    responses
}
