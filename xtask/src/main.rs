//! `cargo xtask …`: everything a maintainer does.
//!
//! Depends on codegen only, never on the client: a document that does not compile must not take
//! the tools down that mend it.

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
mod journal;
mod lock;
mod made;
#[cfg(unix)]
mod measure;
mod mock;
mod names;
mod public_api;
mod soak;
mod update;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a maintainer of the SDK does.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Exit codes: 0 done, 1 failed with one line that says why, 2 also for arguments that are none;
`update` and `diff` say more with theirs. What a machine may read is printed on stdout, the rest on stderr."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate the client into target/generated and say what came out
    Generate(generate::Args),
    /// Take a new document in, with everything that is made of it, and say what changes
    Update(update::Args),
    /// Say what a new document changes for programs that use the client
    Diff(diff::Args),
    /// Say how an operation came to be: every change that a pass made to it
    Explain(explain::Args),
    /// Account for every operation of the document, and count the fields of answers by kind
    Coverage(coverage::Args),
    /// Check that the document and what is made of it are those of openapi.lock
    Lock(lock::Args),
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
    /// Measure what a call costs beside plain reqwest and serde
    BenchClient(bench_client::Args),
    /// Measure how many requests a second the stand-in answers, and its memory over a million
    #[cfg(unix)]
    BenchMock(bench_mock::Args),
    /// Make very many calls against a server that fails by chance
    Soak(soak::Args),
    /// Run the stand-in of the service as a server on loopback
    Mock(mock::Args),
    /// Call every operation of the client against the stand-in, and wrong clients that must be noticed
    Conformance(conformance::Args),
    /// Run the gate; with --full also what takes too long for it
    Ci(ci::Args),
    /// Check that no locked package asks for a newer Rust, or is doubled without a reason
    Dependencies(dependencies::Args),
}

fn main() -> ExitCode {
    // `cargo xtask names | head` ends as other programs do.
    sigpipe::reset();
    // Started by a benchmark to measure a command, it runs that command.
    #[cfg(unix)]
    if let Some(code) = measure::instead() {
        return code;
    }
    let command = Cli::parse().command;
    let outcome = settle().and_then(|()| run(command));
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Finishes or undoes what a killed command has left; leaves alone what another is doing.
fn settle() -> anyhow::Result<()> {
    if !journal::is_open(&workspace::root()) {
        return Ok(());
    }
    let _alone = workspace::alone()?;
    match journal::settle(&workspace::root())? {
        journal::Settled::Nothing => {}
        journal::Settled::Undone => {
            eprintln!(
                "a command was killed before it replaced anything: what it had staged is removed"
            );
        }
        journal::Settled::Finished => {
            eprintln!("a command was killed while it replaced files: they are all replaced now");
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
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn every_command_says_on_one_screen_what_it_does_with_examples_and_exit_codes() {
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
