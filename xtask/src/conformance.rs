//! `cargo xtask conformance`: calls every operation of the client over HTTP, against the mock server.
//!
//! Runs the `onlyfansapi-conformance` crate through cargo, because xtask itself must not depend on the client.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Calls each operation through its typed builder, first with the required parameters and then with all of them.
Checks that the request is valid and complete, that the reply has no drift, and that encoding the reply again loses
no data. Then varies the responses (nulls, missing fields, …), which must still decode, and decodes every example of
the document strictly. Finally calls clients generated with deliberately broken passes; the mock server must detect
each of them.

Examples:
  cargo xtask conformance
  cargo xtask conformance --requests requests.jsonl

Exit codes: 0 all checks passed; 1 a check failed, or a broken client was not detected."
)]
pub(crate) struct Args {
    /// Write every received request to this file, one JSON object per line, without the API key
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
