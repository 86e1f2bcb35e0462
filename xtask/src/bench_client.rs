//! `cargo xtask bench-client`: what a call costs beside plain reqwest and serde, on loopback.
//!
//! The facade's example `bench_client` measures, in a release build; instructions are counted by valgrind where
//! it is there.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench-client
  cargo xtask bench-client --json > numbers.json

Exit codes: 0 within the limits (1.15 times plain reqwest at 1 KB, 1.05 at 55 KB); 1 above one, or not built.")]
pub(crate) struct Args {
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
    /// How often both are measured; the median counts
    #[arg(long, default_value_t = 11)]
    rounds: usize,
}

/// How much longer a call may take, by the size of its body.
const LIMITS: [(&str, f64); 2] = [("1 KB", 1.15), ("55 KB", 1.05)];

/// Calls of the two runs of which instructions are counted: the difference has no start and no end.
const CALLS: [u32; 2] = [200, 600];

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    workspace::build_release(&["-p", "onlyfansapi", "--example", "bench_client"])?;
    let program = workspace::target().join("release/examples/bench_client");
    let output = Command::new(&program)
        .args(["times", &args.rounds.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("the benchmark failed: {}", output.status);
    }
    let mut rows: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    let mut above = Vec::new();
    for row in &mut rows {
        let list = |way: &str| -> Vec<f64> {
            let times = row[way].as_array().into_iter().flatten();
            times.filter_map(Value::as_f64).collect()
        };
        let (plain, sdk) = (list("plain"), list("sdk"));
        let mut ratios: Vec<f64> = plain
            .iter()
            .zip(&sdk)
            .map(|(plain, sdk)| sdk / plain)
            .collect();
        ratios.sort_by(f64::total_cmp);
        let middle = median(&ratios)?;
        let spread = (ratios.first().copied(), ratios.last().copied());
        let (plain, sdk) = (median(&sorted(plain))?, median(&sorted(sdk))?);
        let limit = LIMITS
            .iter()
            .find(|(size, _)| row["size"] == *size)
            .map(|(_, limit)| *limit);
        // A body that drifts is mended, which plain serde cannot do at all: told, not limited.
        if row["drifts"] == false && limit.is_some_and(|limit| middle > limit) {
            above.push(format!(
                "{} with {} at once: {middle:.3}",
                row["size"], row["tasks"]
            ));
        }
        row["plain"] = json!(plain);
        row["sdk"] = json!(sdk);
        row["ratio"] = json!(middle);
        row["spread"] = json!([spread.0, spread.1]);
    }
    let instructions = LIMITS
        .iter()
        .map(|(size, _)| instructions(&program, size))
        .collect::<Result<Vec<_>>>()?;
    let report = json!({"rows": rows, "instructions": instructions, "above": above});
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    if !above.is_empty() {
        bail!("above the limit: {}", above.join("; "));
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn sorted(mut list: Vec<f64>) -> Vec<f64> {
    list.sort_by(f64::total_cmp);
    list
}

pub(crate) fn median(sorted: &[f64]) -> Result<f64> {
    sorted
        .get(sorted.len() / 2)
        .copied()
        .context("nothing was measured")
}

/// Instructions of one call, of plain reqwest and of the SDK; null where there is no valgrind.
fn instructions(program: &std::path::Path, size: &str) -> Result<Value> {
    let mut server = Command::new(program)
        .args(["serve", size])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    let stdout = server.stdout.take().context("the server says nothing")?;
    BufReader::new(stdout).read_line(&mut url)?;
    let of = |way: &str| -> Option<u64> {
        let [few, many] = CALLS.map(|calls| collected(program, way, calls, url.trim()));
        Some((many? - few?) / u64::from(CALLS[1] - CALLS[0]))
    };
    let counted = json!({"size": size, "plain": of("plain"), "sdk": of("sdk")});
    server.kill()?;
    server.wait()?;
    Ok(counted)
}

fn collected(program: &std::path::Path, way: &str, calls: u32, url: &str) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["calls", way, &calls.to_string(), url])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text
        .lines()
        .find_map(|line| line.split_once("Collected : "))?
        .1;
    line.split_whitespace().next()?.parse().ok()
}

fn print(report: &Value) {
    println!(
        "body    drifts  at once     plain       SDK  ratio  spread         allocations, plain and SDK"
    );
    for row in report["rows"].as_array().into_iter().flatten() {
        let number = |name: &str| row[name].as_f64().unwrap_or_default();
        let micro = |name: &str| number(name) * 1e6;
        let spread = |end: usize| row["spread"][end].as_f64().unwrap_or_default();
        let allocations = |way: &str| row["allocations"][way][0].to_string();
        println!(
            "{:<7} {:<7} {:>7} {:>7.1} µs {:>6.1} µs  {:.3}  {:.3} to {:.3} {} {}",
            row["size"].as_str().unwrap_or_default(),
            row["drifts"].to_string(),
            row["tasks"].to_string(),
            micro("plain"),
            micro("sdk"),
            number("ratio"),
            spread(0),
            spread(1),
            allocations("plain"),
            allocations("sdk"),
        );
    }
    for row in report["instructions"].as_array().into_iter().flatten() {
        match (row["plain"].as_u64(), row["sdk"].as_u64()) {
            (Some(plain), Some(sdk)) => {
                println!(
                    "{}: {plain} instructions a call of plain reqwest, {sdk} of the SDK",
                    row["size"]
                );
            }
            _ => println!(
                "{}: instructions were not counted, there is no valgrind",
                row["size"]
            ),
        }
    }
}
