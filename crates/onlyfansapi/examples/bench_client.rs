//! Compares a call through the SDK with plain reqwest and serde decoding the same body into the same type, on loopback.
//! `cargo xtask bench-client` runs it in a release build.
//!
//! - `bench_client times [ROUNDS]`: measures both in interleaved rounds, and prints JSON
//! - `bench_client serve SIZE`: runs only the server, and prints its URL
//! - `bench_client calls plain|sdk N URL`: makes N sequential calls, for instruction counting

use std::alloc::System;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use onlyfansapi::Client;
use onlyfansapi::api::types::smart_link_postbacks::SmartLinkPostback;
use serde::Deserialize;
use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

const KEY: &str = "not-a-real-key";

/// The number of items in the body of each size.
const SIZES: [(&str, usize); 2] = [("1 KB", 1), ("55 KB", 70)];

/// The number of turns that each client gets within a round.
const SLICES: usize = 20;

/// The response type for plain reqwest and serde.
#[derive(Deserialize)]
struct Envelope {
    data: Vec<SmartLinkPostback>,
}

/// Returns a response body with `items` postbacks. With `drifts`, the id of each is a string.
fn body(items: usize, drifts: bool) -> String {
    let item = |id: usize| {
        let id = if drifts {
            json!(id.to_string())
        } else {
            json!(id)
        };
        json!({
            "id": id,
            "url": "https://example.com/postback?click={click_id}&type={conversion_type}&gclid={gclid}&campaign={campaign_code}&source={source}&sub={sub_id}",
            "http_method": "POST",
            "body": "{\"click_id\":\"{click_id}\",\"value\":\"{amount_gross}\",\"currency\":\"USD\",\"transaction\":\"{transaction_id}\",\"fan\":\"{fan_id}\"}",
            "headers": [{"name": "X-Source", "value": "smart-link"}],
            "smart_link_scope": "campaign_specific",
            "conversion_types": ["new_subscriber", "new_transaction"],
            "smart_link_ids": ["01JTESTLINK000000000000001"],
            "smart_links": [{
                "link_ulid": "01JTESTLINK000000000000001",
                "name": "Instagram Bio Link",
                "account_display_name": "Creator Main",
                "account_prefixed_id": "acct_XXXXXXXX"
            }],
            "latest_response": null,
            "created_at": "2026-01-31T21:45:00+00:00",
            "updated_at": "2026-01-31T21:45:00+00:00"
        })
    };
    let data: Vec<Value> = (1..=items).map(item).collect();
    json!({"data": data, "_meta": {"_credits": {"used": 0, "balance": 999_999, "note": "Free endpoint"}, "_cache": {"is_cached": false, "note": "Cache disabled for this endpoint"}}}).to_string()
}

/// Sends the same response to every request.
async fn serve(listener: TcpListener, response: &'static [u8]) {
    async fn connection(mut stream: TcpStream, response: &'static [u8]) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            while !buffer.ends_with(b"\r\n\r\n") {
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
            }
            stream.write_all(response).await?;
        }
    }
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, response));
    }
}

/// Starts a server in its own thread, and returns its URL.
fn start_server(items: usize, drifts: bool) -> Result<String, AnyError> {
    let body = body(items, drifts);
    let response = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-ofapi-credits-used: 0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let response: &'static [u8] = Box::leak(response.into_bytes().into_boxed_slice());
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            runtime.block_on(async move {
                if let Ok(listener) = TcpListener::from_std(listener) {
                    serve(listener, response).await;
                }
            });
        }
    });
    Ok(url)
}

/// One of the two clients that are compared.
#[derive(Clone)]
enum BenchClient {
    Plain(reqwest::Client, String),
    Sdk(Client),
}

impl BenchClient {
    fn plain(url: &str) -> Result<Self, AnyError> {
        // Building an SDK client installs the crypto provider of rustls.
        drop(Self::sdk(url)?);
        // The same timeouts as the SDK, for a fair comparison.
        let http = reqwest::Client::builder()
            .connect_timeout(std::time::Duration::from_secs(5))
            .timeout(std::time::Duration::from_secs(60))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self::Plain(http, format!("{url}/api/smart-link-postbacks")))
    }

    fn sdk(url: &str) -> Result<Self, AnyError> {
        Ok(Self::Sdk(Client::builder().key(KEY).base_url(url).build()?))
    }

    async fn call(&self) -> Result<usize, AnyError> {
        Ok(match self {
            Self::Plain(http, url) => {
                let response = http
                    .get(url)
                    .bearer_auth(KEY)
                    .send()
                    .await?
                    .error_for_status()?;
                let body: Envelope = serde_json::from_slice(&response.bytes().await?)?;
                body.data.len()
            }
            Self::Sdk(client) => client.api().list_smart_link_postbacks().await?.len(),
        })
    }

    /// Makes `calls` calls in `tasks` concurrent tasks, and returns the seconds per call.
    async fn time(&self, calls: usize, tasks: usize) -> Result<f64, AnyError> {
        let start = Instant::now();
        let running: Vec<_> = (0..tasks)
            .map(|_| {
                let client = self.clone();
                tokio::spawn(async move {
                    for _ in 0..calls / tasks {
                        black_box(client.call().await?);
                    }
                    Ok::<(), AnyError>(())
                })
            })
            .collect();
        for task in running {
            task.await??;
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
        Ok(start.elapsed().as_secs_f64() / calls as f64)
    }

    /// Returns the number of allocations and of allocated bytes per call, over all threads.
    async fn allocations(&self) -> Result<(usize, usize), AnyError> {
        const CALLS: usize = 200;
        self.time(50, 1).await?;
        let region = Region::new(ALLOCATOR);
        self.time(CALLS, 1).await?;
        let change = region.change();
        Ok((change.allocations / CALLS, change.bytes_allocated / CALLS))
    }
}

async fn times(rounds: usize) -> Result<Value, AnyError> {
    let mut rows = Vec::new();
    for (size, items) in SIZES {
        for drifts in [false, true] {
            let url = start_server(items, drifts)?;
            let sdk = BenchClient::sdk(&url)?;
            // Plain serde cannot decode a body with drift, so it always gets the body without drift.
            let plain = BenchClient::plain(&if drifts {
                start_server(items, false)?
            } else {
                url.clone()
            })?;
            let allocations =
                json!({"plain": plain.allocations().await?, "sdk": sdk.allocations().await?});
            for tasks in [1, 32] {
                let calls = if items == 1 { 12_800 } else { 3200 };
                plain.time(calls, tasks).await?;
                sdk.time(calls, tasks).await?;
                let (mut plain_times, mut sdk_times) = (Vec::new(), Vec::new());
                for round in 0..rounds {
                    // The clients take turns, so that changes in machine speed affect both. Each goes first in half of
                    // the pairs of turns.
                    let (mut plain_time, mut sdk_time) = (0.0, 0.0);
                    for turn in 0..2 * SLICES {
                        if (round + turn + turn / 2) % 2 == 0 {
                            plain_time += plain.time(calls / SLICES, tasks).await?;
                        } else {
                            sdk_time += sdk.time(calls / SLICES, tasks).await?;
                        }
                    }
                    plain_times.push(plain_time / f64::from(u8::try_from(SLICES)?));
                    sdk_times.push(sdk_time / f64::from(u8::try_from(SLICES)?));
                }
                rows.push(json!({"size": size, "bytes": body(items, drifts).len(), "drifts": drifts, "tasks": tasks, "plain": plain_times, "sdk": sdk_times, "allocations": allocations}));
            }
        }
    }
    Ok(Value::Array(rows))
}

fn main() -> Result<ExitCode, AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["times"] => println!("{}", runtime.block_on(times(11))?),
        ["times", rounds] => println!("{}", runtime.block_on(times(rounds.parse()?))?),
        ["serve", size] => {
            let items = SIZES
                .iter()
                .find(|(name, _)| *name == size)
                .ok_or("no such size")?
                .1;
            println!("{}", start_server(items, false)?);
            // Serve until the process is killed.
            loop {
                std::thread::park();
            }
        }
        ["calls", client, calls, url] => {
            let client = if client == "plain" {
                BenchClient::plain(url)?
            } else {
                BenchClient::sdk(url)?
            };
            runtime.block_on(client.time(calls.parse()?, 1))?;
        }
        _ => {
            return Err(
                "usage: bench_client times [ROUNDS] | serve SIZE | calls plain|sdk N URL".into(),
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
