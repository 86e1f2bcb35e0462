//! `cargo xtask …`: everything a maintainer does.
//!
//! Depends on codegen only, never on the client: a document that does not compile must not take
//! the tools down that mend it.

#[cfg(unix)]
mod bench_build;
#[cfg(unix)]
mod bench_documents;
mod ci;
mod coverage;
mod dependencies;
mod diff;
mod explain;
mod generate;
mod lock;
#[cfg(unix)]
mod measure;
mod names;
mod public_api;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a maintainer of the SDK does.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate the client into target/generated and say what came out
    Generate(generate::Args),
    /// Say what a new document changes for programs that use the client
    Diff(diff::Args),
    /// Say how an operation came to be: every change that a pass made to it
    Explain(explain::Args),
    /// Account for every operation of the document, and count the fields of answers by kind
    Coverage(coverage::Args),
    /// Check that openapi.lock describes openapi.yaml
    Lock,
    /// List the public types of the facade and the foreign types in its API, and compare
    PublicApi(public_api::Args),
    /// Print the types of answers by tag, with the operations that share each
    Names(names::Args),
    /// Measure what the client costs to generate, check and build, against the limits
    #[cfg(unix)]
    BenchBuild(bench_build::Args),
    /// Measure how time and memory of the generator grow with the number of operations
    #[cfg(unix)]
    BenchDocuments(bench_documents::Args),
    /// Run the gate; with --full also what takes too long for it
    Ci(ci::Args),
    /// Check that no locked package asks for a newer Rust, or is doubled without a reason
    Dependencies,
}

fn main() -> ExitCode {
    // Started by a benchmark to measure a command, it runs that command.
    #[cfg(unix)]
    if let Some(code) = measure::instead() {
        return code;
    }
    let outcome = match Cli::parse().command {
        Command::Generate(args) => generate::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Lock => lock::run(),
        Command::PublicApi(args) => public_api::run(&args),
        Command::Names(args) => names::run(&args),
        #[cfg(unix)]
        Command::BenchBuild(args) => bench_build::run(&args),
        #[cfg(unix)]
        Command::BenchDocuments(args) => bench_documents::run(&args),
        Command::Ci(args) => ci::run(&args),
        Command::Dependencies => dependencies::run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
