//! Every fault of a network or a service against a read, a write with an idempotency key, and writes without:
//! how often the request is on the wire, how often it takes effect, and how the call ends.
//!
//! The table is `tests/faults.txt`; `FAULTS=write cargo test -p onlyfansapi --test faults` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use onlyfansapi::api::builder::chat_messages::SendMessage;
use onlyfansapi::{CallOptions, Client, ClientBuilder, Error, ErrorKind};
use onlyfansapi_mock::faults::{Fault, FaultServer};

/// The one write that takes an idempotency key.
fn message(client: &Client) -> SendMessage {
    let send = client.api().send_message();
    send.account("acct_1").chat_id("1").text("hi")
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Get,
    KeyedPost,
    Post,
    Delete,
}

const KINDS: [Kind; 4] = [Kind::Get, Kind::KeyedPost, Kind::Post, Kind::Delete];

/// What a fault is called in the table.
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

/// How a call ended: attempts, and the error if there was one.
type Ended = (u32, Option<Error>);

async fn call(client: &Client, kind: Kind) -> Ended {
    fn ended<T>(result: Result<onlyfansapi::Reply<T>, Error>) -> Ended {
        match result {
            Ok(reply) => (reply.attempts(), None),
            Err(error) => (error.attempts(), Some(error)),
        }
    }
    let api = client.api();
    match kind {
        Kind::Get => ended(api.whoami().fetch().await),
        Kind::KeyedPost => ended(message(client).fetch().await),
        Kind::Post => {
            let create = api
                .create_smart_link_postback()
                .url("https://example.com/")
                .smart_link_scope("global")
                .conversion_types(["new_subscriber"]);
            ended(create.fetch().await)
        }
        Kind::Delete => {
            let delete = api.delete_smart_link_postback().postback_id(1);
            ended(delete.fetch().await)
        }
    }
}

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

/// A line of the table.
struct Row {
    fault: String,
    kind: Kind,
    ended: Ended,
    /// On the wire, effects, doubled, seen again without a key.
    counts: Option<[usize; 4]>,
}

impl Row {
    fn line(&self) -> String {
        let (attempts, error) = &self.ended;
        let kind = format!("{:?}", self.kind);
        if self.fault.starts_with("ResetBefore") {
            // Whether the reset meets the making of the connection or the request is chance.
            assert!(error.as_ref().is_none_or(|error| {
                error.is_never_sent() || error.kind() == ErrorKind::MaybeSent
            }));
            return format!(
                "{:<28} {kind:<10} {:>8} {:>8} {:>8}  by chance NeverSent or MaybeSent",
                self.fault, "-", "-", "-"
            );
        }
        let counted = self.counts.map_or_else(
            || "       -        -".to_owned(),
            |[requests, effects, ..]| format!("{requests:>8} {effects:>8}"),
        );
        let outcome = match error {
            None => "answered".to_owned(),
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
        let kind = format!("{:?}", self.kind);
        format!(
            "{:<52} {kind:<10} {attempts:>8} {counted}  {outcome}",
            self.fault
        )
    }
}

/// One fault, once and three times, with one kind of call.
async fn row(script: Vec<Fault>, name: String, kind: Kind) -> Row {
    let server = FaultServer::start(script).await.unwrap();
    let client = client(&server.url()).build().unwrap();
    let start = Instant::now();
    let mut ended = call(&client, kind).await;
    if name.starts_with("CloseIdle") {
        // The next call meets a connection that is closed; it is another call, and its effect another one. By then the
        // client has seen the close: within the moment before, it is chance whether there is an attempt more.
        tokio::time::sleep(Duration::from_millis(50)).await;
        ended = call(&client, kind).await;
    }
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{name} {kind:?}: {:?}",
        start.elapsed()
    );
    let counts = server.counts();
    let expected = if name.starts_with("CloseIdle") { 2 } else { 1 };
    // The two promises, whatever the table says.
    assert!(counts.effects <= expected, "{name} {kind:?}: {counts:?}");
    if expected == 1 {
        assert_eq!(
            (counts.doubled, counts.seen_again),
            (0, 0),
            "{name} {kind:?}"
        );
    }
    Row {
        fault: name,
        kind,
        ended,
        counts: Some([
            counts.requests,
            counts.effects,
            counts.doubled,
            counts.seen_again,
        ]),
    }
}

/// Faults before there is a connection.
async fn unconnected(kind: Kind) -> Vec<Row> {
    let refused = common::nobody();
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
        ("TLS that is not trusted", client(&untrusted.url())),
        (
            "no TLS where it is expected",
            client(&plain.url().replace("http://127.0.0.1", "https://localhost")),
        ),
    ] {
        let start = Instant::now();
        let ended = call(&client.build().unwrap(), kind).await;
        assert!(start.elapsed() < Duration::from_secs(2), "{name} {kind:?}");
        rows.push(Row {
            fault: name.to_owned(),
            kind,
            ended,
            counts: None,
        });
    }
    assert_eq!(untrusted.counts().requests, 0);
    assert_eq!(plain.counts().effects, 0);
    rows
}

/// Knows no host.
struct NoSuchHost;

impl reqwest::dns::Resolve for NoSuchHost {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("no such host".into()) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_faults() {
    // A provider for the client of the test's own.
    drop(Client::new("not-a-real-key").unwrap());
    let mut table = format!(
        "{:<28} {:<10} {:>8} {:>8} {:>8}  outcome\n",
        "fault", "call", "attempts", "on wire", "effects"
    );
    let mut cases = Vec::new();
    for fault in Fault::all() {
        for kind in KINDS {
            let name = name(&fault);
            cases.push((vec![fault.clone()], format!("{name}, once"), kind));
            cases.push((vec![fault.clone(); 8], format!("{name}, always"), kind));
        }
    }
    let mut rows = Vec::new();
    // A few at a time, so that their limits measure the faults and not this machine.
    for some in cases.chunks(8) {
        let tasks: Vec<_> = some
            .iter()
            .cloned()
            .map(|(script, name, kind)| tokio::spawn(row(script, name, kind)))
            .collect();
        for task in tasks {
            rows.push(task.await.unwrap());
        }
    }
    for kind in KINDS {
        rows.extend(unconnected(kind).await);
    }
    // By fault, then in the order of the kinds.
    let mut names: Vec<_> = Vec::new();
    for row in &rows {
        if !names.contains(&row.fault) {
            names.push(row.fault.clone());
        }
    }
    rows.sort_by_key(|row| {
        let name = names.iter().position(|name| *name == row.fault);
        (name, KINDS.iter().position(|kind| *kind == row.kind))
    });
    for row in &rows {
        table += row.line().trim_end();
        table.push('\n');
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults.txt");
    if std::env::var("FAULTS").is_ok_and(|value| value == "write") {
        std::fs::write(file, &table).unwrap();
    }
    let known = std::fs::read_to_string(file).unwrap();
    for (line, expected) in table.lines().zip(known.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(table.lines().count(), known.lines().count());
}

/// What the service says of a message counts more than its status; the key stays the same.
#[tokio::test]
async fn a_message_leaves_once_with_one_key() {
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
    let send = message(&client);
    let reply = send.clone().fetch().await.unwrap();
    assert_eq!((reply.attempts(), reply.replayed()), (3, true));
    let key = reply.idempotency_key().unwrap().to_owned();
    assert_eq!(key.len(), 36, "{key}");
    assert_eq!((server.counts().requests, server.counts().effects), (3, 1));
    // Another call is another message.
    let reply = send.clone().fetch().await.unwrap();
    assert!(!reply.replayed());
    assert_ne!(reply.idempotency_key().unwrap(), key);
    assert_eq!(server.counts().effects, 2);
    // The caller's own key.
    let reply = send
        .clone()
        .idempotency_key("order 17")
        .fetch()
        .await
        .unwrap();
    assert_eq!(reply.idempotency_key(), Some("order 17"));
    let again = send
        .clone()
        .idempotency_key("order 17")
        .fetch()
        .await
        .unwrap();
    assert!(again.replayed());
    assert_eq!(server.counts().effects, 3);
    // Keys that the service would refuse are not sent.
    let requests = server.counts().requests;
    for key in [
        String::new(),
        "k".repeat(256),
        "schl\u{fc}ssel".to_owned(),
        "a\u{7f}".to_owned(),
    ] {
        let error = send
            .clone()
            .idempotency_key(&key)
            .fetch()
            .await
            .unwrap_err();
        assert!(error.is_never_built(), "{key}: {error}");
        assert!(error.to_string().contains("idempotency_key"), "{error}");
    }
    assert_eq!(server.counts().requests, requests);
}

#[tokio::test]
async fn the_key_is_on_an_error_too() {
    let server = FaultServer::start(vec![Fault::ActThenReset; 3])
        .await
        .unwrap();
    let client = client(&server.url()).build().unwrap();
    let send = message(&client);
    let error = send.idempotency_key("order 18").fetch().await.unwrap_err();
    assert_eq!(
        (error.idempotency_key(), error.attempts()),
        (Some("order 18"), 3)
    );
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn options_of_a_call_say_how_often_it_is_tried() {
    let refused = |status| Fault::Refused {
        status,
        retry_after: None,
        html: false,
    };
    for (options, kind, attempts) in [
        (CallOptions::new().no_retry(), Kind::Get, 1),
        (CallOptions::new().retries(4), Kind::Get, 5),
        (CallOptions::new().idempotent(true), Kind::Post, 3),
        (CallOptions::new().idempotent(false), Kind::Get, 1),
        (CallOptions::new().idempotent(false), Kind::KeyedPost, 1),
    ] {
        let server = FaultServer::start(vec![refused(500); 9]).await.unwrap();
        let client = client(&server.url()).build().unwrap();
        let api = client.api();
        let error = match kind {
            Kind::Get => api
                .whoami()
                .with(options.clone())
                .fetch()
                .await
                .unwrap_err(),
            Kind::KeyedPost => {
                let send = message(&client);
                send.with(options.clone()).fetch().await.unwrap_err()
            }
            _ => {
                let ping = client.request(onlyfansapi::http::Method::POST, "/api/x");
                let reply: Result<onlyfansapi::Reply<serde_json::Value>, _> =
                    ping.with(options.clone()).fetch().await;
                reply.unwrap_err()
            }
        };
        assert_eq!(error.attempts(), attempts, "{options:?} {kind:?}");
        assert_eq!(server.counts().requests, attempts as usize);
    }
}

#[tokio::test]
async fn limits_are_set_off_and_unset_for_client_and_call() {
    let slow = || FaultServer::start(vec![Fault::SlowHeader; 3]);
    let start = Instant::now();
    // The call's own limit of an attempt; the deadline ends the attempts.
    let server = slow().await.unwrap();
    let client = client(&server.url()).build().unwrap();
    let options = CallOptions::new()
        .attempt_timeout(Duration::from_millis(50))
        .timeout(Duration::from_millis(80));
    let error = client
        .api()
        .whoami()
        .with(options)
        .fetch()
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert!(
        error.attempts() == 2 && error.elapsed() < Duration::from_millis(500),
        "{error:?}"
    );
    // Off for the call, so that the client's does not count: the deadline alone ends it.
    let server = slow().await.unwrap();
    let client = super_client(&server.url());
    let options = CallOptions::new().attempt_timeout(None);
    let error = client
        .api()
        .whoami()
        .with(options)
        .fetch()
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), error.is_timeout()), (1, true));
    assert!(error.elapsed() >= Duration::from_millis(300), "{error:?}");
    // A size.
    let server = FaultServer::start(Vec::new()).await.unwrap();
    let client = Client::builder()
        .key("not-a-real-key")
        .base_url(server.url())
        .max_response_bytes(10)
        .build()
        .unwrap();
    let error = client.api().whoami().fetch().await.unwrap_err();
    assert!(error.is_unreadable());
    assert!(
        error
            .to_string()
            .contains("larger than the limit of 10 bytes"),
        "{error}"
    );
    let options = CallOptions::new().max_response_bytes(None);
    assert!(client.api().whoami().with(options).fetch().await.is_ok());
    // A limit of the time to connect for one call.
    let options = CallOptions::new()
        .connect_timeout(Duration::from_millis(100))
        .max_response_bytes(None);
    assert!(
        client
            .api()
            .delete_smart_link_postback()
            .postback_id(1)
            .with(options)
            .fetch()
            .await
            .is_ok()
    );
    assert!(start.elapsed() < Duration::from_secs(3));
}

/// An attempt may take 50 ms, a call 300.
fn super_client(url: &str) -> Client {
    client(url)
        .attempt_timeout(Duration::from_millis(50))
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_future_that_is_dropped_frees_its_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = client(&url).build().unwrap();
    let call = tokio::spawn(client.api().whoami().fetch());
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
    // The end of the stream comes when the client's side is gone.
    tokio::time::timeout(Duration::from_secs(1), closed)
        .await
        .expect("closed")
        .unwrap();
}

#[tokio::test]
async fn a_trusted_certificate_is_enough() {
    let server = FaultServer::start_tls(vec![Fault::ResetAfter])
        .await
        .unwrap();
    let client = client(&server.url())
        .root_certificate(server.certificate().unwrap())
        .build()
        .unwrap();
    let reply = client.api().whoami().fetch().await.unwrap();
    assert_eq!(reply.attempts(), 2);
}
