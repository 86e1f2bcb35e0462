//! Makes many mixed calls to a server that injects random faults; `cargo xtask soak` runs it.
//!
//! Prints the counts. Exits with 1 if a write took effect twice, a write without a key was retried after an unknown
//! outcome, a call hung, or memory grew.

use std::collections::{BTreeMap, VecDeque};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use onlyfansapi::{CallOptions, Client, Error};
use onlyfansapi_mock::faults::{Fault, FaultServer};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// The number of concurrent calls.
const TASKS: usize = 32;

/// A call that takes longer counts as hung; the call timeout is far shorter.
const HANG_TIMEOUT: Duration = Duration::from_secs(20);

/// The number of finished calls that the server still tracks, to detect late requests.
const TRACKED_CALLS: usize = 4000;

#[derive(Default)]
struct Tally {
    next: AtomicUsize,
    hung: AtomicUsize,
    /// The number of calls by outcome.
    outcomes: Mutex<BTreeMap<String, usize>>,
    finished: Mutex<VecDeque<usize>>,
    /// Resident memory in KiB after a fifth of the calls.
    early_memory: AtomicUsize,
}

#[tokio::main]
async fn main() -> Result<ExitCode, AnyError> {
    let requests: usize = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let seed: u64 = std::env::args().nth(2).map_or(Ok(1), |n| n.parse())?;
    let faults = Fault::all()
        .into_iter()
        .filter(|fault| *fault != Fault::None)
        .collect();
    let server = Arc::new(FaultServer::start_random(seed, 50, faults).await?);
    let client = Client::builder()
        .key("not-a-real-key")
        .base_url(server.url())
        .backoff(Duration::from_millis(1), Duration::from_millis(8))
        .attempt_timeout(Duration::from_millis(200))
        .timeout(Duration::from_secs(2))
        .max_response_bytes(1 << 20)
        .build()?;
    let tally = Arc::new(Tally::default());
    let start = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            tokio::spawn(work(
                client.clone(),
                Arc::clone(&server),
                Arc::clone(&tally),
                requests,
            ))
        })
        .collect();
    for task in tasks {
        task.await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    let counts = server.counts();
    let early_memory = tally.early_memory.load(Ordering::Relaxed);
    let late_memory = resident_memory();
    let hung = tally.hung.load(Ordering::Relaxed);
    println!(
        "{requests} calls in {seconds:.1} s, seed {seed}: {} requests, {} with a fault",
        counts.requests, counts.faults
    );
    for (outcome, count) in tally.outcomes.lock().map_err(|_| "a task panicked")?.iter() {
        println!("  {count:>8}  {outcome}");
    }
    println!("writes that took effect: {}", counts.effects);
    println!(
        "writes that took effect twice: {}",
        counts.duplicate_effects
    );
    println!(
        "writes without a key that were retried after an unknown outcome: {}",
        counts.unkeyed_retries
    );
    println!("calls that hung: {hung}");
    println!(
        "memory after a fifth of the calls: {early_memory} KiB, at the end: {late_memory} KiB"
    );
    // Tolerates fluctuations of pools and the allocator, but detects a leak of a hundred bytes per call.
    let grew = late_memory > early_memory + early_memory / 4 + 8192;
    let passed = counts.duplicate_effects == 0 && counts.unkeyed_retries == 0 && hung == 0 && !grew;
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Makes calls until all tasks together have made `requests` calls.
async fn work(client: Client, server: Arc<FaultServer>, tally: Arc<Tally>, requests: usize) {
    loop {
        let number = tally.next.fetch_add(1, Ordering::Relaxed);
        if number >= requests {
            return;
        }
        if number == requests / 5 {
            tally
                .early_memory
                .store(resident_memory(), Ordering::Relaxed);
        }
        let outcome = match tokio::time::timeout(HANG_TIMEOUT, call(&client, number)).await {
            Err(_) => {
                tally.hung.fetch_add(1, Ordering::Relaxed);
                "hung".to_owned()
            }
            Ok(None) => "reply".to_owned(),
            Ok(Some(error)) => match error.status() {
                Some(status) if !error.is_unreadable() => {
                    format!("{:?} {}", error.kind(), status.as_u16())
                }
                _ => format!("{:?}", error.kind()),
            },
        };
        if let Ok(mut outcomes) = tally.outcomes.lock() {
            *outcomes.entry(outcome).or_default() += 1;
        }
        let oldest = tally.finished.lock().ok().and_then(|mut finished| {
            finished.push_back(number);
            (finished.len() > TRACKED_CALLS).then(|| finished.pop_front())?
        });
        if let Some(oldest) = oldest {
            server.remove_call(&oldest.to_string());
        }
    }
}

/// Makes one of four kinds of calls, chosen by `number`, and sends `number` as a query parameter. Returns the error, if
/// any.
async fn call(client: &Client, number: usize) -> Option<Error> {
    let options = CallOptions::new().query("call", number);
    let api = client.api();
    match number % 4 {
        0 => api.whoami().with(options).await.err(),
        1 => {
            let message = api.send_message().account("acct_1").chat_id("1").text("hi");
            message.with(options).await.err()
        }
        2 => {
            let create = api
                .create_smart_link_postback()
                .url("https://example.com/")
                .smart_link_scope("global")
                .conversion_types(["new_subscriber"]);
            create.with(options).await.err()
        }
        _ => {
            let delete = api.delete_smart_link_postback().postback_id(1);
            delete.with(options).await.err()
        }
    }
}

/// Returns the resident memory of this process in KiB, or 0 if the system does not report it.
fn resident_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
