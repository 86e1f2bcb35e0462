//! What a call costs beside plain reqwest and serde that decode the same body into the same type, on loopback;
//! `cargo xtask bench-client` runs it, in a release build.
//!
//! - `bench_client times [ROUNDS]`: times of both in interleaved rounds, as JSON
//! - `bench_client serve`: only the server; prints its URL
//! - `bench_client calls WHICH SIZE N URL`: N calls one after the other, for a tool that counts instructions

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

/// Items in the body of each size: about 1 KB and 55 KB.
const SIZES: [(&str, usize); 2] = [("1 KB", 1), ("55 KB", 70)];

/// How often the two take turns within a round.
const SLICES: usize = 20;

/// What plain code would write.
#[derive(Deserialize)]
struct Envelope {
    data: Vec<SmartLinkPostback>,
}

/// A body of so many postbacks; with drift, one member of each has another kind.
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

/// Answers every request of a connection with the body that its port has.
async fn serve(listener: TcpListener, answer: &'static [u8]) {
    async fn connection(mut stream: TcpStream, answer: &'static [u8]) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            while !buffer.ends_with(b"\r\n\r\n") {
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
            }
            stream.write_all(answer).await?;
        }
    }
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, answer));
    }
}

/// A server with one body, in a thread of its own; its URL.
fn server(items: usize, drifts: bool) -> Result<String, AnyError> {
    let body = body(items, drifts);
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-ofapi-credits-used: 0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer: &'static [u8] = Box::leak(answer.into_bytes().into_boxed_slice());
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
                    serve(listener, answer).await;
                }
            });
        }
    });
    Ok(url)
}

/// One of the two ways to call.
#[derive(Clone)]
enum Way {
    Plain(reqwest::Client, String),
    Sdk(Client),
}

impl Way {
    fn plain(url: &str) -> Result<Self, AnyError> {
        // Making one of ours gives rustls its provider.
        drop(Self::sdk(url)?);
        // With the same limits: a client without any is no client for a program that runs for long.
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
                let answer = http
                    .get(url)
                    .bearer_auth(KEY)
                    .send()
                    .await?
                    .error_for_status()?;
                let body: Envelope = serde_json::from_slice(&answer.bytes().await?)?;
                body.data.len()
            }
            Self::Sdk(client) => client
                .api()
                .list_smart_link_postbacks()
                .fetch()
                .await?
                .len(),
        })
    }

    /// Seconds for one call, of `calls` that are made by `tasks` at once.
    async fn time(&self, calls: usize, tasks: usize) -> Result<f64, AnyError> {
        let start = Instant::now();
        let running: Vec<_> = (0..tasks)
            .map(|_| {
                let way = self.clone();
                tokio::spawn(async move {
                    for _ in 0..calls / tasks {
                        black_box(way.call().await?);
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

    /// Allocations and bytes of one call, all threads of the client together.
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
            let url = server(items, drifts)?;
            let sdk = Way::sdk(&url)?;
            // Plain serde refuses a body that drifts: it is timed with the clean one.
            let plain = Way::plain(&if drifts {
                server(items, false)?
            } else {
                url.clone()
            })?;
            let allocations =
                json!({"plain": plain.allocations().await?, "sdk": sdk.allocations().await?});
            for tasks in [1, 32] {
                let calls = if items == 1 { 12_800 } else { 3200 };
                plain.time(calls, tasks).await?;
                sdk.time(calls, tasks).await?;
                let (mut of_plain, mut of_sdk) = (Vec::new(), Vec::new());
                for round in 0..rounds {
                    // In slices by turns, so that both have the same machine; each goes first in half of them.
                    let (mut plain_time, mut sdk_time) = (0.0, 0.0);
                    for turn in 0..2 * SLICES {
                        if (round + turn + turn / 2) % 2 == 0 {
                            plain_time += plain.time(calls / SLICES, tasks).await?;
                        } else {
                            sdk_time += sdk.time(calls / SLICES, tasks).await?;
                        }
                    }
                    of_plain.push(plain_time / f64::from(u8::try_from(SLICES)?));
                    of_sdk.push(sdk_time / f64::from(u8::try_from(SLICES)?));
                }
                rows.push(json!({"size": size, "bytes": body(items, drifts).len(), "drifts": drifts, "tasks": tasks, "plain": of_plain, "sdk": of_sdk, "allocations": allocations}));
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
            println!("{}", server(items, false)?);
            // Until the one who started it ends it.
            loop {
                std::thread::park();
            }
        }
        ["calls", way, calls, url] => {
            let way = if way == "plain" {
                Way::plain(url)?
            } else {
                Way::sdk(url)?
            };
            runtime.block_on(way.time(calls.parse()?, 1))?;
        }
        _ => return Err("times [ROUNDS] | serve SIZE | calls plain|sdk N URL".into()),
    }
    Ok(ExitCode::SUCCESS)
}
