//! `cargo xtask coverage`: the outcome of every operation, and statistics about response fields.
//!
//! untyped.yaml lists the response fields that accept any JSON value, with reasons. `--check` fails if the list is
//! out of date, so that no field becomes untyped unnoticed.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Result, bail};
use onlyfansapi_codegen::{Coverage, OperationStatus};
use serde_json::{Value, json};

use crate::workspace;

/// The maximum percentage of response fields that may accept any JSON value.
const MAX_UNTYPED_PERCENT: f64 = 4.0;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask coverage
  cargo xtask coverage --summary
  cargo xtask coverage --json

Exit codes: 0 every operation is accounted for; 1 an operation is not, or with --check untyped.yaml is out of date
or more than 4 % of the response fields are untyped.")]
pub(crate) struct Args {
    /// Omit the generated operations; print only the others and the counts
    #[arg(long)]
    summary: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "summary")]
    json: bool,
    /// Update untyped.yaml
    #[arg(long)]
    write: bool,
    /// Fail if untyped.yaml is out of date or too many fields are untyped
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let coverage = workspace::output()?.coverage;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&coverage))?);
    } else {
        print(&coverage, args.summary);
    }
    let missing = coverage.missing().count();
    let fields: usize = coverage.fields.values().sum();
    let share = percent(coverage.untyped.len(), fields);
    let file = workspace::root().join("untyped.yaml");
    let text = untyped_yaml(&coverage);
    if args.write {
        std::fs::write(&file, text)?;
    } else if args.check {
        if std::fs::read_to_string(&file)? != text {
            bail!("untyped.yaml is out of date; run `cargo xtask coverage --write`");
        }
        if share > MAX_UNTYPED_PERCENT {
            bail!(
                "{share:.1} % of the response fields accept any JSON value; the limit is {MAX_UNTYPED_PERCENT} %"
            );
        }
    }
    if missing > 0 {
        bail!("{missing} operations are neither generated nor left out for a reason");
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(coverage: &Coverage) -> Value {
    let operations: Vec<_> = coverage
        .operations
        .iter()
        .map(|covered| {
            json!({
                "operationId": covered.id,
                "method": covered.method,
                "path": covered.path,
                "outcome": covered.status.to_string(),
            })
        })
        .collect();
    json!({"operations": operations, "fields": coverage.fields, "untyped": coverage.untyped})
}

fn print(coverage: &Coverage, is_summary: bool) {
    for covered in &coverage.operations {
        if !is_summary || !matches!(covered.status, OperationStatus::Generated { .. }) {
            println!(
                "{:<6} {:<70} {}",
                covered.method.to_uppercase(),
                covered.path,
                covered.status
            );
        }
    }
    let missing = coverage.missing().count();
    let left_out = coverage.operations.len() - coverage.generated() - missing;
    println!(
        "\n{} operations in the document: {} generated, {left_out} left out for a reason, {missing} unaccounted for",
        coverage.operations.len(),
        coverage.generated()
    );
    let fields: usize = coverage.fields.values().sum();
    println!("\n{fields} response fields by kind of type:");
    for (kind, count) in &coverage.fields {
        println!("  {count:>6}  {:>5.1} %  {kind}", percent(*count, fields));
    }
    let share = percent(coverage.untyped.len(), fields);
    println!(
        "\n{} response fields ({share:.1} %) accept any JSON value, or lists of any JSON value:",
        coverage.untyped.len()
    );
    for (field, reason) in &coverage.untyped {
        println!("  {field:<44} {reason}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "a percentage for display")]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// Returns the contents of untyped.yaml.
pub(crate) fn untyped_yaml(coverage: &Coverage) -> String {
    let mut text = "\
# Response fields that accept any JSON value, or lists of any JSON value, because the document does not show their
# type. Once the type is known, set it in the overlay's x-fields. Written by `cargo xtask coverage --write`.
"
    .to_owned();
    for (field, reason) in &coverage.untyped {
        // Names and reasons contain no YAML syntax, so they need no quoting.
        let _ = writeln!(text, "{field}: {reason}");
    }
    text
}
