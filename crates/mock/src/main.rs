//! The stand-in as a server: `cargo xtask mock --port 4010`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use onlyfansapi_mock::{KEY, MockServer};

/// A stand-in of the OnlyFans API on loopback: nothing is sent, nobody is charged
#[derive(Debug, Parser)]
#[command(
    name = "onlyfansapi-mock",
    after_help = "Examples:
  onlyfansapi-mock --port 4010
  onlyfansapi-mock --port 4010 --rate-limit 60 --credits 100
  onlyfansapi-mock --document mine.yaml --overlay mine-overlay.yaml

Prints `listening on http://127.0.0.1:PORT` on standard output when it is ready, and a line for each request on standard
error. A request may ask for an answer that departs from the complete one by the header `X-Stand-In-Variation`: nulls,
missing, empty-lists, unknown-fields, lists-for-objects.

For programs in other languages: `POST /stand-in/next` scripts calls, `GET /stand-in/requests` lists them, `POST
/stand-in/reset` forgets everything; the README of the crate shows how.

Exit codes: 0 after an interrupt, 1 when the port is taken or a document cannot be read."
)]
struct Args {
    /// The port of loopback; 0 takes a free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// The key that is taken
    #[arg(long, default_value = KEY, env = "ONLYFANSAPI_MOCK_KEY", hide_env_values = true)]
    key: String,
    /// A document of your own in place of the vendored one
    #[arg(long)]
    document: Option<PathBuf>,
    /// The overlay that corrects it
    #[arg(long, requires = "document")]
    overlay: Option<PathBuf>,
    /// How many requests a minute may have before they are answered with 429
    #[arg(long, default_value_t = 10_000_000)]
    rate_limit: u64,
    /// The credits that are there at the start
    #[arg(long, default_value_t = 1_000_000)]
    credits: u64,
    /// How many requests are kept for `GET /stand-in/requests`; none without it
    #[arg(long, default_value_t = 0)]
    journal: usize,
    /// No line for each request
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
    // Whoever waits for the line reads it through a pipe.
    if std::io::stdout().flush().is_err() || tokio::signal::ctrl_c().await.is_err() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
