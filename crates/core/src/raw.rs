//! A call of anything: what the document does not know yet, with the same key, limits and errors.

use std::fmt;
use std::future::Future;

use http::{HeaderMap, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::assemble::{Content, Parts};
use crate::{
    BodyFormat, Call, CallOptions, EmptyBody, Error, Fault, Fetch, Hook, Opening, Operation, Reply,
    RequestPreview, Shape, query,
};

static WHOLE: Operation = raw(Shape::Whole);
static DETECT: Operation = raw(Shape::Detect);
static FILE: Operation = raw(Shape::Bytes);

/// What stands for an operation where the document has none; method and path are the request's own.
const fn raw(shape: Shape) -> Operation {
    Operation {
        id: "raw request",
        method: Method::GET,
        path: "",
        tag: "",
        parameters: &[],
        body: BodyFormat::None,
        empty_body: EmptyBody::Nothing,
        accept: match shape {
            Shape::Bytes => "*/*",
            _ => "application/json",
        },
        shape,
        refuses_in_success: true,
    }
}

/// A call of any path of the service; from `client.request(method, path)`.
#[derive(Clone)]
#[must_use = "nothing is sent until the future of `fetch()` is awaited"]
pub struct RawRequest {
    hook: Hook,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    options: CallOptions,
    faults: Vec<Fault>,
}

impl RawRequest {
    /// A request of `method` on `path`, to be sent through `hook`.
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    ///
    /// # fn example(client: onlyfansapi::Client) {
    /// let request = client.request(Method::GET, "/api/new-thing"); // calls it with the client's hook
    /// # let _ = request;
    /// # }
    /// ```
    pub fn new(hook: Hook, method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        let mut faults = Vec::new();
        let is_local = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        if !is_local || path.contains(|c: char| c.is_control() || c == ' ' || c == '#') {
            faults.push(Fault::new(
                "path",
                "must begin with one `/` and be percent-encoded; the origin is the client's",
            ));
        }
        Self {
            hook,
            method,
            path,
            query: Vec::new(),
            body: None,
            options: CallOptions::new(),
            faults,
        }
    }

    /// Adds to the query: a list of pairs, or an object or struct of named values.
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    /// use serde_json::Value;
    ///
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let value: Value = client.request(Method::POST, "/api/new-thing").query(&[("limit", 5)]).fetch().await?;
    /// # let _ = value;
    /// # Ok(())
    /// # }
    /// ```
    pub fn query<T: Serialize + ?Sized>(mut self, pairs: &T) -> Self {
        let named: Option<Vec<(String, Value)>> = match serde_json::to_value(pairs) {
            Ok(Value::Object(members)) => Some(members.into_iter().collect()),
            Ok(Value::Array(items)) => items
                .into_iter()
                .map(|item| serde_json::from_value(item).ok())
                .collect(),
            _ => None,
        };
        match named {
            Some(named) => named
                .iter()
                .for_each(|(name, value)| query::pairs(name, value, &mut self.query)),
            None => self
                .faults
                .push(Fault::new("query", "must be a list of pairs or an object")),
        }
        self
    }

    /// Sets the JSON body.
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    /// use serde_json::Value;
    ///
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let value: Value = client.request(Method::POST, "/api/new-thing").json(&serde_json::json!({"name": "n"})).fetch().await?;
    /// # let _ = value;
    /// # Ok(())
    /// # }
    /// ```
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_value(body) {
            Ok(body) => self.body = Some(body),
            Err(error) => self
                .faults
                .push(Fault::new("body", format!("is no JSON: {error}"))),
        }
        self
    }

    /// Sets the options of this call.
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    /// use serde_json::Value;
    ///
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let value: Value = client.request(Method::POST, "/api/new-thing").with(onlyfansapi::CallOptions::new()).fetch().await?;
    /// # let _ = value;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Sends the request; resolves to the whole body as a [`Value`], or to a [`Reply`] of a type of
    /// yours, read as every other reply: what stands under `data` where there is an envelope.
    ///
    /// # Errors
    ///
    /// As [`crate::ErrorKind`] says.
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    /// use serde_json::Value;
    ///
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let value: Value = client.request(Method::POST, "/api/new-thing").fetch().await?;
    /// # let _ = value;
    /// # Ok(())
    /// # }
    /// ```
    pub fn fetch<R: FromReply>(self) -> impl Future<Output = Result<R, Error>> + Send + 'static {
        let operation = if R::IS_WHOLE { &WHOLE } else { &DETECT };
        let fetch: Fetch<R::Value> = self.hook.clone().fetch(self.build(operation));
        async move { fetch.await.map(R::from_reply) }
    }

    /// Sends the request and decodes the answer into a type of yours, as [`RawRequest::fetch`] with a
    /// [`Reply`].
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    /// use serde_json::Value;
    ///
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.request(Method::GET, "/api/new-thing").fetch_as::<Value>().await?;
    /// println!("{}", reply.status());
    /// # Ok(())
    /// # }
    /// ```
    pub fn fetch_as<T: DeserializeOwned + Send + 'static>(self) -> Fetch<T> {
        self.hook.clone().fetch(self.build(&DETECT))
    }

    /// Sends the request; the body of the answer is read as it comes.
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    ///
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut download = client.request(Method::GET, "/api/new-file").stream().await?;
    /// while let Some(bytes) = download.chunk().await? {
    ///     println!("{} bytes", bytes.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> Opening {
        let hook = self.hook.clone();
        hook.open(self.build(&FILE))
    }

    /// The request as it would be sent, the key left out. Nothing is sent.
    ///
    /// # Errors
    ///
    /// "Never built", with every fault.
    ///
    /// ```
    /// use onlyfansapi::http::Method;
    ///
    /// let client = onlyfansapi::Client::new("not-a-real-key")?;
    /// let preview = client.request(Method::GET, "/api/new-thing").request()?;
    /// assert_eq!(preview.url, "https://app.onlyfansapi.com/api/new-thing");
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn request(self) -> Result<RequestPreview, Error> {
        let hook = self.hook.clone();
        hook.preview(&self.build(&DETECT)?)
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
            faults: self.faults,
        }
        .call()
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

/// What a raw request can resolve to: a JSON value, or a reply.
pub trait FromReply: Sized + 'static {
    /// What is decoded.
    type Value: DeserializeOwned + Send + 'static;
    /// Whether the value is the whole body, also where it is an envelope.
    const IS_WHOLE: bool;

    /// Makes it of the reply.
    fn from_reply(reply: Reply<Self::Value>) -> Self;
}

impl FromReply for Value {
    type Value = Self;
    const IS_WHOLE: bool = true;

    fn from_reply(reply: Reply<Self>) -> Self {
        reply.into_inner()
    }
}

impl<T: DeserializeOwned + Send + 'static> FromReply for Reply<T> {
    type Value = T;
    const IS_WHOLE: bool = false;

    fn from_reply(reply: Self) -> Self {
        reply
    }
}
