//! `cargo xtask update`: updates the workspace to a new document and reports the API changes.
//!
//! - `download`: fetches the document if it has changed
//! - `trial`: builds a copy of the workspace with the new files and decodes every example with it
//!
//! The workspace is not modified until the last step, in which the journal replaces all files atomically.

mod download;
mod trial;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::{Class, Document, Names, Overlay};
use serde_json::json;

use self::download::{Download, Fetched};
use self::trial::ExampleResults;
use crate::compare::{Comparison, Format, Side};
use crate::journal::{self, NewFile};
use crate::lock::Lock;
use crate::{generated_files, workspace};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask update                              # download from the source in openapi.lock
  cargo xtask update --from new.yaml --dry-run    # only report what would change
  cargo xtask update --accept-breaking --format markdown > report.md

If the process is killed, the next xtask command completes the update or rolls it back.

Exit codes: 0 updated, or already up to date; 2 breaking changes without --accept-breaking; 1 any other failure.
With 1 and 2 no file is changed.")]
pub(crate) struct Args {
    /// File or URL of the document (https, or http on loopback); the source in openapi.lock by default
    #[arg(long, value_name = "URL|FILE")]
    from: Option<String>,
    /// Generate, verify and report, but replace no file
    #[arg(long)]
    dry_run: bool,
    /// Update even if the changes are breaking
    #[arg(long)]
    accept_breaking: bool,
    /// Update even if examples of this operation no longer decode; repeatable
    #[arg(long, value_name = "OPERATION")]
    accept_lost: Vec<String>,
    /// Output format of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Timeout of the download in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
}

/// A document to update to.
struct Candidate {
    text: String,
    /// The source to record in the lock file.
    source: String,
    etag: Option<String>,
    /// Whether it was downloaded. A file was chosen by the maintainer and may be much smaller than the old document.
    is_download: bool,
}

/// The outcome of an update to a document that generates the same API.
const NO_API_CHANGES: &str = "no API changes";

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let root = workspace::root();
    let _lock = workspace::acquire_lock()?;
    let lock = Lock::read(&root)?;
    let vendored = std::fs::read(root.join("openapi.yaml")).context("cannot read openapi.yaml")?;
    if !lock.matches("openapi.yaml", &vendored) {
        bail!("openapi.yaml does not match openapi.lock; restore it from version control first");
    }
    let candidate = load_candidate(args, &lock)?;
    let Some(candidate) = candidate.filter(|candidate| candidate.text.as_bytes() != vendored)
    else {
        return report_unchanged(args);
    };
    let update = Update::prepare(&root, &candidate)?;
    let class = update.comparison.diff.class();
    let operations = |side: &Side| side.output.coverage.operations.len();
    let (old, new) = (&update.comparison.old, &update.comparison.new);
    if candidate.is_download && operations(new) * 2 < operations(old) {
        bail!(
            "{} has {} operations and the vendored document has {}: it looks truncated; if it is complete, download it and pass it with --from FILE",
            candidate.source,
            operations(new),
            operations(old)
        );
    }
    if class.is_none() {
        report(args, NO_API_CHANGES, &update, &ExampleResults::default())?;
        return Ok(ExitCode::SUCCESS);
    }
    if class == Some(Class::Breaking) && !args.accept_breaking {
        report(args, "breaking", &update, &ExampleResults::default())?;
        eprintln!(
            "error: breaking changes, no file was replaced; pass --accept-breaking to update anyway"
        );
        return Ok(ExitCode::from(2));
    }
    let files = update.files(&root, lock, &candidate)?;
    let examples = trial::run(&root, &files, &update.comparison, &args.accept_lost)?;
    if !examples.lost.is_empty() {
        report(args, "failed", &update, &examples)?;
        bail!(
            "{} examples no longer decode, no file was replaced; widen their types in the overlay, or accept the loss with --accept-lost OPERATION",
            examples.lost.len()
        );
    }
    if args.dry_run {
        report(args, "would update", &update, &examples)?;
        return Ok(ExitCode::SUCCESS);
    }
    journal::replace(&root, &files)?;
    report(args, "updated", &update, &examples)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads or downloads the document.
///
/// Returns `None` if the service reports that the document has not changed.
fn load_candidate(args: &Args, lock: &Lock) -> Result<Option<Candidate>> {
    let from = args.from.as_deref().unwrap_or(&lock.source);
    if !from.contains("://") {
        let file = PathBuf::from(from);
        let bytes = std::fs::read(&file).with_context(|| {
            format!("cannot read {from}; pass the file or URL of the document with --from")
        })?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        return Ok(Some(Candidate {
            text: download::decode_text(from, bytes)?,
            // Only the file name: the folder is local to this machine.
            source: name.into_owned(),
            etag: None,
            is_download: false,
        }));
    }
    let known = (from == lock.source).then(|| lock.etag.clone()).flatten();
    let download = Download {
        url: from,
        etag: known.as_deref(),
        timeout: Duration::from_secs(args.timeout),
    };
    Ok(match download.fetch()? {
        Fetched::NotModified => None,
        Fetched::New { text, etag } => Some(Candidate {
            text,
            source: from.to_owned(),
            etag,
            is_download: true,
        }),
    })
}

/// A prepared update.
struct Update {
    comparison: Comparison,
    /// The new overlay, if actions of it had to be disabled.
    overlay: Option<String>,
    date: String,
}

impl Update {
    /// Generates the client of the new document and compares it with the current client.
    fn prepare(root: &Path, candidate: &Candidate) -> Result<Self> {
        let date = jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .to_string();
        let name = if candidate.source.ends_with(".json") {
            "the new document.json"
        } else {
            "the new document"
        };
        let new = Document::parse(name, &candidate.text)?;
        let old = Document::read(&root.join("openapi.yaml"))?;
        let overlay = Overlay::read(&root.join("overlay.yaml"))?;
        let names = Names::read(&root.join("names.yaml"))?;
        eprintln!("generating clients from the old and the new document");
        let comparison = Comparison::new(old, new, Some(&overlay), Some(&names))?;
        let overlay = overlay.comment_out(
            &comparison.new.ineffective,
            &format!("Disabled by the update of {date}"),
        )?;
        Ok(Self {
            comparison,
            overlay,
            date,
        })
    }

    /// Returns every file to replace: the inputs, the generated files and the changelog.
    fn files(&self, root: &Path, mut lock: Lock, candidate: &Candidate) -> Result<Vec<NewFile>> {
        let output = &self.comparison.new.output;
        let read = |file: &str| {
            std::fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))
        };
        lock.source.clone_from(&candidate.source);
        lock.date.clone_from(&self.date);
        lock.etag.clone_from(&candidate.etag);
        "Unmodified copy of the source.".clone_into(&mut lock.provenance);
        let overlay = match &self.overlay {
            Some(text) => text.clone(),
            None => read("overlay.yaml")?,
        };
        let mut files =
            generated_files::collect(root, output, candidate.text.as_bytes(), overlay, lock)?;
        let entry = self.changelog_entry(candidate);
        files.push(NewFile::new(
            "CHANGELOG.md",
            with_entry(&read("CHANGELOG.md")?, &entry)?,
        ));
        Ok(files)
    }

    /// Formats the changes as an entry of CHANGELOG.md.
    fn changelog_entry(&self, candidate: &Candidate) -> String {
        let mut entry = format!(
            "### OpenAPI document of {}, from {}\n\n{}.\n\n",
            self.date,
            candidate.source,
            self.comparison.summary()
        );
        for difference in &self.comparison.diff.differences {
            let operation = match &difference.operation {
                Some(operation) => format!(" ({operation})"),
                None => String::new(),
            };
            let _ = writeln!(
                entry,
                "- {}: `{}`: {}{operation}",
                difference.class, difference.item, difference.description
            );
        }
        for action in self.comparison.newly_ineffective() {
            let _ = writeln!(entry, "- overlay: {action}");
        }
        entry
    }
}

/// Returns the changelog with `entry` at the top of the unreleased section.
fn with_entry(changelog: &str, entry: &str) -> Result<String> {
    const UNRELEASED: &str = "## Unreleased\n";
    let at = changelog
        .find(UNRELEASED)
        .context("CHANGELOG.md has no heading `## Unreleased`")?;
    let (before, after) = changelog.split_at(at + UNRELEASED.len());
    Ok(format!("{before}\n{entry}{after}"))
}

/// Reports that the document has not changed.
fn report_unchanged(args: &Args) -> Result<ExitCode> {
    match args.format {
        Format::Json => println!(
            "{}",
            serde_json::to_string_pretty(&json!({"outcome": "unchanged"}))?
        ),
        _ => println!("unchanged: the document is already vendored"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the changes, the examples that do not decode, and the outcome.
fn report(args: &Args, outcome: &str, update: &Update, examples: &ExampleResults) -> Result<()> {
    let comparison = &update.comparison;
    let coverage = &comparison.new.output.coverage;
    let counts = format!(
        "{} of {} operations generated",
        coverage.generated(),
        coverage.operations.len()
    );
    match args.format {
        Format::Text => {
            anstream::print!("{}", comparison.text());
            for (label, list) in [("invalid", &examples.invalid), ("lost", &examples.lost)] {
                for example in list {
                    println!("{label:<8}  {example}");
                }
            }
            if outcome != NO_API_CHANGES {
                println!("{outcome}: {counts}, {} examples checked", examples.total);
            }
        }
        Format::Markdown => {
            println!("**{outcome}**: {counts}.\n");
            print!("{}", comparison.markdown());
            for (title, list) in [
                (
                    "Examples that do not match their own schema",
                    &examples.invalid,
                ),
                ("Examples that no longer decode", &examples.lost),
            ] {
                if !list.is_empty() {
                    println!("\n{title}:\n");
                }
                for example in list {
                    println!("- {example}");
                }
            }
        }
        Format::Json => {
            let mut json = comparison.json();
            json["outcome"] = outcome.into();
            json["generated"] = coverage.generated().into();
            json["operations"] = coverage.operations.len().into();
            json["examples"] = examples.total.into();
            json["invalid_examples"] = json!(examples.invalid);
            json["lost_examples"] = json!(examples.lost);
            println!("{}", serde_json::to_string_pretty(&json)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn inserts_an_entry_at_the_top_of_the_unreleased_section() {
        let page = super::with_entry(
            "# C\n\n## Unreleased\n\n### Added\n\n- a\n",
            "### New\n\n- b\n",
        )
        .unwrap();
        assert_eq!(
            page,
            "# C\n\n## Unreleased\n\n### New\n\n- b\n\n### Added\n\n- a\n"
        );
        assert!(super::with_entry("# C\n", "").is_err());
    }
}
