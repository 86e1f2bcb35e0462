//! The plain way out: a base URL, headers, reqwest. No retry, no pacing, no limits but those of the
//! `reqwest::Client`; a program that needs them implements [`Transport`] itself.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::runtime::{
    Answer, Body, Call, Error, Hook, Opened, Operation, RequestPreview, Transport,
};

/// Sends calls by reqwest.
#[derive(Clone)]
pub struct HttpTransport {
    http: reqwest::Client,
    base_url: reqwest::Url,
    headers: HeaderMap,
}

impl HttpTransport {
    /// Calls of the service at `base_url`: scheme, host, and a path where the service has one.
    ///
    /// # Errors
    ///
    /// When it is no http or https URL, or the HTTP client cannot be made.
    pub fn new(base_url: &str) -> Result<Self, Error> {
        let fault = |why: &str| Error::configuration(format!("the base URL {why}"));
        let base_url = reqwest::Url::parse(base_url).map_err(|e| fault("is no URL").with_source(e))?;
        if !matches!(base_url.scheme(), "http" | "https") {
            return Err(fault("is neither http nor https"));
        }
        #[cfg(feature = "rustls")]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // An error means that another thread installed one in between, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let http = reqwest::Client::builder()
            // A redirect would carry the key to another place.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(|e| Error::configuration("the HTTP client cannot be made").with_source(e))?;
        Ok(Self {
            http,
            base_url,
            headers: HeaderMap::new(),
        })
    }

    /// The same with a header on every request.
    ///
    /// # Errors
    ///
    /// When a header can have no such name or value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let fault = || Error::configuration(format!("the header {name} cannot be sent"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| fault().with_source(e))?;
        let mut value = HeaderValue::from_str(value).map_err(|e| fault().with_source(e))?;
        // Never shown by anything that prints headers.
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// The same with `Authorization: Bearer key` on every request.
    ///
    /// # Errors
    ///
    /// When the key can stand in no header.
    pub fn bearer(self, key: &str) -> Result<Self, Error> {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// The same with another HTTP client, which should follow no redirects.
    #[must_use]
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = http;
        self
    }

    fn request(&self, call: &Call) -> Result<reqwest::Request, Error> {
        let operation = call.operation;
        let base = self.base_url.as_str().trim_end_matches('/');
        let url = reqwest::Url::parse(&format!("{base}{}", call.request.target))
            .ok()
            .filter(|url| url.origin() == self.base_url.origin())
            .ok_or_else(|| {
                Error::configuration(format!("{}: the path leaves the base URL", operation.id))
            })?;
        let mut request = reqwest::Request::new(call.request.method.clone(), url);
        request.headers_mut().extend(self.headers.clone());
        request.headers_mut().extend(call.request.headers.clone());
        *request.body_mut() = match &call.request.body {
            Body::Empty => None,
            Body::Bytes(bytes) => Some(bytes.clone().into()),
            Body::Factory { length, make } => {
                let stream = make().map_err(|e| {
                    Error::configuration(format!("{}: the body cannot be read", operation.id))
                        .with_source(e)
                })?;
                if let Some(length) = length {
                    let length = HeaderValue::from(*length);
                    request.headers_mut().insert(header::CONTENT_LENGTH, length);
                }
                Some(reqwest::Body::wrap_stream(stream))
            }
        };
        let limits = call.options.limits();
        *request.timeout_mut() = limits.attempt.or(limits.total.or(None));
        Ok(request)
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, Error> {
        let started = Instant::now();
        let request = self.request(call)?;
        let failed = |e| sending_failed(call.operation, e).with_attempts(1, started.elapsed());
        let mut response = self.http.execute(request).await.map_err(failed)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = response.bytes().await;
        let (bytes, broken) = match body {
            Ok(bytes) => (bytes, None),
            Err(error) => (Bytes::new(), Some(error)),
        };
        let mut answer = Answer::new(status, headers, bytes);
        answer.attempts.elapsed = started.elapsed();
        match broken {
            // A refusal is one also when the rest of its body is lost.
            Some(error) if status.is_success() => {
                let made = Error::unreadable(call.operation, answer, "its body broke off");
                Err(made.with_source(error.without_url()))
            }
            _ => Ok(answer),
        }
    }
}

impl std::fmt::Debug for HttpTransport {
    /// The host only: headers hold the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpTransport")
            .field("host", &self.base_url.host_str())
            .finish_non_exhaustive()
    }
}

impl From<HttpTransport> for crate::Client {
    fn from(transport: HttpTransport) -> Self {
        Self::new(Hook::new(Arc::new(transport)))
    }
}

impl Transport for HttpTransport {
    fn send(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'static>> {
        Box::pin(async move { self.attempt(&call).await })
    }

    fn open(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Opened, Error>> + Send + 'static>> {
        Box::pin(async move {
            let request = self.request(&call)?;
            let failed = |error| sending_failed(call.operation, error);
            let mut response = self.http.execute(request).await.map_err(failed)?;
            let status = response.status();
            let headers = std::mem::take(response.headers_mut());
            let error = |error: reqwest::Error| std::io::Error::other(error.without_url());
            Ok(Opened::streamed(status, headers, response.bytes_stream(), error))
        })
    }

    fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        let request = self.request(call)?;
        let body = match &call.request.body {
            Body::Bytes(bytes) => bytes.clone(),
            _ => Bytes::new(),
        };
        Ok(RequestPreview::new(
            request.method().clone(),
            request.url().to_string(),
            request.headers().clone(),
            body,
        ))
    }
}

/// How far a request got that has no answer.
fn sending_failed(operation: &'static Operation, error: reqwest::Error) -> Error {
    let made = if error.is_connect() || error.is_builder() {
        Error::never_sent(operation, "no connection could be made")
    } else {
        Error::maybe_sent(operation, "the connection broke, or the time limit ran out")
    };
    made.with_source(error.without_url())
}
