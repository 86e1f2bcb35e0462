//! `cargo xtask bench-client`: compares an SDK call with plain reqwest and serde, on loopback.
//!
//! The measurement is the facade's example `bench_client`, in release mode. If valgrind is installed, it also counts
//! instructions. `drifted` measures large bodies that do not match their type.

mod drifted;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench-client
  cargo xtask bench-client --json > numbers.json

Exit codes: 0 within the limits (1.15 times plain reqwest at 1 KB, 1.05 times at 55 KB; for large bodies that do not
match their type, 6 times a body that matches); 1 over a limit, or the build failed.")]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Number of measurements; the median is compared with the limit
    #[arg(long, default_value_t = 11)]
    rounds: usize,
}

/// The maximum ratio of SDK time to plain reqwest time, by size of the body.
const LIMITS: [(&str, f64); 2] = [("1 KB", 1.15), ("55 KB", 1.05)];

/// The number of calls in each run that counts instructions; the difference excludes startup and shutdown.
const CALLS: [u32; 2] = [200, 600];

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    workspace::build_release(&[
        "-p",
        "onlyfansapi",
        "--features",
        "_xtask",
        "--example",
        "bench_client",
        "--example",
        "bench_decode",
    ])?;
    let examples = workspace::target().join("release/examples");
    let (drifted, lateness, mut over_limit) = drifted::run(&examples.join("bench_decode"))?;
    let program = examples.join("bench_client");
    let output = Command::new(&program)
        .args(["times", &args.rounds.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("the benchmark failed: {}", output.status);
    }
    let mut rows: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    for row in &mut rows {
        let times = |client: &str| -> Vec<f64> {
            let times = row[client].as_array().into_iter().flatten();
            times.filter_map(Value::as_f64).collect()
        };
        let (plain, sdk) = (times("plain"), times("sdk"));
        let mut ratios: Vec<f64> = plain
            .iter()
            .zip(&sdk)
            .map(|(plain, sdk)| sdk / plain)
            .collect();
        ratios.sort_by(f64::total_cmp);
        let ratio = median(&ratios)?;
        let spread = (ratios.first().copied(), ratios.last().copied());
        let (plain, sdk) = (median(&sorted(plain))?, median(&sorted(sdk))?);
        let limit = LIMITS
            .iter()
            .find(|(size, _)| row["size"] == *size)
            .map(|(_, limit)| *limit);
        // Bodies with drift are reported without a limit: plain serde cannot repair them at all.
        if row["drifts"] == false && limit.is_some_and(|limit| ratio > limit) {
            over_limit.push(format!(
                "{} with {} concurrent calls: {ratio:.3}",
                row["size"], row["tasks"]
            ));
        }
        row["plain"] = json!(plain);
        row["sdk"] = json!(sdk);
        row["ratio"] = json!(ratio);
        row["spread"] = json!([spread.0, spread.1]);
    }
    let instructions = LIMITS
        .iter()
        .map(|(size, _)| instructions(&program, size))
        .collect::<Result<Vec<_>>>()?;
    let report = json!({"rows": rows, "instructions": instructions, "drifted": drifted, "lateness": lateness, "over_limit": over_limit});
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
        drifted::print(&drifted, lateness);
    }
    if !over_limit.is_empty() {
        bail!("over the limit: {}", over_limit.join("; "));
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

/// Counts the instructions per call of plain reqwest and of the SDK; null if valgrind is not installed.
fn instructions(program: &std::path::Path, size: &str) -> Result<Value> {
    let mut server = Command::new(program)
        .args(["serve", size])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    let stdout = server.stdout.take().context("the server has no stdout")?;
    BufReader::new(stdout).read_line(&mut url)?;
    let per_call = |client: &str| -> Option<u64> {
        let [few, many] = CALLS.map(|calls| count_instructions(program, client, calls, url.trim()));
        Some((many? - few?) / u64::from(CALLS[1] - CALLS[0]))
    };
    let counted = json!({"size": size, "plain": per_call("plain"), "sdk": per_call("sdk")});
    server.kill()?;
    server.wait()?;
    Ok(counted)
}

/// Counts the instructions of a run with `calls` calls; `None` if valgrind is not installed.
fn count_instructions(
    program: &std::path::Path,
    client: &str,
    calls: u32,
    url: &str,
) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["calls", client, &calls.to_string(), url])
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
        "body    drift    tasks     plain       SDK  ratio  spread         allocations (plain, SDK)"
    );
    for row in report["rows"].as_array().into_iter().flatten() {
        let number = |name: &str| row[name].as_f64().unwrap_or_default();
        let micros = |name: &str| number(name) * 1e6;
        let spread = |end: usize| row["spread"][end].as_f64().unwrap_or_default();
        let allocations = |client: &str| row["allocations"][client][0].to_string();
        println!(
            "{:<7} {:<7} {:>7} {:>7.1} µs {:>6.1} µs  {:.3}  {:.3} to {:.3} {} {}",
            row["size"].as_str().unwrap_or_default(),
            row["drifts"].to_string(),
            row["tasks"].to_string(),
            micros("plain"),
            micros("sdk"),
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
                    "{}: {plain} instructions per call with plain reqwest, {sdk} with the SDK",
                    row["size"]
                );
            }
            _ => println!(
                "{}: instructions not counted, valgrind is not installed",
                row["size"]
            ),
        }
    }
}
