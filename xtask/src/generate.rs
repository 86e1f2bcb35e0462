//! `cargo xtask generate [--check]`: the committed copy of the client, generated/client.rs.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use similar::TextDiff;

use crate::workspace;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Generate in two processes and fail unless both give what is committed, to the byte
    #[arg(long)]
    check: bool,
    /// Where to write; generated/client.rs by default
    #[arg(long, conflicts_with = "check")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let committed = workspace::root().join("generated/client.rs");
    if args.check {
        return check(&committed);
    }
    let file = args.out.clone().unwrap_or(committed);
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
fn check(committed: &std::path::Path) -> Result<ExitCode> {
    let expected = std::fs::read_to_string(committed)
        .with_context(|| format!("cannot read {}", committed.display()))?;
    let own = std::env::current_exe()?;
    let folder = workspace::root().join("target/generated");
    for name in ["first.rs", "second.rs"] {
        let file = folder.join(name);
        let status = Command::new(&own)
            .args(["generate", "--out"])
            .arg(&file)
            .status()?;
        if !status.success() {
            bail!("generation failed");
        }
        let source = std::fs::read_to_string(&file)?;
        if source != expected {
            let diff = TextDiff::from_lines(&expected, &source);
            println!("{}", diff.unified_diff().header("committed", "generated"));
            bail!(
                "generated/client.rs is not what the document gives: cargo xtask generate writes it"
            );
        }
    }
    println!("two runs, both to the byte what is committed");
    Ok(ExitCode::SUCCESS)
}
