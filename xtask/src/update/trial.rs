//! The workspace as it would be after the update, in a folder of its own: it must compile, the facade too, and
//! the examples of both documents are decoded by it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::compare::Comparison;
use crate::journal::NewFile;
use crate::workspace;

/// What the examples say.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// How many examples there are in the new document.
    pub(super) examples: usize,
    /// Examples of the new document that no version decodes: faults of the document.
    pub(super) document: Vec<String>,
    /// Examples that were decoded before and are not now.
    pub(super) lost: Vec<String>,
}

/// One example that is not decoded.
#[derive(Clone, Debug, Deserialize)]
struct Fault {
    /// Which document it is of: 0 the new one, 1 the old one.
    document: usize,
    operation: String,
    method: String,
    path: String,
    status: u16,
    index: usize,
    why: Vec<String>,
}

impl Fault {
    fn is_same(&self, other: &Self) -> bool {
        let place = |fault: &Self| {
            (
                fault.document,
                fault.method.clone(),
                fault.path.clone(),
                fault.status,
                fault.index,
            )
        };
        place(self) == place(other)
    }

    /// The operation is in what was found already.
    fn line(&self) -> String {
        format!(
            "{} {}, example {} of {}: {}",
            self.method,
            self.path,
            self.index + 1,
            self.status,
            self.why.join("; ")
        )
    }
}

#[derive(Debug, Deserialize)]
struct Outcome {
    /// How many examples each document has.
    examples: Vec<usize>,
    faults: Vec<Fault>,
}

/// Builds the workspace with `files` in it and decodes examples.
///
/// Examples of the operations in `accepted` may be lost.
pub(super) fn run(
    root: &Path,
    files: &[NewFile],
    comparison: &Comparison,
    accepted: &[String],
) -> Result<Faults> {
    let place = workspace::target().join("update");
    let tree = place.join("tree");
    copy_workspace(root, &tree)?;
    for file in files {
        std::fs::write(tree.join(file.path), &file.bytes)
            .with_context(|| format!("cannot write {}", tree.join(file.path).display()))?;
    }
    eprintln!("building the client and the facade");
    let build = place.join("build");
    cargo(&tree, &build, &["check", "-p", "onlyfansapi", "--no-default-features"]).context(
        "the crate does not compile with the new document, so nothing was changed; what the facade needs can be kept by an overlay action",
    )?;
    let documents = [&comparison.new.document.root, &comparison.old.document.root];
    let now = decode(&tree, &place, &documents)?;
    let mut faults = Faults {
        examples: now.examples.first().copied().unwrap_or_default(),
        ..Faults::default()
    };
    if now.faults.is_empty() {
        return Ok(faults);
    }
    eprintln!(
        "{} examples are not decoded; asking the version of before",
        now.faults.len()
    );
    copy_workspace(root, &tree)?;
    let before = decode(&tree, &place, &documents)?;
    // What the version of before does not know as an operation, it never decoded.
    let known = |fault: &Fault| {
        let item = &comparison.old.document.root["paths"][&fault.path];
        item.get(fault.method.to_lowercase()).is_some()
    };
    for fault in &now.faults {
        let was_decoded = known(fault) && !before.faults.iter().any(|other| other.is_same(fault));
        if was_decoded && !accepted.contains(&fault.operation) {
            faults.lost.push(fault.line());
        } else if fault.document == 0 {
            faults.document.push(fault.line());
        }
    }
    Ok(faults)
}

/// Runs the example program of the client that lies in `tree`.
fn decode(tree: &Path, place: &Path, documents: &[&Value]) -> Result<Outcome> {
    let mut files = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let file = place.join(format!("{index}.json"));
        std::fs::write(&file, serde_json::to_vec(document)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        files.push(file.display().to_string());
    }
    let mut arguments = vec![
        "run",
        "-p",
        "onlyfansapi-client",
        "--no-default-features",
        "--example",
        "decode",
        "--",
    ];
    arguments.extend(files.iter().map(String::as_str));
    let output =
        cargo(tree, &place.join("build"), &arguments).context("the examples could not be tried")?;
    serde_json::from_slice(&output).context("the program that decodes examples said something else")
}

/// Runs cargo in `tree`; returns what it printed, and shows what it complained of.
fn cargo(tree: &Path, build: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let (command, rest) = arguments.split_first().context("cargo needs a command")?;
    let output = Command::new("cargo")
        .arg(command)
        .args(["--quiet", "--locked"])
        .args(rest)
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", build)
        .stdin(Stdio::null())
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        std::io::stderr().write_all(&output.stderr)?;
        bail!("`cargo {}` failed: {}", arguments.join(" "), output.status);
    }
    Ok(output.stdout)
}

/// Copies the workspace, all files anew: cargo goes by their times.
fn copy_workspace(root: &Path, tree: &Path) -> Result<()> {
    if tree.exists() {
        std::fs::remove_dir_all(tree)
            .with_context(|| format!("cannot remove {}", tree.display()))?;
    }
    let skipped = [
        root.join(".git"),
        root.join(".update"),
        root.join("target"),
        workspace::target(),
    ];
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        std::fs::create_dir_all(tree.join(&folder))?;
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if skipped.contains(&root.join(&path)) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                // Not `copy`, which may keep the time.
                std::fs::write(tree.join(&path), std::fs::read(root.join(&path))?)
                    .with_context(|| format!("cannot copy {}", path.display()))?;
            }
        }
    }
    Ok(())
}
