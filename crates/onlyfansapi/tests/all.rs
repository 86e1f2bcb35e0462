//! The integration tests of this package in one program, because each program compiles the same generic code again.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

mod arguments;
mod client;
mod error_messages;
mod every_tag;
mod faults;
mod files;
mod outcomes;
mod postbacks;
mod secrets;
