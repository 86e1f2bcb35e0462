//! `cargo xtask names [--write | --check]`: the types of answers by tag, with the operations that share
//! each; `--write` pins their names in names.yaml, `--check` fails unless they are.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Result, bail};
use onlyfansapi_codegen::Names;

use crate::workspace;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Pin the names in names.yaml
    #[arg(long)]
    write: bool,
    /// Forget what names.yaml has, and learn from the document alone
    #[arg(long)]
    relearn: bool,
    /// Fail unless names.yaml pins them
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let output = workspace::output_with(args.relearn.then(Names::default))?;
    let file = workspace::root().join("names.yaml");
    let text = output.names.to_yaml()?;
    if args.write {
        std::fs::write(&file, text)?;
        println!("{} names pinned", output.models.len());
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        let bad: Vec<_> = output
            .models
            .keys()
            .filter(|name| {
                name.ends_with(|c: char| c.is_ascii_digit())
                    || ["Data", "List", "Item", "Response"].contains(&name.as_str())
            })
            .collect();
        if !bad.is_empty() {
            bail!(
                "these names end in a digit or say nothing: {bad:?}; name them in the overlay's x-models"
            );
        }
        if std::fs::read_to_string(&file)? != text {
            bail!("names.yaml does not hold what the document teaches: cargo xtask names --write");
        }
        println!("{} names, all pinned", output.models.len());
        return Ok(ExitCode::SUCCESS);
    }
    let tags: BTreeMap<&str, &str> = output
        .coverage
        .operations
        .iter()
        .map(|covered| (covered.id.as_str(), covered.tag.as_str()))
        .collect();
    let mut by_tag: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, places) in &output.models {
        let operations: BTreeSet<_> = places
            .iter()
            .filter_map(|place| place.split('/').next())
            .collect();
        let own: BTreeSet<_> = operations
            .iter()
            .filter_map(|operation| tags.get(operation))
            .collect();
        let tag = if let [tag] = own.iter().collect::<Vec<_>>()[..] {
            **tag
        } else {
            "(several tags)"
        };
        let first = places.first().map(String::as_str).unwrap_or_default();
        by_tag.entry(tag).or_default().push(format!(
            "{name:<44} {:>3} operations  {first}",
            operations.len()
        ));
    }
    for (tag, lines) in by_tag {
        println!("{tag}");
        for line in lines {
            println!("  {line}");
        }
    }
    println!("\n{} types of answers", output.models.len());
    Ok(ExitCode::SUCCESS)
}
