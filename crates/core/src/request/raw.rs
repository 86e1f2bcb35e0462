//! Requests that the document does not describe. They use the same key, limits and errors as other requests.

use std::fmt;
use std::future::IntoFuture;

use http::{HeaderMap, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::assemble::{Content, Parts};
use super::json::to_json;
use super::{RequestPreview, query};
use crate::transport::{Call, Dispatcher, DownloadFuture, ReplyFuture};
use crate::{
    BodyFormat, CallOptions, EmptyBody, Error, InvalidArgument, Operation, RefusalMarker, Reply,
    ResponseShape,
};

static JSON: Operation = raw(ResponseShape::Detect);
static FILE: Operation = raw(ResponseShape::Bytes);

/// Creates the operation of a raw request; the request itself contains the method and the path.
const fn raw(shape: ResponseShape) -> Operation {
    Operation {
        id: "raw request",
        method: Method::GET,
        path: "",
        tag: "",
        parameters: &[],
        body: BodyFormat::None,
        empty_body: EmptyBody::Nothing,
        accept: match shape {
            ResponseShape::Bytes => "*/*",
            _ => "application/json",
        },
        shape,
        refusal: RefusalMarker::DEFAULT,
    }
}

/// A request to any path of the service, created by `client.request(method, path)`.
///
/// Awaiting it returns the value under `data`, or the whole body if the response has no envelope.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::{RawRequest, Reply};
/// use serde_json::Value;
///
/// # async fn example(request: RawRequest) -> Result<(), onlyfansapi::Error> {
/// let reply: Reply<Value> = request.query(&[("limit", 5)]).await?;
/// println!("{} {}", reply.meta().status(), reply["id"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is sent until the request is awaited"]
pub struct RawRequest {
    dispatcher: Dispatcher,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    options: CallOptions,
    invalid: Vec<InvalidArgument>,
}

impl RawRequest {
    pub(crate) fn new(dispatcher: Dispatcher, method: Method, path: String) -> Self {
        let mut invalid = Vec::new();
        let is_local = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        if !is_local || path.contains(|c: char| c.is_control() || c == ' ' || c == '#') {
            invalid.push(InvalidArgument::new(
                "path",
                "must start with a single `/` and be percent-encoded; the client adds the origin",
            ));
        }
        Self {
            dispatcher,
            method,
            path,
            query: Vec::new(),
            body: None,
            options: CallOptions::new(),
            invalid,
        }
    }

    /// Adds query parameters: a list of pairs, or a map or struct of named values.
    pub fn query<T: Serialize + ?Sized>(mut self, pairs: &T) -> Self {
        let named: Result<Vec<(String, Value)>, String> = match to_json(pairs) {
            Ok(Value::Object(members)) => Ok(members.into_iter().collect()),
            Ok(list @ Value::Array(_)) => serde_json::from_value(list)
                .map_err(|_| "must be a list of pairs or an object".to_owned()),
            Ok(_) => Err("must be a list of pairs or an object".to_owned()),
            Err(reason) => Err(reason),
        };
        match named {
            Ok(named) => named
                .iter()
                .for_each(|(name, value)| query::append_pairs(name, value, &mut self.query)),
            Err(reason) => self.invalid.push(InvalidArgument::new("query", reason)),
        }
        self
    }

    /// Sets the JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match to_json(body) {
            Ok(body) => self.body = Some(body),
            Err(reason) => self.invalid.push(InvalidArgument::new("body", reason)),
        }
        self
    }

    /// Sets the options for this call.
    pub fn with(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Sends the request. Resolves to a JSON value: the value under `data`, or the whole body if the response has no
    /// envelope.
    pub fn send(self) -> ReplyFuture<Value> {
        self.send_as()
    }

    /// Sends the request and decodes the value into a type of your choice.
    pub fn send_as<T: DeserializeOwned + Send + 'static>(self) -> ReplyFuture<T> {
        let dispatcher = self.dispatcher.clone();
        dispatcher.send(self.build(&JSON))
    }

    /// Sends the request and streams the response body.
    pub fn stream(self) -> DownloadFuture {
        let dispatcher = self.dispatcher.clone();
        dispatcher.stream(self.build(&FILE))
    }

    /// Returns the request as it would be sent, with the API key redacted. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Returns [`NeverBuilt`](crate::ErrorKind::NeverBuilt) with a list of every invalid argument.
    pub fn preview(self) -> Result<RequestPreview, Error> {
        let dispatcher = self.dispatcher.clone();
        dispatcher.preview(&self.build(&JSON)?)
    }

    fn build(self, operation: &'static Operation) -> Result<Call, Error> {
        Parts {
            operation,
            method: self.method,
            target: self.path,
            query: self.query,
            headers: HeaderMap::new(),
            content: self.body.map_or(Content::None, |body| {
                Content::Fields(BodyFormat::Json("application/json"), body)
            }),
            files: Vec::new(),
            options: self.options,
            invalid: self.invalid,
        }
        .call()
    }
}

impl IntoFuture for RawRequest {
    type Output = Result<Reply<Value>, Error>;
    type IntoFuture = ReplyFuture<Value>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
