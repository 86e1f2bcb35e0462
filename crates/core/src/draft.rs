//! A request while its arguments are being set: what the operation builders write into.
//!
//! One type for all operations and hardly any generics, so that an operation costs a table and a
//! few short setters instead of a page of code.

use std::fmt::{self, Display};

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::assemble::{Content, Parts};
use crate::{
    Body, BodyFormat, Call, CallOptions, EmptyBody, Error, Fault, Fetch, FilePart, Hook, Opening,
    Operation, Place, RequestPreview, query,
};

/// What stays as it is in a path segment (RFC 3986, section 2.3: unreserved characters).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request while its arguments are being set.
#[derive(Clone)]
pub struct Draft {
    hook: Hook,
    operation: &'static Operation,
    /// Setter and value of each parameter that is not of the body.
    values: Vec<(&'static str, Value)>,
    body: Option<Value>,
    /// The body of an operation that takes bytes.
    bytes: Option<Body>,
    /// Setter and file of each part of a multipart body.
    files: Vec<(&'static str, FilePart)>,
    options: CallOptions,
    faults: Vec<Fault>,
}

impl Draft {
    /// An empty draft of `operation`, to be sent through `hook`.
    #[must_use]
    pub fn new(hook: Hook, operation: &'static Operation) -> Self {
        Self {
            hook,
            operation,
            values: Vec::new(),
            body: None,
            bytes: None,
            files: Vec::new(),
            options: CallOptions::new(),
            faults: Vec::new(),
        }
    }

    /// Sets the argument called `setter`, which is sent as text; the last value counts.
    pub fn text(&mut self, setter: &'static str, value: impl Display) {
        self.put(setter, Some(Value::String(value.to_string())));
    }

    /// Sets the argument called `setter`; the last value counts.
    ///
    /// `Err` stands for a value that does not convert to the argument's type: it is reported with
    /// all other faults when the request is built.
    pub fn set<T: Serialize, E>(&mut self, setter: &'static str, value: Result<T, E>) {
        self.put(
            setter,
            value
                .ok()
                .and_then(|value| serde_json::to_value(value).ok()),
        );
    }

    /// Sets the whole JSON body, in place of every field that was set before.
    pub fn body<T: Serialize, E>(&mut self, value: Result<T, E>) {
        let is_of_body = |fault: &Fault| {
            fault.field == "body"
                || self
                    .operation
                    .parameters
                    .iter()
                    .any(|p| p.place == Place::Body && p.setter == fault.field)
        };
        self.faults.retain(|fault| !is_of_body(fault));
        match value
            .ok()
            .and_then(|value| serde_json::to_value(value).ok())
        {
            Some(value) => self.body = Some(value),
            None => self
                .faults
                .push(Fault::new("body", "does not convert to the body's type")),
        }
    }

    /// Sets the body of an operation that takes bytes or text.
    pub fn bytes(&mut self, body: impl Into<Body>) {
        self.bytes = Some(body.into());
    }

    /// Sets the files of the argument called `setter`, in place of those that were set before.
    pub fn files(&mut self, setter: &'static str, files: impl IntoIterator<Item = FilePart>) {
        self.files.retain(|(known, _)| *known != setter);
        self.files
            .extend(files.into_iter().map(|file| (setter, file)));
    }

    /// Sets the options of this call.
    pub fn with(&mut self, options: CallOptions) {
        self.options = options;
    }

    /// Sends the draft and decodes the answer.
    pub fn fetch<T: DeserializeOwned + Send + 'static>(self) -> Fetch<T> {
        let hook = self.hook.clone();
        hook.fetch(self.build())
    }

    /// Sends the draft; the body of the answer is read as it comes.
    pub fn stream(self) -> Opening {
        let hook = self.hook.clone();
        hook.open(self.build())
    }

    /// The request as it would be sent, the key left out. Nothing is sent.
    ///
    /// # Errors
    ///
    /// "Never built", with every fault.
    pub fn request(self) -> Result<RequestPreview, Error> {
        let hook = self.hook.clone();
        hook.preview(&self.build()?)
    }

    /// The call that the draft makes.
    ///
    /// # Errors
    ///
    /// "Never built", with every fault found: a required argument not set, a value that did not
    /// convert, a path segment that no server would take as one.
    pub fn build(mut self) -> Result<Call, Error> {
        let mut faults = std::mem::take(&mut self.faults);
        let mut target = String::from(self.operation.path);
        let mut pairs = Vec::new();
        let mut headers = HeaderMap::new();
        let mut cookies: Vec<String> = Vec::new();
        let mut files = Vec::new();

        for parameter in self.operation.parameters {
            if parameter.place == Place::File {
                let of_parameter: Vec<_> = self
                    .files
                    .iter()
                    .filter(|(setter, _)| *setter == parameter.setter)
                    .map(|(_, file)| (parameter.name, file.clone()))
                    .collect();
                if parameter.required && of_parameter.is_empty() {
                    faults.push(Fault::new(parameter.setter, "is required and was not set"));
                }
                files.extend(of_parameter);
                continue;
            }
            let value = match parameter.place {
                Place::Body => self.body.as_ref().and_then(|body| body.get(parameter.name)),
                _ => self
                    .values
                    .iter()
                    .find(|(setter, _)| *setter == parameter.setter)
                    .map(|(_, value)| value),
            };
            let Some(value) = value else {
                // A value that did not convert has its own fault already.
                let is_told = parameter.place == Place::Body
                    && faults.iter().any(|fault| fault.field == "body");
                if !is_told
                    && parameter.required
                    && !faults.iter().any(|fault| fault.field == parameter.setter)
                {
                    faults.push(Fault::new(parameter.setter, "is required and was not set"));
                }
                continue;
            };
            let outcome = match parameter.place {
                Place::Body | Place::File => Ok(()),
                Place::Cookie => cookie(parameter.name, &plain(value)).map(|it| cookies.push(it)),
                Place::Query => {
                    let before = pairs.len();
                    query::styled(parameter.name, value, parameter.style, &mut pairs);
                    if parameter.required && pairs.len() == before {
                        Err("is required and must not be empty")
                    } else {
                        Ok(())
                    }
                }
                Place::Path => segment(&plain(value))
                    .map(|text| target = target.replace(&format!("{{{}}}", parameter.name), &text)),
                Place::Header => header_of(parameter.name, &plain(value)).map(|(name, value)| {
                    headers.insert(name, value);
                }),
            };
            if let Err(rule) = outcome {
                faults.push(Fault::new(parameter.setter, rule));
            }
        }

        if let Ok(value) = HeaderValue::from_str(&cookies.join("; "))
            && !cookies.is_empty()
        {
            headers.insert(http::header::COOKIE, value);
        }
        let is_told = faults.iter().any(|fault| fault.field == "body");
        let mut nothing = |format| match self.operation.empty_body {
            EmptyBody::Object => Content::Fields(format, Value::Object(Map::new())),
            EmptyBody::Nothing => Content::None,
            EmptyBody::Refused => {
                if !is_told {
                    faults.push(Fault::new("body", "is required and was not set"));
                }
                Content::None
            }
        };
        let content = match self.operation.body {
            BodyFormat::None => Content::None,
            BodyFormat::Bytes(media) => match self.bytes.take() {
                Some(body) => Content::Bytes(media, body),
                None => nothing(BodyFormat::Bytes(media)),
            },
            format => match self.body.take() {
                Some(body) => Content::Fields(format, body),
                None => nothing(format),
            },
        };
        Parts {
            operation: self.operation,
            method: self.operation.method.clone(),
            target,
            query: pairs,
            headers,
            content,
            files,
            options: self.options,
            faults,
        }
        .call()
    }

    /// Keeps `value` as the argument `setter`, or the fault that it does not convert.
    fn put(&mut self, setter: &'static str, value: Option<Value>) {
        self.faults.retain(|fault| fault.field != setter);
        let Some(parameter) = self
            .operation
            .parameters
            .iter()
            .find(|p| p.setter == setter)
        else {
            self.faults
                .push(Fault::new(setter, "is no argument of this operation"));
            return;
        };
        let Some(value) = value else {
            self.faults
                .push(Fault::new(setter, format!("must be {}", parameter.expects)));
            return;
        };
        if parameter.place == Place::Body {
            let body = self.body.get_or_insert_with(|| Value::Object(Map::new()));
            match body.as_object_mut() {
                Some(fields) => {
                    fields.insert(parameter.name.to_owned(), value);
                }
                None => self.faults.push(Fault::new(
                    setter,
                    "cannot be set: the whole body was, and it is no object",
                )),
            }
        } else {
            self.values.retain(|(known, _)| *known != setter);
            self.values.push((setter, value));
        }
    }
}

impl fmt::Debug for Draft {
    /// The operation only: arguments hold passwords and messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

/// A value as it stands in a path or header: a list is written with commas (OpenAPI's style `simple`).
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// `name=value`, the value percent-encoded, because a cookie carries neither `;` nor a space.
fn cookie(name: &str, value: &str) -> Result<String, &'static str> {
    let is_name = HeaderName::from_bytes(name.as_bytes()).is_ok();
    is_name
        .then(|| format!("{name}={}", utf8_percent_encode(value, SEGMENT)))
        .ok_or("is not the name of a cookie")
}

/// The value of a path parameter as one percent-encoded segment.
///
/// `.` and `..` are refused: every URL library reads them as steps between folders, encoded or not,
/// so that the request would go to another operation.
fn segment(value: &str) -> Result<String, &'static str> {
    match value {
        "" => Err("stands in the path and must not be empty"),
        "." | ".." => Err("stands in the path and must not be `.` or `..`"),
        text => Ok(utf8_percent_encode(text, SEGMENT).to_string()),
    }
}

fn header_of(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    match (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_str(value),
    ) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        (Err(_), _) => Err("is not a header name"),
        (_, Err(_)) => Err("has a value that no header can carry"),
    }
}
