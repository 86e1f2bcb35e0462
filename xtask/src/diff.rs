//! `cargo xtask diff OLD NEW`: what a new document changes for programs that use the client.
//!
//! Both documents are generated from, with the overlay of this workspace and the same names, and what came
//! out is compared.

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
