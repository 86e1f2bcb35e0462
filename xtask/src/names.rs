//! `cargo xtask names`: the types of answers by tag, with the operations that share each.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

pub(crate) fn run() -> Result<ExitCode> {
    let output = workspace::output()?;
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
