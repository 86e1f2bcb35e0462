//! `cargo xtask diff OLD NEW`: what a new document changes for programs that use the client.
//!
//! Both documents are generated from, with the overlay of this workspace and the same names, and what came
//! out is compared. Exit codes: 0 nothing of Rust changes, 3 something is added, 2 something may break,
//! 1 one of the documents cannot be read.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use onlyfansapi_codegen::{
    Class, Diff, Difference, Document, Names, Output, Overlay, Pointer, Position, generate,
};
use serde_json::json;

use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask diff openapi.yaml new.yaml
  cargo xtask diff openapi.yaml new.yaml --format markdown > report.md
  cargo xtask diff old.json new.json --no-overlay --format json

Exit codes: 0 no change in Rust, 3 additive, 2 breaking, 1 a document cannot be read.")]
pub(crate) struct Args {
    /// The document of before
    old: PathBuf,
    /// The document of now
    new: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Without overlay.yaml and names.yaml: for documents of another service
    #[arg(long)]
    no_overlay: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each difference
    Text,
    /// A table, for a pull request
    Markdown,
    /// For machines
    Json,
}

/// One document, and what came out of it.
struct Side {
    document: Document,
    output: Output,
    /// Actions of the overlay that do nothing for it.
    misfits: Vec<String>,
}

impl Side {
    fn made(document: Document, overlay: Option<&Overlay>, names: Option<&Names>) -> Result<Self> {
        let (overlay, misfits) = match overlay.map(|overlay| overlay.fit(&document)) {
            Some((overlay, misfits)) => (Some(overlay), misfits),
            None => (None, Vec::new()),
        };
        let output = generate(document.clone(), overlay.as_ref(), names)?;
        Ok(Self {
            document,
            output,
            misfits,
        })
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let root = workspace::root();
    let (overlay, names) = if args.no_overlay {
        (None, None)
    } else {
        (
            Some(Overlay::read(&root.join("overlay.yaml"))?),
            Some(Names::read(&root.join("names.yaml"))?),
        )
    };
    // Both first: a name that is wrong is told at once.
    let (before, now) = (Document::read(&args.old)?, Document::read(&args.new)?);
    let old = Side::made(before, overlay.as_ref(), names.as_ref())?;
    // A type of the old document keeps its name in the new one.
    let names = old.output.names.follow(&old.document, &now);
    let new = Side::made(now, overlay.as_ref(), Some(&names))?;
    let diff = Diff::between((&old.document, &old.output), (&new.document, &new.output));
    // What did nothing before is no news.
    let misfits: Vec<&String> = new
        .misfits
        .iter()
        .filter(|line| !old.misfits.contains(line))
        .collect();
    let lines = Lines::new(&old, &new, &diff);
    match args.format {
        Format::Text => text(&diff, &misfits, &lines),
        Format::Markdown => markdown(&diff, &misfits, &lines),
        Format::Json => {
            let differences: Vec<_> = diff
                .differences
                .iter()
                .map(|difference| {
                    json!({
                        "class": difference.class,
                        "item": difference.item,
                        "what": difference.what,
                        "operation": difference.operation,
                        "pointer": difference.pointer,
                        "line": lines.of(difference),
                    })
                })
                .collect();
            let report = json!({
                "class": diff.class(),
                "step": diff.class().map_or("none", Class::step),
                "differences": differences,
                "overlay": misfits,
            });
            println!("{}", serde_json::to_string_pretty(&report)?);
        }
    }
    Ok(match diff.class() {
        Some(Class::Breaking) => ExitCode::from(2),
        Some(Class::Additive) => ExitCode::from(3),
        _ => ExitCode::SUCCESS,
    })
}

/// The lines of the places that are named: in the new document, else in the old one.
struct Lines {
    new: HashMap<Pointer, Position>,
    old: HashMap<Pointer, Position>,
    is_new: HashMap<String, bool>,
}

impl Lines {
    fn new(old: &Side, new: &Side, diff: &Diff) -> Self {
        let pointers: Vec<Pointer> = diff
            .differences
            .iter()
            .map(|difference| Pointer::from(difference.pointer.clone()))
            .collect();
        let is_new = pointers
            .iter()
            .map(|pointer| {
                let text = pointer.as_str();
                (text.to_owned(), new.document.root.pointer(text).is_some())
            })
            .collect();
        Self {
            new: new.document.positions().of(&pointers),
            old: old.document.positions().of(&pointers),
            is_new,
        }
    }

    fn of(&self, difference: &Difference) -> Option<usize> {
        let pointer = Pointer::from(difference.pointer.clone());
        let known = if self.is_new.get(&difference.pointer) == Some(&true) {
            &self.new
        } else {
            &self.old
        };
        known.get(&pointer).map(|position| position.line)
    }
}

fn summary(diff: &Diff) -> String {
    let count = |class: Class| {
        let of_class = diff.differences.iter().filter(|d| d.class == class);
        of_class.count()
    };
    let step = match diff.class().map_or("none", Class::step) {
        "none" => "no step of the version".to_owned(),
        step => format!("a {step} step of the version"),
    };
    format!(
        "{} breaking, {} additive, {} cosmetic: {step} follows",
        count(Class::Breaking),
        count(Class::Additive),
        count(Class::Cosmetic)
    )
}

fn text(diff: &Diff, misfits: &[&String], lines: &Lines) {
    for difference in &diff.differences {
        let operation = difference.operation.as_deref().unwrap_or("no operation");
        let line = lines
            .of(difference)
            .map_or_else(String::new, |line| format!(", line {line}"));
        println!(
            "{:<8}  {}: {}\n          {operation}{line}: {}",
            difference.class.to_string(),
            difference.item,
            difference.what,
            difference.pointer
        );
    }
    for misfit in misfits {
        println!("overlay   overlay.yaml: {misfit}");
    }
    if diff.differences.is_empty() {
        println!("no change");
    } else {
        println!("{}", summary(diff));
    }
}

fn markdown(diff: &Diff, misfits: &[&String], lines: &Lines) {
    if diff.differences.is_empty() {
        println!("No change.");
    } else {
        println!("{}.\n", summary(diff));
        println!("| class | Rust item | what | operation | line | place |");
        println!("| --- | --- | --- | --- | --- | --- |");
    }
    for difference in &diff.differences {
        let cell = |text: &str| text.replace('|', "\\|");
        println!(
            "| {} | `{}` | {} | {} | {} | `{}` |",
            difference.class,
            cell(&difference.item),
            cell(&difference.what),
            difference.operation.as_deref().unwrap_or_default(),
            lines
                .of(difference)
                .map_or_else(String::new, |line| line.to_string()),
            cell(&difference.pointer)
        );
    }
    if !misfits.is_empty() {
        println!("\nActions of the overlay that do nothing now:\n");
        for misfit in misfits {
            println!("- {misfit}");
        }
    }
}
