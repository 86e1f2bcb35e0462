#![doc = include_str!("../README.md")]

mod answer;
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
mod sending;
mod server;
mod service;
mod state;
mod variation;
mod wire;

pub use builder::MockServerBuilder;
pub use journal::Recorded;
pub use reply::{MockReply, RetryAfter};
pub use script::Next;
pub use server::MockServer;
pub use variation::Variation;
pub use wire::WireServer;

/// The key that the stand-in takes where its builder is told no other; every other one is answered with 401.
pub const KEY: &str = "test-key-of-the-stand-in";
