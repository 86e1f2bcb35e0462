//! `cargo xtask ci [--full]`: the CI gate, and with `--full` also the long tests and benchmarks.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask ci
  cargo xtask ci --full
  cargo +1.88 xtask ci --build

Exit codes: 0 all steps passed; 1 a step failed (the error names it).")]
pub(crate) struct Args {
    /// Also run the long property tests and all benchmarks; about an hour on two cores
    #[arg(long)]
    full: bool,
    /// Only check that every crate compiles, with all features and tests; for the minimum Rust version
    #[arg(long, conflicts_with = "full")]
    build: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if args.build {
        let check = [
            "cargo",
            "check",
            "--locked",
            "--workspace",
            "--all-targets",
            "--all-features",
        ];
        step(&[], &check)?;
        return Ok(ExitCode::SUCCESS);
    }
    step(&[], &["bash", ".ci/run"])?;
    if args.full {
        // The gate runs 512 cases of the decoder test and 40 mutated documents.
        let cases = [("PROPTEST_CASES", "20000")];
        step(
            &cases,
            &["cargo", "test", "-p", "onlyfansapi-core", "decode"],
        )?;
        let cases = [("PROPTEST_CASES", "10000")];
        step(
            &cases,
            &["cargo", "test", "-p", "onlyfansapi-codegen", "mutations::"],
        )?;
        // The gate shuffles the document once.
        let all = [("CODEGEN_ALL_SEEDS", "1")];
        step(
            &all,
            &["cargo", "test", "-p", "onlyfansapi-codegen", "stable::"],
        )?;
        // The gate tests only pairs of faults that start with a lost effect.
        let all = [("ALL_FAULT_PAIRS", "1")];
        step(&all, &["cargo", "test", "-p", "onlyfansapi", "faults::"])?;
        // The gate tests every second crash point, builds the client at one of them, and kills no update at a random
        // time.
        let all = [("XTASK_ALL_CRASH_POINTS", "1")];
        let update = ["cargo", "test", "-p", "xtask", "--test", "update"];
        step(&all, &[&update[..], &["--", "--include-ignored"]].concat())?;
        // The gate creates the packages and does not build them.
        step(&[], &["cargo", "xtask", "package"])?;
        step(&[], &["cargo", "xtask", "soak"])?;
        step(&[], &["cargo", "xtask", "bench-client"])?;
        step(&[], &["cargo", "xtask", "bench-mock"])?;
        if Command::new("schemathesis")
            .arg("--version")
            .output()
            .is_ok()
        {
            step(&[], &["crates/mock/tests/schemathesis/run"])?;
        } else {
            eprintln!("== skipped: schemathesis is not installed (available from PyPI)");
        }
        step(&[], &["cargo", "xtask", "bench-documents"])?;
        step(&[], &["cargo", "xtask", "bench-build"])?;
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
