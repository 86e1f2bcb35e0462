//! `cargo xtask generate [--check]`: the committed copy of the client, generated/client.rs; with `--spec` a
//! crate of its own from any document.

mod standalone;

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
    /// Where to write; generated/client.rs by default. With --spec the folder of the crate
    #[arg(long, conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Another document, YAML or JSON: makes a crate of its own of it
    #[arg(long, value_name = "FILE", requires = "out")]
    spec: Option<PathBuf>,
    /// Corrections to the other document, as OpenAPI Overlay
    #[arg(long, value_name = "FILE", requires = "spec")]
    overlay: Option<PathBuf>,
    /// The name of the crate; by default that of the document's title
    #[arg(long, value_name = "CRATE", requires = "spec")]
    name: Option<String>,
    /// Where to write every change and the fate of every operation, as JSON
    #[arg(long, value_name = "FILE.json", requires = "spec")]
    report: Option<PathBuf>,
    /// Fail, and write no crate, when an operation is left out or loses its types
    #[arg(long, requires = "spec")]
    strict: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if let Some(spec) = &args.spec {
        return standalone::run(args, spec);
    }
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
