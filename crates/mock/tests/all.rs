//! All integration tests of this package in one program, because each additional program would compile the same generic
//! code again.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

mod checks;
mod message;
mod python;
mod responses;
mod scripting;
mod state;
