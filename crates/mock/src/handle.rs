//! One request, from its head to its answer: key, rate limit, route, scripts, checks, idempotency key, state, answer.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::check::{self, Checked, Incoming};
use crate::connection::Cut;
use crate::idempotency::{Scope, Seen};
use crate::reply::Sending;
use crate::route::{self, Route, Segment};
use crate::script::End;
use crate::server::{Shape, Shared, lock};
use crate::service::{Operation, sent};
use crate::state::Ask;
use crate::{MockReply, Recorded, RetryAfter, answer, control, envelope, pages, price, sending};

/// The largest body that is read, in bytes: the service's own limit of a file, and the form around it.
const LARGEST: usize = 101 << 20;
/// Where the files stand that a download is redirected to. They are another host's at the service, and need no key.
const FILES: &str = "/stand-in/files/";

/// Answers a request.
pub(crate) async fn request(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let start = Instant::now();
    let (parts, body) = request.into_parts();
    let mut recorded = Recorded {
        operation: String::new(),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        status: 0,
        findings: Vec::new(),
    };
    let mut exchange = Exchange {
        shared: &shared,
        parts: &parts,
        recorded: &mut recorded,
        key: None,
        then_cut: false,
        is_own: false,
        logged: None,
    };
    let reply = exchange.reply(body).await;
    let Exchange {
        key,
        then_cut,
        is_own,
        logged,
        ..
    } = exchange;
    recorded.headers = parts.headers;
    if let Some(key) = recorded.headers.get_mut(header::AUTHORIZATION) {
        // Not in what `Debug` shows.
        key.set_sensitive(true);
    }
    recorded.status = match &reply {
        Some(reply) if !then_cut => reply.status.as_u16(),
        _ => 0,
    };
    if shared.is_logged {
        log(&recorded, logged.as_deref(), start.elapsed());
    }
    if !is_own {
        lock(&shared.journal).write(Arc::new(recorded));
    }
    let Some(reply) = reply else {
        cut.cut();
        return Response::new(Body::empty());
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    if then_cut {
        cut.cut();
    }
    // A key stays in progress for as long as its answer is on the way.
    sending::response(reply, key)
}

/// One request while it is answered.
struct Exchange<'a> {
    shared: &'a Arc<Shared>,
    parts: &'a Parts,
    recorded: &'a mut Recorded,
    key: Option<InProgress>,
    then_cut: bool,
    /// It was for the stand-in itself, and is not one of those that are looked at.
    is_own: bool,
    /// The path for the log, where the one that was sent may hold a secret.
    logged: Option<String>,
}

impl Exchange<'_> {
    /// The answer; `None` cuts the connection.
    async fn reply(&mut self, body: Body) -> Option<MockReply> {
        let shared = self.shared;
        let path = self.parts.uri.path();
        if let Some(file) = path.strip_prefix(FILES) {
            self.is_own = true;
            let file = file.to_owned();
            return Some(MockReply::status(200).body("application/octet-stream", file));
        }
        let route = route::find(&shared.service, &self.parts.method, path);
        let operation = match &route {
            Route::Found(operation, _) => Some(*operation),
            _ => None,
        };
        if let Some(operation) = operation {
            self.recorded.operation.clone_from(&operation.id);
            let is_greedy = operation.segments.last().is_some_and(Segment::is_greedy);
            self.logged = is_greedy.then(|| operation.path.clone());
        }
        let has_key = self.has_key();
        if let Some(operation) = operation
            && has_key
            && lock(&shared.scripts).take_reset_before(&operation.id)
        {
            return None;
        }
        match axum::body::to_bytes(body, LARGEST).await {
            Ok(body) => self.recorded.body = body,
            Err(_) => {
                let message = "The body is too large, or broke off.";
                return Some(MockReply::json(413, &json!({"message": message})));
            }
        }
        if !has_key {
            let sentence =
                "Unauthorized. Go to https://app.onlyfansapi.com/api-keys to get your API key.";
            return Some(MockReply::json(401, &json!({"error": sentence})));
        }
        let own = control::answer(shared, &self.parts.method, path, &self.recorded.body);
        if own.is_some() {
            self.is_own = true;
            return own;
        }
        if let Some(reply) = lock(&shared.scripts).always(&self.recorded.method, path) {
            return Some(reply.clone());
        }
        let counted = lock(&shared.account).request();
        if let Err(seconds) = counted {
            return Some(MockReply::too_many_requests(RetryAfter::Seconds(seconds)));
        }
        let end = operation.and_then(|operation| lock(&shared.scripts).take(&operation.id));
        if let Some(End::Reply(reply)) = end {
            return Some(*reply);
        }
        let mut reply = match route {
            Route::Found(operation, values) => self.carry_out(operation, &values).await,
            Route::OtherMethods(methods) => {
                let mut names: Vec<_> = methods.iter().map(http::Method::as_str).collect();
                names.sort_unstable();
                names.dedup();
                let methods = names.join(", ");
                let message = format!(
                    "The {} method is not supported for route {}. Supported methods: {methods}.",
                    self.parts.method,
                    path.trim_start_matches('/')
                );
                let mut reply = MockReply::json(405, &json!({"message": message}));
                if let Ok(methods) = HeaderValue::from_str(&methods) {
                    reply.headers.insert(header::ALLOW, methods);
                }
                reply
            }
            Route::Unknown => {
                let message = format!(
                    "The route {} could not be found.",
                    path.trim_start_matches('/')
                );
                MockReply::json(404, &json!({"message": message}))
            }
        };
        match end {
            // There is no half of nothing.
            Some(End::Own(_, Sending::Half)) if reply.body.is_empty() => self.then_cut = true,
            Some(End::Own(delay, sending)) => {
                reply.delay = delay;
                reply.sending = sending;
            }
            Some(End::ResetAfter) => self.then_cut = true,
            _ => {}
        }
        Some(reply)
    }

    /// Whether the request has the key. The name of the scheme has no case.
    fn has_key(&self) -> bool {
        let sent = self.parts.headers.get(header::AUTHORIZATION);
        let sent = sent
            .and_then(|sent| sent.to_str().ok())
            .and_then(|sent| sent.split_once(' '));
        sent.is_some_and(|(scheme, key)| {
            scheme.eq_ignore_ascii_case("bearer") && key == self.shared.key.0
        })
    }

    /// Checks a request of a known operation, and does what it asks.
    async fn carry_out(&mut self, operation: &Operation, path: &[(String, String)]) -> MockReply {
        let shared = self.shared;
        let query = self.recorded.query_pairs();
        let incoming = Incoming {
            operation,
            path,
            query: &query,
            headers: &self.parts.headers,
            body: &self.recorded.body,
        };
        let mut checked = check::check(&shared.service, &incoming).await;
        self.recorded.findings = std::mem::take(&mut checked.findings);
        if let Some((status, body)) = checked.refused() {
            return self.charged(status, body, 0, &[]);
        }
        match self.see_key(operation, path) {
            None | Some(Seen::First) => {}
            Some(Seen::Refused(status, body)) => return self.charged(status, body, 0, &[]),
            Some(Seen::Replay(status, body)) => {
                return self.charged(status, body, 0, &[("idempotent-replayed", "true")]);
            }
        }
        let shape = match self.shape(operation) {
            Ok(shape) => shape,
            Err(message) => return MockReply::json(400, &json!({"message": message})),
        };
        let mut documented = answer::successes(operation);
        let first = documented.next();
        // What is worked on in the background is accepted, where the document says so.
        let is_async = checked.body["async"] == true;
        let accepted = documented.find(|answer| is_async && answer.status == 202);
        let Some(success) = accepted.or(first) else {
            // The document shows no success at all.
            let body = json!({});
            let used = self.price(operation, &checked, &body);
            return self.charged(200, body, used, &[]);
        };
        if (300..400).contains(&success.status) {
            let name = path.last().map_or("file", |(_, value)| value);
            let name = name.split('?').next().unwrap_or(name);
            let name = name.rsplit('/').next().unwrap_or(name);
            let name = utf8_percent_encode(name, NON_ALPHANUMERIC)
                .to_string()
                .replace("%2E", ".");
            let location = format!("{}{FILES}{name}", shared.base);
            let used = self.price(operation, &checked, &Value::Null);
            let mut reply = self.charged(success.status, Value::Null, used, &[]);
            reply = reply.body("text/plain; charset=UTF-8", "");
            if let Ok(location) = HeaderValue::from_str(&location) {
                reply.headers.insert(header::LOCATION, location);
            }
            return reply;
        }
        let mut body = answer::body(&shared.service, success, shape.branch);
        envelope::echo(operation, path, &mut body);
        let address = format!("{}{}", shared.base, self.parts.uri.path());
        pages::write(operation, &address, &query, &mut body);
        let ask = Ask {
            service: &shared.service,
            operation,
            path,
            query: &query,
            body: &checked.body,
            address: &address,
        };
        let acted = lock(&shared.memory).act(&ask, &mut body);
        if acted.is_err() {
            let body = not_found(operation);
            self.settle_key(404, &body);
            return self.charged(404, body, 0, &[]);
        }
        if let Some(variation) = shape.variation {
            variation.apply(&mut body);
        }
        let is_empty = success.status == 204 || success.media.is_none();
        let is_text = success
            .media
            .as_deref()
            .is_some_and(|media| media.starts_with("text/"));
        if is_empty || is_text {
            let used = self.price(operation, &checked, &Value::Null);
            let mut reply = self.charged(success.status, Value::Null, used, &[]);
            if is_text {
                let text = body.as_str().unwrap_or_default().to_owned();
                reply = reply.body("text/plain; charset=UTF-8", text);
            }
            return reply;
        }
        let tag = (operation.id == "listVaultLists").then(|| tag(&body["data"]));
        let used = self.price(operation, &checked, &body);
        self.settle_key(success.status, &body);
        let sent_tag = self.parts.headers.get(header::IF_NONE_MATCH);
        let is_same = tag
            .as_deref()
            .is_some_and(|tag| sent_tag.is_some_and(|sent| sent == tag));
        let mut reply = if is_same {
            self.charged(304, Value::Null, used, &[])
        } else {
            self.charged(success.status, body, used, &[])
        };
        if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
            reply.headers.insert(header::ETAG, tag);
        }
        reply
    }

    fn price(&self, operation: &Operation, checked: &Checked, answer: &Value) -> u64 {
        price::of(&price::Call {
            operation,
            is_head: self.parts.method == Method::HEAD,
            files: checked.files,
            sent: &checked.body,
            answer,
        })
    }

    /// How the answer is to be made: as the request asks, or as the test has said.
    fn shape(&self, operation: &Operation) -> Result<Shape, String> {
        let mut shape = {
            let shapes = lock(&self.shared.shapes);
            shapes.get(&operation.id).copied().unwrap_or_default()
        };
        if let Some(asked) = self.parts.headers.get("x-stand-in-variation") {
            let asked = asked.to_str().unwrap_or_default();
            shape.variation = Some(asked.parse()?);
        }
        Ok(shape)
    }

    /// What the idempotency key of the request says, if the operation takes one and there is one.
    fn see_key(&mut self, operation: &Operation, path: &[(String, String)]) -> Option<Seen> {
        let takes_key = operation
            .parameters
            .iter()
            .any(|p| p.place == "header" && p.name.eq_ignore_ascii_case("idempotency-key"));
        let key = takes_key.then(|| self.parts.headers.get("idempotency-key"))??;
        let account = sent(path, "account").unwrap_or_default();
        let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
        let scope = (operation.id.clone(), account.to_owned(), key);
        let url_path = self.parts.uri.path();
        let seen = lock(&self.shared.keys).see(&scope, url_path, &self.recorded.body);
        if matches!(seen, Seen::First) {
            self.key = Some(InProgress {
                shared: Arc::clone(self.shared),
                scope,
                answer: (500, Value::Null),
            });
        }
        Some(seen)
    }

    fn settle_key(&mut self, status: u16, body: &Value) {
        if let Some(key) = &mut self.key {
            key.answer = (status, body.clone());
        }
    }

    /// The answer with what the call has cost, in the headers and in the body.
    fn charged(
        &self,
        status: u16,
        mut body: Value,
        used: u64,
        more: &[(&'static str, &'static str)],
    ) -> MockReply {
        let charge = lock(&self.shared.account).charge(used);
        envelope::meta(charge, &mut body);
        let mut reply = match body {
            Value::Null => MockReply::status(status),
            body => MockReply::json(status, &body),
        };
        envelope::headers(charge, &mut reply.headers);
        for (name, value) in more {
            reply = reply.header(name, value);
        }
        reply
    }
}

/// A request with an idempotency key, until its answer is sent: then the key is settled.
struct InProgress {
    shared: Arc<Shared>,
    scope: Scope,
    /// Status and body; a server's error, which is never kept, until there is another.
    answer: (u16, Value),
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let (status, body) = &self.answer;
        lock(&self.shared.keys).settle(&self.scope, *status, body);
    }
}

/// What is missing is one of OnlyFans' own under an account, and one of the service's elsewhere.
fn not_found(operation: &Operation) -> Value {
    let name = operation.segments.iter().rev();
    let name = name.filter_map(|segment| match segment {
        route::Segment::Literal(name) => Some(name.as_str()),
        route::Segment::Parameter(..) => None,
    });
    let name = name.take(1).collect::<String>().replace('-', " ");
    if operation.path.contains("{account}") {
        json!({"error": "ONLYFANS_COM_ERROR", "message": format!("There is no such thing among {name}.")})
    } else {
        json!({"message": format!("No query results for this id among {name}.")})
    }
}

/// An entity tag of what stands under `data`.
fn tag(data: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    data.to_string().hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

/// A line for a request, and one for each finding. Queries and bodies are not written: they may hold secrets.
fn log(recorded: &Recorded, path: Option<&str>, time: Duration) {
    let Recorded {
        method,
        status,
        operation,
        findings,
        ..
    } = recorded;
    let path = path.unwrap_or(&recorded.path);
    let end = match status {
        0 => "cut".to_owned(),
        status => status.to_string(),
    };
    let milliseconds = time.as_secs_f64() * 1e3;
    let mut lines = format!("{method} {path} {end} {operation} {milliseconds:.1} ms\n");
    for finding in findings {
        let _ = writeln!(lines, "  ignored: {finding}");
    }
    eprint!("{lines}");
}
