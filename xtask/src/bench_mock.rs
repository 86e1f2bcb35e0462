//! `cargo xtask bench-mock`: how many requests a second the stand-in answers with all its checks, and whether its memory
//! stays flat.
//!
//! The load is wrk's, from Debian's package of that name.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::bench_client::{median, sorted};
use crate::{mock, workspace};

/// What the stand-in must answer at least, in requests a second.
const LIMIT: f64 = 10_000.0;
/// How much memory may grow after the first round, in KiB: what an allocator keeps for itself.
const GROWTH: u64 = 4_096;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench-mock
  cargo xtask bench-mock --requests 100000 --json

Exit codes: 0 at least 10,000 requests a second, and memory flat; 1 below, or growing, or there is no wrk.")]
pub(crate) struct Args {
    /// How many requests in all
    #[arg(long, default_value_t = 1_000_000)]
    requests: u64,
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    workspace::build_release(&mock::PACKAGE)?;
    let program = workspace::target().join("release/onlyfansapi-mock");
    let mut server = Command::new(program)
        .args(["--port", "0", "--quiet"])
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = measure(&mut server, args.requests);
    server.kill()?;
    server.wait()?;
    let (rates, memory) = measured?;
    let median = median(&sorted(rates.clone()))?;
    let (first, last) = (
        memory.first().copied().unwrap_or(0),
        memory.last().copied().unwrap_or(0),
    );
    if args.json {
        println!(
            "{}",
            json!({"requests_per_second": rates, "median": median, "memory_kib": memory})
        );
    } else {
        for (rate, memory) in rates.iter().zip(&memory) {
            println!("{rate:10.0} requests/s, {memory} KiB");
        }
        println!(
            "{median:10.0} requests/s in the middle; {first} KiB after the first round, {last} KiB at the end"
        );
    }
    if median < LIMIT {
        bail!("{median:.0} requests a second are fewer than {LIMIT}");
    }
    if last > first + GROWTH {
        bail!("memory grew from {first} to {last} KiB");
    }
    Ok(ExitCode::SUCCESS)
}

/// Rounds of five seconds until there were so many requests: rates, and the memory after each.
fn measure(server: &mut Child, requests: u64) -> Result<(Vec<f64>, Vec<u64>)> {
    let stdout = server.stdout.take().context("the server says nothing")?;
    let mut ready = String::new();
    BufReader::new(stdout).read_line(&mut ready)?;
    let url = ready
        .trim()
        .strip_prefix("listening on ")
        .context("the server is not ready")?;
    let (mut rates, mut memory, mut sent) = (Vec::new(), Vec::new(), 0);
    while sent < requests {
        let output = Command::new("wrk")
            .args(["--threads", "1", "--connections", "32", "--duration", "5s"])
            .args(["--header", "Authorization: Bearer test-key-of-the-stand-in"])
            .arg(format!("{url}/api/smart-link-postbacks/123"))
            .output()
            .context("wrk cannot be started; Debian has a package of that name")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
            bail!("wrk met errors:\n{text}");
        }
        let number = |before: &str, after: &str| -> Option<f64> {
            let (_, text) = text.split_once(before)?;
            text.split_once(after)?.0.trim().parse().ok()
        };
        let rate = number("Requests/sec:", "\n").context("wrk says no rate")?;
        let line = text.lines().find(|line| line.contains(" requests in "));
        let count = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        sent += count.context("wrk says no number of requests")?;
        rates.push(rate);
        memory.push(resident(server.id())?);
    }
    Ok((rates, memory))
}

/// The memory of a process, in KiB.
fn resident(process: u32) -> Result<u64> {
    let output = Command::new("ps")
        .args(["-o", "rss=", "-p", &process.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim().parse().context("ps says no memory")
}
