//! `cargo xtask names`: lists the public types by tag, with the operations that use each.
//!
//! `--write` records the inferred names in names.yaml. `--check` fails if names.yaml is out of date or a name breaks
//! a naming rule. `--entities` compares the shared types with the types that naive generation would produce.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Result, bail};
use heck::ToPascalCase;
use onlyfansapi_codegen::{Names, OperationStatus, Output};
use serde_json::json;

use crate::workspace;

/// Names that break a rule, with the reason for the exception; at most ten.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Names that are too generic on their own.
const GENERIC: [&str; 4] = ["Data", "List", "Item", "Response"];

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask names
  cargo xtask names --entities
  cargo xtask names --json

Exit codes: 0 success; 1 with --check, a name breaks a rule or names.yaml is out of date.")]
pub(crate) struct Args {
    /// Record the inferred names in names.yaml
    #[arg(long, conflicts_with_all = ["check", "entities"])]
    write: bool,
    /// Discard the recorded names and infer all of them from the document
    #[arg(long, requires = "write")]
    reset: bool,
    /// Print JSON
    #[arg(long, conflicts_with_all = ["write", "check", "entities"])]
    json: bool,
    /// Fail if names.yaml is out of date or a name breaks a rule
    #[arg(long, conflicts_with = "entities")]
    check: bool,
    /// Print a Markdown table of the types that several operations share
    #[arg(long)]
    entities: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let output = workspace::output_with(args.reset.then(Names::default))?;
    let file = workspace::root().join("names.yaml");
    let text = output.names.to_yaml()?;
    if args.write {
        std::fs::write(&file, text)?;
        println!(
            "recorded {} names; run `cargo xtask generate` to regenerate the client",
            output.models.len()
        );
    } else if args.check {
        let violations = violations(&output);
        if !violations.is_empty() {
            bail!(
                "{} names break a rule; rename them in the overlay's x-models:\n{}",
                violations.len(),
                violations.join("\n")
            );
        }
        if std::fs::read_to_string(&file)? != text {
            bail!("names.yaml is out of date; run `cargo xtask names --write`");
        }
        println!(
            "{} public types, {} exceptions; names.yaml records all {} response types",
            output.types.len(),
            EXCEPTIONS.len(),
            output.models.len()
        );
    } else if args.json {
        let json = json!({"types": output.types, "answers": output.models});
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else if args.entities {
        print_entities(&output);
    } else {
        print_by_tag(&output);
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the violations of the naming rules.
fn violations(output: &Output) -> Vec<String> {
    let methods: BTreeMap<String, &str> = output
        .coverage
        .operations
        .iter()
        .filter_map(|covered| match &covered.status {
            OperationStatus::Generated { method } => {
                Some((method.to_pascal_case(), method.as_str()))
            }
            _ => None,
        })
        .collect();
    let mut violations = Vec::new();
    for (path, operations) in &output.types {
        let name = path.rsplit("::").next().unwrap_or(path);
        if EXCEPTIONS.iter().any(|(known, _)| *known == name) {
            continue;
        }
        if name.ends_with(|c: char| c.is_ascii_digit()) {
            violations.push(format!("  {name}: ends in a digit"));
        }
        if GENERIC.contains(&name) {
            violations.push(format!("  {name}: too generic"));
        }
        // The longest operation name that is a prefix of the type name, by whole words.
        let namesake = methods
            .iter()
            .filter(|(operation, _)| {
                name.strip_prefix(operation.as_str()).is_some_and(|rest| {
                    rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase())
                })
            })
            .max_by_key(|(operation, _)| operation.len());
        if let Some((_, method)) = namesake
            && !operations.iter().any(|known| known == method)
        {
            violations.push(format!(
                "  {name}: named after `{method}`, which does not use it"
            ));
        }
    }
    violations
}

/// Prints the types that several operations share, and how many types naive generation would produce instead.
fn print_entities(output: &Output) {
    println!("| type | shared by operations | types if generated naively | types |");
    println!("| --- | --- | --- | --- |");
    let (mut all_naive, mut shared) = (0, 0);
    for (name, locations) in &output.models {
        // Naive generation produces one type per location, named after its path.
        let naive: BTreeSet<_> = locations.iter().collect();
        let operations: BTreeSet<_> = locations
            .iter()
            .filter_map(|location| location.split('/').next())
            .collect();
        all_naive += naive.len();
        if operations.len() > 1 {
            shared += 1;
            let list: Vec<_> = operations.into_iter().collect();
            println!("| {name} | {} | {} | 1 |", list.join(", "), naive.len());
        }
    }
    println!(
        "\n{shared} types are shared by several operations; {} response types, {all_naive} if generated naively",
        output.models.len()
    );
}

fn print_by_tag(output: &Output) {
    let mut by_module: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, operations) in &output.types {
        let (module, name) = path.rsplit_once("::").unwrap_or(("(shared)", path));
        let kind = if output.models.contains_key(name) {
            "response"
        } else {
            "request"
        };
        let first = operations.first().map(String::as_str).unwrap_or_default();
        by_module
            .entry(module.to_owned())
            .or_default()
            .push(format!(
                "{name:<52} {kind:<8} {:>3} operations, {first}",
                operations.len()
            ));
    }
    for (module, lines) in by_module {
        println!("{module}");
        for line in lines {
            println!("  {line}");
        }
    }
    println!(
        "\n{} public types, {} of them response types",
        output.types.len(),
        output.models.len()
    );
}
