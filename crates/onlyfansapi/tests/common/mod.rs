//! A stand-in and a client for it.

use onlyfansapi::Client;
use onlyfansapi_mock::MockServer;

/// A stand-in, and a client for it.
pub async fn start() -> (MockServer, Client) {
    let server = MockServer::start().await.expect("a port of loopback");
    let client = server.client();
    (server, client)
}
