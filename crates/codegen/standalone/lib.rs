mod client;
pub mod runtime;
mod transport;

pub use client::{Client, SERVER, builder, operations, types};
pub use transport::HttpTransport;
