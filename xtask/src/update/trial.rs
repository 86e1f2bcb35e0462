//! Trial build of an update: compiles the client and the facade in a copy of the workspace with the new files, and
//! decodes the examples of both documents with the new client.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::compare::Comparison;
use crate::journal::NewFile;
use crate::workspace;

/// The results of decoding the examples.
#[derive(Debug, Default)]
pub(super) struct ExampleResults {
    /// The number of examples in the new document.
    pub(super) total: usize,
    /// Examples of the new document that neither client decodes: they do not match their own schema.
    pub(super) invalid: Vec<String>,
    /// Examples that the old client decodes but the new client does not.
    pub(super) lost: Vec<String>,
}

/// An example that failed to decode, as reported by the client's example program `decode`.
#[derive(Clone, Debug, Deserialize)]
struct DecodeFailure {
    /// The document that contains the example: 0 for the new document, 1 for the old document.
    document: usize,
    operation: String,
    method: String,
    path: String,
    status: u16,
    index: usize,
    why: Vec<String>,
}

impl DecodeFailure {
    /// Returns whether both failures concern the same example.
    fn is_same_example(&self, other: &Self) -> bool {
        let key = |failure: &Self| {
            (
                failure.document,
                failure.method.clone(),
                failure.path.clone(),
                failure.status,
                failure.index,
            )
        };
        key(self) == key(other)
    }

    /// Formats the failure for the report. The messages in `why` already name the operation.
    fn describe(&self) -> String {
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

/// The output of the client's example program `decode`.
#[derive(Debug, Deserialize)]
struct DecodeOutput {
    /// The number of examples in each document.
    examples: Vec<usize>,
    #[serde(rename = "faults")]
    failures: Vec<DecodeFailure>,
}

/// Builds the workspace with `files` replaced and decodes the examples of both documents.
///
/// Lost examples of the operations in `accepted` are not reported.
pub(super) fn run(
    root: &Path,
    files: &[NewFile],
    comparison: &Comparison,
    accepted: &[String],
) -> Result<ExampleResults> {
    let new = Tree::New.sync(root, files)?;
    eprintln!("building the client and the facade");
    new.cargo(&["check", "-p", "onlyfansapi", "--no-default-features"]).context(
        "the SDK does not compile with the new document, no file was replaced; an overlay action can restore what the facade needs",
    )?;
    let documents = write_documents(comparison)?;
    let new = new.decode(&documents)?;
    let mut results = ExampleResults {
        total: new.examples.first().copied().unwrap_or_default(),
        ..ExampleResults::default()
    };
    if new.failures.is_empty() {
        return Ok(results);
    }
    eprintln!(
        "{} examples do not decode; comparing with the current client",
        new.failures.len()
    );
    let old = Tree::Old.sync(root, &[])?.decode(&documents)?;
    // The current client cannot have decoded the examples of operations that it does not have.
    let is_in_old_document = |failure: &DecodeFailure| {
        let item = &comparison.old.document.root["paths"][&failure.path];
        item.get(failure.method.to_lowercase()).is_some()
    };
    for failure in &new.failures {
        let was_decoded = is_in_old_document(failure)
            && !old.failures.iter().any(|old| old.is_same_example(failure));
        if was_decoded && !accepted.contains(&failure.operation) {
            results.lost.push(failure.describe());
        } else if failure.document == 0 {
            results.invalid.push(failure.describe());
        }
    }
    Ok(results)
}

/// Returns the folder of the trees, their common build folder and the documents.
fn folder() -> PathBuf {
    workspace::target().join("update")
}

/// Writes the new and the old document as JSON, and returns the paths of the files.
fn write_documents(comparison: &Comparison) -> Result<Vec<String>> {
    let documents = [&comparison.new.document.root, &comparison.old.document.root];
    let mut files = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let file = folder().join(format!("{index}.json"));
        std::fs::write(&file, serde_json::to_vec(document)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        files.push(file.display().to_string());
    }
    Ok(files)
}

/// A copy of the workspace.
#[derive(Clone, Copy, Debug)]
enum Tree {
    /// With the new files.
    New,
    /// With the current files.
    Old,
}

impl Tree {
    fn path(self) -> PathBuf {
        folder().join(match self {
            Self::New => "new",
            Self::Old => "old",
        })
    }

    /// Copies the workspace, with `files` replaced.
    fn sync(self, root: &Path, files: &[NewFile]) -> Result<Self> {
        sync_workspace(root, &self.path(), files)?;
        Ok(self)
    }

    /// Runs the client's example program `decode` on `documents`.
    fn decode(self, documents: &[String]) -> Result<DecodeOutput> {
        let mut arguments = vec![
            "run",
            "-p",
            "onlyfansapi-client",
            "--no-default-features",
            "--features",
            "_decode",
            "--example",
            "decode",
            "--",
        ];
        arguments.extend(documents.iter().map(String::as_str));
        let output = self
            .cargo(&arguments)
            .context("cannot decode the examples")?;
        serde_json::from_slice(&output).context("the example program `decode` printed invalid JSON")
    }

    /// Runs cargo and returns its stdout; on failure prints its stderr and returns an error.
    fn cargo(self, arguments: &[&str]) -> Result<Vec<u8>> {
        // Both trees use one build folder, so that the dependencies are compiled once. Cargo identifies a package by its
        // path in the workspace and by its profile; the different debug levels keep the packages of the trees apart.
        let debug = match self {
            Self::New => "0",
            Self::Old => "1",
        };
        let (command, rest) = arguments.split_first().context("no cargo command")?;
        let output = Command::new("cargo")
            .arg(command)
            .args(["--quiet", "--locked"])
            .args(rest)
            .current_dir(self.path())
            .env("CARGO_TARGET_DIR", folder().join("build"))
            // Without incremental compilation, because the client is usually compiled once.
            .envs([
                ("CARGO_PROFILE_DEV_DEBUG", debug),
                ("CARGO_INCREMENTAL", "0"),
            ])
            .stdin(Stdio::null())
            .output()
            .context("cannot start cargo")?;
        if !output.status.success() {
            std::io::stderr().write_all(&output.stderr)?;
            bail!("`cargo {}` failed: {}", arguments.join(" "), output.status);
        }
        Ok(output.stdout)
    }
}

/// Makes `tree` a copy of the workspace with `files` replaced.
///
/// Unchanged files keep their modification time, so cargo recompiles only the crates that changed since the last trial.
/// A copy that was interrupted is completed, because the comparison is by content.
fn sync_workspace(root: &Path, tree: &Path, files: &[NewFile]) -> Result<()> {
    let replaced: BTreeMap<&Path, &[u8]> = files
        .iter()
        .map(|file| (Path::new(file.path), file.bytes.as_slice()))
        .collect();
    let mut expected: BTreeSet<PathBuf> = replaced.keys().map(|path| path.to_path_buf()).collect();
    let skipped = [
        root.join(".git"),
        root.join(".update"),
        root.join("target"),
        workspace::target(),
    ];
    let mut pending = vec![PathBuf::new()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if skipped.contains(&root.join(&path)) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                pending.push(path);
            } else {
                expected.insert(path);
            }
        }
    }
    remove_unexpected(tree, &expected)?;
    for path in &expected {
        let copied = match replaced.get(path.as_path()) {
            Some(bytes) => write_if_changed(&tree.join(path), bytes),
            None => std::fs::read(root.join(path))
                .and_then(|bytes| write_if_changed(&tree.join(path), &bytes)),
        };
        copied.with_context(|| format!("cannot copy {}", path.display()))?;
    }
    Ok(())
}

/// Removes everything from `tree` except the `expected` files and their folders.
fn remove_unexpected(tree: &Path, expected: &BTreeSet<PathBuf>) -> Result<()> {
    let folders: BTreeSet<&Path> = expected
        .iter()
        .flat_map(|path| path.ancestors().skip(1))
        .collect();
    std::fs::create_dir_all(tree).with_context(|| format!("cannot create {}", tree.display()))?;
    let mut pending = vec![PathBuf::new()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(tree.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            let is_folder = entry.file_type()?.is_dir();
            let removed = match is_folder {
                true if folders.contains(path.as_path()) => {
                    pending.push(path.clone());
                    Ok(())
                }
                true => std::fs::remove_dir_all(entry.path()),
                false if expected.contains(&path) => Ok(()),
                false => std::fs::remove_file(entry.path()),
            };
            removed.with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    // Not `fs::copy`, which may preserve the modification time.
    std::fs::write(path, bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

    use std::fs;

    use super::*;

    #[test]
    fn a_synced_tree_has_the_same_files_and_keeps_unchanged_ones() {
        let folder = std::env::temp_dir().join(format!("xtask-sync-{}", std::process::id()));
        let (root, tree) = (folder.join("root"), folder.join("tree"));
        for (file, text) in [
            ("root/Cargo.toml", "same"),
            ("root/openapi.yaml", "old"),
            ("root/src/lib.rs", "long enough to be cut off"),
            ("root/src/is_folder/mod.rs", ""),
            ("root/is_file", ""),
            ("root/.update/journal", "not copied"),
            ("tree/Cargo.toml", "same"),
            ("tree/openapi.yaml", "old"),
            // As left by a killed copy.
            ("tree/src/lib.rs", "long"),
            ("tree/src/is_folder", "a file"),
            ("tree/is_file/gone.rs", "a folder"),
            ("tree/gone.rs", ""),
            ("tree/gone/gone.rs", ""),
        ] {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let time = std::time::SystemTime::UNIX_EPOCH;
        for file in ["Cargo.toml", "openapi.yaml", "src/lib.rs"] {
            let file = fs::File::options()
                .write(true)
                .open(tree.join(file))
                .unwrap();
            file.set_modified(time).unwrap();
        }
        sync_workspace(&root, &tree, &[NewFile::new("openapi.yaml", "new")]).unwrap();

        let is_unchanged = |file: &str| {
            let metadata = fs::metadata(tree.join(file)).unwrap();
            metadata.modified().unwrap() == time
        };
        let read = |file: &str| fs::read_to_string(tree.join(file)).unwrap();
        assert!(is_unchanged("Cargo.toml"));
        assert_eq!(read("openapi.yaml"), "new");
        assert!(!is_unchanged("openapi.yaml"));
        assert_eq!(read("src/lib.rs"), "long enough to be cut off");
        assert!(!is_unchanged("src/lib.rs"));
        assert_eq!(read("src/is_folder/mod.rs"), "");
        assert_eq!(read("is_file"), "");
        for gone in ["gone.rs", "gone", ".update"] {
            assert!(!tree.join(gone).exists(), "{gone}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
