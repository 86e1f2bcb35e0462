//! `cargo xtask mock`: runs the mock server.
//!
//! Runs the program of the `onlyfansapi-mock` crate through cargo, because xtask itself must not depend on the client.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

/// The cargo arguments that select the mock server with only the features it needs.
pub(crate) const PACKAGE: [&str; 5] = [
    "-p",
    "onlyfansapi-mock",
    "--no-default-features",
    "--features",
    "server",
];

#[derive(Debug, clap::Args)]
#[command(
    disable_help_flag = true,
    after_help = "Examples:
  cargo xtask mock --port 4010
  cargo xtask mock --port 0 --journal 1000 --quiet
  cargo xtask mock --help

Exit codes: 0 after an interrupt; 1 if the port is in use or a document cannot be read."
)]
pub(crate) struct Args {
    /// Build in release mode, for measurements
    #[arg(long)]
    release: bool,
    /// Arguments of the mock server; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut package = PACKAGE.to_vec();
    if args.release {
        package.push("--release");
    }
    start(&package, &args.arguments)
}

/// Replaces this process, so that a signal sent to it reaches the server.
#[cfg(unix)]
fn start(package: &[&str], arguments: &[OsString]) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;

    Err(workspace::cargo_run(package, arguments).exec().into())
}

#[cfg(not(unix))]
fn start(package: &[&str], arguments: &[OsString]) -> Result<ExitCode> {
    workspace::run_program(package, arguments)
}
