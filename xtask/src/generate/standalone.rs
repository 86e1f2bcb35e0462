//! `cargo xtask generate --spec FILE --out DIR`: a crate of its own from any document.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::{Change, Document, Outcome, Overlay, Pointer, Position, Standalone};
use serde_json::{Value, json};

use super::Args;

pub(super) fn run(args: &Args, spec: &Path) -> Result<ExitCode> {
    let Some(out) = &args.out else {
        bail!("--spec needs --out DIR, where the crate is to be written");
    };
    let start = Instant::now();
    let document = Document::read(spec)?;
    let file = document.file().to_owned();
    let overlay = args.overlay.as_deref().map(Overlay::read).transpose()?;
    let made = Standalone::new(document, overlay.as_ref(), args.name.as_deref())?;
    let changes = made.output.report.changes();
    let positions = made
        .positions
        .of(changes.iter().map(|change| &change.pointer));
    for change in made.output.report.warnings() {
        let at = positions.get(&change.pointer);
        let at = at.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        eprintln!(
            "warning: {file}{at}: {}: {}: {}",
            change.step, change.pointer, change.what
        );
    }
    let operations = &made.output.coverage.operations;
    let is_lost = |outcome: &Outcome| match outcome {
        Outcome::LeftOut { reason } => !reason.starts_with("by the overlay"),
        Outcome::Vanished => true,
        _ => false,
    };
    let lost = operations
        .iter()
        .filter(|covered| is_lost(&covered.outcome))
        .count();
    let untyped = changes
        .iter()
        .filter(|change| change.step == "generator")
        .count();
    if let Some(report) = &args.report {
        let text = serde_json::to_string_pretty(&json_report(&file, &made, &positions))?;
        std::fs::write(report, text + "\n")
            .with_context(|| format!("cannot write {}", report.display()))?;
    }
    if args.strict && lost + untyped > 0 {
        bail!(
            "{lost} operations were left out and {untyped} lost their types, which --strict forbids; no crate was written"
        );
    }
    made.write(out)?;
    println!(
        "{} {}: {} of {} operations, {} types, {} lines, {} changes ({} warnings) in {:.2} s, in {}",
        made.name,
        made.version,
        made.output.coverage.generated(),
        operations.len(),
        made.output.types.len(),
        made.output.source.lines().count(),
        changes.len(),
        made.output.report.warnings().count(),
        start.elapsed().as_secs_f64(),
        out.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Every change and every operation, for machines.
fn json_report(file: &str, made: &Standalone, positions: &HashMap<Pointer, Position>) -> Value {
    let line = |pointer: &Pointer| positions.get(pointer).map(|at| at.line);
    let change = |change: &Change| {
        json!({
            "pass": change.step,
            "pointer": change.pointer.as_str(),
            "line": line(&change.pointer),
            "operation": change.operation,
            "what": change.what,
            "warning": change.is_warning,
        })
    };
    let operations: Vec<Value> = made
        .output
        .coverage
        .operations
        .iter()
        .map(|covered| {
            let (outcome, method, reason) = match &covered.outcome {
                Outcome::Generated { method } => ("generated", Some(method), None),
                Outcome::LeftOut { reason } => ("left out", None, Some(reason)),
                _ => ("vanished", None, None),
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
        "package": made.name,
        "version": made.version,
        "operations": operations,
        "changes": made.output.report.changes().iter().map(change).collect::<Vec<_>>(),
    })
}
