//! Tests that error messages contain everything that a user needs: the cause and the timeout that expired. Run with
//! `--nocapture` to read the messages.

use std::sync::Arc;
use std::time::Duration;

use onlyfansapi::{CallOptions, Client, ClientBuilder, Error, ErrorKind, FilePart};
use onlyfansapi_mock::faults::{Fault, FaultServer};
use onlyfansapi_mock::{API_KEY, MockReply, WireServer};
use serde_json::json;

use crate::common::{start, unused_address};

fn builder(base_url: impl Into<String>) -> ClientBuilder {
    Client::builder().key(API_KEY).base_url(base_url).retries(0)
}

async fn whoami(builder: ClientBuilder) -> Error {
    let client = builder.build().unwrap();
    client.api().whoami().await.unwrap_err()
}

/// Asserts the whole message, and prints it.
#[track_caller]
fn assert_message(error: &Error, expected: &str) {
    println!("{error}");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn names_the_missing_key() {
    assert_message(
        &Client::builder().build().unwrap_err(),
        "no API key was set; create one at https://app.onlyfansapi.com/api-keys",
    );
}

#[tokio::test]
async fn names_the_cause_of_a_missing_connection() {
    let dns = whoami(builder("https://no-such-host.invalid")).await;
    println!("{dns}");
    // The rest is the message of the operating system.
    let expected = "whoami: the request was not sent: the host name could not be resolved for \
                    https://no-such-host.invalid: failed to lookup address information: ";
    assert!(dns.to_string().starts_with(expected), "{dns}");

    let address = unused_address();
    let refused = whoami(builder(&address)).await;
    assert_message(
        &refused,
        &format!(
            "whoami: the request was not sent: no connection to {address}: Connection refused (os error 111)"
        ),
    );
    let proxied = builder("http://127.0.0.1:9").proxy(address.replace("http://", ""));
    let proxied = whoami(proxied).await;
    assert_message(
        &proxied,
        &format!(
            "whoami: the request was not sent: no connection to http://127.0.0.1:9 through the proxy {address}: \
             Connection refused (os error 111)"
        ),
    );

    let server = FaultServer::start_tls(vec![Fault::None]).await.unwrap();
    let tls = whoami(builder(server.url())).await;
    println!("{tls}");
    let expected = format!(
        "whoami: the request was not sent: the TLS handshake failed with {}: invalid peer certificate: ",
        server.url()
    );
    assert!(tls.to_string().starts_with(&expected), "{tls}");
    for error in [dns, refused, proxied, tls] {
        assert_eq!(error.kind(), ErrorKind::NeverSent);
        assert!(!error.is_timeout());
    }
}

#[tokio::test]
async fn names_the_limit_that_expired_and_its_length() {
    // Accepts connections and sends nothing, in particular no TLS handshake.
    let silent = WireServer::start("").await.unwrap();
    let https = silent
        .url()
        .replace("http://127.0.0.1", "https://localhost");
    let limit = Duration::from_millis(80);
    let connect = whoami(builder(&https).connect_timeout(limit)).await;
    assert_message(
        &connect,
        &format!(
            "whoami: the request was not sent: no connection to {https} within the connect timeout of 80ms"
        ),
    );

    let server = FaultServer::start(vec![Fault::SlowHeader; 2])
        .await
        .unwrap();
    let attempt = whoami(builder(server.url()).attempt_timeout(limit)).await;
    assert_message(
        &attempt,
        "whoami: no response, and the request may have been sent: the attempt timeout of 80ms expired before a response arrived",
    );
    let call = whoami(builder(server.url()).timeout(limit)).await;
    assert_message(
        &call,
        "whoami: no response, and the request may have been sent: the call timeout of 80ms expired before a response arrived",
    );
    let server = FaultServer::start(vec![Fault::SlowBody]).await.unwrap();
    let body = whoami(builder(server.url()).attempt_timeout(limit)).await;
    println!("{body}");
    assert!(
        body.to_string()
            .starts_with("whoami: responded with 200 OK, but its body was incomplete after ")
    );
    assert!(
        body.to_string()
            .ends_with(" bytes: the attempt timeout of 80ms expired")
    );
    for error in [connect, attempt, call, body] {
        assert!(error.is_timeout(), "{error}");
    }
}

#[tokio::test]
async fn describes_refusals() {
    let (server, client) = start().await;
    let unauthorized = client.with_key("wrong-key").unwrap();
    let unauthorized = unauthorized.api().whoami().await.unwrap_err();
    assert_message(
        &unauthorized,
        "whoami: refused with 401 Unauthorized: Unauthorized. Go to https://app.onlyfansapi.com/api-keys to get your \
         API key. (check the API key)",
    );

    let send = client
        .api()
        .send_message()
        .account("acct_0123")
        .chat_id(12345);
    let invalid = send.clone().price(1).text("Hello!").await.unwrap_err();
    println!("{invalid}");
    assert!(
        invalid
            .to_string()
            .starts_with("sendMessage: refused with 422 Unprocessable Entity VALIDATION_ERROR: ")
    );

    let html = MockReply::status(502).body("text/html; charset=UTF-8", "<html>Bad gateway</html>");
    server.reply_at("GET", "/api/whoami", html);
    let no_retry = || CallOptions::new().no_retry();
    let html = client.api().whoami().with(no_retry()).await.unwrap_err();
    assert_message(
        &html,
        "whoami: refused with 502 Bad Gateway, with an HTML page from a proxy or CDN in front of the service",
    );

    let refusal = json!({"success": false, "message": "The account is disconnected."});
    server.reply_at("GET", "/api/whoami", MockReply::json(200, &refusal));
    let refused = client.api().whoami().await.unwrap_err();
    assert_message(
        &refused,
        "whoami: responded with 200 OK, but reports failure: The account is disconnected.",
    );

    let limited = MockReply::status(429).header("retry-after", "90");
    server.reply_at("GET", "/api/whoami", limited);
    let limited = client.api().whoami().await.unwrap_err();
    assert_message(
        &limited,
        "whoami: refused with 429 Too Many Requests, without a body (retry after 90s); not retried, because the wait of \
         90s is too long",
    );
}

#[tokio::test]
async fn describes_an_unreadable_body() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        "/api/whoami",
        MockReply::status(200).body("application/json", "{\"data\": oops"),
    );
    assert_message(
        &client.api().whoami().await.unwrap_err(),
        "whoami: responded with 200 OK, but the response body is not valid JSON (line 1, column 10)",
    );
}

#[tokio::test]
async fn describes_a_local_file_that_cannot_be_read() {
    let (_server, client) = start().await;
    let open = || {
        std::fs::File::open("no-such-clip.mp4")?;
        Err(std::io::Error::other("a stream was expected"))
    };
    let file = FilePart::streamed("clip.mp4", None, Arc::new(open));
    let upload = client.api().upload_media_to_the_only_fans_cdn();
    let error = upload.account("acct_0123").file(file).await.unwrap_err();
    assert_message(
        &error,
        "uploadMediaToTheOnlyFansCDN: the request was not built: the request body cannot be read: No such file or \
         directory (os error 2)",
    );
    assert_eq!(error.kind(), ErrorKind::NeverBuilt);

    // The stream fails after the first bytes were sent.
    struct FailingStream(u8);
    impl futures_core::Stream for FailingStream {
        type Item = std::io::Result<bytes::Bytes>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            self.0 += 1;
            let item = match self.0 {
                1 => Ok(bytes::Bytes::from_static(b"the first bytes")),
                _ => Err(std::io::Error::other("the disk was removed")),
            };
            std::task::Poll::Ready(Some(item))
        }
    }
    let open = || Ok(Box::pin(FailingStream(0)) as onlyfansapi::BodyStream);
    let file = FilePart::streamed("clip.mp4", None, Arc::new(open));
    let upload = client.api().upload_media_to_the_only_fans_cdn();
    let error = upload.account("acct_0123").file(file).await.unwrap_err();
    assert_message(
        &error,
        "uploadMediaToTheOnlyFansCDN: no response, and the request may have been sent: the request body cannot be read: \
         the disk was removed",
    );
}
