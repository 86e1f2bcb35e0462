//! `cargo xtask bench-mock`: measures the throughput of the mock server with all checks enabled, and checks that its
//! memory use stays flat.
//!
//! The load generator is wrk, which Debian packages as `wrk`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::bench_client::{median, sorted};
use crate::{mock, workspace};

/// The minimum throughput, in requests per second.
const MIN_RATE: f64 = 10_000.0;
/// The maximum growth of memory after the first round, in KiB, to allow for the allocator.
const MAX_GROWTH: u64 = 4_096;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench-mock
  cargo xtask bench-mock --requests 100000 --json

Exit codes: 0 at least 10,000 requests per second and flat memory use; 1 a limit is missed, or wrk is not installed.")]
pub(crate) struct Args {
    /// Total number of requests
    #[arg(long, default_value_t = 1_000_000)]
    requests: u64,
    /// Print JSON
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
            "{median:10.0} requests/s median; {first} KiB after the first round, {last} KiB at the end"
        );
    }
    if median < MIN_RATE {
        bail!("{median:.0} requests per second, the minimum is {MIN_RATE}");
    }
    if last > first + MAX_GROWTH {
        bail!("memory grew from {first} to {last} KiB");
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends load in rounds of five seconds until `requests` are reached; returns rate and memory of each round.
fn measure(server: &mut Child, requests: u64) -> Result<(Vec<f64>, Vec<u64>)> {
    let stdout = server.stdout.take().context("the server has no stdout")?;
    let mut ready = String::new();
    BufReader::new(stdout).read_line(&mut ready)?;
    let url = ready
        .trim()
        .strip_prefix("listening on ")
        .context("the server did not report its address")?;
    let (mut rates, mut memory, mut sent) = (Vec::new(), Vec::new(), 0);
    while sent < requests {
        let output = Command::new("wrk")
            .args(["--threads", "1", "--connections", "32", "--duration", "5s"])
            .args(["--header", "Authorization: Bearer mock-api-key"])
            .arg(format!("{url}/api/smart-link-postbacks/123"))
            .output()
            .context("cannot start wrk; on Debian, install the `wrk` package")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
            bail!("wrk reported errors:\n{text}");
        }
        let number = |before: &str, after: &str| -> Option<f64> {
            let (_, text) = text.split_once(before)?;
            text.split_once(after)?.0.trim().parse().ok()
        };
        let rate = number("Requests/sec:", "\n").context("wrk did not report a rate")?;
        let line = text.lines().find(|line| line.contains(" requests in "));
        let count = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        sent += count.context("wrk did not report a request count")?;
        rates.push(rate);
        memory.push(resident(server.id())?);
    }
    Ok((rates, memory))
}

/// Returns the resident memory of a process, in KiB.
fn resident(process: u32) -> Result<u64> {
    let output = Command::new("ps")
        .args(["-o", "rss=", "-p", &process.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim()
        .parse()
        .context("ps did not report the memory size")
}
