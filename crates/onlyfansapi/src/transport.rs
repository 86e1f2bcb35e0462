//! The one way to the service: origin, key and connection are added here and nowhere else, and every call goes
//! through the policies.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use onlyfansapi_core::http::{HeaderMap, HeaderValue, Method, header};
use onlyfansapi_core::{
    Answer, Attempts, Body, Call, Error, Opened, Operation, RequestPreview, Transport,
};
use reqwest::{Request, Response};
use tracing::Instrument as _;
use url::Url;

use crate::connections::Connections;
use crate::policy::attempts::{self, Plan};
use crate::policy::backoff::Backoff;
use crate::policy::budget::Budget;
use crate::policy::idempotency;
use crate::policy::verdict::{self, Nature, Outcome};
use crate::policy::world::World;
use crate::trace::{self, CallSpan};

/// What counts for calls that do not say it themselves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defaults {
    pub(crate) retries: u32,
    pub(crate) attempt: Option<Duration>,
    pub(crate) total: Option<Duration>,
    pub(crate) body: Option<u64>,
    pub(crate) backoff: Backoff,
}

/// Sends calls by reqwest.
#[derive(Clone)]
pub(crate) struct HttpTransport {
    pub(crate) connections: Arc<Connections>,
    pub(crate) base_url: Url,
    pub(crate) key: HeaderValue,
    pub(crate) headers: HeaderMap,
    pub(crate) defaults: Defaults,
    pub(crate) budget: Arc<Budget>,
    pub(crate) world: Arc<dyn World>,
}

/// What an attempt gives.
enum Attempt {
    /// An answer that was read to its end.
    Read(Answer),
    /// One that was asked for as it comes, and is a success.
    Open(Opened),
}

impl Attempt {
    /// The same with how it was come by.
    fn after(mut self, attempts: Attempts, span: CallSpan) -> Self {
        match &mut self {
            Self::Read(answer) => {
                span.answered(answer.status, &answer.headers, attempts.count);
                answer.attempts = attempts;
                answer.observer = span.observer();
            }
            Self::Open(opened) => {
                span.answered(opened.status, &opened.headers, attempts.count);
                opened.attempts = attempts;
            }
        }
        self
    }
}

/// What the policies see of an attempt.
fn outcome(result: &Result<Attempt, Error>) -> Outcome<'_> {
    match result {
        Ok(Attempt::Read(answer)) => Outcome::Answer(answer.status, &answer.headers, &answer.body),
        Ok(Attempt::Open(opened)) => Outcome::Answer(opened.status, &opened.headers, &[]),
        Err(error) => Outcome::Error(error),
    }
}

impl HttpTransport {
    pub(crate) fn with_key(&self, key: HeaderValue) -> Self {
        Self {
            key,
            ..self.clone()
        }
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
            .filter(|url| is_same_origin(url, &self.base_url));
        let url = url.ok_or_else(|| {
            Error::configuration(format!("{}: the path leaves the base URL", operation.id))
        })?;
        let mut request = Request::new(call.request.method.clone(), url);
        let headers = request.headers_mut();
        let of_call = &call.request.headers;
        headers.reserve(self.headers.len() + of_call.len() + 2);
        // What the call sets takes the place of what the client has.
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
        Ok(request)
    }

    /// Tries a call until one attempt is its outcome.
    async fn call(&self, mut call: Box<Call>, streamed: bool) -> Result<Attempt, Error> {
        let key = idempotency::ensure(&mut call)?;
        let options = &call.options;
        let limits = options.limits();
        let plan = Plan {
            retries: options.get_retries().unwrap_or(self.defaults.retries),
            attempt: limits.attempt.or(self.defaults.attempt),
            total: limits.total.or(self.defaults.total),
            backoff: self.defaults.backoff,
        };
        let is_read = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&call.request.method);
        let nature = Nature {
            is_safe: options.get_idempotent().unwrap_or(is_read),
            has_key: key.is_some() && options.get_idempotent() != Some(false),
        };
        let http = self.connections.client(limits.connect)?;
        let most = limits.body.or(self.defaults.body);
        let span = CallSpan::of(&call);
        let listened = span.enabled();
        let (result, mut attempts) = {
            let mut run = std::pin::pin!(attempts::run(
                plan,
                &*self.world,
                &self.budget,
                |limit| self.attempt(&http, &call, limit, most, streamed),
                |result, date| verdict::of(outcome(result), nature, date),
                |result, attempts, wait| {
                    let why = match outcome(result) {
                        Outcome::Answer(status, ..) => status.as_str().to_owned(),
                        Outcome::Error(error) => trace::error_type(error).to_owned(),
                    };
                    span.again(&why, attempts, wait);
                },
            ));
            match listened {
                Some(span) => run.as_mut().instrument(span).await,
                None => run.await,
            }
        };
        attempts.idempotency_key = key;
        let mut error = match result {
            Ok(attempt) => return Ok(attempt.after(attempts, span)),
            Err(error) => error,
        };
        span.failed(&error, attempts.count);
        // One that was never built was not an attempt.
        if !error.is_never_built() {
            error = error.with_attempts(attempts.count, attempts.elapsed);
        }
        if let Some(wait) = attempts.wait {
            error = error.with_wait(wait);
        }
        Err(match attempts.idempotency_key {
            Some(key) => error.with_idempotency_key(key),
            None => error,
        })
    }

    /// Sends the request once.
    async fn attempt(
        &self,
        http: &reqwest::Client,
        call: &Call,
        limit: Option<Duration>,
        most: Option<u64>,
        streamed: bool,
    ) -> Result<Attempt, Error> {
        let operation = call.operation;
        let mut request = self.request(call)?;
        *request.timeout_mut() = limit;
        let sent = http.execute(request).await;
        let mut response = sent.map_err(|error| sending_failed(operation, error))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if streamed && status.is_success() {
            // Without the URL, which may hold a secret.
            let error = |error: reqwest::Error| std::io::Error::other(error.without_url());
            let opened = Opened::streamed(status, headers, response.bytes_stream(), error);
            return Ok(Attempt::Open(opened));
        }
        let (body, end) = read(&mut response, most).await;
        let answer = Answer::new(status, headers, body);
        let why = match end {
            // A refusal is one also when the rest of its body is lost.
            _ if !status.is_success() => return Ok(Attempt::Read(answer)),
            End::Whole => return Ok(Attempt::Read(answer)),
            End::TooLarge(most) => {
                let why = format!("its body is larger than the limit of {most} bytes");
                return Err(Error::unreadable(operation, answer, why));
            }
            End::Broken(error) => error,
        };
        let end = if why.is_timeout() {
            "was not complete in time"
        } else {
            "broke off"
        };
        let message = format!("its body {end} after {} bytes", answer.body.len());
        Err(caused_by(
            Error::unreadable(operation, answer, message),
            why,
        ))
    }
}

/// The most room that is made for a body before it has come.
const MOST_ROOM: u64 = 1 << 20;

/// How a body ended.
enum End {
    Whole,
    Broken(reqwest::Error),
    TooLarge(u64),
}

/// Reads a body to its end, or to its limit.
async fn read(response: &mut Response, most: Option<u64>) -> (Bytes, End) {
    let is_too_large = |length: usize| most.filter(|most| length as u64 > *most);
    let first = match response.chunk().await {
        Ok(Some(first)) => first,
        Ok(None) => return (Bytes::new(), End::Whole),
        Err(error) => return (Bytes::new(), End::Broken(error)),
    };
    if let Some(most) = is_too_large(first.len()) {
        return (first, End::TooLarge(most));
    }
    // Room for what is announced, if that is bearable; what comes counts.
    let announced = response.content_length().unwrap_or_default().min(MOST_ROOM);
    let room = usize::try_from(announced)
        .unwrap_or_default()
        .max(first.len());
    // Most answers come in one piece, which is not copied then.
    let mut body: Option<BytesMut> = None;
    loop {
        let end = match response.chunk().await {
            Ok(Some(chunk)) => {
                let body = body.get_or_insert_with(|| {
                    let mut body = BytesMut::with_capacity(room);
                    body.extend_from_slice(&first);
                    body
                });
                body.extend_from_slice(&chunk);
                match is_too_large(body.len()) {
                    Some(most) => End::TooLarge(most),
                    None => continue,
                }
            }
            Ok(None) => End::Whole,
            Err(error) => End::Broken(error),
        };
        return (body.map_or(first, BytesMut::freeze), end);
    }
}

impl Transport for HttpTransport {
    fn send(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'static>> {
        // In a box, because it is moved with every future around it.
        let call = Box::new(call);
        Box::pin(async move {
            match self.call(call, false).await? {
                Attempt::Read(answer) => Ok(answer),
                Attempt::Open(_) => unreachable!("it was asked for as a whole"),
            }
        })
    }

    fn open(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Opened, Error>> + Send + 'static>> {
        let call = Box::new(call);
        Box::pin(async move {
            Ok(match self.call(call, true).await? {
                Attempt::Open(opened) => opened,
                Attempt::Read(answer) => Opened::read(answer),
            })
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

/// Whether two URLs have scheme, host and port in common.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    let port = |url: &Url| url.port_or_known_default();
    one.scheme() == other.scheme() && one.host() == other.host() && port(one) == port(other)
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

    use futures_core::Stream;
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
        refuses_in_success: true,
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
        // The wait is too long after the second attempt.
        server.reply_at("POST", "/api/upload", MockReply::status(503));
        let client = Client::builder()
            .key(KEY)
            .base_url(server.url())
            .retries(1)
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
        let call = Call::new(&UPLOAD, request, CallOptions::new().idempotent(true));
        let transport = Arc::new(client.transport().clone());
        let answer = transport.send(call).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.attempts.count), (503, 2));
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
                .call(
                    Box::new(Call::new(&UPLOAD, request, CallOptions::new())),
                    false,
                )
                .await
                .err()
                .unwrap();
            assert_eq!(error.kind(), onlyfansapi_core::ErrorKind::NeverBuilt);
        }
    }
}
