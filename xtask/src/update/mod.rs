//! `cargo xtask update`: takes a new document in, says what it changes, and replaces everything that is made of
//! it at once.
//!
//! - `download`: the document from the service, if it has a new one
//! - `trial`: the workspace as it would be, built and tried on examples
//!
//! Nothing of the workspace is touched before the last step, the journal's.

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
use self::trial::Faults;
use crate::compare::{Comparison, Format, Side};
use crate::journal::{self, NewFile};
use crate::lock::Lock;
use crate::made;
use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask update                              # from where openapi.lock says
  cargo xtask update --from new.yaml --dry-run    # what would it change?
  cargo xtask update --accept-breaking --format markdown > report.md

What remains of a process that was killed is finished or undone by the next xtask command.

Exit codes: 0 updated, or nothing to update; 2 it may break programs and --accept-breaking is not given;
1 failed. With 1 and 2 nothing is changed.")]
pub(crate) struct Args {
    /// Where the document is: a file, or a URL (https, or http on loopback); by default the lock's source
    #[arg(long, value_name = "URL|FILE")]
    from: Option<String>,
    /// Do everything but the last step: replace nothing
    #[arg(long)]
    dry_run: bool,
    /// Update also when programs that use the client may break
    #[arg(long)]
    accept_breaking: bool,
    /// Update also when examples of this operation are not decoded any more; may be given several times
    #[arg(long, value_name = "OPERATION")]
    accept_lost: Vec<String>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How many seconds the download may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
}

/// A document that was offered.
struct Offer {
    text: String,
    /// What the lock says of it.
    source: String,
    etag: Option<String>,
    /// A file was looked at by a person.
    is_download: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let root = workspace::root();
    let _alone = workspace::alone()?;
    let lock = Lock::read(&root)?;
    let vendored =
        std::fs::read(root.join("openapi.yaml")).context("openapi.yaml cannot be read")?;
    if !lock.holds("openapi.yaml", &vendored) {
        bail!("openapi.yaml is not the one in openapi.lock; take it from version control first");
    }
    let offer = offer(args, &lock)?;
    let Some(offer) = offer.filter(|offer| offer.text.as_bytes() != vendored) else {
        return unchanged(args, "unchanged: it is the document that is vendored");
    };
    let made = Made::new(&root, &offer)?;
    let class = made.comparison.diff.class();
    let operations = |side: &Side| side.output.coverage.operations.len();
    let (old, new) = (&made.comparison.old, &made.comparison.new);
    if offer.is_download && operations(new) * 2 < operations(old) {
        bail!(
            "{} has {} operations, and what is vendored has {}: it looks cut off; if it is not, take it in with --from FILE",
            offer.source,
            operations(new),
            operations(old)
        );
    }
    if class.is_none() {
        report(args, "no change", &made, &Faults::default())?;
        return Ok(ExitCode::SUCCESS);
    }
    if class == Some(Class::Breaking) && !args.accept_breaking {
        report(args, "breaking", &made, &Faults::default())?;
        eprintln!(
            "error: it may break programs, so nothing was changed; --accept-breaking takes it in"
        );
        return Ok(ExitCode::from(2));
    }
    let files = made.files(&root, lock, &offer)?;
    let faults = trial::run(&root, &files, &made.comparison, &args.accept_lost)?;
    if !faults.lost.is_empty() {
        report(args, "failed", &made, &faults)?;
        bail!(
            "{} examples were decoded before and are not now, so nothing was changed; widen their types in the overlay, or name the operations with --accept-lost",
            faults.lost.len()
        );
    }
    if args.dry_run {
        report(args, "would update", &made, &faults)?;
        return Ok(ExitCode::SUCCESS);
    }
    journal::replace(&root, &files)?;
    report(args, "updated", &made, &faults)?;
    Ok(ExitCode::SUCCESS)
}

/// The document, if there may be a new one.
fn offer(args: &Args, lock: &Lock) -> Result<Option<Offer>> {
    let from = args.from.as_deref().unwrap_or(&lock.source);
    if !from.contains("://") {
        let file = PathBuf::from(from);
        let text = std::fs::read(&file).with_context(|| {
            format!("{from} cannot be read; `--from` says where the document is")
        })?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        return Ok(Some(Offer {
            text: download::text(from, text)?,
            // Not where it lay: that is nobody's business, and nowhere else.
            source: name.into_owned(),
            etag: None,
            is_download: false,
        }));
    }
    let known = (from == lock.source).then(|| lock.etag.clone()).flatten();
    let download = Download {
        url: from,
        etag: known.as_deref(),
        limit: Duration::from_secs(args.timeout),
    };
    Ok(match download.fetch()? {
        Fetched::Same => None,
        Fetched::New { text, etag } => Some(Offer {
            text,
            source: from.to_owned(),
            etag,
            is_download: true,
        }),
    })
}

/// What comes of a document that was offered.
struct Made {
    comparison: Comparison,
    /// The overlay, if actions of it had to be set aside.
    overlay: Option<String>,
    date: String,
}

impl Made {
    fn new(root: &Path, offer: &Offer) -> Result<Self> {
        let date = jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .to_string();
        let name = if offer.source.ends_with(".json") {
            "the new document.json"
        } else {
            "the new document"
        };
        let new = Document::parse(name, &offer.text)?;
        let old = Document::read(&root.join("openapi.yaml"))?;
        let overlay = Overlay::read(&root.join("overlay.yaml"))?;
        let names = Names::read(&root.join("names.yaml"))?;
        eprintln!("generating the client of both documents");
        let comparison = Comparison::new(old, new, Some(&overlay), Some(&names))?;
        let overlay = overlay.set_aside(
            &comparison.new.misfits,
            &format!("Set aside by the update of {date}"),
        )?;
        Ok(Self {
            comparison,
            overlay,
            date,
        })
    }

    /// Every file that is replaced, the lock first: the build script goes by it.
    fn files(&self, root: &Path, mut lock: Lock, offer: &Offer) -> Result<Vec<NewFile>> {
        let output = &self.comparison.new.output;
        let read = |file: &str| {
            std::fs::read_to_string(root.join(file))
                .with_context(|| format!("{file} cannot be read"))
        };
        lock.source.clone_from(&offer.source);
        lock.date.clone_from(&self.date);
        lock.etag.clone_from(&offer.etag);
        "Exactly as the source gave it.".clone_into(&mut lock.provenance);
        let overlay = match &self.overlay {
            Some(text) => text.clone(),
            None => read("overlay.yaml")?,
        };
        let mut files = made::files(root, output, offer.text.as_bytes(), overlay, lock)?;
        let entry = self.changelog_entry(offer);
        files.push(NewFile::new(
            "CHANGELOG.md",
            with_entry(&read("CHANGELOG.md")?, &entry)?,
        ));
        Ok(files)
    }

    fn changelog_entry(&self, offer: &Offer) -> String {
        let mut entry = format!(
            "### The document of {}, from {}\n\n{}.\n\n",
            self.date,
            offer.source,
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
                difference.class, difference.item, difference.what
            );
        }
        for misfit in self.comparison.misfits() {
            let _ = writeln!(entry, "- overlay: {misfit}");
        }
        entry
    }
}

/// The changelog with `entry` as the newest of what is not released.
fn with_entry(changelog: &str, entry: &str) -> Result<String> {
    const UNRELEASED: &str = "## Unreleased\n";
    let at = changelog
        .find(UNRELEASED)
        .context("CHANGELOG.md has no heading `## Unreleased`")?;
    let (before, after) = changelog.split_at(at + UNRELEASED.len());
    Ok(format!("{before}\n{entry}{after}"))
}

fn unchanged(args: &Args, what: &str) -> Result<ExitCode> {
    match args.format {
        Format::Json => println!(
            "{}",
            serde_json::to_string_pretty(&json!({"outcome": "unchanged"}))?
        ),
        _ => println!("{what}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what was found, and what was done.
fn report(args: &Args, outcome: &str, made: &Made, faults: &Faults) -> Result<()> {
    let comparison = &made.comparison;
    let coverage = &comparison.new.output.coverage;
    let counts = format!(
        "{} of {} operations generated",
        coverage.generated(),
        coverage.operations.len()
    );
    match args.format {
        Format::Text => {
            anstream::print!("{}", comparison.text());
            for (word, list) in [("fault", &faults.document), ("lost", &faults.lost)] {
                for fault in list {
                    println!("{word:<8}  {fault}");
                }
            }
            if outcome != "no change" {
                println!("{outcome}: {counts}, {} examples decoded", faults.examples);
            }
        }
        Format::Markdown => {
            println!("**{outcome}**: {counts}.\n");
            print!("{}", comparison.markdown());
            for (title, list) in [
                (
                    "Faults of the document: examples that are not of their own type",
                    &faults.document,
                ),
                (
                    "Examples that were decoded before and are not now",
                    &faults.lost,
                ),
            ] {
                if !list.is_empty() {
                    println!("\n{title}:\n");
                }
                for fault in list {
                    println!("- {fault}");
                }
            }
        }
        Format::Json => {
            let mut json = comparison.json();
            json["outcome"] = outcome.into();
            json["generated"] = coverage.generated().into();
            json["operations"] = coverage.operations.len().into();
            json["examples"] = faults.examples.into();
            json["document_faults"] = json!(faults.document);
            json["lost"] = json!(faults.lost);
            println!("{}", serde_json::to_string_pretty(&json)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_newest_entry_stands_first() {
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
