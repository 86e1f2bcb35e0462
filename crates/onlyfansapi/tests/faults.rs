//! Fault injection: every fault of the network or the service, with a read, a write with an idempotency key, and writes
//! without one. Checks the number of requests, the number of effects, and the result of the call.
//!
//! The expected results are in `tests/faults.txt`; `FAULTS=write cargo test -p onlyfansapi faults` updates them.

use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;
use onlyfansapi::api::builder::chat_messages::SendMessage;
use onlyfansapi::api::types::media::UploadedFile;
use onlyfansapi::http::Method;
use onlyfansapi::{
    BodyStream, CallOptions, Client, ClientBuilder, Error, ErrorKind, FilePart, Reply,
};
use onlyfansapi_mock::faults::{Fault, FaultServer};

/// Returns a call of the only write that accepts an idempotency key.
fn message(client: &Client) -> SendMessage {
    let message = client.api().send_message();
    message.account("acct_1").chat_id("1").text("hi")
}

/// The type of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallType {
    Get,
    KeyedPost,
    Post,
    Delete,
    /// An upload of a streamed file.
    Upload,
    /// An upload that the caller declares idempotent, but whose file can be opened only once.
    OneShotUpload,
}

const CALL_TYPES: [CallType; 4] = [
    CallType::Get,
    CallType::KeyedPost,
    CallType::Post,
    CallType::Delete,
];

/// Returns the name of a fault in the table.
fn name(fault: &Fault) -> String {
    match fault {
        Fault::Refused {
            status,
            retry_after,
            html,
        } => {
            let after = retry_after.map_or_else(String::new, |s| format!(", Retry-After {s}"));
            let html = if *html { ", HTML" } else { "" };
            format!("Refused {status}{after}{html}")
        }
        Fault::ActThenFail { status } => format!("ActThenFail {status}"),
        other => format!("{other:?}"),
    }
}

/// The result of a call, without its value.
struct CallResult {
    attempts: u32,
    error: Option<Error>,
}

impl<T> From<Result<Reply<T>, Error>> for CallResult {
    fn from(result: Result<Reply<T>, Error>) -> Self {
        match result {
            Ok(reply) => Self {
                attempts: reply.meta().attempts(),
                error: None,
            },
            Err(error) => Self {
                attempts: error.attempts(),
                error: Some(error),
            },
        }
    }
}

async fn call(client: &Client, call_type: CallType) -> CallResult {
    let api = client.api();
    match call_type {
        CallType::Get => api.whoami().await.into(),
        CallType::KeyedPost => message(client).await.into(),
        CallType::Post => {
            let create = api
                .create_smart_link_postback()
                .url("https://example.com/")
                .smart_link_scope("global")
                .conversion_types(["new_subscriber"]);
            create.await.into()
        }
        CallType::Delete => {
            let delete = api.delete_smart_link_postback().postback_id(1);
            delete.await.into()
        }
        CallType::Upload => upload(client, usize::MAX, CallOptions::new()).await.into(),
        CallType::OneShotUpload => {
            let options = CallOptions::new().idempotent(true);
            upload(client, 1, options).await.into()
        }
    }
}

/// Uploads a streamed file that can be opened `opens` times.
async fn upload(
    client: &Client,
    opens: usize,
    options: CallOptions,
) -> Result<Reply<UploadedFile>, Error> {
    let opened = AtomicUsize::new(0);
    let open = move || {
        if opened.fetch_add(1, Ordering::Relaxed) >= opens {
            return Err(std::io::Error::other("the file is gone"));
        }
        Ok(Box::pin(OneChunk(Some(b"abcdef"))) as BodyStream)
    };
    let upload = client
        .api()
        .upload_media_to_the_only_fans_cdn()
        .account("acct_1")
        .file(FilePart::streamed("clip.mp4", Some(6), Arc::new(open)));
    upload.with(options).await
}

/// A stream of one chunk.
struct OneChunk(Option<&'static [u8]>);

impl Stream for OneChunk {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(|chunk| Ok(Bytes::from_static(chunk))))
    }
}

/// Returns a client builder with short timeouts.
fn client(url: &str) -> ClientBuilder {
    Client::builder()
        .key("not-a-real-key")
        .base_url(url)
        .backoff(Duration::from_millis(1), Duration::from_millis(4))
        .connect_timeout(Duration::from_millis(200))
        .attempt_timeout(Duration::from_millis(350))
        .timeout(Duration::from_millis(1500))
        .max_response_bytes(1 << 20)
}

/// A row of the table.
struct Row {
    fault: String,
    call_type: CallType,
    result: CallResult,
    /// The numbers of requests and of effects; `None` if no connection can be established.
    counts: Option<(usize, usize)>,
}

impl Row {
    /// Returns the row as a line of the table.
    fn line(&self) -> String {
        let error = self.result.error.as_ref();
        if self.fault.starts_with("ResetBefore") {
            // Depending on timing, the reset interrupts the connection setup or the request.
            assert!(error.is_none_or(|error| {
                error.is_never_sent() || error.kind() == ErrorKind::MaybeSent
            }));
            let outcome = "NeverSent or MaybeSent, depending on timing";
            return self.format("-", "-", "-", outcome);
        }
        let (requests, effects) = self.counts.map_or_else(
            || ("-".to_owned(), "-".to_owned()),
            |(requests, effects)| (requests.to_string(), effects.to_string()),
        );
        let outcome = match error {
            None => "reply".to_owned(),
            Some(error) => {
                let mut outcome = format!("{:?}", error.kind());
                if let Some(status) = error.status().filter(|_| !error.is_unreadable()) {
                    let _ = write!(outcome, " {}", status.as_u16());
                }
                if error.is_timeout() {
                    outcome += ", timeout";
                }
                if error.wait().is_some() {
                    outcome += ", wait too long";
                }
                if error.may_have_been_sent() {
                    outcome += ", may have been sent";
                }
                outcome
            }
        };
        let attempts = self.result.attempts.to_string();
        self.format(&attempts, &requests, &effects, &outcome)
    }

    fn format(&self, attempts: &str, requests: &str, effects: &str, outcome: &str) -> String {
        let call_type = format!("{:?}", self.call_type);
        format_line(
            &self.fault,
            &call_type,
            [attempts, requests, effects],
            outcome,
        )
    }
}

/// Formats a line of the table.
fn format_line(fault: &str, call_type: &str, counts: [&str; 3], outcome: &str) -> String {
    let [attempts, requests, effects] = counts;
    format!("{fault:<36} {call_type:<10} {attempts:>8} {requests:>8} {effects:>8}  {outcome}\n")
}

/// Makes a call to a server that injects the faults in `script`.
async fn run_case(script: Vec<Fault>, name: String, call_type: CallType) -> Row {
    let server = FaultServer::start(script).await.unwrap();
    let client = client(&server.url()).build().unwrap();
    let start = Instant::now();
    let mut result = call(&client, call_type).await;
    let calls = if name.starts_with("CloseIdle") {
        // The server has closed the connection before the second call. Wait until the client has processed this;
        // otherwise the number of attempts would depend on timing.
        tokio::time::sleep(Duration::from_millis(50)).await;
        result = call(&client, call_type).await;
        2
    } else {
        1
    };
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{name} {call_type:?}: {:?}",
        start.elapsed()
    );
    let counts = server.counts();
    // Check in every case: no call takes effect twice, and no write without a key is retried if its outcome is unknown.
    assert!(counts.effects <= calls, "{name} {call_type:?}: {counts:?}");
    if calls == 1 {
        assert_eq!(
            (counts.duplicate_effects, counts.unkeyed_retries),
            (0, 0),
            "{name} {call_type:?}"
        );
    }
    Row {
        fault: name,
        call_type,
        result,
        counts: Some((counts.requests, counts.effects)),
    }
}

/// Makes calls that cannot establish a connection.
async fn run_cases_without_connection(call_type: CallType) -> Vec<Row> {
    let refused = crate::common::unused_address();
    let untrusted = FaultServer::start_tls(Vec::new()).await.unwrap();
    let plain = FaultServer::start(Vec::new()).await.unwrap();
    let mut rows = Vec::new();
    for (name, client) in [
        ("no such host", {
            let http = reqwest::Client::builder()
                .dns_resolver(NoSuchHost)
                .retry(reqwest::retry::never())
                .build()
                .unwrap();
            client("https://nowhere.example").http_client(http)
        }),
        ("connection refused", client(&refused)),
        ("untrusted certificate", client(&untrusted.url())),
        (
            "server without TLS",
            client(&plain.url().replace("http://127.0.0.1", "https://localhost")),
        ),
    ] {
        let start = Instant::now();
        let result = call(&client.build().unwrap(), call_type).await;
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{name} {call_type:?}"
        );
        rows.push(Row {
            fault: name.to_owned(),
            call_type,
            result,
            counts: None,
        });
    }
    assert_eq!(untrusted.counts().requests, 0);
    assert_eq!(plain.counts().effects, 0);
    rows
}

/// A DNS resolver that fails for every host.
struct NoSuchHost;

impl reqwest::dns::Resolve for NoSuchHost {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("no such host".into()) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_the_result_in_the_table() {
    // Building a client installs the crypto provider, which the custom reqwest client needs.
    drop(Client::new("not-a-real-key").unwrap());
    let mut cases = Vec::new();
    for fault in Fault::all() {
        for call_type in CALL_TYPES {
            let name = name(&fault);
            cases.push((vec![fault.clone()], format!("{name}, once"), call_type));
            cases.push((vec![fault.clone(); 8], format!("{name}, always"), call_type));
        }
    }
    let mut rows = Vec::new();
    // Run only a few at a time, so that load on the machine does not cause timeouts.
    for batch in cases.chunks(8) {
        let tasks: Vec<_> = batch
            .iter()
            .cloned()
            .map(|(script, name, call_type)| tokio::spawn(run_case(script, name, call_type)))
            .collect();
        for task in tasks {
            rows.push(task.await.unwrap());
        }
    }
    for call_type in CALL_TYPES {
        rows.extend(run_cases_without_connection(call_type).await);
    }
    // Sort by fault, then by call type.
    let mut names: Vec<_> = Vec::new();
    for row in &rows {
        if !names.contains(&row.fault) {
            names.push(row.fault.clone());
        }
    }
    rows.sort_by_key(|row| {
        let name = names.iter().position(|name| *name == row.fault);
        let call_type = CALL_TYPES.iter().position(|t| *t == row.call_type);
        (name, call_type)
    });
    let mut table = format_line(
        "fault",
        "call",
        ["attempts", "requests", "effects"],
        "outcome",
    );
    table.extend(rows.iter().map(Row::line));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults.txt");
    if std::env::var("FAULTS").is_ok_and(|value| value == "write") {
        std::fs::write(file, &table).unwrap();
    }
    let expected = std::fs::read_to_string(file).unwrap();
    for (line, expected) in table.lines().zip(expected.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(table.lines().count(), expected.lines().count());
}

/// Makes a call to a server with these faults, and returns the broken promise, if any.
async fn broken_promise(
    http: reqwest::Client,
    script: [Fault; 2],
    call_type: CallType,
) -> Option<String> {
    let names = format!(
        "{}, then {}: {call_type:?}",
        name(&script[0]),
        name(&script[1])
    );
    let server = FaultServer::start(script.into()).await.unwrap();
    let client = client(&server.url()).http_client(http).build().unwrap();
    let CallResult { attempts, error } = call(&client, call_type).await;
    let counts = server.counts();
    if counts.duplicate_effects > 0 || counts.unkeyed_retries > 0 {
        return Some(format!("{names}: doubled: {counts:?}"));
    }
    let error = error?;
    if counts.effects > 0 && !error.may_have_been_sent() {
        return Some(format!("{names}: {error}, with an effect"));
    }
    let failed = error.failed_attempts();
    let built = failed
        .iter()
        .filter(|attempt| attempt.kind != ErrorKind::NeverBuilt)
        .count();
    if failed.is_empty() || built != attempts as usize {
        return Some(format!("{names}: {attempts} attempts, but {failed:?}"));
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn no_pair_of_faults_breaks_a_promise() {
    // Building a client installs the crypto provider, which the custom reqwest client needs.
    drop(Client::new("not-a-real-key").unwrap());
    let mut second_faults = Fault::all();
    second_faults.push(Fault::Unreachable);
    // `cargo xtask ci --full` sets the variable.
    let first_faults = if std::env::var_os("ALL_FAULT_PAIRS").is_some() {
        second_faults.clone()
    } else {
        vec![
            Fault::ActThenReset,
            Fault::ResponseLost,
            Fault::ActThenFail { status: 504 },
        ]
    };
    let mut cases = Vec::new();
    for first in &first_faults {
        for second in &second_faults {
            let mut call_types = CALL_TYPES.to_vec();
            call_types.extend([CallType::Upload, CallType::OneShotUpload]);
            for call_type in call_types {
                cases.push(([first.clone(), second.clone()], call_type));
            }
        }
    }
    // The calls mostly wait, so many can run at the same time. Timeouts that are caused by load break no promise.
    let http = reqwest::Client::builder()
        .retry(reqwest::retry::never())
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let mut broken = Vec::new();
    for batch in cases.chunks(100) {
        let tasks: Vec<_> = batch
            .iter()
            .cloned()
            .map(|(script, call_type)| {
                tokio::spawn(broken_promise(http.clone(), script, call_type))
            })
            .collect();
        for task in tasks {
            broken.extend(task.await.unwrap());
        }
    }
    println!("{} calls, {} broken promises", cases.len(), broken.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The error covers the whole call: the last attempt was not sent or not built, but an earlier one may have taken effect.
#[tokio::test]
async fn an_error_lists_every_attempt() {
    let unreachable_after = |fault| FaultServer::start(vec![fault, Fault::Unreachable]);
    let server = unreachable_after(Fault::ResponseLost).await.unwrap();
    let client = client(&server.url()).build().unwrap();
    let error = message(&client).await.unwrap_err();
    assert_eq!(server.counts().effects, 1);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::MaybeSent, 3));
    assert!(error.may_have_been_sent());
    assert_eq!(
        error
            .failed_attempts()
            .iter()
            .map(|attempt| attempt.kind)
            .collect::<Vec<_>>(),
        [
            ErrorKind::MaybeSent,
            ErrorKind::NeverSent,
            ErrorKind::NeverSent
        ]
    );
    let text = error.to_string();
    assert!(
        text.starts_with(
            "sendMessage: no response, and the request may have been sent: no connection to "
        ) && text.ends_with("(after 3 attempts: no response, not sent, not sent)"),
        "{text}"
    );

    // A 429 proves that nothing happened.
    let rate_limited = Fault::Refused {
        status: 429,
        retry_after: Some(0),
        html: false,
    };
    let server = unreachable_after(rate_limited).await.unwrap();
    let client = self::client(&server.url()).build().unwrap();
    let error = message(&client).await.unwrap_err();
    assert!(error.is_never_sent(), "{error}");
    assert_eq!(error.failed_attempts()[0].status.unwrap(), 429);

    // The upload's file can be opened only once.
    let server = FaultServer::start(vec![Fault::ResponseLost]).await.unwrap();
    let client = self::client(&server.url()).build().unwrap();
    let result = call(&client, CallType::OneShotUpload).await;
    let error = result.error.unwrap();
    assert_eq!(server.counts().effects, 1);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::MaybeSent, 1));
    let text = error.to_string();
    assert!(
        text.contains("the request body cannot be read: the file is gone")
            && text.ends_with("(after 1 attempt: no response, not built)"),
        "{text}"
    );
}

#[tokio::test]
async fn retries_a_message_with_the_same_key() {
    let server = FaultServer::start(vec![
        Fault::ActThenReset,
        Fault::Refused {
            status: 503,
            retry_after: None,
            html: false,
        },
    ])
    .await
    .unwrap();
    let client = client(&server.url()).build().unwrap();
    let message = message(&client);
    let reply = message.clone().await.unwrap();
    assert_eq!(
        (reply.meta().attempts(), reply.meta().is_replayed()),
        (3, true)
    );
    let key = reply.meta().idempotency_key().unwrap().to_owned();
    assert_eq!(key.len(), 36, "{key}");
    assert_eq!((server.counts().requests, server.counts().effects), (3, 1));
    // Each call gets a new key.
    let reply = message.clone().await.unwrap();
    assert!(!reply.meta().is_replayed());
    assert_ne!(reply.meta().idempotency_key().unwrap(), key);
    assert_eq!(server.counts().effects, 2);
    // Use a custom key.
    let reply = message.clone().idempotency_key("order 17").await.unwrap();
    assert_eq!(reply.meta().idempotency_key(), Some("order 17"));
    let repeated = message.clone().idempotency_key("order 17").await.unwrap();
    assert!(repeated.meta().is_replayed());
    assert_eq!(server.counts().effects, 3);
    // Keys that the service would refuse are rejected before sending.
    let requests = server.counts().requests;
    for key in [
        String::new(),
        "k".repeat(256),
        "schl\u{fc}ssel".to_owned(),
        "a\u{7f}".to_owned(),
    ] {
        let error = message.clone().idempotency_key(&key).await.unwrap_err();
        assert!(error.is_never_built(), "{key}: {error}");
        assert!(error.to_string().contains("idempotency_key"), "{error}");
    }
    assert_eq!(server.counts().requests, requests);
}

#[tokio::test]
async fn errors_contain_the_idempotency_key() {
    let server = FaultServer::start(vec![Fault::ActThenReset; 3])
        .await
        .unwrap();
    let client = client(&server.url()).build().unwrap();
    let message = message(&client);
    let error = message.idempotency_key("order 18").await.unwrap_err();
    assert_eq!(
        (error.idempotency_key(), error.attempts()),
        (Some("order 18"), 3)
    );
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn call_options_set_the_number_of_attempts() {
    let refused = |status| Fault::Refused {
        status,
        retry_after: None,
        html: false,
    };
    for (options, call_type, attempts) in [
        (CallOptions::new().no_retry(), CallType::Get, 1),
        (CallOptions::new().retries(4), CallType::Get, 5),
        (CallOptions::new().idempotent(true), CallType::Post, 3),
        (CallOptions::new().idempotent(false), CallType::Get, 1),
        (CallOptions::new().idempotent(false), CallType::KeyedPost, 1),
    ] {
        let server = FaultServer::start(vec![refused(500); 9]).await.unwrap();
        let client = client(&server.url()).build().unwrap();
        let api = client.api();
        let error = match call_type {
            CallType::Get => api.whoami().with(options.clone()).await.unwrap_err(),
            CallType::KeyedPost => message(&client).with(options.clone()).await.unwrap_err(),
            _ => {
                let request = client.request(Method::POST, "/api/x");
                request.with(options.clone()).await.unwrap_err()
            }
        };
        assert_eq!(error.attempts(), attempts, "{options:?} {call_type:?}");
        assert_eq!(server.counts().requests, attempts as usize);
    }
}

#[tokio::test]
async fn sets_and_disables_limits_per_client_or_per_call() {
    let slow = || FaultServer::start(vec![Fault::SlowHeader; 3]);
    let start = Instant::now();
    // The call sets its own attempt timeout; its call timeout ends the attempts.
    let server = slow().await.unwrap();
    let client = client(&server.url()).build().unwrap();
    let options = CallOptions::new()
        .attempt_timeout(Duration::from_millis(50))
        .timeout(Duration::from_millis(80));
    let error = client.api().whoami().with(options).await.unwrap_err();
    assert!(error.is_timeout());
    assert!(
        error.attempts() == 2 && error.elapsed() < Duration::from_millis(500),
        "{error:?}"
    );
    // The call disables the client's attempt timeout, so only the call timeout applies.
    let server = slow().await.unwrap();
    let client = self::client(&server.url())
        .attempt_timeout(Duration::from_millis(50))
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let options = CallOptions::new().attempt_timeout(None);
    let error = client.api().whoami().with(options).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_timeout()), (1, true));
    assert!(error.elapsed() >= Duration::from_millis(300), "{error:?}");
    // Check the maximum response size.
    let server = FaultServer::start(Vec::new()).await.unwrap();
    let client = Client::builder()
        .key("not-a-real-key")
        .base_url(server.url())
        .max_response_bytes(10)
        .build()
        .unwrap();
    let error = client.api().whoami().await.unwrap_err();
    assert!(error.is_unreadable());
    assert!(
        error
            .to_string()
            .contains("larger than the limit of 10 bytes"),
        "{error}"
    );
    let options = CallOptions::new().max_response_bytes(None);
    assert!(client.api().whoami().with(options).await.is_ok());
    // Set a connect timeout for one call.
    let options = CallOptions::new()
        .connect_timeout(Duration::from_millis(100))
        .max_response_bytes(None);
    assert!(
        client
            .api()
            .delete_smart_link_postback()
            .postback_id(1)
            .with(options)
            .await
            .is_ok()
    );
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn dropping_the_future_closes_the_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = client(&url).build().unwrap();
    let call = tokio::spawn(client.api().whoami().send());
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = [0; 64];
    assert!(
        tokio::io::AsyncReadExt::read(&mut stream, &mut request)
            .await
            .unwrap()
            > 0
    );
    call.abort();
    let mut rest = Vec::new();
    let closed = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
    // Reading ends when the client closes the connection.
    tokio::time::timeout(Duration::from_secs(1), closed)
        .await
        .expect("the connection is closed")
        .unwrap();
}

#[tokio::test]
async fn trusts_a_custom_root_certificate() {
    let server = FaultServer::start_tls(vec![Fault::ResetAfter])
        .await
        .unwrap();
    let client = client(&server.url())
        .root_certificate(server.certificate().unwrap())
        .build()
        .unwrap();
    let reply = client.api().whoami().await.unwrap();
    assert_eq!(reply.meta().attempts(), 2);
}
