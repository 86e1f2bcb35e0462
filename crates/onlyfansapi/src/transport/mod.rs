//! The HTTP transport. Only this module adds the origin, the API key and the connection, and every call goes through
//! the policies.

pub(crate) mod base_url;
mod body;
pub(crate) mod connections;
mod failure;
pub(crate) mod tls;
mod trace;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use onlyfansapi_core::http::{HeaderMap, HeaderValue, Method, header};
use onlyfansapi_core::transport::{
    Attempts, Call, ErrorBuilder, Response, StreamingResponse, Transport, TransportFuture, cause,
    request_preview,
};
use onlyfansapi_core::{Body, Error, FailedAttempt, RequestPreview};
use reqwest::Request;
use tracing::Instrument as _;
use url::Url;

use self::body::BodyEnd;
use self::connections::Connections;
use self::trace::CallSpan;
use crate::policy::attempts::{self, Plan, TimeLimit};
use crate::policy::backoff::Backoff;
use crate::policy::budget::Budget;
use crate::policy::clock::Clock;
use crate::policy::idempotency;
use crate::policy::retry::{self, AttemptResult, RetrySafety};

/// The default settings for calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defaults {
    pub(crate) retries: u32,
    pub(crate) connect: Option<Duration>,
    pub(crate) attempt: Option<Duration>,
    pub(crate) total: Option<Duration>,
    pub(crate) body: Option<u64>,
    pub(crate) backoff: Backoff,
}

/// Sends calls with reqwest.
#[derive(Clone)]
pub(crate) struct HttpTransport {
    pub(crate) connections: Arc<Connections>,
    pub(crate) base_url: Url,
    /// The origin, and the proxy if there is one, for errors.
    pub(crate) route: Arc<str>,
    pub(crate) key: HeaderValue,
    pub(crate) headers: HeaderMap,
    pub(crate) defaults: Defaults,
    pub(crate) budget: Arc<Budget>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The response of an attempt.
enum AttemptResponse {
    /// Read to its end.
    Buffered(Response),
    /// A success whose body is streamed.
    Streaming(StreamingResponse),
}

impl AttemptResponse {
    /// Attaches the record of the attempts to the response.
    fn after(mut self, attempts: Attempts, span: CallSpan) -> Self {
        match &mut self {
            Self::Buffered(response) => {
                span.responded(response.status, &response.headers, attempts.count);
                response.attempts = attempts;
                response.observer = span.observer();
            }
            Self::Streaming(response) => {
                span.responded(response.status, &response.headers, attempts.count);
                response.attempts = attempts;
            }
        }
        self
    }
}

/// Returns the part of an attempt's result that the policies need.
fn policy_view(result: &Result<AttemptResponse, Error>) -> AttemptResult<'_> {
    match result {
        Ok(AttemptResponse::Buffered(response)) => {
            AttemptResult::Response(response.status, &response.headers, &response.body)
        }
        Ok(AttemptResponse::Streaming(response)) => {
            AttemptResult::Response(response.status, &response.headers, &[])
        }
        Err(error) => AttemptResult::Error(error),
    }
}

/// Returns the record of an attempt, if it failed.
fn failed_attempt(result: &Result<AttemptResponse, Error>) -> Option<FailedAttempt> {
    match policy_view(result) {
        AttemptResult::Response(status, ..) if status.is_success() => None,
        AttemptResult::Response(status, _, body) => Some(FailedAttempt::refused(
            status,
            retry::is_without_effect(status, body),
        )),
        AttemptResult::Error(error) => Some(FailedAttempt::of(error)),
    }
}

/// The settings for each attempt of a call.
#[derive(Clone, Copy, Debug)]
struct AttemptSettings {
    connect: Option<Duration>,
    max_body: Option<u64>,
    is_streamed: bool,
}

impl HttpTransport {
    pub(crate) fn with_key(&self, key: HeaderValue) -> Self {
        Self {
            key,
            ..self.clone()
        }
    }

    /// Builds the request as it is sent, with origin and API key.
    fn request(&self, call: &Call) -> Result<Request, Error> {
        let operation = call.operation;
        // The target is a path with a query, so joining it cannot leave the origin. It is checked nevertheless, because
        // the API key is sent to wherever the URL points.
        let url = self
            .base_url
            .join(&call.request.target)
            .ok()
            .filter(|url| is_same_origin(url, &self.base_url));
        let url = url.ok_or_else(|| {
            ErrorBuilder::never_built(operation, "the path is not under the base URL").build()
        })?;
        let mut request = Request::new(call.request.method.clone(), url);
        let headers = request.headers_mut();
        let of_call = &call.request.headers;
        headers.reserve(self.headers.len() + of_call.len() + 2);
        // The call's headers replace the client's.
        for (name, value) in &self.headers {
            if !of_call.contains_key(name) {
                headers.append(name, value.clone());
            }
        }
        for (name, value) in of_call {
            headers.append(name, value.clone());
        }
        headers.insert(header::AUTHORIZATION, self.key.clone());
        *request.body_mut() = match &call.request.body {
            Body::Bytes(bytes) => Some(bytes.clone().into()),
            Body::Factory { length, open } => {
                let stream = open().map_err(|e| {
                    let message = format!("the request body cannot be read: {}", cause(&e));
                    ErrorBuilder::never_built(operation, message)
                        .source(e)
                        .build()
                })?;
                if let Some(length) = length {
                    request
                        .headers_mut()
                        .insert(header::CONTENT_LENGTH, HeaderValue::from(*length));
                }
                Some(reqwest::Body::wrap_stream(failure::RequestBody(stream)))
            }
            _ => None,
        };
        Ok(request)
    }

    /// Makes attempts until the call has a result.
    async fn call(&self, mut call: Box<Call>, is_streamed: bool) -> Result<AttemptResponse, Error> {
        let key = idempotency::ensure(&mut call)?;
        let settings = &call.settings;
        let plan = Plan {
            retries: settings.retries.unwrap_or(self.defaults.retries),
            attempt: settings.limits.attempt.or(self.defaults.attempt),
            total: settings.limits.total.or(self.defaults.total),
            backoff: self.defaults.backoff,
        };
        let is_read = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&call.request.method);
        let safety = RetrySafety {
            is_idempotent: settings.idempotent.unwrap_or(is_read),
            has_key: key.is_some() && settings.idempotent != Some(false),
        };
        let http = self.connections.client(settings.limits.connect)?;
        let of_attempt = AttemptSettings {
            connect: settings.limits.connect.or(self.defaults.connect),
            max_body: settings.limits.body.or(self.defaults.body),
            is_streamed,
        };
        let span = CallSpan::of(&call);
        let enabled = span.enabled();
        let mut failed = Vec::new();
        let (result, mut attempts) = {
            let mut run = std::pin::pin!(attempts::run(
                plan,
                &*self.clock,
                &self.budget,
                |limit| self.attempt(&http, &call, limit, of_attempt),
                |result, date| retry::decide(policy_view(result), safety, date),
                |result, attempts, wait| {
                    failed.extend(failed_attempt(result));
                    let why = match policy_view(result) {
                        AttemptResult::Response(status, ..) => status.as_str().to_owned(),
                        AttemptResult::Error(error) => trace::error_type(error).to_owned(),
                    };
                    span.retrying(&why, attempts, wait);
                },
            ));
            match enabled {
                Some(span) => run.as_mut().instrument(span).await,
                None => run.await,
            }
        };
        attempts.idempotency_key = key;
        attempts.failed = failed;
        attempts.failed.extend(failed_attempt(&result));
        let error = match result {
            Ok(response) => return Ok(response.after(attempts, span)),
            Err(error) => error,
        };
        // A request that was never built does not count as an attempt.
        if error.is_never_built() {
            attempts.count -= 1;
        }
        let count = attempts.count;
        let error = ErrorBuilder::from(error).attempts(attempts).build();
        span.failed(&error, count);
        Err(error)
    }

    /// Sends the request once.
    async fn attempt(
        &self,
        http: &reqwest::Client,
        call: &Call,
        limit: Option<TimeLimit>,
        settings: AttemptSettings,
    ) -> Result<AttemptResponse, Error> {
        let operation = call.operation;
        let mut request = self.request(call)?;
        *request.timeout_mut() = limit.map(|limit| limit.time);
        let sent = http.execute(request).await;
        let attempt = failure::Attempt {
            operation,
            route: &self.route,
            limit,
            connect: settings.connect,
        };
        let mut response = sent.map_err(|error| attempt.sending(error).build())?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if settings.is_streamed && status.is_success() {
            let error = move |error| failure::stream(error, limit);
            let streaming = StreamingResponse::new(status, headers, response.bytes_stream(), error);
            return Ok(AttemptResponse::Streaming(streaming));
        }
        let (body, end) = body::read(&mut response, settings.max_body).await;
        let response = Response::new(status, headers, body);
        let error = match end {
            // A refusal is reported as such even if the rest of its body is lost.
            _ if !status.is_success() => return Ok(AttemptResponse::Buffered(response)),
            BodyEnd::Whole => return Ok(AttemptResponse::Buffered(response)),
            BodyEnd::TooLarge(limit) => {
                let why = format!("its body is larger than the limit of {limit} bytes");
                return Err(ErrorBuilder::unreadable(operation, response, why).build());
            }
            BodyEnd::Broken(error) => error.without_url(),
        };
        let why = failure::body(&error, response.body.len(), limit);
        let unreadable = ErrorBuilder::unreadable(operation, response, why);
        Err(failure::with_cause(unreadable, error).build())
    }
}

impl Transport for HttpTransport {
    fn send(self: Arc<Self>, call: Call) -> TransportFuture<Response> {
        // Boxed, because it is moved with every future around it.
        let call = Box::new(call);
        Box::pin(async move {
            match self.call(call, false).await? {
                AttemptResponse::Buffered(response) => Ok(response),
                AttemptResponse::Streaming(_) => unreachable!("the call was not streamed"),
            }
        })
    }

    fn run_decode(
        self: Arc<Self>,
        limit: Option<Duration>,
        decode: Box<dyn FnOnce() + Send>,
    ) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(async move {
            let decoding = tokio::task::spawn_blocking(decode);
            let result = match limit {
                Some(limit) => match tokio::time::timeout(limit, decoding).await {
                    Ok(result) => result,
                    Err(_) => return false,
                },
                None => decoding.await,
            };
            match result {
                Ok(()) => true,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                // The runtime is shutting down.
                Err(_) => false,
            }
        })
    }

    fn stream(self: Arc<Self>, call: Call) -> TransportFuture<StreamingResponse> {
        let call = Box::new(call);
        Box::pin(async move {
            Ok(match self.call(call, true).await? {
                AttemptResponse::Streaming(response) => response,
                AttemptResponse::Buffered(response) => StreamingResponse::buffered(response),
            })
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

/// Returns whether two URLs share scheme, host and port.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    let port = |url: &Url| url.port_or_known_default();
    one.scheme() == other.scheme() && one.host() == other.host() && port(one) == port(other)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use bytes::Bytes;
    use futures_core::Stream;
    use onlyfansapi_core::http::Method;
    use onlyfansapi_core::transport::{CallSettings, Request};
    use onlyfansapi_core::{
        BodyFormat, BodyStream, EmptyBody, Operation, RefusalMarker, ResponseShape,
    };
    use onlyfansapi_mock::{API_KEY, MockReply, MockServer};

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
        shape: ResponseShape::Whole,
        refusal: RefusalMarker::DEFAULT,
    };

    /// A stream of two chunks.
    struct Pieces(Vec<&'static [u8]>);

    impl Stream for Pieces {
        type Item = std::io::Result<Bytes>;

        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Ready(self.0.pop().map(|chunk| Ok(Bytes::from_static(chunk))))
        }
    }

    #[tokio::test]
    async fn opens_a_streamed_body_once_per_attempt() {
        let server = MockServer::start().await.unwrap();
        // The wait is too long after the second attempt.
        server.reply_at("POST", "/api/upload", MockReply::status(503));
        let client = Client::builder()
            .key(API_KEY)
            .base_url(server.url())
            .retries(1)
            .build()
            .unwrap();
        let opened = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&opened);
        let body = Body::Factory {
            length: Some(6),
            open: Arc::new(move || {
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
        let call = {
            let mut settings = CallSettings::default();
            settings.idempotent = Some(true);
            Call::new(&UPLOAD, request, settings)
        };
        let transport = Arc::new(client.transport().clone());
        let response = transport.send(call).await.unwrap();
        assert_eq!(
            (response.status.as_u16(), response.attempts.count),
            (503, 2)
        );
        assert_eq!(opened.load(Ordering::Relaxed), 2);
        for sent in server.requests() {
            assert_eq!(
                (&*sent.body, sent.header("content-length")),
                (&b"abcdef"[..], "6")
            );
        }
    }

    #[tokio::test]
    async fn never_sends_a_target_that_leaves_the_origin() {
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
                .call(
                    Box::new(Call::new(&UPLOAD, request, CallSettings::default())),
                    false,
                )
                .await
                .err()
                .unwrap();
            assert_eq!(error.kind(), onlyfansapi_core::ErrorKind::NeverBuilt);
        }
    }
}
