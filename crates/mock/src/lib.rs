#![doc = include_str!("../README.md")]

mod builder;
mod check;
mod connection;
mod control;
mod envelope;
#[cfg(feature = "faults")]
pub mod faults;
mod handle;
mod idempotency;
mod journal;
mod pages;
mod price;
mod reply;
mod route;
mod rules;
mod script;
mod server;
mod service;
mod state;
mod synthesis;
mod transfer;
mod variation;
mod wire;

pub use builder::MockServerBuilder;
pub use journal::RecordedRequest;
pub use reply::{MockReply, RetryAfter};
pub use script::ScriptedResponse;
pub use server::MockServer;
pub use variation::Variation;
pub use wire::WireServer;

/// The API key that the mock server accepts by default. Requests with any other key get a 401.
pub const API_KEY: &str = "mock-api-key";
