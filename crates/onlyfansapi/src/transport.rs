//! The one way to the service: origin, key and connection are added here and nowhere else.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use onlyfansapi_core::http::{HeaderMap, HeaderValue, header};
use onlyfansapi_core::{Answer, Body, Call, Error, Operation, Transport};
use reqwest::Request;
use url::Url;

/// Sends calls by reqwest.
pub(crate) struct HttpTransport {
    http: reqwest::Client,
    base_url: Url,
    key: HeaderValue,
    headers: HeaderMap,
    timeout: Option<Duration>,
}

impl HttpTransport {
    pub(crate) fn new(
        http: reqwest::Client,
        base_url: Url,
        key: HeaderValue,
        headers: HeaderMap,
        timeout: Option<Duration>,
    ) -> Self {
        Self {
            http,
            base_url,
            key,
            headers,
            timeout,
        }
    }

    pub(crate) fn with_key(&self, key: HeaderValue) -> Self {
        Self {
            http: self.http.clone(),
            base_url: self.base_url.clone(),
            key,
            headers: self.headers.clone(),
            timeout: self.timeout,
        }
    }

    pub(crate) fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The request as it is sent: with origin and key.
    fn request(&self, call: &Call) -> Result<Request, Error> {
        let operation = call.operation;
        // The target is a path with a query, so that joining it cannot leave the origin; this is
        // checked all the same, because the key goes where the URL points.
        let url = self
            .base_url
            .join(&call.request.target)
            .ok()
            .filter(|url| url.origin() == self.base_url.origin());
        let url = url.ok_or_else(|| {
            Error::configuration(format!("{}: the path leaves the base URL", operation.id))
        })?;
        let mut request = Request::new(call.request.method.clone(), url);
        let headers = request.headers_mut();
        headers.extend(self.headers.clone());
        headers.extend(call.request.headers.clone());
        headers.insert(header::AUTHORIZATION, self.key.clone());
        *request.body_mut() = match &call.request.body {
            Body::Bytes(bytes) => Some(bytes.clone().into()),
            Body::Factory { length, make } => {
                let stream = make().map_err(|e| {
                    Error::configuration(format!("{}: the body cannot be read", operation.id))
                        .with_source(e)
                })?;
                if let Some(length) = length {
                    request
                        .headers_mut()
                        .insert(header::CONTENT_LENGTH, HeaderValue::from(*length));
                }
                Some(reqwest::Body::wrap_stream(stream))
            }
            _ => None,
        };
        *request.timeout_mut() = call.options.get_timeout().or(self.timeout);
        Ok(request)
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, Error> {
        let started = Instant::now();
        let request = self.request(call)?;
        let failed =
            |error| sending_failed(call.operation, error).with_attempts(1, started.elapsed());
        let mut response = self.http.execute(request).await.map_err(failed)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        let broken = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        let mut answer = Answer::new(status, headers, body.freeze());
        answer.elapsed = started.elapsed();
        match broken {
            // A refusal is one also when the rest of its body is lost.
            Some(error) if status.is_success() => {
                let why = format!(
                    "its body {} after {} bytes",
                    if error.is_timeout() {
                        "was not complete in time"
                    } else {
                        "broke off"
                    },
                    answer.body.len()
                );
                Err(Error::unreadable(call.operation, answer, why).with_source(error.without_url()))
            }
            _ => Ok(answer),
        }
    }
}

impl Transport for HttpTransport {
    fn send(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'static>> {
        Box::pin(async move { self.attempt(&call).await })
    }
}

/// How far a request got that has no answer. reqwest's own text is kept as the source, without the
/// URL.
fn sending_failed(operation: &'static Operation, error: reqwest::Error) -> Error {
    let made = if error.is_connect() && error.is_timeout() {
        Error::never_sent(operation, "no connection could be made in time")
    } else if error.is_connect() {
        Error::never_sent(operation, "no connection could be made")
    } else if error.is_builder() {
        Error::never_sent(operation, "the HTTP client refused the request")
    } else if error.is_timeout() {
        Error::maybe_sent(operation, "the time limit ran out")
    } else {
        Error::maybe_sent(operation, "the connection broke")
    };
    made.with_source(error.without_url())
}
