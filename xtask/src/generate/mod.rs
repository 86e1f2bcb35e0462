//! `cargo xtask generate [--check]`: the committed copy of the client, generated/client.rs, and everything else
//! that is made of the document; with `--spec` a crate of its own from any document.

mod standalone;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::Output;
use similar::TextDiff;

use crate::journal;
use crate::lock::Lock;
use crate::{made, workspace};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask generate                    # everything in the workspace that is made of openapi.yaml
  cargo xtask generate --check
  cargo xtask generate --spec api.json --out ../api-client --overlay fixes.yaml --report report.json

Exit codes: 0 written, or as committed; 1 failed, or not as committed.")]
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
    if args.check {
        return check(&workspace::root().join("generated/client.rs"));
    }
    let start = Instant::now();
    let output = workspace::output()?;
    let seconds = start.elapsed().as_secs_f64();
    let replaced = match &args.out {
        Some(file) => {
            write(file, &output.source)?;
            0
        }
        None => replace(&output)?,
    };
    println!(
        "{} lines, {} types, {} operations in {seconds:.2} s; {replaced} files replaced",
        output.source.lines().count(),
        output.types.len(),
        output.coverage.generated()
    );
    for change in output.report.warnings().filter(|_| args.out.is_none()) {
        println!("warning: {change}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything in the workspace that is made of the document, at once.
fn replace(output: &Output) -> Result<usize> {
    let root = workspace::root();
    let _alone = workspace::alone()?;
    let lock = Lock::read(&root)?;
    let read = |file: &str| {
        std::fs::read(root.join(file)).with_context(|| format!("{file} cannot be read"))
    };
    if !lock.holds("openapi.yaml", &read("openapi.yaml")?) {
        bail!(
            "openapi.yaml is not the document that was vendored: `cargo xtask update --from FILE` takes a new one in"
        );
    }
    let files = made::files(
        &root,
        output,
        read("openapi.yaml")?,
        read("overlay.yaml")?,
        lock,
    )?;
    journal::replace(&root, &files)
}

fn write(file: &Path, source: &str) -> Result<()> {
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)
            .with_context(|| format!("cannot make {}", parent.display()))?;
    }
    std::fs::write(file, source).with_context(|| format!("cannot write {}", file.display()))
}

/// Two processes, because a hash map has another order in each.
fn check(committed: &Path) -> Result<ExitCode> {
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
