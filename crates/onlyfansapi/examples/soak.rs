//! Very many mixed calls against a server that fails by chance; `cargo xtask soak` runs it.
//!
//! Prints what was counted, and exits with 1 when a write took effect twice, a write without a key was seen again
//! after its fate was open, a call hung, or memory grew.

use std::collections::{BTreeMap, VecDeque};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use onlyfansapi::{CallOptions, Client, Error};
use onlyfansapi_mock::faults::{Fault, FaultServer};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// How many calls run at once.
const TASKS: usize = 32;

/// A call that takes longer hangs: its own limit is far below.
const HANGS: Duration = Duration::from_secs(20);

/// So many finished calls are remembered by the server, for requests that come late.
const REMEMBERED: usize = 4000;

#[derive(Default)]
struct Tally {
    next: AtomicUsize,
    hung: AtomicUsize,
    kinds: Mutex<BTreeMap<String, usize>>,
    finished: Mutex<VecDeque<usize>>,
    /// Resident memory in KiB when a fifth was done.
    early: AtomicUsize,
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
    let (early, late) = (tally.early.load(Ordering::Relaxed), resident());
    let hung = tally.hung.load(Ordering::Relaxed);
    println!(
        "{requests} calls in {seconds:.1} s, seed {seed}: {} requests, {} met a fault",
        counts.requests, counts.faults
    );
    for (outcome, count) in tally.kinds.lock().map_err(|_| "a task panicked")?.iter() {
        println!("  {count:>8}  {outcome}");
    }
    println!("writes that took effect: {}", counts.effects);
    println!("writes that took effect twice: {}", counts.doubled);
    println!(
        "writes without a key seen again with their fate open: {}",
        counts.seen_again
    );
    println!("calls that hung: {hung}");
    println!(
        "memory after a fifth: {} KiB, at the end: {late} KiB",
        early
    );
    // Pools and allocators breathe; a leak of a hundred bytes a call would show.
    let grew = late > early + early / 4 + 8192;
    let is_good = counts.doubled == 0 && counts.seen_again == 0 && hung == 0 && !grew;
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn work(client: Client, server: Arc<FaultServer>, tally: Arc<Tally>, requests: usize) {
    loop {
        let number = tally.next.fetch_add(1, Ordering::Relaxed);
        if number >= requests {
            return;
        }
        if number == requests / 5 {
            tally.early.store(resident(), Ordering::Relaxed);
        }
        let outcome = match tokio::time::timeout(HANGS, call(&client, number)).await {
            Err(_) => {
                tally.hung.fetch_add(1, Ordering::Relaxed);
                "hung".to_owned()
            }
            Ok(None) => "answered".to_owned(),
            Ok(Some(error)) => match error.status() {
                Some(status) if !error.is_unreadable() => {
                    format!("{:?} {}", error.kind(), status.as_u16())
                }
                _ => format!("{:?}", error.kind()),
            },
        };
        if let Ok(mut kinds) = tally.kinds.lock() {
            *kinds.entry(outcome).or_default() += 1;
        }
        let old = tally.finished.lock().ok().and_then(|mut finished| {
            finished.push_back(number);
            (finished.len() > REMEMBERED).then(|| finished.pop_front())?
        });
        if let Some(old) = old {
            server.forget(&old.to_string());
        }
    }
}

/// One of four kinds of calls, with its number in the query.
async fn call(client: &Client, number: usize) -> Option<Error> {
    let options = CallOptions::new().query("call", number);
    let api = client.api();
    match number % 4 {
        0 => api.whoami().with(options).fetch().await.err(),
        1 => {
            let send = api.send_message().account("acct_1").chat_id("1").text("hi");
            send.with(options).fetch().await.err()
        }
        2 => {
            let create = api
                .create_smart_link_postback()
                .url("https://example.com/")
                .smart_link_scope("global")
                .conversion_types(["new_subscriber"]);
            create.with(options).fetch().await.err()
        }
        _ => {
            let delete = api.delete_smart_link_postback().postback_id(1);
            delete.with(options).fetch().await.err()
        }
    }
}

/// Resident memory of this process in KiB; 0 where the system does not say.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
