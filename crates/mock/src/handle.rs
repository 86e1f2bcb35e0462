//! Handles a request: routing, API key, scripts, rate limit, validation, idempotency key, object store, response.

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

use crate::check::{self, IncomingRequest, Validation};
use crate::connection::ConnectionAbort;
use crate::idempotency::{KeyCheck, KeyScope};
use crate::route::{self, Route, Segment};
use crate::script::ScriptedAction;
use crate::server::{ResponseOptions, SharedState, lock};
use crate::service::{Operation, first_value};
use crate::state::StateRequest;
use crate::transfer::{self, BodyTransfer};
use crate::{MockReply, RecordedRequest, RetryAfter, control, envelope, pages, price, synthesis};

/// The maximum size of a request body, in bytes: the file size limit of the service plus the form that wraps the file.
const MAX_BODY_BYTES: usize = 101 << 20;
/// The path of the files to which downloads redirect. The service redirects to another host, so requests for these
/// files need no key.
const FILES: &str = "/mock/files/";

/// Handles a request and records it in the journal.
pub(crate) async fn request(
    State(shared): State<Arc<SharedState>>,
    ConnectInfo(connection): ConnectInfo<ConnectionAbort>,
    request: Request,
) -> Response {
    let start = Instant::now();
    let (parts, body) = request.into_parts();
    let mut recorded = RecordedRequest {
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
        abort_after: false,
        is_control: false,
        logged_path: None,
    };
    let reply = exchange.reply(body).await;
    let Exchange {
        key,
        abort_after,
        is_control,
        logged_path,
        ..
    } = exchange;
    recorded.headers = parts.headers;
    if let Some(key) = recorded.headers.get_mut(header::AUTHORIZATION) {
        // `Debug` does not print sensitive values.
        key.set_sensitive(true);
    }
    recorded.status = match &reply {
        Some(reply) if !abort_after => reply.status.as_u16(),
        _ => 0,
    };
    if shared.is_logged {
        log(&recorded, logged_path.as_deref(), start.elapsed());
    }
    if !is_control {
        lock(&shared.journal).record(Arc::new(recorded));
    }
    let Some(reply) = reply else {
        connection.abort();
        return Response::new(Body::empty());
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    if abort_after {
        connection.abort();
    }
    // The idempotency key stays in progress until the response is sent.
    transfer::response(reply, key)
}

/// A request while it is being handled.
struct Exchange<'a> {
    shared: &'a Arc<SharedState>,
    parts: &'a Parts,
    recorded: &'a mut RecordedRequest,
    key: Option<KeyInProgress>,
    /// Whether to reset the connection instead of sending the response.
    abort_after: bool,
    /// Whether this is a request to the mock server itself, which is not recorded.
    is_control: bool,
    /// The documented path, which is logged if the path of the request may hold a secret.
    logged_path: Option<String>,
}

impl Exchange<'_> {
    /// Returns the response; `None` resets the connection.
    async fn reply(&mut self, body: Body) -> Option<MockReply> {
        let shared = self.shared;
        let path = self.parts.uri.path();
        if let Some(file) = path.strip_prefix(FILES) {
            self.is_control = true;
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
            self.logged_path = is_greedy.then(|| operation.path.clone());
        }
        let has_key = self.has_key();
        if let Some(operation) = operation
            && has_key
            && lock(&shared.scripts).take_reset_before(&operation.id)
        {
            return None;
        }
        match axum::body::to_bytes(body, MAX_BODY_BYTES).await {
            Ok(body) => self.recorded.body = body,
            Err(_) => {
                let message = "The request body is too large or incomplete.";
                return Some(MockReply::json(413, &json!({"message": message})));
            }
        }
        if !has_key {
            let message =
                "Unauthorized. Go to https://app.onlyfansapi.com/api-keys to get your API key.";
            return Some(MockReply::json(401, &json!({"error": message})));
        }
        let control_reply = control::handle(shared, &self.parts.method, path, &self.recorded.body);
        if control_reply.is_some() {
            self.is_control = true;
            return control_reply;
        }
        if let Some(reply) = lock(&shared.scripts).always(&self.recorded.method, path) {
            return Some(reply.clone());
        }
        let within_limit = lock(&shared.usage).count_request();
        if let Err(seconds) = within_limit {
            return Some(MockReply::too_many_requests(RetryAfter::Seconds(seconds)));
        }
        let action = operation.and_then(|operation| lock(&shared.scripts).take(&operation.id));
        if let Some(ScriptedAction::Reply(reply)) = action {
            return Some(*reply);
        }
        let mut reply = match route {
            Route::Found(operation, values) => self.execute(operation, &values).await,
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
        match action {
            // An empty body cannot be truncated.
            Some(ScriptedAction::Execute(_, BodyTransfer::Truncated)) if reply.body.is_empty() => {
                self.abort_after = true;
            }
            Some(ScriptedAction::Execute(delay, transfer)) => {
                reply.delay = delay;
                reply.transfer = transfer;
            }
            Some(ScriptedAction::ResetAfter) => self.abort_after = true,
            _ => {}
        }
        Some(reply)
    }

    /// Returns whether the request has the accepted API key. The scheme name is case-insensitive.
    fn has_key(&self) -> bool {
        let header = self.parts.headers.get(header::AUTHORIZATION);
        let credentials = header
            .and_then(|header| header.to_str().ok())
            .and_then(|header| header.split_once(' '));
        credentials.is_some_and(|(scheme, key)| {
            scheme.eq_ignore_ascii_case("bearer") && key == self.shared.key.0
        })
    }

    /// Validates and executes a request of a documented operation.
    async fn execute(&mut self, operation: &Operation, path: &[(String, String)]) -> MockReply {
        let shared = self.shared;
        let query = self.recorded.query_pairs();
        let incoming = IncomingRequest {
            operation,
            path,
            query: &query,
            headers: &self.parts.headers,
            body: &self.recorded.body,
        };
        let mut validation = check::validate(&shared.service, &incoming).await;
        self.recorded.findings = std::mem::take(&mut validation.findings);
        if let Some((status, body)) = validation.take_rejection() {
            return self.charged_reply(status, body, 0, &[]);
        }
        match self.check_key(operation, path) {
            None | Some(KeyCheck::New) => {}
            Some(KeyCheck::Rejected(status, body)) => {
                return self.charged_reply(status, body, 0, &[]);
            }
            Some(KeyCheck::Replay(status, body)) => {
                return self.charged_reply(status, body, 0, &[("idempotent-replayed", "true")]);
            }
        }
        let options = match self.response_options(operation) {
            Ok(options) => options,
            Err(message) => return MockReply::json(400, &json!({"message": message})),
        };
        let mut documented = synthesis::successes(operation);
        let first = documented.next();
        // Asynchronous requests get a 202 if the document describes one.
        let is_async = validation.body["async"] == true;
        let accepted = documented.find(|response| is_async && response.status == 202);
        let Some(success) = accepted.or(first) else {
            // The document does not describe a success response.
            let body = json!({});
            let used = self.price(operation, &validation, &body);
            return self.charged_reply(200, body, used, &[]);
        };
        if (300..400).contains(&success.status) {
            let name = path.last().map_or("file", |(_, value)| value);
            let name = name.split('?').next().unwrap_or(name);
            let name = name.rsplit('/').next().unwrap_or(name);
            let name = utf8_percent_encode(name, NON_ALPHANUMERIC)
                .to_string()
                .replace("%2E", ".");
            let location = format!("{}{FILES}{name}", shared.base);
            let used = self.price(operation, &validation, &Value::Null);
            let mut reply = self.charged_reply(success.status, Value::Null, used, &[]);
            reply = reply.body("text/plain; charset=UTF-8", "");
            if let Ok(location) = HeaderValue::from_str(&location) {
                reply.headers.insert(header::LOCATION, location);
            }
            return reply;
        }
        let mut body = synthesis::body(&shared.service, success, options.schema_index);
        synthesis::report_success(operation, &mut body);
        envelope::echo_path_ids(operation, path, &mut body);
        let address = format!("{}{}", shared.base, self.parts.uri.path());
        pages::paginate(operation, &address, &query, &mut body);
        let request = StateRequest {
            service: &shared.service,
            operation,
            path,
            query: &query,
            body: &validation.body,
            address: &address,
        };
        let executed = lock(&shared.objects).execute(&request, &mut body);
        if executed.is_err() {
            let body = not_found(operation);
            self.complete_key(404, &body);
            return self.charged_reply(404, body, 0, &[]);
        }
        if let Some(variation) = options.variation {
            variation.apply(&mut body);
        }
        let is_empty = success.status == 204 || success.media_type.is_none();
        let is_text = success
            .media_type
            .as_deref()
            .is_some_and(|media_type| media_type.starts_with("text/"));
        if is_empty || is_text {
            let used = self.price(operation, &validation, &Value::Null);
            let mut reply = self.charged_reply(success.status, Value::Null, used, &[]);
            if is_text {
                let text = body.as_str().unwrap_or_default().to_owned();
                reply = reply.body("text/plain; charset=UTF-8", text);
            }
            return reply;
        }
        let tag = (operation.id == "listVaultLists").then(|| entity_tag(&body["data"]));
        let used = self.price(operation, &validation, &body);
        self.complete_key(success.status, &body);
        let requested_tag = self.parts.headers.get(header::IF_NONE_MATCH);
        let is_unchanged = tag
            .as_deref()
            .is_some_and(|tag| requested_tag.is_some_and(|requested| requested == tag));
        let mut reply = if is_unchanged {
            self.charged_reply(304, Value::Null, used, &[])
        } else {
            self.charged_reply(success.status, body, used, &[])
        };
        if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
            reply.headers.insert(header::ETAG, tag);
        }
        reply
    }

    fn price(&self, operation: &Operation, validation: &Validation, response_body: &Value) -> u64 {
        price::credits(&price::BilledRequest {
            operation,
            is_head: self.parts.method == Method::HEAD,
            file_bytes: validation.file_bytes,
            request_body: &validation.body,
            response_body,
        })
    }

    /// Returns the response options of the operation; the variation in the request header takes precedence.
    fn response_options(&self, operation: &Operation) -> Result<ResponseOptions, String> {
        let mut options = {
            let options = lock(&self.shared.response_options);
            options.get(&operation.id).copied().unwrap_or_default()
        };
        if let Some(variation) = self.parts.headers.get("x-mock-variation") {
            let variation = variation.to_str().unwrap_or_default();
            options.variation = Some(variation.parse()?);
        }
        Ok(options)
    }

    /// Looks up the idempotency key of the request; `None` if the operation takes no key or the request has none.
    fn check_key(&mut self, operation: &Operation, path: &[(String, String)]) -> Option<KeyCheck> {
        let takes_key = operation
            .parameters
            .iter()
            .any(|p| p.location == "header" && p.name.eq_ignore_ascii_case("idempotency-key"));
        let key = takes_key.then(|| self.parts.headers.get("idempotency-key"))??;
        let account = first_value(path, "account").unwrap_or_default();
        let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
        let scope = (operation.id.clone(), account.to_owned(), key);
        let url_path = self.parts.uri.path();
        let check = lock(&self.shared.idempotency).check(&scope, url_path, &self.recorded.body);
        if matches!(check, KeyCheck::New) {
            self.key = Some(KeyInProgress {
                shared: Arc::clone(self.shared),
                scope,
                response: (500, Value::Null),
            });
        }
        Some(check)
    }

    fn complete_key(&mut self, status: u16, body: &Value) {
        if let Some(key) = &mut self.key {
            key.response = (status, body.clone());
        }
    }

    /// Charges the price of the request; returns the response with the charge in its headers and body.
    fn charged_reply(
        &self,
        status: u16,
        mut body: Value,
        used: u64,
        extra_headers: &[(&'static str, &'static str)],
    ) -> MockReply {
        let charge = lock(&self.shared.usage).charge(used);
        envelope::write_meta(charge, &mut body);
        let mut reply = match body {
            Value::Null => MockReply::status(status),
            body => MockReply::json(status, &body),
        };
        envelope::write_headers(charge, &mut reply.headers);
        for (name, value) in extra_headers {
            reply = reply.header(name, value);
        }
        reply
    }
}

/// A new idempotency key whose response has not been sent yet. Dropping it completes the key.
struct KeyInProgress {
    shared: Arc<SharedState>,
    scope: KeyScope,
    /// Status and body; initially a 500, which is not stored.
    response: (u16, Value),
}

impl Drop for KeyInProgress {
    fn drop(&mut self) {
        let (status, body) = &self.response;
        lock(&self.shared.idempotency).complete(&self.scope, *status, body);
    }
}

/// Returns the body of a 404: OnlyFans' error for an account-scoped object, otherwise the service's error.
fn not_found(operation: &Operation) -> Value {
    let name = operation.segments.iter().rev();
    let name = name.filter_map(|segment| match segment {
        route::Segment::Literal(name) => Some(name.as_str()),
        route::Segment::Parameter(..) => None,
    });
    let name = name.take(1).collect::<String>().replace('-', " ");
    if operation.path.contains("{account}") {
        json!({"error": "ONLYFANS_COM_ERROR", "message": format!("Not found in {name}.")})
    } else {
        json!({"message": format!("No query results for this id among {name}.")})
    }
}

/// Returns an entity tag for `data`.
fn entity_tag(data: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    data.to_string().hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

/// Logs a request and its findings. Queries and bodies are never logged, because they may hold secrets.
fn log(recorded: &RecordedRequest, path: Option<&str>, elapsed: Duration) {
    let RecordedRequest {
        method,
        status,
        operation,
        findings,
        ..
    } = recorded;
    let path = path.unwrap_or(&recorded.path);
    let status = match status {
        0 => "reset".to_owned(),
        status => status.to_string(),
    };
    let milliseconds = elapsed.as_secs_f64() * 1e3;
    let mut lines = format!("{method} {path} {status} {operation} {milliseconds:.1} ms\n");
    for finding in findings {
        let _ = writeln!(lines, "  ignored: {finding}");
    }
    eprint!("{lines}");
}
