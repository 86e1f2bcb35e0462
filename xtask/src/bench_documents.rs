//! `cargo xtask bench-documents`: time and memory of the generator for documents of 50 to 3,000 operations.
//!
//! The documents are the vendored one, cut or written several times over; each copy has paths, ids, tags
//! and property names of its own, so that no type of one copy is one of another. The generator is built
//! with the profile that a build script has in `cargo build`, which is that of xtask itself.

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

Exit codes: 0 within the limits; 1 a limit is passed.")]
pub(crate) struct Args {
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
    /// Stop at documents of this many operations
    #[arg(long, value_name = "OPERATIONS", default_value_t = 3000)]
    largest: usize,
}

/// Operations of the documents; the third and the fourth are about one and three of the vendored one.
const SIZES: [usize; 6] = [50, 150, 300, 885, 1000, 3000];

/// What 300 operations may cost a process, and three times as many, in MiB.
const MEMORY: [(usize, f64); 2] = [(300, 600.0), (885, 1228.8)];

/// How much more an operation of the largest document may cost than one of 300.
const GROWTH: f64 = 1.5;

/// Methods of a path item.
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
    let own = std::env::current_exe()?;
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
            &own.display().to_string(),
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
    let faults = faults(&rows);
    if args.json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!({"operations": row.operations, "bytes": row.bytes, "lines": row.lines, "seconds": row.seconds, "cost": row.cost.json()})
            })
            .collect();
        println!(
            "{}",
            serde_json::to_string_pretty(&json!({"rows": rows, "faults": faults}))?
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
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    Ok(ExitCode::SUCCESS)
}

/// CPU seconds for one operation.
#[expect(clippy::cast_precision_loss, reason = "a few thousand operations")]
fn per_operation(row: &Row) -> f64 {
    row.cost.cpu / row.operations as f64
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn faults(rows: &[Row]) -> Vec<String> {
    let mut faults = Vec::new();
    let of = |size: usize| {
        let place = SIZES.iter().position(|known| *known == size)?;
        rows.get(place)
    };
    for (size, limit) in MEMORY {
        if let Some(row) = of(size).filter(|row| row.cost.memory > limit) {
            faults.push(format!(
                "{size} operations took {:.0} MiB, more than {limit}",
                row.cost.memory
            ));
        }
    }
    if let (Some(small), Some(large)) = (of(300), rows.last())
        && per_operation(large) > GROWTH * per_operation(small)
    {
        faults.push(format!(
            "an operation of the largest document took {:.1} times as long as one of 300",
            per_operation(large) / per_operation(small)
        ));
    }
    faults
}

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

/// A document of `size` operations, give or take those of one path.
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
                renamed(&mut item, copy);
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
    unreachable!("the copies have no end")
}

/// A copy with ids, tags and names of properties of its own.
fn renamed(value: &mut Value, copy: usize) {
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
                .for_each(|member| renamed(member, copy));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| renamed(item, copy)),
        _ => {}
    }
}
