//! `cargo xtask …`: the maintenance commands of the workspace.
//!
//! xtask depends on codegen but never on the generated client, so that it still builds when the client does not.

#[cfg(unix)]
mod bench_build;
mod bench_client;
#[cfg(unix)]
mod bench_documents;
#[cfg(unix)]
mod bench_mock;
mod ci;
mod compare;
mod conformance;
mod coverage;
mod dependencies;
mod diff;
mod explain;
mod generate;
mod generated_files;
mod journal;
mod lock;
#[cfg(unix)]
mod measure;
mod mock;
mod names;
mod package;
mod public_api;
mod soak;
mod update;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Maintenance commands of the SDK.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Exit codes: 0 success, 1 failure with a one-line error, 2 invalid arguments. `update` and `diff` define
further codes. Results are printed to stdout, progress and errors to stderr."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Regenerate the client and every other generated file, or a standalone crate from any document
    Generate(generate::Args),
    /// Update to a new document: regenerate all files, verify them and report the changes
    Update(update::Args),
    /// Report the API changes between two documents
    Diff(diff::Args),
    /// Show every change that the passes made to an operation
    Explain(explain::Args),
    /// List the outcome of each operation, and count the response fields by kind of type
    Coverage(coverage::Args),
    /// Check the document and the generated files against openapi.lock
    Lock(lock::Args),
    /// Check the public types of the SDK, their examples and the foreign types in its API
    PublicApi(public_api::Args),
    /// List the public types by tag, with the operations that use each
    Names(names::Args),
    /// Benchmark generating, checking and building the client, with limits
    #[cfg(unix)]
    BenchBuild(bench_build::Args),
    /// Benchmark the generator's time and memory by number of operations
    #[cfg(unix)]
    BenchDocuments(bench_documents::Args),
    /// Benchmark an SDK call against plain reqwest and serde
    BenchClient(bench_client::Args),
    /// Benchmark the throughput of the mock server, and its memory over a million requests
    #[cfg(unix)]
    BenchMock(bench_mock::Args),
    /// Send many calls to a server that injects random faults
    Soak(soak::Args),
    /// Run the mock server on loopback
    Mock(mock::Args),
    /// Call every operation against the mock server, and check that it detects broken clients
    Conformance(conformance::Args),
    /// Run the CI gate; with --full also the long tests and benchmarks
    Ci(ci::Args),
    /// Check the locked packages for their minimum Rust version and for duplicates
    Dependencies(dependencies::Args),
    /// Package every crate, and use the packages outside the workspace
    Package(package::Args),
}

fn main() -> ExitCode {
    // `cargo xtask names | head` ends silently instead of panicking on a closed pipe.
    sigpipe::reset();
    // A benchmark starts this program to measure another command.
    #[cfg(unix)]
    if let Some(code) = measure::run_as_wrapper() {
        return code;
    }
    let command = Cli::parse().command;
    let outcome = recover().and_then(|()| run(command));
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Completes or rolls back the file replacement of a killed command.
///
/// Returns an error if another command is replacing files now.
fn recover() -> anyhow::Result<()> {
    if !journal::is_pending(&workspace::root()) {
        return Ok(());
    }
    let _lock = workspace::acquire_lock()?;
    match journal::recover(&workspace::root())? {
        journal::Recovery::Clean => {}
        journal::Recovery::RolledBack => {
            eprintln!(
                "a previous command was killed before it replaced any file; removed its staged files"
            );
        }
        journal::Recovery::Completed => {
            eprintln!("a previous command was killed while it replaced files; replaced the rest");
        }
    }
    Ok(())
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Generate(args) => generate::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Update(args) => update::run(&args),
        Command::Lock(args) => lock::run(&args),
        Command::PublicApi(args) => public_api::run(&args),
        Command::Names(args) => names::run(&args),
        #[cfg(unix)]
        Command::BenchBuild(args) => bench_build::run(&args),
        #[cfg(unix)]
        Command::BenchDocuments(args) => bench_documents::run(&args),
        Command::BenchClient(args) => bench_client::run(&args),
        #[cfg(unix)]
        Command::BenchMock(args) => bench_mock::run(&args),
        Command::Soak(args) => soak::run(&args),
        Command::Mock(args) => mock::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Ci(args) => ci::run(&args),
        Command::Dependencies(args) => dependencies::run(&args),
        Command::Package(args) => package::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn every_help_text_fits_one_screen_and_has_examples_and_exit_codes() {
        let mut commands = super::Cli::command();
        commands.build();
        for command in commands
            .get_subcommands_mut()
            .filter(|command| command.get_name() != "help")
        {
            let name = command.get_name().to_owned();
            let help = command.render_help().to_string();
            assert!(help.lines().count() <= 40, "{name}:\n{help}");
            for part in ["Examples:\n  cargo xtask ", "Exit codes: 0 "] {
                assert!(help.contains(part), "{name} has no `{part}`:\n{help}");
            }
        }
    }
}
