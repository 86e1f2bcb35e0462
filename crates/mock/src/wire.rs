//! A server that sends fixed bytes, for responses that no HTTP library would send: truncated bodies and invalid HTTP.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Sends the same bytes on every connection after reading a request head, then closes the connection.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use onlyfansapi_mock::WireServer;
///
/// // The body is shorter than its declared length.
/// let server = WireServer::start("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":").await?;
/// let client = onlyfansapi::Client::builder().key("test-key").base_url(server.url()).build()?;
/// let options = onlyfansapi::CallOptions::new().no_retry();
/// assert!(client.api().whoami().with(options).await.is_err());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct WireServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl WireServer {
    /// Starts the server on a free loopback port.
    ///
    /// # Errors
    ///
    /// Returns an error if no port is available.
    pub async fn start(bytes: impl Into<Vec<u8>>) -> io::Result<Self> {
        let bytes = bytes.into();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let bytes = bytes.clone();
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                        match stream.read_buf(&mut head).await {
                            Ok(0) | Err(_) => return,
                            Ok(_) => {}
                        }
                    }
                    // Fails if the client has already disconnected.
                    let _ = stream.write_all(&bytes).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Ok(Self { address, task })
    }

    /// Returns the base URL, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for WireServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
