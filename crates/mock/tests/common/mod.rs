//! Raw HTTP requests, including those that no typed client would send.

use onlyfansapi_mock::{API_KEY, MockServer};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A raw response.
#[derive(Debug)]
pub struct RawResponse {
    pub status: u16,
    /// The status line and the headers, in lowercase.
    pub head: String,
    pub body: String,
}

impl RawResponse {
    /// Returns the body as JSON; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Returns the error message; empty if there is none.
    pub fn message(&self) -> String {
        self.json()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns the value of a header; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_default()
    }
}

/// Returns the findings of all requests so far: the parts that the service would have ignored.
pub fn findings(server: &MockServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests.flat_map(|request| request.findings).collect()
}

/// Sends a request with the API key; `headers` are additional header lines.
pub async fn send(
    server: &MockServer,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> RawResponse {
    let headers = format!("Authorization: Bearer {API_KEY}\r\n{headers}");
    send_bare(server, method, target, &headers, body).await
}

/// Sends a JSON body with the API key.
pub async fn send_json(
    server: &MockServer,
    method: &str,
    target: &str,
    body: &Value,
) -> RawResponse {
    let json = "Content-Type: application/json\r\n";
    send(server, method, target, json, &body.to_string()).await
}

/// Sends a request with these header lines; does not add the API key.
pub async fn send_bare(
    server: &MockServer,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> RawResponse {
    let address = server.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all((head + body).as_bytes()).await.unwrap();
    let mut received = Vec::new();
    // A reset is not an error here: the bytes received before it are the response.
    let _ = stream.read_to_end(&mut received).await;
    let received = String::from_utf8_lossy(&received).into_owned();
    let (head, body) = received.split_once("\r\n\r\n").unwrap_or_default();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    RawResponse {
        status: status.unwrap_or(0),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}
