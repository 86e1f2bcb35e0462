//! Requests as bytes: what no typed client would send.

use onlyfansapi_mock::{KEY, MockServer};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Debug)]
pub struct Came {
    pub status: u16,
    /// Status line and headers, in small letters.
    pub head: String,
    pub text: String,
}

impl Came {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The sentence of a refusal; empty where there is none.
    #[allow(dead_code, reason = "not every test is refused")]
    pub fn message(&self) -> String {
        self.json()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The value of a header; empty where it is absent.
    #[allow(dead_code, reason = "not every test looks at headers")]
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_default()
    }
}

/// What the requests so far had in them that the service would have ignored.
#[allow(dead_code, reason = "not every test looks at findings")]
pub fn findings(server: &MockServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests.flat_map(|request| request.findings).collect()
}

/// Sends a request with the key; `more` are further header lines.
pub async fn send(server: &MockServer, method: &str, target: &str, more: &str, body: &str) -> Came {
    let key = format!("Authorization: Bearer {KEY}\r\n{more}");
    send_bare(server, method, target, &key, body).await
}

/// Sends a JSON body with the key.
#[allow(dead_code, reason = "not every test sends a body")]
pub async fn send_json(server: &MockServer, method: &str, target: &str, body: &Value) -> Came {
    let json = "Content-Type: application/json\r\n";
    send(server, method, target, json, &body.to_string()).await
}

/// Sends a request with these header lines and no other.
pub async fn send_bare(
    server: &MockServer,
    method: &str,
    target: &str,
    more: &str,
    body: &str,
) -> Came {
    let address = server.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n"
    );
    stream.write_all((head + body).as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // What came before a reset counts.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Came {
        status: status.unwrap_or(0),
        head: head.to_lowercase(),
        text: text.to_owned(),
    }
}
