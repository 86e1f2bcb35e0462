//! `cargo xtask conformance`: calls every operation of the client over HTTP, against the stand-in.
//!
//! A crate of its own does it, started through cargo: a client that does not compile must not take the tools down.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each operation is called through its typed builder with all required parameters, then with all: the request was
valid, nothing was unknown or left out, the reply had no drift, and encoding it again lost nothing. Answers that depart
from the complete one (nulls, missing fields, …) must give a reply too. Then clients that a wrong pass was let loose on
are called, one after the other, and each must be noticed.

Examples:
  cargo xtask conformance
  cargo xtask conformance --requests requests.jsonl

Exit codes: 0 nothing missed; 1 a miss, or a wrong pass that was not noticed."
)]
pub(crate) struct Args {
    /// Write every request as it arrived, one JSON object a line, the key left out
    #[arg(long)]
    requests: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut arguments = Vec::new();
    if let Some(file) = &args.requests {
        arguments.extend([
            "--requests".into(),
            std::path::absolute(file)?.into_os_string(),
        ]);
    }
    workspace::run_program(&["-p", "onlyfansapi-conformance"], &arguments)
}
