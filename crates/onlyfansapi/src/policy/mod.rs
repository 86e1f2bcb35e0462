//! Every policy of a call, one a file; none of them knows HTTP's wire or a type of the document.
//!
//! - `attempts`: the loop, with everything it decides by as an argument
//! - `verdict`: whether an outcome may be tried again
//! - `backoff`: how long to wait before that
//! - `budget`: what keeps many calls from trying again at once
//! - `idempotency`: the key of a call
//! - `world`: clock, sleep and chance, real or those of a test

pub(crate) mod attempts;
pub(crate) mod backoff;
pub(crate) mod budget;
pub(crate) mod idempotency;
pub(crate) mod verdict;
pub(crate) mod world;
