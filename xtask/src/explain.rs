//! `cargo xtask explain OPERATION`

use std::process::ExitCode;

use anyhow::{Result, bail};
use onlyfansapi_codegen::Outcome;

use crate::workspace;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The operationId of the document, or the name of the method
    operation: String,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let output = workspace::output()?;
    let wanted = args.operation.as_str();
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
    println!(
        "{}  {} {}  (tag {})",
        covered.id,
        covered.method.to_uppercase(),
        covered.path,
        covered.tag
    );
    println!("{}", covered.outcome);
    for change in output.report.of_operation(&covered.id) {
        println!("  {change}");
    }
    Ok(ExitCode::SUCCESS)
}
