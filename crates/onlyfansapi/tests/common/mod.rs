//! A stand-in and a client for it; an address without a server.

#![allow(dead_code, reason = "each test uses a part of it")]

use onlyfansapi::Client;
use onlyfansapi_mock::MockServer;

/// A stand-in, and a client for it.
pub async fn start() -> (MockServer, Client) {
    let server = MockServer::start().await.expect("a port of loopback");
    let client = server.client();
    (server, client)
}

/// A URL of loopback at which nobody listens any more.
pub fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
    let address = listener.local_addr().expect("its address");
    format!("http://{address}")
}
