//! The document as a table of operations: what the stand-in knows of the service.
//!
//! Read by codegen's reader and corrected by the overlay, and nothing after it: a pass that is wrong must not be wrong
//! here as well.

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

/// A document as a table of operations.
#[derive(Debug)]
pub(crate) struct Service {
    /// What references point into.
    pub(crate) root: Value,
    pub(crate) operations: Vec<Operation>,
    by_id: HashMap<String, usize>,
    /// What the document says somewhere of the properties of a name.
    pub(crate) known: HashMap<String, Known>,
    /// The operations by the number of segments of their paths; those whose last segment takes the rest are in all.
    pub(crate) by_length: HashMap<usize, Vec<usize>>,
    pub(crate) greedy: Vec<usize>,
}

/// What is known of all properties of one name.
#[derive(Debug)]
pub(crate) enum Known {
    /// One of them is an object.
    Object,
    /// Some of them are lists: the names beside each, and its items.
    Lists(Vec<(Vec<String>, Value)>),
}

/// One operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) tag: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// What stands under `responses`, the successes first.
    pub(crate) answers: Vec<Answer>,
}

/// One parameter, as documented.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) required: bool,
    pub(crate) schema: Value,
    pub(crate) example: Value,
}

impl Operation {
    /// The documented parameter of a place and a name.
    pub(crate) fn parameter(&self, place: &str, name: &str) -> Option<&Parameter> {
        let mut parameters = self.parameters.iter();
        parameters.find(|parameter| parameter.place == place && parameter.name == name)
    }
}

#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) media: String,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Absent where the document shows no body.
    pub(crate) media: Option<String>,
    pub(crate) schema: Value,
    pub(crate) example: Option<Value>,
}

impl Service {
    /// The vendored document; read once in a process.
    pub(crate) fn vendored() -> io::Result<Arc<Self>> {
        static VENDORED: OnceLock<Result<Arc<Service>, Error>> = OnceLock::new();
        let service = VENDORED.get_or_init(|| {
            let document = Document::parse("openapi.yaml", DOCUMENT)?;
            let overlay = Overlay::parse("overlay.yaml", OVERLAY)?;
            Self::new(document, Some(&overlay)).map(Arc::new)
        });
        service.clone().map_err(invalid)
    }

    /// A document of the user's own.
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
            known: HashMap::new(),
            by_length: HashMap::new(),
            greedy: Vec::new(),
        };
        for answer in service
            .operations
            .iter()
            .flat_map(|operation| &operation.answers)
        {
            learn(&answer.schema, &mut service.known);
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

    /// An operation by its operationId.
    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.by_id.get(id).map(|index| &self.operations[*index])
    }

    /// A schema, with the reference followed where it is one.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        resolve(&self.root, schema)
    }
}

/// Notes what a schema says of its properties.
fn learn(schema: &Value, known: &mut HashMap<String, Known>) {
    let properties = schema["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        let items = property["items"]
            .as_object()
            .filter(|items| !items.is_empty());
        if property["properties"].is_object() {
            known.insert(name.clone(), Known::Object);
        } else if let Some(items) = items {
            let entry = known.entry(name.clone());
            if let Known::Lists(lists) = entry.or_insert_with(|| Known::Lists(Vec::new())) {
                let beside = properties
                    .into_iter()
                    .flat_map(Map::keys)
                    .cloned()
                    .collect();
                lists.push((beside, Value::Object(items.clone())));
            }
        }
        learn(property, known);
    }
    if let Some(items) = schema.get("items") {
        learn(items, known);
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        for branch in schema[word].as_array().into_iter().flatten() {
            learn(branch, known);
        }
    }
}

/// The first value of a name among the pairs of a path or a query.
pub(crate) fn sent<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let pair = pairs.iter().find(|(known, _)| known == name);
    pair.map(|(_, value)| value.as_str())
}

/// A value as it stands in a path or a query.
pub(crate) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn invalid(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn resolve<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    let mut node = node;
    // A reference to a reference that comes back to the first is not followed for ever.
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
                answers: answers(root, operation),
            });
        }
    }
    operations
}

/// The parameters of a path item and of the operation, of which the latter prevail.
fn parameters(root: &Value, item: &Value, operation: &Value) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for holder in [item, operation] {
        for parameter in holder["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(root, parameter);
            let (Some(name), Some(place)) = (parameter["name"].as_str(), parameter["in"].as_str())
            else {
                continue;
            };
            parameters.retain(|known| known.name != name || known.place != place);
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
                place: place.to_owned(),
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
    let (media, content) = content_of(body)?;
    Some(RequestBody {
        media: media.clone(),
        required: body["required"] == true,
        schema: content["schema"].clone(),
    })
}

/// The content of a body: JSON, or the first where there is none.
fn content_of(body: &Value) -> Option<(&String, &Value)> {
    let contents = body["content"].as_object()?;
    let is_json = |media: &str| media.starts_with("application/json");
    contents
        .iter()
        .find(|(media, _)| is_json(media))
        .or_else(|| contents.iter().next())
}

fn answers(root: &Value, operation: &Value) -> Vec<Answer> {
    let mut answers = Vec::new();
    let responses = operation["responses"].as_object();
    let has_success = responses.is_some_and(|responses| {
        responses
            .keys()
            .any(|status| status.starts_with(['2', '3']))
    });
    for (status, answer) in responses.into_iter().flatten() {
        let answer = resolve(root, answer);
        let status = match status.to_ascii_uppercase().as_str() {
            // An error, mostly; a success where there is no other.
            "DEFAULT" if has_success => Ok(500),
            "DEFAULT" => Ok(200),
            // `2XX`: the first that it stands for.
            text => text.replace('X', "0").parse(),
        };
        let Ok(status) = status else { continue };
        let content = content_of(answer);
        let schema = content.map_or(&Value::Null, |(_, content)| &content["schema"]);
        let example = content.and_then(|(_, content)| content.get("example"));
        answers.push(Answer {
            status,
            media: content.map(|(media, _)| media.clone()),
            example: example.or_else(|| schema.get("example")).cloned(),
            schema: schema.clone(),
        });
    }
    answers.sort_by_key(|answer| (!(200..400).contains(&answer.status), answer.status));
    answers
}
