//! Collects the arguments of a request; every generated builder wraps a [`RequestBuilder`].
//!
//! One type with a few generic methods serves all operations, so each operation needs only a table and short setters.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::assemble::{Content, Parts};
use super::json::to_json;
use super::{Body, FilePart, RequestPreview, query};
use crate::argument::{Rejection, Seal};
use crate::transport::{Call, Dispatcher, DownloadFuture, ReplyFuture};
use crate::{
    BodyFormat, CallOptions, EmptyBody, Error, IntoArgument, InvalidArgument, Operation, Parameter,
    ParameterLocation,
};

/// Bytes of a path segment that are not percent-encoded: the unreserved characters of RFC 3986, section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The argument name that errors use for the body as a whole.
const BODY: &str = "body";

const REQUIRED: &str = "is required and was not set";

/// Collects the arguments of a request.
#[derive(Clone)]
pub struct RequestBuilder {
    dispatcher: Dispatcher,
    operation: &'static Operation,
    /// Setter and value of each parameter outside the body.
    values: Vec<(&'static str, Value)>,
    body: Option<Value>,
    /// The body of an operation that takes bytes.
    bytes: Option<Body>,
    /// Setter and file of each part of a multipart body.
    files: Vec<(&'static str, FilePart)>,
    options: CallOptions,
    invalid: Vec<InvalidArgument>,
}

impl RequestBuilder {
    /// Creates a request for `operation` without arguments, to be sent through `dispatcher`.
    #[must_use]
    pub fn new(dispatcher: Dispatcher, operation: &'static Operation) -> Self {
        Self {
            dispatcher,
            operation,
            values: Vec::new(),
            body: None,
            bytes: None,
            files: Vec::new(),
            options: CallOptions::new(),
            invalid: Vec::new(),
        }
    }

    /// Sets the argument named `setter`, replacing an earlier value. A value that cannot be converted is reported when
    /// the request is sent.
    pub fn set<T: Serialize>(&mut self, setter: &'static str, value: impl IntoArgument<T>) {
        match value.into_argument(Seal) {
            Ok(None) => {}
            Ok(Some(value)) => {
                let json = to_json(&value);
                self.put(setter, json.map_err(Some));
            }
            Err(Rejection::Type) => self.put(setter, Err(None)),
            Err(Rejection::Value(reason)) => self.put(setter, Err(Some(reason.to_owned()))),
        }
    }

    /// Sets the argument named `setter` to null, which differs from leaving it out.
    pub fn set_null(&mut self, setter: &'static str) {
        self.put(setter, Ok(Value::Null));
    }

    /// Sets the whole body, replacing any previously set fields.
    pub fn body<T: Serialize>(&mut self, value: impl IntoArgument<T>) {
        let value = match value.into_argument(Seal) {
            Ok(None) => return,
            Ok(Some(value)) => to_json(&value),
            Err(Rejection::Type) => Err("does not convert to the type of the body".to_owned()),
            Err(Rejection::Value(reason)) => Err(reason.to_owned()),
        };
        let is_body_field = |name: &str| {
            let mut parameters = self.operation.parameters.iter();
            parameters.any(|p| p.location == ParameterLocation::Body && p.setter == name)
        };
        self.invalid
            .retain(|invalid| invalid.argument != BODY && !is_body_field(&invalid.argument));
        match value {
            Ok(value) => self.body = Some(value),
            Err(reason) => self.invalid.push(InvalidArgument::new(BODY, reason)),
        }
    }

    /// Sets the body of an operation that takes bytes or text.
    pub fn bytes(&mut self, body: impl Into<Body>) {
        self.bytes = Some(body.into());
    }

    /// Sets the files of the argument named `setter`, replacing any previously set files.
    pub fn files(&mut self, setter: &'static str, files: impl IntoIterator<Item = FilePart>) {
        self.files.retain(|(known, _)| *known != setter);
        self.files
            .extend(files.into_iter().map(|file| (setter, file)));
    }

    /// Sets the options for this call.
    pub fn with(&mut self, options: CallOptions) {
        self.options = options;
    }

    /// Sends the request and decodes the response.
    pub fn send<T: DeserializeOwned + Send + 'static>(self) -> ReplyFuture<T> {
        let dispatcher = self.dispatcher.clone();
        dispatcher.send(self.build())
    }

    /// Sends the request and streams the response body.
    pub fn stream(self) -> DownloadFuture {
        let dispatcher = self.dispatcher.clone();
        dispatcher.stream(self.build())
    }

    /// Returns the request as it would be sent, with the API key redacted. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Returns [`NeverBuilt`](crate::ErrorKind::NeverBuilt) with a list of every invalid argument.
    pub fn preview(self) -> Result<RequestPreview, Error> {
        let dispatcher = self.dispatcher.clone();
        dispatcher.preview(&self.build()?)
    }

    /// Builds the call to dispatch.
    ///
    /// # Errors
    ///
    /// Returns [`NeverBuilt`](crate::ErrorKind::NeverBuilt) with a list of every invalid argument: a required argument
    /// that was not set, a value that could not be converted, or a path segment that a server would resolve to another
    /// path.
    pub fn build(mut self) -> Result<Call, Error> {
        let mut invalid = std::mem::take(&mut self.invalid);
        let mut target = String::from(self.operation.path);
        let mut pairs = Vec::new();
        let mut headers = HeaderMap::new();
        let mut cookies = Vec::new();
        let mut files = Vec::new();

        for parameter in self.operation.parameters {
            if parameter.location == ParameterLocation::File {
                let before = files.len();
                let of_setter = |(setter, _): &&(&str, FilePart)| *setter == parameter.setter;
                let named = self.files.iter().filter(of_setter);
                files.extend(named.map(|(_, file)| (parameter.name, file.clone())));
                if parameter.required && files.len() == before {
                    invalid.push(InvalidArgument::new(parameter.setter, REQUIRED));
                }
                continue;
            }
            let Some(value) = self.value(parameter) else {
                if parameter.required && !is_reported(&invalid, parameter) {
                    invalid.push(InvalidArgument::new(parameter.setter, REQUIRED));
                }
                continue;
            };
            let result = match parameter.location {
                ParameterLocation::Body | ParameterLocation::File => Ok(()),
                ParameterLocation::Cookie => {
                    cookie(parameter.name, &plain(value)).map(|cookie| cookies.push(cookie))
                }
                ParameterLocation::Query => {
                    let before = pairs.len();
                    query::append_styled(parameter.name, value, parameter.style, &mut pairs);
                    if parameter.required && pairs.len() == before {
                        Err("is required and must not be empty")
                    } else {
                        Ok(())
                    }
                }
                ParameterLocation::Path => segment(&plain(value))
                    .map(|text| target = target.replace(&format!("{{{}}}", parameter.name), &text)),
                ParameterLocation::Header => {
                    header_of(parameter.name, &plain(value)).map(|(name, value)| {
                        headers.insert(name, value);
                    })
                }
            };
            if let Err(reason) = result {
                invalid.push(InvalidArgument::new(parameter.setter, reason));
            }
        }

        if let Ok(value) = HeaderValue::from_str(&cookies.join("; "))
            && !cookies.is_empty()
        {
            headers.insert(http::header::COOKIE, value);
        }
        let is_body_reported = invalid.iter().any(|invalid| invalid.argument == BODY);
        let mut empty = |format| match self.operation.empty_body {
            EmptyBody::Object => Content::Fields(format, Value::Object(Map::new())),
            EmptyBody::Nothing => Content::None,
            EmptyBody::Required => {
                if !is_body_reported {
                    invalid.push(InvalidArgument::new(BODY, REQUIRED));
                }
                Content::None
            }
        };
        let content = match self.operation.body {
            BodyFormat::None => Content::None,
            BodyFormat::Bytes(media) => match self.bytes.take() {
                Some(body) => Content::Bytes(media, body),
                None => empty(BodyFormat::Bytes(media)),
            },
            format => match self.body.take() {
                Some(body) => Content::Fields(format, body),
                None => empty(format),
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
            invalid,
        }
        .call()
    }

    /// Returns the value of `parameter`, if it was set.
    fn value(&self, parameter: &Parameter) -> Option<&Value> {
        match parameter.location {
            ParameterLocation::Body => self.body.as_ref()?.get(parameter.name),
            _ => self
                .values
                .iter()
                .find(|(setter, _)| *setter == parameter.setter)
                .map(|(_, value)| value),
        }
    }

    /// Stores `value` as the argument `setter`, or records why it was rejected. A rejection without a reason means that
    /// the type is wrong.
    fn put(&mut self, setter: &'static str, value: Result<Value, Option<String>>) {
        self.invalid.retain(|invalid| invalid.argument != setter);
        let mut parameters = self.operation.parameters.iter();
        let Some(parameter) = parameters.find(|parameter| parameter.setter == setter) else {
            let reason = "is not an argument of this operation";
            self.invalid.push(InvalidArgument::new(setter, reason));
            return;
        };
        let value = match value {
            Ok(value) => value,
            Err(reason) => {
                let reason = reason.unwrap_or_else(|| format!("must be {}", parameter.expects));
                self.invalid.push(InvalidArgument::new(setter, reason));
                return;
            }
        };
        if parameter.location == ParameterLocation::Body {
            let body = self.body.get_or_insert_with(|| Value::Object(Map::new()));
            match body.as_object_mut() {
                Some(fields) => {
                    fields.insert(parameter.name.to_owned(), value);
                }
                None => self.invalid.push(InvalidArgument::new(
                    setter,
                    "cannot be set: the whole body was set to a value that is not an object",
                )),
            }
        } else {
            self.values.retain(|(known, _)| *known != setter);
            self.values.push((setter, value));
        }
    }
}

impl fmt::Debug for RequestBuilder {
    /// Shows only the operation: arguments contain passwords and messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBuilder")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

/// Returns whether an invalid argument already explains why `parameter` has no value.
fn is_reported(invalid: &[InvalidArgument], parameter: &Parameter) -> bool {
    invalid.iter().any(|invalid| {
        invalid.argument == parameter.setter
            || parameter.location == ParameterLocation::Body && invalid.argument == BODY
    })
}

/// Formats a value for a path or header: lists are joined with commas (OpenAPI's `simple` style).
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Formats `name=value`. The value is percent-encoded, because a cookie can contain neither `;` nor spaces.
fn cookie(name: &str, value: &str) -> Result<String, &'static str> {
    let is_name = HeaderName::from_bytes(name.as_bytes()).is_ok();
    is_name
        .then(|| format!("{name}={}", utf8_percent_encode(value, SEGMENT)))
        .ok_or("is not a valid cookie name")
}

/// Formats the value of a path parameter as one percent-encoded segment.
///
/// `.` and `..` are rejected: URL libraries resolve them even if they are encoded, so the request would reach another
/// operation.
fn segment(value: &str) -> Result<String, &'static str> {
    match value {
        "" => Err("is part of the path and must not be empty"),
        "." | ".." => Err("is part of the path and must not be `.` or `..`"),
        text => Ok(utf8_percent_encode(text, SEGMENT).to_string()),
    }
}

fn header_of(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    match (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_str(value),
    ) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        (Err(_), _) => Err("is not a valid header name"),
        (_, Err(_)) => Err("contains characters that a header value cannot have"),
    }
}
