//! `cargo xtask explain OPERATION`: every change that a pass made to it: pass, pointer, before -> after.
//!
//! CONTRIBUTING.md shows one operation as an example; `--write` puts it there and `--check` fails unless
//! it is there.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use std::process::ExitCode;

use anyhow::{Result, bail};
use onlyfansapi_codegen::{Outcome, Output};

use crate::workspace;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The operationId of the document, or the name of the method
    #[arg(required_unless_present = "pass")]
    operation: Option<String>,
    /// Every change of one pass instead, in all operations: `money`, `timestamps`, `overlay`, …
    #[arg(long, conflicts_with_all = ["operation", "write", "check"])]
    pass: Option<String>,
    /// Write it into CONTRIBUTING.md
    #[arg(long)]
    write: bool,
    /// Fail unless CONTRIBUTING.md has it
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let output = workspace::output()?;
    if let Some(pass) = &args.pass {
        return of_pass(&output, pass);
    }
    let wanted = args.operation.as_deref().unwrap_or_default();
    let is_wanted = |covered: &&onlyfansapi_codegen::Covered| {
        covered.id == wanted
            || matches!(&covered.outcome, Outcome::Generated { method } if method == wanted)
    };
    let Some(covered) = output.coverage.operations.iter().find(is_wanted) else {
        let lower = wanted.to_lowercase();
        let near: Vec<_> = output
            .coverage
            .operations
            .iter()
            .map(|c| c.id.as_str())
            .filter(|id| id.to_lowercase().contains(&lower))
            .take(10)
            .collect();
        if near.is_empty() {
            bail!("the document has no operation `{wanted}`");
        }
        bail!(
            "the document has no operation `{wanted}`; it has {}",
            near.join(", ")
        );
    };
    let mut text = format!(
        "{}  {} {}  (tag {})\n{}\n",
        covered.id,
        covered.method.to_uppercase(),
        covered.path,
        covered.tag,
        covered.outcome
    );
    for change in output.report.of_operation(&covered.id) {
        let _ = writeln!(text, "  {change}");
    }
    if !args.write && !args.check {
        print!("{text}");
        return Ok(ExitCode::SUCCESS);
    }
    let file = workspace::root().join("CONTRIBUTING.md");
    let page = std::fs::read_to_string(&file)?;
    let (start, end) = (
        format!("<!-- explain {} -->\n```text\n", covered.id),
        "```\n",
    );
    let from = page.find(&start).map(|at| at + start.len());
    let to = from.and_then(|from| Some(from + page[from..].find(end)?));
    let (Some(from), Some(to)) = (from, to) else {
        bail!("CONTRIBUTING.md has no block `{}`", start.trim_end());
    };
    if args.write {
        std::fs::write(&file, format!("{}{text}{}", &page[..from], &page[to..]))?;
    } else if page[from..to] != text {
        bail!(
            "CONTRIBUTING.md shows another way of {}: cargo xtask explain {} --write",
            covered.id,
            covered.id
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn of_pass(output: &Output, pass: &str) -> Result<ExitCode> {
    let changes: Vec<_> = output
        .report
        .changes()
        .iter()
        .filter(|change| change.step == pass)
        .collect();
    if changes.is_empty() {
        let steps: BTreeSet<_> = output
            .report
            .changes()
            .iter()
            .map(|change| change.step)
            .collect();
        bail!(
            "no pass `{pass}` changed anything; these did: {}",
            steps.into_iter().collect::<Vec<_>>().join(", ")
        );
    }
    for change in &changes {
        println!(
            "{:<32} {}: {}",
            change.operation.as_deref().unwrap_or_default(),
            change.pointer,
            change.what
        );
    }
    println!("\n{} changes by {pass}", changes.len());
    Ok(ExitCode::SUCCESS)
}
