//! `cargo xtask mock`: the stand-in as a server.
//!
//! The program of its crate, started through cargo: a client that does not compile must not take the tools down.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

/// How cargo is told to build it, and nothing that it does without.
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

Exit codes: 0 after an interrupt; 1 when the port is taken or a document cannot be read."
)]
pub(crate) struct Args {
    /// Build it with optimizations: for measurements
    #[arg(long)]
    release: bool,
    /// What the server is told; `--help` says what there is
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

/// In place of this process, so that whoever ends this one ends the server.
#[cfg(unix)]
fn start(package: &[&str], arguments: &[OsString]) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;

    Err(workspace::program(package, arguments).exec().into())
}

#[cfg(not(unix))]
fn start(package: &[&str], arguments: &[OsString]) -> Result<ExitCode> {
    workspace::run_program(package, arguments)
}
