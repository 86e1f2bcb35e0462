//! The request of one call, before a transport gives it an origin, a key and a connection.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, Method};

/// A request without origin and without key: both belong to the transport, so that nothing built
/// here can carry the key to another host.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Path and query, percent-encoded, starting with `/`.
    pub target: String,
    /// Headers of this call; the transport adds its own.
    pub headers: HeaderMap,
    /// The body, repeatable in every form.
    pub body: Body,
}

/// A request as it would be sent; from `.request()`. The key is left out.
///
/// `Display` shows all of it as text, the body included; `Debug` shows no values.
#[derive(Clone)]
#[non_exhaustive]
pub struct RequestPreview {
    /// The HTTP method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The headers; `Authorization` is `[redacted]`.
    pub headers: HeaderMap,
    /// The body; empty where there is none or where it is a stream.
    pub body: Bytes,
}

impl RequestPreview {
    /// A preview; `Authorization` is redacted here, whatever it is.
    ///
    /// ```
    /// use onlyfansapi::RequestPreview;
    /// use onlyfansapi::http::{HeaderMap, Method};
    ///
    /// let preview = RequestPreview::new(Method::GET, "https://host/x".to_owned(), HeaderMap::new(), "".into());
    /// assert_eq!(preview.to_string(), "GET https://host/x\n");
    /// ```
    #[must_use]
    pub fn new(method: Method, url: String, mut headers: HeaderMap, body: Bytes) -> Self {
        if headers.contains_key(http::header::AUTHORIZATION) {
            headers.insert(
                http::header::AUTHORIZATION,
                HeaderValue::from_static("[redacted]"),
            );
        }
        Self {
            method,
            url,
            headers,
            body,
        }
    }
}

impl fmt::Display for RequestPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.url)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        if !self.body.is_empty() {
            write!(f, "\n{}", String::from_utf8_lossy(&self.body))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RequestPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.keys().map(http::HeaderName::as_str).collect();
        f.debug_struct("RequestPreview")
            .field("method", &self.method)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A stream of body bytes.
pub type BodyStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send + 'static>>;

/// Makes the body of one attempt; called once for each, so that what cannot be cloned (a file, a
/// socket) can still be sent again.
pub type BodyFactory = Arc<dyn Fn() -> std::io::Result<BodyStream> + Send + Sync>;

/// The body of a request.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// Bytes in memory.
    Bytes(Bytes),
    /// A stream that is made anew for each attempt.
    Factory {
        /// Length in bytes where it is known.
        length: Option<u64>,
        /// Makes the stream.
        make: BodyFactory,
    },
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Self::Bytes(Bytes::from_static(bytes))
    }
}

impl fmt::Debug for Body {
    /// The kind and size only: bodies hold passwords and messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Factory {
                length: Some(length),
                ..
            } => write!(f, "Factory({length} bytes)"),
            Self::Factory { length: None, .. } => f.write_str("Factory(length unknown)"),
        }
    }
}
