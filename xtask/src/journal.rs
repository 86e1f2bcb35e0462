//! Several files of the workspace replaced at once, or not at all, also when the process is killed.
//!
//! The new files are written to `.update` and synced; a journal that lists them is the moment of decision.
//! Until it is there the next command throws `.update` away, from then on it finishes the work. While the
//! journal is there the build script refuses to build.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::build_script::sha256;
use serde::{Deserialize, Serialize};

/// The folder of what is staged. `build.rs` knows the journal's name as well.
const FOLDER: &str = ".update";
const JOURNAL: &str = "journal";

/// A file of the workspace that is to be replaced.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// Its path from the root, with `/`.
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

/// What [`settle`] found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Nothing was left over.
    Nothing,
    /// Staged files without a journal were thrown away: the workspace is as before.
    Undone,
    /// The journal was finished: the workspace is as after.
    Finished,
}

/// Replaces `files`, all of them or none, in their order; those that are already so are left alone.
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
        .with_context(|| format!("cannot make {}", folder.display()))?;
    point();
    let mut entries = Vec::new();
    for (index, file) in changed.iter().enumerate() {
        let staged = index.to_string();
        write_synced(&folder.join(&staged), &file.bytes)?;
        point();
        entries.push(Entry {
            file: file.path.to_owned(),
            staged,
            sha256: sha256(&file.bytes),
        });
    }
    let journal = folder.join("journal.new");
    write_synced(&journal, serde_json::to_string_pretty(&entries)?.as_bytes())?;
    point();
    std::fs::rename(&journal, folder.join(JOURNAL))?;
    sync_folder(&folder)?;
    sync_folder(root)?;
    point();
    forward(root)?;
    Ok(changed.len())
}

/// Whether something is staged: by a process that was killed, or by one that runs.
pub(crate) fn is_open(root: &Path) -> bool {
    root.join(FOLDER).exists()
}

/// Finishes or undoes what a killed process has left.
pub(crate) fn settle(root: &Path) -> Result<Settled> {
    if !is_open(root) {
        return Ok(Settled::Nothing);
    }
    let folder = root.join(FOLDER);
    if folder.join(JOURNAL).exists() {
        forward(root).with_context(|| {
            format!("an update was killed while it replaced files, and {FOLDER} cannot finish it")
        })?;
        return Ok(Settled::Finished);
    }
    std::fs::remove_dir_all(&folder)
        .with_context(|| format!("cannot remove {}", folder.display()))?;
    Ok(Settled::Undone)
}

/// Moves what is staged to its place; what was moved before is left there.
fn forward(root: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    let journal = folder.join(JOURNAL);
    let entries: Vec<Entry> = serde_json::from_slice(&std::fs::read(&journal)?)
        .with_context(|| format!("{} is no journal", journal.display()))?;
    // All first: half of them is what must not happen.
    for entry in &entries {
        let is = |path: &Path| std::fs::read(path).is_ok_and(|file| sha256(&file) == entry.sha256);
        if !is(&folder.join(&entry.staged)) && !is(&root.join(&entry.file)) {
            bail!(
                "{}: neither the file nor what was staged for it is what the journal says; take both from version control and remove {FOLDER}",
                entry.file
            );
        }
    }
    for entry in &entries {
        let (staged, file) = (folder.join(&entry.staged), root.join(&entry.file));
        if !staged.exists() {
            continue;
        }
        // Cargo goes by the time: a file staged before the last build would be unseen.
        File::options()
            .write(true)
            .open(&staged)?
            .set_modified(SystemTime::now())?;
        let parent = file.parent().unwrap_or(root);
        std::fs::create_dir_all(parent)?;
        std::fs::rename(&staged, &file)
            .with_context(|| format!("cannot replace {}", file.display()))?;
        sync_folder(parent)?;
        point();
    }
    std::fs::remove_file(&journal)?;
    sync_folder(&folder)?;
    point();
    std::fs::remove_dir_all(&folder)?;
    sync_folder(root)?;
    point();
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

/// Makes names in a folder durable, where the platform knows how.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// A point at which a test can kill the process: the one whose number the switch names.
fn point() {
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let number = PASSED.fetch_add(1, Ordering::Relaxed) + 1;
    if std::env::var("XTASK_DIE_AT").is_ok_and(|at| at == number.to_string()) {
        std::process::abort();
    }
}
