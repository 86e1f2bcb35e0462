//! `cargo xtask generate [--check]`

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use similar::TextDiff;

use crate::workspace;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Generate in two processes and fail unless both give the same bytes
    #[arg(long)]
    check: bool,
    /// Where to write; target/generated/client.rs by default
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let folder = workspace::root().join("target/generated");
    if args.check {
        return check(&folder);
    }
    let file = args.out.clone().unwrap_or_else(|| folder.join("client.rs"));
    let start = Instant::now();
    let output = workspace::output()?;
    let seconds = start.elapsed().as_secs_f64();
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)
            .with_context(|| format!("cannot make {}", parent.display()))?;
    }
    std::fs::write(&file, &output.source)
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!(
        "{} lines, {} types, {} operations in {seconds:.2} s",
        output.source.lines().count(),
        output.types.len(),
        output.coverage.generated()
    );
    for change in output.report.warnings().filter(|_| args.out.is_none()) {
        println!("warning: {change}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Two processes, because a hash map has another order in each.
fn check(folder: &std::path::Path) -> Result<ExitCode> {
    let own = std::env::current_exe()?;
    let mut sources = Vec::new();
    for name in ["first.rs", "second.rs"] {
        let file = folder.join(name);
        let status = Command::new(&own)
            .args(["generate", "--out"])
            .arg(&file)
            .status()?;
        if !status.success() {
            bail!("generation failed");
        }
        sources.push(std::fs::read_to_string(&file)?);
    }
    if sources[0] == sources[1] {
        println!("two runs, identical output");
        return Ok(ExitCode::SUCCESS);
    }
    let diff = TextDiff::from_lines(&sources[0], &sources[1]);
    println!("{}", diff.unified_diff().header("first run", "second run"));
    bail!("two runs gave different output");
}
