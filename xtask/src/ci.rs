//! `cargo xtask ci [--full]`: the gate, and with `--full` what takes too long for it.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// What the gate runs for seconds, or not at all: environment, program and arguments.
const LONG: [(&[(&str, &str)], &[&str]); 2] = [
    (
        &[("PROPTEST_CASES", "20000")],
        &["cargo", "test", "-p", "onlyfansapi-core", "decode"],
    ),
    (&[], &["cargo", "xtask", "bench-build"]),
];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run the long property tests and the benchmark as well; about an hour on two cores
    #[arg(long)]
    full: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    step(&[], &["bash", ".ci/run"])?;
    if args.full {
        for (environment, command) in LONG {
            step(environment, command)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn step(environment: &[(&str, &str)], command: &[&str]) -> Result<()> {
    eprintln!("== {}", command.join(" "));
    let (program, arguments) = command.split_first().context("an empty step")?;
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(workspace::root())
        .status()?;
    if !status.success() {
        bail!("`{}` failed: {status}", command.join(" "));
    }
    Ok(())
}
