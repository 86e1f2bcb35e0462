//! A basic transport: a base URL, headers and reqwest. It has no retries, no rate limiting, and no limits other than
//! those of the `reqwest::Client`. Programs that need these features can implement [`Transport`] themselves.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::runtime::transport::{
    Attempts, Call, Dispatcher, ErrorBuilder, Response, StreamingResponse, Transport,
    TransportFuture, cause, request_preview,
};
use crate::runtime::{Body, Error, Operation, RequestPreview};

/// A transport that sends requests with reqwest.
#[derive(Clone)]
pub struct HttpTransport {
    http: reqwest::Client,
    base_url: reqwest::Url,
    headers: HeaderMap,
}

impl HttpTransport {
    /// Creates a transport for the service at `base_url`: scheme, host, and optionally a path.
    ///
    /// # Errors
    ///
    /// Returns an error if `base_url` is not an http or https URL, or the HTTP client cannot be created.
    pub fn new(base_url: &str) -> Result<Self, Error> {
        let error = |why: &str| ErrorBuilder::configuration(format!("the base URL {why}"));
        let base_url = reqwest::Url::parse(base_url)
            .map_err(|e| error("is not a valid URL").source(e).build())?;
        if !matches!(base_url.scheme(), "http" | "https") {
            return Err(error("is neither http nor https").build());
        }
        #[cfg(feature = "rustls")]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // An error means that another thread has installed a provider in the meantime, which is fine.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let http = reqwest::Client::builder()
            // A redirect could send the key to another host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(|e| {
                ErrorBuilder::configuration(format!("the HTTP client cannot be created: {}", cause(&e)))
                    .source(e)
                    .build()
            })?;
        Ok(Self {
            http,
            base_url,
            headers: HeaderMap::new(),
        })
    }

    /// Adds a header to every request.
    ///
    /// # Errors
    ///
    /// Returns an error if `name` is not a valid header name or `value` is not a valid header value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let error = || ErrorBuilder::configuration(format!("the header {name} cannot be sent"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| error().source(e).build())?;
        let mut value = HeaderValue::from_str(value).map_err(|e| error().source(e).build())?;
        // Redacts the value when headers are printed.
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Adds an `Authorization: Bearer <key>` header to every request.
    ///
    /// # Errors
    ///
    /// Returns an error if the key contains characters that are not allowed in a header.
    pub fn bearer(self, key: &str) -> Result<Self, Error> {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// Replaces the HTTP client. The client should not follow redirects.
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
                ErrorBuilder::never_built(operation, "the path changes the origin of the base URL").build()
            })?;
        let mut request = reqwest::Request::new(call.request.method.clone(), url);
        request.headers_mut().extend(self.headers.clone());
        request.headers_mut().extend(call.request.headers.clone());
        *request.body_mut() = match &call.request.body {
            Body::Empty => None,
            Body::Bytes(bytes) => Some(bytes.clone().into()),
            Body::Factory { length, open } => {
                let stream = open().map_err(|e| {
                    ErrorBuilder::never_built(operation, format!("the body cannot be read: {e}"))
                        .source(e)
                        .build()
                })?;
                if let Some(length) = length {
                    let length = HeaderValue::from(*length);
                    request.headers_mut().insert(header::CONTENT_LENGTH, length);
                }
                Some(reqwest::Body::wrap_stream(stream))
            }
        };
        let limits = &call.settings.limits;
        *request.timeout_mut() = limits.attempt.or(limits.total.or(None));
        Ok(request)
    }

    async fn attempt(&self, call: &Call) -> Result<Response, Error> {
        let started = Instant::now();
        let request = self.request(call)?;
        let failed = |e| {
            let attempts = Attempts::new(1, started.elapsed());
            sending_failed(call.operation, e).attempts(attempts).build()
        };
        let mut response = self.http.execute(request).await.map_err(failed)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = response.bytes().await;
        let (bytes, broken) = match body {
            Ok(bytes) => (bytes, None),
            Err(error) => (Bytes::new(), Some(error.without_url())),
        };
        let mut response = Response::new(status, headers, bytes);
        response.attempts.elapsed = started.elapsed();
        match broken {
            // An error status is reported as such even if its body is incomplete.
            Some(error) if status.is_success() => {
                let why = format!("its body broke off: {}", cause(&error));
                Err(ErrorBuilder::unreadable(call.operation, response, why)
                    .source(error)
                    .build())
            }
            _ => Ok(response),
        }
    }
}

impl std::fmt::Debug for HttpTransport {
    /// Prints only the host, because the headers contain the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpTransport")
            .field("host", &self.base_url.host_str())
            .finish_non_exhaustive()
    }
}

impl From<HttpTransport> for crate::Client {
    fn from(transport: HttpTransport) -> Self {
        Self::from(Dispatcher::new(Arc::new(transport)))
    }
}

impl Transport for HttpTransport {
    fn send(self: Arc<Self>, call: Call) -> TransportFuture<Response> {
        Box::pin(async move { self.attempt(&call).await })
    }

    fn stream(self: Arc<Self>, call: Call) -> TransportFuture<StreamingResponse> {
        Box::pin(async move {
            let request = self.request(&call)?;
            let failed = |error| sending_failed(call.operation, error).build();
            let mut response = self.http.execute(request).await.map_err(failed)?;
            let status = response.status();
            let headers = std::mem::take(response.headers_mut());
            let error = |error: reqwest::Error| std::io::Error::other(error.without_url());
            Ok(StreamingResponse::new(
                status,
                headers,
                response.bytes_stream(),
                error,
            ))
        })
    }

    fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        let request = self.request(call)?;
        Ok(request_preview(
            request.method().clone(),
            request.url().to_string(),
            request.headers().clone(),
            &call.request.body,
        ))
    }
}

/// Classifies a failed request by whether it may have been sent.
fn sending_failed(operation: &'static Operation, error: reqwest::Error) -> ErrorBuilder {
    let error = error.without_url();
    let failure = if error.is_connect() || error.is_builder() {
        ErrorBuilder::never_sent(operation, format!("no connection: {}", cause(&error)))
    } else {
        ErrorBuilder::maybe_sent(operation, format!("the connection broke: {}", cause(&error)))
    };
    let failure = if error.is_timeout() { failure.timeout() } else { failure };
    failure.source(error)
}
