//! `cargo xtask diff OLD NEW`: reports the API changes between two documents.
//!
//! Generates a client from each document, with the overlay of this workspace and the same names, and compares the
//! generated APIs.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use onlyfansapi_codegen::{Class, Document, Names, Overlay};

use crate::compare::{Comparison, Format};
use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask diff openapi.yaml new.yaml
  cargo xtask diff openapi.yaml new.yaml --format markdown > report.md
  cargo xtask diff old.json new.json --no-overlay --format json

Exit codes: 0 no API changes, 2 breaking changes, 3 additive changes only, 1 a document cannot be read.")]
pub(crate) struct Args {
    /// The old document
    old: PathBuf,
    /// The new document
    new: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Ignore overlay.yaml and names.yaml, for documents of another service
    #[arg(long)]
    no_overlay: bool,
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
    // Read both documents before generating, so that a wrong file name fails immediately.
    let (old, new) = (Document::read(&args.old)?, Document::read(&args.new)?);
    let comparison = Comparison::new(old, new, overlay.as_ref(), names.as_ref())?;
    match args.format {
        Format::Text => anstream::print!("{}", comparison.text()),
        Format::Markdown => print!("{}", comparison.markdown()),
        Format::Json => println!("{}", serde_json::to_string_pretty(&comparison.json())?),
    }
    Ok(match comparison.diff.class() {
        Some(Class::Breaking) => ExitCode::from(2),
        Some(Class::Additive) => ExitCode::from(3),
        _ => ExitCode::SUCCESS,
    })
}
