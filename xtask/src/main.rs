//! `cargo xtask …`: everything a maintainer does.
//!
//! Depends on codegen only, never on the client: a document that does not compile must not take
//! the tools down that mend it.

mod coverage;
mod explain;
mod generate;
mod lock;
mod msrv;
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
    /// Check that no locked dependency asks for a newer Rust than the workspace
    Msrv,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Generate(args) => generate::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Lock => lock::run(),
        Command::PublicApi(args) => public_api::run(&args),
        Command::Names(args) => names::run(&args),
        Command::Msrv => msrv::run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
