//! Replaces several workspace files atomically, even if the process is killed.
//!
//! The new files are first staged in `.update` and synced. Then a journal that lists them is renamed into place, which
//! commits the replacement: after a crash, the next command deletes `.update` if there is no journal, and completes
//! the replacement if there is. The build script refuses to build while the journal exists.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::build_script::sha256;
use serde::{Deserialize, Serialize};

/// The folder of the staged files. The path of the journal is repeated in the client's `build.rs`.
const FOLDER: &str = ".update";
const JOURNAL: &str = "journal";

/// A workspace file to replace, with its new contents.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// Path relative to the root, with `/` as separator.
    pub(crate) path: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl NewFile {
    pub(crate) fn new(path: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    file: String,
    staged: String,
    sha256: String,
}

/// The outcome of [`recover`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recovery {
    /// There was nothing to recover.
    Clean,
    /// Staged files without a journal were deleted; the workspace is in the old state.
    RolledBack,
    /// The journal was replayed; the workspace is in the new state.
    Completed,
}

/// Replaces all of `files` or none, in order, and returns how many changed.
///
/// Files that already have the new contents are not touched.
pub(crate) fn replace(root: &Path, files: &[NewFile]) -> Result<usize> {
    let changed: Vec<&NewFile> = files
        .iter()
        .filter(|file| !std::fs::read(root.join(file.path)).is_ok_and(|old| old == file.bytes))
        .collect();
    if changed.is_empty() {
        return Ok(0);
    }
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    crash_point();
    let mut entries = Vec::new();
    for (index, file) in changed.iter().enumerate() {
        let staged = index.to_string();
        write_synced(&folder.join(&staged), &file.bytes)?;
        crash_point();
        entries.push(Entry {
            file: file.path.to_owned(),
            staged,
            sha256: sha256(&file.bytes),
        });
    }
    let journal = folder.join("journal.new");
    write_synced(&journal, serde_json::to_string_pretty(&entries)?.as_bytes())?;
    crash_point();
    std::fs::rename(&journal, folder.join(JOURNAL))?;
    sync_folder(&folder)?;
    sync_folder(root)?;
    crash_point();
    roll_forward(root)?;
    Ok(changed.len())
}

/// Returns whether files are staged, by a killed process or by a running process.
pub(crate) fn is_pending(root: &Path) -> bool {
    root.join(FOLDER).exists()
}

/// Completes or rolls back the replacement that a killed process started.
pub(crate) fn recover(root: &Path) -> Result<Recovery> {
    if !is_pending(root) {
        return Ok(Recovery::Clean);
    }
    let folder = root.join(FOLDER);
    if folder.join(JOURNAL).exists() {
        roll_forward(root).with_context(|| {
            format!(
                "an update was killed while it replaced files and cannot be completed from {FOLDER}"
            )
        })?;
        return Ok(Recovery::Completed);
    }
    std::fs::remove_dir_all(&folder)
        .with_context(|| format!("cannot remove {}", folder.display()))?;
    Ok(Recovery::RolledBack)
}

/// Moves the staged files into place; files that were already moved are skipped.
fn roll_forward(root: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    let journal = folder.join(JOURNAL);
    let entries: Vec<Entry> = serde_json::from_slice(&std::fs::read(&journal)?)
        .with_context(|| format!("{} is not a valid journal", journal.display()))?;
    // Check every file before moving the first, so that a damaged entry cannot leave a mixed state.
    for entry in &entries {
        let matches =
            |path: &Path| std::fs::read(path).is_ok_and(|file| sha256(&file) == entry.sha256);
        if !matches(&folder.join(&entry.staged)) && !matches(&root.join(&entry.file)) {
            bail!(
                "{}: neither the file nor its staged copy matches the journal; restore the workspace from version control and delete {FOLDER}",
                entry.file
            );
        }
    }
    for entry in &entries {
        let (staged, file) = (folder.join(&entry.staged), root.join(&entry.file));
        if !staged.exists() {
            continue;
        }
        // Cargo compares modification times, so a file staged before the last build would go unnoticed.
        File::options()
            .write(true)
            .open(&staged)?
            .set_modified(SystemTime::now())?;
        let parent = file.parent().unwrap_or(root);
        std::fs::create_dir_all(parent)?;
        std::fs::rename(&staged, &file)
            .with_context(|| format!("cannot replace {}", file.display()))?;
        sync_folder(parent)?;
        crash_point();
    }
    std::fs::remove_file(&journal)?;
    sync_folder(&folder)?;
    crash_point();
    std::fs::remove_dir_all(&folder)?;
    sync_folder(root)?;
    crash_point();
    Ok(())
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Syncs the entries of a folder to disk, on Unix.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Aborts the process if `XTASK_DIE_AT` is the number of this crash point; used by tests.
fn crash_point() {
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let number = PASSED.fetch_add(1, Ordering::Relaxed) + 1;
    if std::env::var("XTASK_DIE_AT").is_ok_and(|at| at == number.to_string()) {
        std::process::abort();
    }
}
