//! Test helpers: a mock server with a client, and an unused address.

use onlyfansapi::Client;
use onlyfansapi_mock::MockServer;

/// Starts a mock server, and returns it with a client for it.
pub async fn start() -> (MockServer, Client) {
    let server = MockServer::start().await.expect("a free port");
    let client = server.client();
    (server, client)
}

/// Returns a loopback URL on which no server listens.
pub fn unused_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the address of the listener");
    format!("http://{address}")
}
