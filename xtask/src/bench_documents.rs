//! `cargo xtask bench-documents`: measures the generator on documents of 50 to 3,000 operations.
//!
//! The documents are truncated or repeated copies of the vendored document. Each copy has its own paths, ids, tags
//! and property names, so that copies share no types. The generator runs in the profile of xtask itself, which is
//! also the profile of build scripts in `cargo build`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use onlyfansapi_codegen::Document;
use serde_json::{Map, Value, json};

use crate::measure::{self, Cost};
use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench-documents
  cargo xtask bench-documents --largest 300
  cargo xtask bench-documents --json > numbers.json

Exit codes: 0 within the limits; 1 over a limit.")]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Skip documents with more operations than this
    #[arg(long, value_name = "OPERATIONS", default_value_t = 3000)]
    largest: usize,
}

/// Numbers of operations; the third and fourth are about one and three times as many as in the vendored document.
const SIZES: [usize; 6] = [50, 150, 300, 885, 1000, 3000];

/// The maximum memory of the generator in MiB, by number of operations.
const MAX_MEMORY: [(usize, f64); 2] = [(300, 600.0), (885, 1228.8)];

/// The maximum CPU time per operation of the largest document, relative to 300 operations.
const MAX_GROWTH: f64 = 1.5;

/// HTTP methods counted as operations.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

struct Row {
    operations: usize,
    bytes: usize,
    lines: usize,
    seconds: f64,
    cost: Cost,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let vendored = Document::read(&workspace::root().join("openapi.yaml"))?.root;
    let folder = workspace::root().join("target/bench-documents");
    std::fs::create_dir_all(&folder)?;
    let exe = std::env::current_exe()?;
    let mut rows = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size <= args.largest) {
        let document = document(&vendored, size);
        let operations = count(&document);
        let spec = folder.join(format!("{size}.json"));
        let text = serde_json::to_string_pretty(&document)?;
        std::fs::write(&spec, &text)?;
        let out = folder.join(format!("crate-{size}"));
        let (spec, out) = (spec.display().to_string(), out.display().to_string());
        let arguments = [
            "generate",
            "--spec",
            &spec,
            "--out",
            &out,
            "--name",
            "bench-client",
            "--strict",
        ];
        let start = Instant::now();
        let cost = measure::run(
            &exe.display().to_string(),
            &arguments,
            &workspace::root(),
            &[],
        )?;
        let source = std::fs::read_to_string(format!("{out}/src/client.rs"))?;
        eprintln!("{operations} operations: {cost}");
        rows.push(Row {
            operations,
            bytes: text.len(),
            lines: source.lines().count(),
            seconds: start.elapsed().as_secs_f64(),
            cost,
        });
    }
    let over_limit = over_limit(&rows);
    if args.json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!({"operations": row.operations, "bytes": row.bytes, "lines": row.lines, "seconds": row.seconds, "cost": row.cost.json()})
            })
            .collect();
        println!(
            "{}",
            serde_json::to_string_pretty(&json!({"rows": rows, "over_limit": over_limit}))?
        );
    } else {
        println!("operations  document     code          time    per operation    memory");
        for row in &rows {
            println!(
                "{:>10}  {:>5.1} MB  {:>7} lines  {:>6.2} s  {:>10.2} ms  {:>7.0} MiB",
                row.operations,
                megabytes(row.bytes),
                row.lines,
                row.seconds,
                per_operation(row) * 1000.0,
                row.cost.memory
            );
        }
    }
    if !over_limit.is_empty() {
        bail!("{}", over_limit.join("; "));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the CPU seconds per operation.
#[expect(clippy::cast_precision_loss, reason = "a few thousand operations")]
fn per_operation(row: &Row) -> f64 {
    row.cost.cpu / row.operations as f64
}

#[expect(clippy::cast_precision_loss, reason = "for display")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Describes the limits that were exceeded.
fn over_limit(rows: &[Row]) -> Vec<String> {
    let mut over_limit = Vec::new();
    let row_of = |size: usize| {
        let index = SIZES.iter().position(|known| *known == size)?;
        rows.get(index)
    };
    for (size, limit) in MAX_MEMORY {
        if let Some(row) = row_of(size).filter(|row| row.cost.memory > limit) {
            over_limit.push(format!(
                "{size} operations took {:.0} MiB, the limit is {limit}",
                row.cost.memory
            ));
        }
    }
    if let (Some(small), Some(large)) = (row_of(300), rows.last())
        && per_operation(large) > MAX_GROWTH * per_operation(small)
    {
        over_limit.push(format!(
            "an operation of the largest document took {:.1} times as long as with 300 operations; the limit is {MAX_GROWTH}",
            per_operation(large) / per_operation(small)
        ));
    }
    over_limit
}

/// Counts the operations of a document.
fn count(document: &Value) -> usize {
    let items = document["paths"].as_object().into_iter().flatten();
    items
        .map(|(_, item)| {
            METHODS
                .iter()
                .filter(|method| item.get(**method).is_some())
                .count()
        })
        .sum()
}

/// Builds a document of `size` operations, rounded up to whole path items.
fn document(vendored: &Value, size: usize) -> Value {
    let mut paths = Map::new();
    let mut operations = 0;
    for copy in 0.. {
        for (path, item) in vendored["paths"].as_object().into_iter().flatten() {
            if operations >= size {
                let mut document = vendored.clone();
                document["paths"] = paths.into();
                return document;
            }
            let mut item = item.clone();
            if copy > 0 {
                rename_copy(&mut item, copy);
            }
            operations += METHODS
                .iter()
                .filter(|method| item.get(**method).is_some())
                .count();
            let path = if copy > 0 {
                format!("/copy{copy}{path}")
            } else {
                path.clone()
            };
            paths.insert(path, item);
        }
    }
    unreachable!("the loop over copies is infinite")
}

/// Gives a copy its own ids, tags and property names.
fn rename_copy(value: &mut Value, copy: usize) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(id)) = members.get_mut("operationId") {
                id.push_str(&format!("OfCopy{copy}"));
            }
            if let Some(Value::Array(tags)) = members.get_mut("tags") {
                for tag in tags {
                    *tag = format!("{} {copy}", tag.as_str().unwrap_or_default()).into();
                }
            }
            members.shift_remove("example");
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                *properties = std::mem::take(properties)
                    .into_iter()
                    .map(|(name, property)| {
                        let name = if name == "data" || name.starts_with('_') {
                            name
                        } else {
                            format!("{name}_of_{copy}")
                        };
                        (name, property)
                    })
                    .collect();
            }
            members
                .values_mut()
                .for_each(|member| rename_copy(member, copy));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_copy(item, copy)),
        _ => {}
    }
}
