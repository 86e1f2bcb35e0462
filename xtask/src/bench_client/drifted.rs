//! Measures the decoding of large bodies that do not match their type, with the facade's example `bench_decode`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// The numbers of items in the bodies.
const ITEMS: [usize; 3] = [1_000, 4_000, 16_000];

/// The kinds of bodies, each paired with a kind of the same type that matches.
const KINDS: [(&str, &str); 5] = [
    ("converted ids", "clean"),
    ("PHP dates", "clean"),
    ("ids beyond i64", "clean"),
    ("map of users", "clean objects"),
    ("null and {}", "clean objects"),
];

/// The maximum time per byte of the largest body, relative to the smallest.
const MAX_GROWTH: f64 = 1.5;

/// The maximum time, relative to a matching body with the same number of items.
const MAX_RATIO: f64 = 6.0;

/// The maximum memory for decoding, relative to the largest body, in addition to 1 MiB for code and the listed drift.
const MAX_MEMORY: f64 = 8.0;

/// The maximum lateness of other tasks on a single-threaded runtime, in seconds.
const MAX_LATENESS: f64 = 0.05;

/// Measures every kind of body. Returns the rows of the report, the lateness in seconds, and the limits that were exceeded.
pub(super) fn run(program: &Path) -> Result<(Vec<Value>, f64, Vec<String>)> {
    let mut rows = Vec::new();
    let mut over_limit = Vec::new();
    for (kind, clean) in KINDS {
        let mut per_byte = Vec::new();
        for items in ITEMS {
            let (drifted, clean) = (
                measure(program, kind, items)?,
                measure(program, clean, items)?,
            );
            let ratio = drifted.seconds / clean.seconds;
            let memory = (drifted.memory - 1024.0).max(0.0) * 1024.0 / drifted.bytes;
            eprintln!(
                "{kind}, {items} items: {:.1} ns per byte",
                drifted.seconds_per_byte() * 1e9
            );
            if ratio > MAX_RATIO {
                over_limit.push(format!(
                    "{kind}, {items} items: {ratio:.1} times a body that matches"
                ));
            }
            if items == ITEMS[2] && memory > MAX_MEMORY {
                over_limit.push(format!("{kind}: memory {memory:.1} times the body"));
            }
            per_byte.push(drifted.seconds_per_byte());
            rows.push(json!({"kind": kind, "items": items, "bytes": drifted.bytes, "ns_per_byte": drifted.seconds_per_byte() * 1e9, "ratio": ratio, "memory": memory}));
        }
        let growth = per_byte[2] / per_byte[0];
        if growth > MAX_GROWTH {
            over_limit.push(format!("{kind}: the time per byte grows by {growth:.2}"));
        }
    }
    let lateness: f64 = output(program, &["lateness", "16000"])?.trim().parse()?;
    if lateness > MAX_LATENESS {
        over_limit.push(format!("other tasks were late by {lateness:.3} s"));
    }
    Ok((rows, lateness, over_limit))
}

/// A measurement of `bench_decode`.
struct Measured {
    bytes: f64,
    seconds: f64,
    /// In KiB.
    memory: f64,
}

impl Measured {
    fn seconds_per_byte(&self) -> f64 {
        self.seconds / self.bytes
    }
}

fn measure(program: &Path, kind: &str, items: usize) -> Result<Measured> {
    let report: Value =
        serde_json::from_str(&output(program, &["case", kind, &items.to_string()])?)?;
    let number = |name: &str| {
        report[name]
            .as_f64()
            .context("bench_decode printed no number")
    };
    Ok(Measured {
        bytes: number("bytes")?,
        seconds: number("seconds")?,
        memory: number("memory")?,
    })
}

fn output(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    if !output.status.success() {
        bail!(
            "`bench_decode {}` failed: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Prints the rows as a table.
pub(super) fn print(rows: &[Value], lateness: f64) {
    println!("\ndrifted body     items      bytes  ns/byte  relative to a match  memory / body");
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap_or_default();
        println!(
            "{:<15} {:>6} {:>10}  {:>7.2}  {:>19.2}  {:>13.2}",
            row["kind"].as_str().unwrap_or_default(),
            row["items"],
            number("bytes"),
            number("ns_per_byte"),
            number("ratio"),
            number("memory"),
        );
    }
    println!(
        "other tasks on a single-threaded runtime were late by at most {:.1} ms",
        lateness * 1e3
    );
}
