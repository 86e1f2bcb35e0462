//! The mock server as a program: `cargo xtask mock --port 4010`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use onlyfansapi_mock::{API_KEY, MockServer};

/// Mock server for the OnlyFans API on loopback: sends nothing to OnlyFans and charges nothing
#[derive(Debug, Parser)]
#[command(
    name = "onlyfansapi-mock",
    after_help = "Examples:
  onlyfansapi-mock --port 4010
  onlyfansapi-mock --port 4010 --rate-limit 60 --credits 100
  onlyfansapi-mock --document mine.yaml --overlay mine-overlay.yaml

Prints `listening on http://127.0.0.1:PORT` to standard output when it is ready, and logs each request to standard
error. The request header `X-Mock-Variation` requests a response that deviates from the complete one: nulls, missing,
empty-lists, unknown-fields or lists-for-objects.

For programs in other languages: `POST /mock/next` scripts responses, `GET /mock/requests` lists the recorded requests,
and `POST /mock/reset` clears all state. See the README of the crate for examples.

Exit codes: 0 after an interrupt, 1 if the port is taken or a document cannot be read."
)]
struct Args {
    /// Port to listen on; 0 picks a free port
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// API key to accept
    #[arg(long, default_value = API_KEY, env = "ONLYFANSAPI_MOCK_KEY", hide_env_values = true)]
    key: String,
    /// OpenAPI document to serve instead of the vendored one
    #[arg(long)]
    document: Option<PathBuf>,
    /// Overlay to apply to that document
    #[arg(long, requires = "document")]
    overlay: Option<PathBuf>,
    /// Requests allowed per minute; further requests get a 429
    #[arg(long, default_value_t = 10_000_000)]
    rate_limit: u64,
    /// Initial credit balance
    #[arg(long, default_value_t = 1_000_000)]
    credits: u64,
    /// Number of requests to keep for `GET /mock/requests`
    #[arg(long, default_value_t = 0)]
    journal: usize,
    /// Do not log requests
    #[arg(long)]
    quiet: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let mut server = MockServer::builder()
        .port(args.port)
        .key(args.key)
        .rate_limit(args.rate_limit)
        .credits(args.credits)
        .journal(args.journal)
        .log(!args.quiet);
    if let Some(document) = args.document {
        server = server.document(document, args.overlay);
    }
    let server = match server.start().await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("listening on {}", server.url());
    // Callers wait for this line on a pipe, where standard output is block-buffered.
    if std::io::stdout().flush().is_err() || tokio::signal::ctrl_c().await.is_err() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
