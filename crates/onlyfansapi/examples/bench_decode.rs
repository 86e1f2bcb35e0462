//! Measures the decoding of responses that do not match their type. `cargo xtask bench-client` runs it in a release
//! build.
//!
//! - `bench_decode case KIND ITEMS`: decodes a body of this kind repeatedly, and prints JSON: its size in bytes, the
//!   shortest time in seconds, and the growth of the process's peak memory by the first run in KiB
//! - `bench_decode lateness ITEMS`: makes calls with the largest body on a single-threaded runtime, and prints by how many
//!   seconds a timer of 100 ms was late at most

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use onlyfansapi::Decode;
use onlyfansapi::api::operations::LIST_SMART_LINK_POSTBACKS;
use onlyfansapi::api::types::smart_link_postbacks::SmartLinkPostback;
use onlyfansapi_core::http::{HeaderMap, StatusCode};
use onlyfansapi_core::transport::{Response, decode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// A type without optional fields.
#[derive(Deserialize)]
#[allow(dead_code)] // only decoding is measured
struct Strict {
    id: i64,
    name: String,
}

/// A kind of body: its items, and a function that decodes it.
struct Kind {
    name: &'static str,
    item: fn(usize) -> Value,
    is_map: bool,
    decode: fn(&Bytes) -> Result<(), AnyError>,
}

fn postback(id: &Value, created_at: &Value) -> Value {
    json!({
        "id": id,
        "url": "https://example.com/postback?click={click_id}&type={conversion_type}",
        "http_method": "POST",
        "conversion_types": ["new_subscriber", "new_transaction"],
        "smart_links": [{"link_ulid": "01JTESTLINK000000000000001", "name": "Instagram Bio Link"}],
        "latest_response": null,
        "created_at": created_at,
        "updated_at": "2026-01-31T21:45:00+00:00"
    })
}

const TIME: &str = "2026-01-31T21:45:00+00:00";

const KINDS: [Kind; 7] = [
    Kind {
        name: "clean",
        item: |id| postback(&json!(id), &json!(TIME)),
        is_map: false,
        decode: decode_as::<Vec<SmartLinkPostback>>,
    },
    Kind {
        name: "converted ids",
        item: |id| postback(&json!(id.to_string()), &json!(TIME)),
        is_map: false,
        decode: decode_as::<Vec<SmartLinkPostback>>,
    },
    Kind {
        name: "PHP dates",
        item: |id| {
            let date = json!({"date": "2026-01-31 21:45:00.000000", "timezone_type": 3, "timezone": "UTC"});
            postback(&json!(id), &date)
        },
        is_map: false,
        decode: decode_as::<Vec<SmartLinkPostback>>,
    },
    Kind {
        name: "ids beyond i64",
        item: |id| {
            postback(
                &json!(u64::MAX - u64::try_from(id).unwrap_or_default()),
                &json!(TIME),
            )
        },
        is_map: false,
        decode: decode_as::<Vec<SmartLinkPostback>>,
    },
    Kind {
        name: "map of users",
        item: |id| json!({"id": format!("user {id}"), "name": "Someone"}),
        is_map: true,
        decode: decode_as::<BTreeMap<String, Strict>>,
    },
    Kind {
        name: "null and {}",
        item: |id| if id % 2 == 0 { Value::Null } else { json!({}) },
        is_map: false,
        decode: decode_as::<Vec<Strict>>,
    },
    Kind {
        name: "clean objects",
        item: |id| json!({"id": id, "name": "Someone"}),
        is_map: false,
        decode: decode_as::<Vec<Strict>>,
    },
];

fn decode_as<T: DeserializeOwned>(body: &Bytes) -> Result<(), AnyError> {
    let response = Response::new(StatusCode::OK, HeaderMap::new(), body.clone());
    black_box(decode::<T>(
        &LIST_SMART_LINK_POSTBACKS,
        response,
        Decode::Lenient,
        false,
    )?);
    Ok(())
}

fn body(kind: &Kind, items: usize) -> Bytes {
    let items = (1..=items).map(kind.item);
    let data = if kind.is_map {
        let entries = items.enumerate().map(|(id, item)| (format!("u{id}"), item));
        Value::Object(entries.collect())
    } else {
        Value::Array(items.collect())
    };
    Bytes::from(json!({ "data": data }).to_string())
}

/// Returns a number of KiB from the memory statistics of this process, or 0 if the system does not report it.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let digits = line.and_then(|line| line.split_whitespace().next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn measure(kind: &Kind, items: usize) -> Result<Value, AnyError> {
    // In a file, so that building the body does not count as memory.
    let body = body(kind, items);
    let file = std::env::temp_dir().join(format!("bench_decode-{}", std::process::id()));
    std::fs::write(&file, &body)?;
    let program = std::env::current_exe()?;
    let output = std::process::Command::new(program)
        .args(["file", kind.name])
        .arg(&file)
        .output();
    std::fs::remove_file(&file)?;
    let output = output?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn measure_file(kind: &Kind, file: &str) -> Result<Value, AnyError> {
    let body = Bytes::from(std::fs::read(file)?);
    let before = memory("VmRSS:");
    (kind.decode)(&body)?;
    let memory = memory("VmHWM:").saturating_sub(before);
    let mut shortest = f64::INFINITY;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        let start = Instant::now();
        (kind.decode)(&body)?;
        shortest = shortest.min(start.elapsed().as_secs_f64());
    }
    Ok(json!({"bytes": body.len(), "seconds": shortest, "memory": memory}))
}

/// Sends the same body in response to every request.
fn serve(listener: std::net::TcpListener, body: &[u8]) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (mut stream, _) = listener.accept().await?;
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await?;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body).await?;
        }
    })
}

/// Makes calls for three seconds, and returns the largest lateness of a timer of 100 ms.
async fn lateness(items: usize) -> Result<f64, AnyError> {
    let body = body(&KINDS[2], items);
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    std::thread::spawn(move || serve(listener, &body));
    let client = onlyfansapi::Client::builder()
        .key("not-a-real-key")
        .base_url(url)
        .build()?;
    let calls = tokio::spawn(async move {
        loop {
            client.api().list_smart_link_postbacks().await?;
        }
        #[allow(unreachable_code)] // gives the block its type
        Ok::<(), onlyfansapi::Error>(())
    });
    let mut latest = Duration::ZERO;
    for _ in 0..30 {
        let start = Instant::now();
        tokio::time::sleep(Duration::from_millis(100)).await;
        latest = latest.max(start.elapsed().saturating_sub(Duration::from_millis(100)));
    }
    if calls.is_finished() {
        calls.await??;
    }
    Ok(latest.as_secs_f64())
}

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let find = |name: &str| {
        let kind = KINDS.iter().find(|kind| kind.name == name);
        kind.ok_or_else(|| format!("no kind `{name}`"))
    };
    match arguments[..] {
        ["case", kind, items] => println!("{}", measure(find(kind)?, items.parse()?)?),
        ["file", kind, file] => println!("{}", measure_file(find(kind)?, file)?),
        ["lateness", items] => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            println!("{}", runtime.block_on(lateness(items.parse()?))?);
        }
        _ => return Err("usage: bench_decode case KIND ITEMS | lateness ITEMS".into()),
    }
    Ok(())
}
