//! `cargo xtask explain OPERATION`: every change that a pass made to it: pass, pointer, before -> after.
//!
//! CONTRIBUTING.md shows one operation as an example; `--write` puts it there and `--check` fails unless
//! it is there.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use std::process::ExitCode;

use anyhow::{Result, bail};
use onlyfansapi_codegen::{Change, Covered, Outcome, Output};
use serde_json::{Value, json};

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask explain listChats
  cargo xtask explain list_chats --json
  cargo xtask explain --pass money

Exit codes: 0 explained; 1 there is no such operation or pass, or CONTRIBUTING.md shows another way.")]
pub(crate) struct Args {
    /// The operationId of the document, or the name of the method
    #[arg(required_unless_present = "pass")]
    operation: Option<String>,
    /// Every change of one pass instead, in all operations: `money`, `timestamps`, `overlay`, …
    #[arg(long, conflicts_with_all = ["operation", "write", "check"])]
    pass: Option<String>,
    /// For machines
    #[arg(long, conflicts_with_all = ["write", "check"])]
    json: bool,
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
        return of_pass(&output, pass, args.json);
    }
    let wanted = args.operation.as_deref().unwrap_or_default();
    if args.json {
        let covered = covered(&output, wanted)?;
        let changes: Vec<_> = output
            .report
            .of_operation(&covered.id)
            .map(json_of)
            .collect();
        let json = json!({
            "operationId": covered.id,
            "method": covered.method,
            "path": covered.path,
            "tag": covered.tag,
            "outcome": covered.outcome.to_string(),
            "changes": changes,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
        return Ok(ExitCode::SUCCESS);
    }
    let text = explained(&output, wanted)?;
    if !args.write && !args.check {
        print!("{text}");
        return Ok(ExitCode::SUCCESS);
    }
    let file = workspace::root().join("CONTRIBUTING.md");
    let page = std::fs::read_to_string(&file)?;
    let Some((id, from, to)) = block(&page).filter(|(id, ..)| *id == wanted) else {
        bail!("CONTRIBUTING.md has no block `<!-- explain {wanted} -->`");
    };
    if args.write {
        std::fs::write(&file, format!("{}{text}{}", &page[..from], &page[to..]))?;
    } else if page[from..to] != text {
        bail!("CONTRIBUTING.md shows another way of {id}: cargo xtask explain {id} --write");
    }
    Ok(ExitCode::SUCCESS)
}

/// CONTRIBUTING.md with its example as `output` has it; `None` where it has none, or the operation is gone.
pub(crate) fn renewed(page: &str, output: &Output) -> Option<String> {
    let (id, from, to) = block(page)?;
    let text = explained(output, id).ok()?;
    Some(format!("{}{text}{}", &page[..from], &page[to..]))
}

/// The operation that a page explains, and where its block begins and ends.
fn block(page: &str) -> Option<(&str, usize, usize)> {
    const MARK: &str = "<!-- explain ";
    let at = page.find(MARK)? + MARK.len();
    let (id, rest) = page[at..].split_once(" -->\n```text\n")?;
    let from = page.len() - rest.len();
    Some((id, from, from + rest.find("```\n")?))
}

/// The operation of an operationId, or of the name of a method.
fn covered<'a>(output: &'a Output, wanted: &str) -> Result<&'a Covered> {
    let is_wanted = |covered: &&Covered| {
        covered.id == wanted
            || matches!(&covered.outcome, Outcome::Generated { method } if method == wanted)
    };
    let operations = &output.coverage.operations;
    let Some(covered) = operations.iter().find(is_wanted) else {
        let lower = wanted.to_lowercase();
        let near: Vec<_> = operations
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
    Ok(covered)
}

fn json_of(change: &Change) -> Value {
    json!({
        "pass": change.step,
        "operation": change.operation,
        "pointer": change.pointer.as_str(),
        "what": change.what,
        "warning": change.is_warning,
    })
}

/// How an operation came to be.
fn explained(output: &Output, wanted: &str) -> Result<String> {
    let covered = covered(output, wanted)?;
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
    Ok(text)
}

fn of_pass(output: &Output, pass: &str, as_json: bool) -> Result<ExitCode> {
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
    if as_json {
        let changes: Vec<_> = changes.into_iter().map(json_of).collect();
        println!("{}", serde_json::to_string_pretty(&changes)?);
        return Ok(ExitCode::SUCCESS);
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
