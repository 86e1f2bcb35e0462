//! `cargo xtask coverage`: what became of every operation, and what the fields of answers are.
//!
//! The fields that are any JSON value stand in untyped.yaml with their reasons; `--check` fails unless
//! the list is that of the document, so that no field becomes untyped unseen.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Result, bail};
use onlyfansapi_codegen::{Coverage, Outcome};
use serde_json::{Value, json};

use crate::workspace;

/// At most this share of the fields of answers may be any JSON value, in per cent.
const LIMIT: f64 = 4.0;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask coverage
  cargo xtask coverage --summary
  cargo xtask coverage --json

Exit codes: 0 every operation is accounted for; 1 one is not, untyped.yaml is not the list that comes out, or more than 4 % of the fields are untyped.")]
pub(crate) struct Args {
    /// Print the counts and what was left out, not every operation
    #[arg(long)]
    summary: bool,
    /// For machines
    #[arg(long, conflicts_with = "summary")]
    json: bool,
    /// Write the list of untyped fields to untyped.yaml
    #[arg(long)]
    write: bool,
    /// Fail unless untyped.yaml has that list
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
    let vanished = coverage.vanished().count();
    let fields: usize = coverage.fields.values().sum();
    let share = percent(coverage.untyped.len(), fields);
    let file = workspace::root().join("untyped.yaml");
    let text = untyped(&coverage);
    if args.write {
        std::fs::write(&file, text)?;
    } else if args.check {
        if std::fs::read_to_string(&file)? != text {
            bail!("untyped.yaml is not the list of untyped fields: cargo xtask coverage --write");
        }
        if share > LIMIT {
            bail!("{share:.1} % of the fields are any JSON value; the limit is {LIMIT} %");
        }
    }
    if vanished > 0 {
        bail!("{vanished} operations of the document are neither generated nor left out");
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
                "outcome": covered.outcome.to_string(),
            })
        })
        .collect();
    json!({"operations": operations, "fields": coverage.fields, "untyped": coverage.untyped})
}

fn print(coverage: &Coverage, is_summary: bool) {
    for covered in &coverage.operations {
        if !is_summary || !matches!(covered.outcome, Outcome::Generated { .. }) {
            println!(
                "{:<6} {:<70} {}",
                covered.method.to_uppercase(),
                covered.path,
                covered.outcome
            );
        }
    }
    let vanished = coverage.vanished().count();
    let left_out = coverage.operations.len() - coverage.generated() - vanished;
    println!(
        "\n{} operations in the document: {} generated, {left_out} left out with a reason, {vanished} unaccounted for",
        coverage.operations.len(),
        coverage.generated()
    );
    let fields: usize = coverage.fields.values().sum();
    println!("\n{fields} fields of answers, by the kind of their type:");
    for (kind, count) in &coverage.fields {
        println!("  {count:>6}  {:>5.1} %  {kind}", percent(*count, fields));
    }
    let share = percent(coverage.untyped.len(), fields);
    println!(
        "\n{} fields ({share:.1} %) are any JSON value, or lists of it:",
        coverage.untyped.len()
    );
    for (field, why) in &coverage.untyped {
        println!("  {field:<44} {why}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// The text of untyped.yaml.
pub(crate) fn untyped(coverage: &Coverage) -> String {
    let mut text = "\
# Fields of answers that are any JSON value, or lists of it, because the document does not show what they
# are. Type them in the overlay's x-fields once it is known. Kept by `cargo xtask coverage --write`.
"
    .to_owned();
    for (field, why) in &coverage.untyped {
        // Names and reasons hold no character that YAML would read.
        let _ = writeln!(text, "{field}: {why}");
    }
    text
}
