//! The one way to the service: origin, key and connection are added here and nowhere else.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use onlyfansapi_core::http::{HeaderMap, HeaderValue, header};
use onlyfansapi_core::{Answer, Body, Call, Error, Opened, Operation, RequestPreview, Transport};
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
                Err(caused_by(
                    Error::unreadable(call.operation, answer, why),
                    error,
                ))
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

    fn open(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Opened, Error>> + Send + 'static>> {
        Box::pin(async move {
            let started = Instant::now();
            let request = self.request(&call)?;
            let mut response = self.http.execute(request).await.map_err(|error| {
                sending_failed(call.operation, error).with_attempts(1, started.elapsed())
            })?;
            let status = response.status();
            let headers = std::mem::take(response.headers_mut());
            let body = Box::pin(Chunks(Box::pin(response.bytes_stream())));
            Ok(Opened::new(status, headers, body))
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

/// The body of an answer as it comes; its errors without the URL, which may hold a secret.
struct Chunks<S>(Pin<Box<S>>);

impl<S: Stream<Item = reqwest::Result<Bytes>>> Stream for Chunks<S> {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0
            .as_mut()
            .poll_next(context)
            .map_err(|error| std::io::Error::other(error.without_url()))
    }
}

/// How far a request got that has no answer.
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
    caused_by(made, error)
}

/// `made` with reqwest's error, without the URL, as its source, and with whether that was a time limit.
fn caused_by(made: Error, error: reqwest::Error) -> Error {
    let made = if error.is_timeout() {
        made.by_timeout()
    } else {
        made
    };
    made.with_source(error.without_url())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use onlyfansapi_core::http::Method;
    use onlyfansapi_core::{BodyFormat, BodyStream, CallOptions, EmptyBody, Request, Shape};
    use onlyfansapi_mock::{KEY, MockReply, MockServer};

    use super::*;
    use crate::Client;

    static UPLOAD: Operation = Operation {
        id: "upload",
        method: Method::POST,
        path: "/api/upload",
        tag: "",
        parameters: &[],
        body: BodyFormat::Json("application/json"),
        empty_body: EmptyBody::Object,
        accept: "application/json",
        shape: Shape::Whole,
    };

    /// Two chunks, as a stream.
    struct Pieces(Vec<&'static [u8]>);

    impl Stream for Pieces {
        type Item = std::io::Result<Bytes>;

        fn poll_next(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Ready(self.0.pop().map(|chunk| Ok(Bytes::from_static(chunk))))
        }
    }

    #[tokio::test]
    async fn a_body_that_cannot_be_cloned_is_made_anew_for_each_attempt() {
        let server = MockServer::start().await.unwrap();
        server.reply("POST", "/api/upload", MockReply::status(200));
        let client = Client::builder()
            .key(KEY)
            .base_url(server.url())
            .build()
            .unwrap();
        let made = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&made);
        let body = Body::Factory {
            length: Some(6),
            make: Arc::new(move || {
                counter.fetch_add(1, Ordering::Relaxed);
                Ok(Box::pin(Pieces(vec![b"def", b"abc"])) as BodyStream)
            }),
        };
        let request = Request {
            method: Method::POST,
            target: "/api/upload".to_owned(),
            headers: HeaderMap::new(),
            body,
        };
        let call = Call::new(&UPLOAD, request, CallOptions::new());
        for _ in 0..2 {
            assert_eq!(client.transport().attempt(&call).await.unwrap().status, 200);
        }
        assert_eq!(made.load(Ordering::Relaxed), 2);
        for sent in server.requests() {
            assert_eq!(
                (&*sent.body, sent.header("content-length")),
                (&b"abcdef"[..], "6")
            );
        }
    }

    #[tokio::test]
    async fn a_target_that_leaves_the_origin_is_never_sent() {
        let client = Client::new("not-a-real-key").unwrap();
        for target in [
            "//evil.example/x",
            "https://evil.example/x",
            "\\\\evil.example/x",
        ] {
            let request = Request {
                method: Method::GET,
                target: target.to_owned(),
                headers: HeaderMap::new(),
                body: Body::Empty,
            };
            let error = client
                .transport()
                .attempt(&Call::new(&UPLOAD, request, CallOptions::new()))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), onlyfansapi_core::ErrorKind::NeverBuilt);
        }
    }
}
