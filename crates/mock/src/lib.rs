//! A stand-in of the OnlyFans API on loopback, for tests: the vendor has no sandbox.
//!
//! First form: Smart Link postbacks that can be made, listed, shown, changed and deleted, answers that
//! a test scripts, and a journal of what came.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
//! use onlyfansapi_mock::{MockServer, MockReply};
//!
//! let server = MockServer::start().await?;
//! server.reply("GET", "/api/whoami", MockReply::json(200, &serde_json::json!({"team": {"name": "T"}})));
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert!(server.requests().is_empty());
//! # Ok(()) }
//! ```

#[cfg(feature = "faults")]
pub mod faults;
mod journal;
mod reply;
mod routes;
mod server;
mod wire;

pub use journal::Recorded;
pub use reply::MockReply;
pub use server::MockServer;
pub use wire::WireServer;

/// The key that the stand-in takes; every other one is answered with 401.
pub const KEY: &str = "test-key-of-the-stand-in";
