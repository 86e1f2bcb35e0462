//! The policies of a call, one per file. They make decisions and perform no I/O.
//!
//! - `attempts`: the retry loop
//! - `retry`: whether a result may be retried
//! - `backoff`: how long to wait before a retry
//! - `budget`: limits retries across calls
//! - `idempotency`: the idempotency key of a call
//! - `clock`: time, sleep and randomness

pub(crate) mod attempts;
pub(crate) mod backoff;
pub(crate) mod budget;
pub(crate) mod clock;
pub(crate) mod idempotency;
pub(crate) mod retry;
