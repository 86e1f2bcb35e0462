//! `cargo xtask generate [--check]`: generates the committed client, generated/client.rs, and the other generated
//! files. With `--spec` it generates a standalone crate from any document.

mod standalone;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::Output;
use similar::TextDiff;

use crate::journal;
use crate::lock::Lock;
use crate::{generated_files, workspace};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask generate                    # regenerate every generated file of the workspace
  cargo xtask generate --check
  cargo xtask generate --spec api.json --out ../api-client --overlay fixes.yaml --report report.json

Exit codes: 0 success; 1 generation failed, or with --check the committed client is out of date.")]
pub(crate) struct Args {
    /// Generate twice and fail unless both outputs equal the committed client, byte for byte
    #[arg(long)]
    check: bool,
    /// Output file, to write only the client; with --spec, output folder of the crate
    #[arg(long, conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Generate a standalone crate from this document, YAML or JSON
    #[arg(long, value_name = "FILE", requires = "out")]
    spec: Option<PathBuf>,
    /// OpenAPI Overlay with corrections to that document
    #[arg(long, value_name = "FILE", requires = "spec")]
    overlay: Option<PathBuf>,
    /// Name of the crate; derived from the document's title by default
    #[arg(long, value_name = "CRATE", requires = "spec")]
    name: Option<String>,
    /// Write every change and the outcome of every operation to this file, as JSON
    #[arg(long, value_name = "FILE.json", requires = "spec")]
    report: Option<PathBuf>,
    /// Fail without writing a crate if an operation is left out or loses its types
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

/// Replaces every generated file of the workspace atomically.
fn replace(output: &Output) -> Result<usize> {
    let root = workspace::root();
    let _lock = workspace::acquire_lock()?;
    let lock = Lock::read(&root)?;
    let read =
        |file: &str| std::fs::read(root.join(file)).with_context(|| format!("cannot read {file}"));
    if !lock.matches("openapi.yaml", &read("openapi.yaml")?) {
        bail!(
            "openapi.yaml does not match openapi.lock; run `cargo xtask update --from FILE` to update to a new document"
        );
    }
    let files = generated_files::collect(
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
            .with_context(|| format!("cannot create {}", parent.display()))?;
    }
    std::fs::write(file, source).with_context(|| format!("cannot write {}", file.display()))
}

/// Generates in two processes, because the iteration order of hash maps differs between processes.
fn check(committed: &Path) -> Result<ExitCode> {
    let expected = std::fs::read_to_string(committed)
        .with_context(|| format!("cannot read {}", committed.display()))?;
    let exe = std::env::current_exe()?;
    let folder = workspace::root().join("target/generated");
    for name in ["first.rs", "second.rs"] {
        let file = folder.join(name);
        let status = Command::new(&exe)
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
            bail!("generated/client.rs is out of date; run `cargo xtask generate`");
        }
    }
    println!("generated twice; both outputs equal generated/client.rs");
    Ok(ExitCode::SUCCESS)
}
