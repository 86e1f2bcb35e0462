//! `cargo xtask names`: the types of answers by tag, with the operations that share each.
//!
//! `--write` keeps what the document teaches in names.yaml, `--check` fails unless it is there and the
//! names are good, `--entities` prints what naive generation would have made of each shared type.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Result, bail};
use heck::ToPascalCase;
use onlyfansapi_codegen::{Names, Outcome, Output};
use serde_json::json;

use crate::workspace;

/// Names that break a rule, with the reason why they stay; at most ten.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Words that name nothing.
const EMPTY: [&str; 4] = ["Data", "List", "Item", "Response"];

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask names
  cargo xtask names --entities
  cargo xtask names --json

Exit codes: 0 printed, written, or as in names.yaml; 1 a name breaks a rule, or names.yaml has others.")]
pub(crate) struct Args {
    /// Keep what the document teaches in names.yaml
    #[arg(long, conflicts_with_all = ["check", "entities"])]
    write: bool,
    /// Forget what names.yaml has, and learn from the document alone
    #[arg(long, requires = "write")]
    relearn: bool,
    /// For machines
    #[arg(long, conflicts_with_all = ["write", "check", "entities"])]
    json: bool,
    /// Fail unless names.yaml has it, and the names are good
    #[arg(long, conflicts_with = "entities")]
    check: bool,
    /// Print a table of the types that several operations share
    #[arg(long)]
    entities: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let output = workspace::output_with(args.relearn.then(Names::default))?;
    let file = workspace::root().join("names.yaml");
    let text = output.names.to_yaml()?;
    if args.write {
        std::fs::write(&file, text)?;
        println!(
            "{} names pinned; `cargo xtask generate` makes the client of them",
            output.models.len()
        );
    } else if args.check {
        let faults = faults(&output);
        if !faults.is_empty() {
            bail!(
                "{} names need another in the overlay's x-models:\n{}",
                faults.len(),
                faults.join("\n")
            );
        }
        if std::fs::read_to_string(&file)? != text {
            bail!("names.yaml does not hold what the document teaches: cargo xtask names --write");
        }
        println!(
            "{} public types, {} exceptions; names.yaml holds all {} of answers",
            output.types.len(),
            EXCEPTIONS.len(),
            output.models.len()
        );
    } else if args.json {
        let json = json!({"types": output.types, "answers": output.models});
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else if args.entities {
        entities(&output);
    } else {
        by_tag(&output);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is wrong with the names of public types.
fn faults(output: &Output) -> Vec<String> {
    let methods: BTreeMap<String, &str> = output
        .coverage
        .operations
        .iter()
        .filter_map(|covered| match &covered.outcome {
            Outcome::Generated { method } => Some((method.to_pascal_case(), method.as_str())),
            _ => None,
        })
        .collect();
    let mut faults = Vec::new();
    for (path, operations) in &output.types {
        let name = path.rsplit("::").next().unwrap_or(path);
        if EXCEPTIONS.iter().any(|(known, _)| *known == name) {
            continue;
        }
        if name.ends_with(|c: char| c.is_ascii_digit()) {
            faults.push(format!("  {name}: ends in a digit"));
        }
        if EMPTY.contains(&name) {
            faults.push(format!("  {name}: says nothing alone"));
        }
        // The longest name of an operation that it begins with, word by word.
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
            faults.push(format!(
                "  {name}: called after `{method}`, which does not use it"
            ));
        }
    }
    faults
}

/// Every shared type: what one set of types an operation would be, and what it is.
fn entities(output: &Output) {
    println!("| type | operations that share it | types before | after |");
    println!("| --- | --- | --- | --- |");
    let (mut all_before, mut shared) = (0, 0);
    for (name, places) in &output.models {
        // Naive generation makes one type for each place, called after the way to it.
        let before: BTreeSet<_> = places.iter().collect();
        let operations: BTreeSet<_> = places
            .iter()
            .filter_map(|place| place.split('/').next())
            .collect();
        all_before += before.len();
        if operations.len() > 1 {
            shared += 1;
            let list: Vec<_> = operations.into_iter().collect();
            println!("| {name} | {} | {} | 1 |", list.join(", "), before.len());
        }
    }
    println!(
        "\n{shared} types are shared by several operations; {all_before} types of answers before, {} after",
        output.models.len()
    );
}

fn by_tag(output: &Output) {
    let mut by_module: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, operations) in &output.types {
        let (module, name) = path.rsplit_once("::").unwrap_or(("(shared)", path));
        let kind = if output.models.contains_key(name) {
            "answer"
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
        "\n{} public types, {} of answers",
        output.types.len(),
        output.models.len()
    );
}
