//! `cargo xtask soak`: very many mixed calls against a server that fails by chance.
//!
//! The facade's example `soak` does it, started through cargo: a client that does not compile must not take the
//! tools down.

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask soak
  cargo xtask soak --requests 5000 --seed 7

Exit codes: 0 no write took effect twice, none without a key was seen again with its fate open, no call hung, and
memory stayed flat; 1 one of them did.")]
pub(crate) struct Args {
    /// How many calls
    #[arg(long, default_value_t = 100_000)]
    requests: usize,
    /// Which chances
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let arguments = [args.requests.to_string(), args.seed.to_string()].map(Into::into);
    workspace::run_program(&["-p", "onlyfansapi", "--example", "soak"], &arguments)
}
