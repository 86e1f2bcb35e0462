//! `cargo xtask coverage`

use std::process::ExitCode;

use anyhow::Result;
use onlyfansapi_codegen::Outcome;

use crate::workspace;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print the counts and what was left out, not every operation
    #[arg(long)]
    summary: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let coverage = workspace::output()?.coverage;
    for covered in &coverage.operations {
        if !args.summary || !matches!(covered.outcome, Outcome::Generated { .. }) {
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
        #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
        let share = *count as f64 * 100.0 / fields.max(1) as f64;
        println!("  {count:>6}  {share:>5.1} %  {kind}");
    }
    println!(
        "\n{} fields are any JSON value, or lists of it:",
        coverage.untyped.len()
    );
    for (field, why) in &coverage.untyped {
        println!("  {field:<44} {why}");
    }
    Ok(if vanished == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
