//! `cargo xtask soak`: sends many mixed calls to a server that injects random faults.
//!
//! Runs the facade's example `soak` through cargo, because xtask itself must not depend on the client.

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask soak
  cargo xtask soak --requests 5000 --seed 7

Exit codes: 0 no write was applied twice, no write without an idempotency key was retried after an unknown outcome,
no call hung, and memory use stayed flat; 1 a check failed.")]
pub(crate) struct Args {
    /// Number of calls
    #[arg(long, default_value_t = 100_000)]
    requests: usize,
    /// Seed of the random faults
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let arguments = [args.requests.to_string(), args.seed.to_string()].map(Into::into);
    workspace::run_program(
        &[
            "-p",
            "onlyfansapi",
            "--features",
            "_xtask",
            "--example",
            "soak",
        ],
        &arguments,
    )
}
