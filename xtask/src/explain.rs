//! `cargo xtask explain OPERATION`: lists every change that a pass made to an operation.
//!
//! CONTRIBUTING.md contains the explanation of one operation as an example. `--write` updates that block, and
//! `--check` fails if it is out of date.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Result, bail};
use onlyfansapi_codegen::{Change, OperationCoverage, OperationStatus, Output};
use serde_json::{Value, json};

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask explain listChats
  cargo xtask explain list_chats --json
  cargo xtask explain --pass money

Exit codes: 0 success; 1 unknown operation or pass, or the block in CONTRIBUTING.md is out of date.")]
pub(crate) struct Args {
    /// operationId in the document, or name of the generated method
    #[arg(required_unless_present = "pass")]
    operation: Option<String>,
    /// Show the changes of one pass in all operations instead: `money`, `timestamps`, `overlay`, …
    #[arg(long, conflicts_with_all = ["operation", "write", "check"])]
    pass: Option<String>,
    /// Print JSON
    #[arg(long, conflicts_with_all = ["write", "check"])]
    json: bool,
    /// Update the block in CONTRIBUTING.md
    #[arg(long)]
    write: bool,
    /// Fail if the block in CONTRIBUTING.md is out of date
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let output = workspace::output()?;
    if let Some(pass) = &args.pass {
        return print_pass(&output, pass, args.json);
    }
    let wanted = args.operation.as_deref().unwrap_or_default();
    if args.json {
        let covered = find_operation(&output, wanted)?;
        let changes: Vec<_> = output
            .report
            .of_operation(&covered.id)
            .map(change_to_json)
            .collect();
        let json = json!({
            "operationId": covered.id,
            "method": covered.method,
            "path": covered.path,
            "tag": covered.tag,
            "outcome": covered.status.to_string(),
            "changes": changes,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
        return Ok(ExitCode::SUCCESS);
    }
    let text = explanation(&output, wanted)?;
    if !args.write && !args.check {
        print!("{text}");
        return Ok(ExitCode::SUCCESS);
    }
    let file = workspace::root().join("CONTRIBUTING.md");
    let page = std::fs::read_to_string(&file)?;
    let Some((id, from, to)) = find_block(&page).filter(|(id, ..)| *id == wanted) else {
        bail!("CONTRIBUTING.md has no block `<!-- explain {wanted} -->`");
    };
    if args.write {
        std::fs::write(&file, format!("{}{text}{}", &page[..from], &page[to..]))?;
    } else if page[from..to] != text {
        bail!(
            "the block in CONTRIBUTING.md is out of date; run `cargo xtask explain {id} --write`"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns CONTRIBUTING.md with an up-to-date explanation block.
///
/// Returns `None` if the page has no such block or the operation no longer exists.
pub(crate) fn with_current_block(page: &str, output: &Output) -> Option<String> {
    let (id, from, to) = find_block(page)?;
    let text = explanation(output, id).ok()?;
    Some(format!("{}{text}{}", &page[..from], &page[to..]))
}

/// Returns the operation that the page explains, and the byte range of its block.
fn find_block(page: &str) -> Option<(&str, usize, usize)> {
    const MARK: &str = "<!-- explain ";
    let at = page.find(MARK)? + MARK.len();
    let (id, rest) = page[at..].split_once(" -->\n```text\n")?;
    let from = page.len() - rest.len();
    Some((id, from, from + rest.find("```\n")?))
}

/// Finds an operation by operationId or method name.
fn find_operation<'a>(output: &'a Output, wanted: &str) -> Result<&'a OperationCoverage> {
    let is_wanted = |covered: &&OperationCoverage| {
        covered.id == wanted
            || matches!(&covered.status, OperationStatus::Generated { method } if method == wanted)
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
            "the document has no operation `{wanted}`; similar operations: {}",
            near.join(", ")
        );
    };
    Ok(covered)
}

fn change_to_json(change: &Change) -> Value {
    json!({
        "pass": change.step,
        "operation": change.operation,
        "pointer": change.pointer.as_str(),
        "description": change.description,
        "warning": change.is_warning,
    })
}

/// Formats an operation and the changes that the passes made to it.
fn explanation(output: &Output, wanted: &str) -> Result<String> {
    let covered = find_operation(output, wanted)?;
    let mut text = format!(
        "{}  {} {}  (tag {})\n{}\n",
        covered.id,
        covered.method.to_uppercase(),
        covered.path,
        covered.tag,
        covered.status
    );
    for change in output.report.of_operation(&covered.id) {
        let _ = writeln!(text, "  {change}");
    }
    Ok(text)
}

fn print_pass(output: &Output, pass: &str, as_json: bool) -> Result<ExitCode> {
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
            "no changes by the `{pass}` pass; passes with changes: {}",
            steps.into_iter().collect::<Vec<_>>().join(", ")
        );
    }
    if as_json {
        let changes: Vec<_> = changes.into_iter().map(change_to_json).collect();
        println!("{}", serde_json::to_string_pretty(&changes)?);
        return Ok(ExitCode::SUCCESS);
    }
    for change in &changes {
        println!(
            "{:<32} {}: {}",
            change.operation.as_deref().unwrap_or_default(),
            change.pointer,
            change.description
        );
    }
    println!("\n{} changes by {pass}", changes.len());
    Ok(ExitCode::SUCCESS)
}
