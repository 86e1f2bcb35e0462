//! `cargo xtask generate --spec FILE --out DIR`: generates a standalone crate from any document.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::{
    Change, Document, OperationStatus, Overlay, Pointer, Position, Standalone,
};
use serde_json::{Value, json};

use super::Args;

pub(super) fn run(args: &Args, spec: &Path) -> Result<ExitCode> {
    let Some(out) = &args.out else {
        bail!("--spec needs --out DIR, the folder of the crate");
    };
    let start = Instant::now();
    let document = Document::read(spec)?;
    let file = document.file().to_owned();
    let overlay = args.overlay.as_deref().map(Overlay::read).transpose()?;
    let generated = Standalone::new(document, overlay.as_ref(), args.name.as_deref())?;
    let changes = generated.output.report.changes();
    let positions = generated
        .positions
        .of(changes.iter().map(|change| &change.pointer));
    for change in generated.output.report.warnings() {
        let position = positions.get(&change.pointer);
        let position = position.map_or_else(String::new, |p| format!(":{}:{}", p.line, p.column));
        eprintln!(
            "warning: {file}{position}: {}: {}: {}",
            change.step, change.pointer, change.description
        );
    }
    let operations = &generated.output.coverage.operations;
    let is_lost = |status: &OperationStatus| match status {
        OperationStatus::LeftOut { reason } => !reason.starts_with("by the overlay"),
        OperationStatus::Missing => true,
        _ => false,
    };
    let lost = operations
        .iter()
        .filter(|covered| is_lost(&covered.status))
        .count();
    let untyped = changes
        .iter()
        .filter(|change| change.step == "generator")
        .count();
    if let Some(report) = &args.report {
        let text = serde_json::to_string_pretty(&json_report(&file, &generated, &positions))?;
        std::fs::write(report, text + "\n")
            .with_context(|| format!("cannot write {}", report.display()))?;
    }
    if args.strict && lost + untyped > 0 {
        bail!(
            "no crate written because of --strict: {lost} operations were left out and {untyped} lost their types"
        );
    }
    generated.write(out)?;
    println!(
        "{} {}: {} of {} operations, {} types, {} lines, {} changes ({} warnings) in {:.2} s, in {}",
        generated.name,
        generated.version,
        generated.output.coverage.generated(),
        operations.len(),
        generated.output.types.len(),
        generated.output.source.lines().count(),
        changes.len(),
        generated.output.report.warnings().count(),
        start.elapsed().as_secs_f64(),
        out.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Builds the JSON report of every change and every operation.
fn json_report(
    file: &str,
    generated: &Standalone,
    positions: &HashMap<Pointer, Position>,
) -> Value {
    let line = |pointer: &Pointer| positions.get(pointer).map(|at| at.line);
    let change = |change: &Change| {
        json!({
            "pass": change.step,
            "pointer": change.pointer.as_str(),
            "line": line(&change.pointer),
            "operation": change.operation,
            "description": change.description,
            "warning": change.is_warning,
        })
    };
    let operations: Vec<Value> = generated
        .output
        .coverage
        .operations
        .iter()
        .map(|covered| {
            let (outcome, method, reason) = match &covered.status {
                OperationStatus::Generated { method } => ("generated", Some(method), None),
                OperationStatus::LeftOut { reason } => ("left out", None, Some(reason)),
                _ => ("missing", None, None),
            };
            json!({
                "method": covered.method,
                "path": covered.path,
                "operationId": covered.id,
                "outcome": outcome,
                "name": method,
                "reason": reason,
            })
        })
        .collect();
    json!({
        "document": file,
        "package": generated.name,
        "version": generated.version,
        "operations": operations,
        "changes": generated.output.report.changes().iter().map(change).collect::<Vec<_>>(),
    })
}
