//! The integration tests of this package in one program, because each program compiles the same generic code again.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod support;

mod bare_progenitor;
mod corpus;
mod diff;
mod messages;
mod mutations;
mod stable;
mod standalone;
