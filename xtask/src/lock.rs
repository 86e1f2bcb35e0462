//! openapi.lock: the source of the vendored document, and the checksums of the document and the generated files.
//! `cargo xtask lock` checks the files against it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use onlyfansapi_codegen::build_script::sha256;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::journal::NewFile;
use crate::workspace;

pub(crate) const FILE: &str = "openapi.lock";

/// The files whose checksums are in the lock file.
const LOCKED_FILES: [&str; 4] = [
    "openapi.yaml",
    "overlay.yaml",
    "names.yaml",
    "generated/client.rs",
];

const HEADER: &str = "\
# The source of the vendored document, and the checksums of the files that must match it. Written by
# `cargo xtask update` and `cargo xtask generate`; checked by `cargo xtask lock` and by the build script.
";

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask lock
  cargo xtask lock --json

Exit codes: 0 all files match openapi.lock, 1 a file does not.")]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The contents of openapi.lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    pub(crate) source: String,
    pub(crate) date: String,
    /// The service's ETag for this version of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    pub(crate) provenance: String,
    #[serde(default)]
    pub(crate) sha256: BTreeMap<String, String>,
    /// The sizes of the same files, which are checked by builds without the generator.
    #[serde(default)]
    pub(crate) bytes: BTreeMap<String, u64>,
}

impl Lock {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(FILE))
            .with_context(|| format!("cannot read {FILE}"))?;
        serde_yaml::from_str(&text).with_context(|| format!("{FILE} is not a valid lock file"))
    }

    /// Records the checksum and size of `file`.
    pub(crate) fn record(&mut self, file: &str, bytes: &[u8]) {
        self.sha256.insert(file.to_owned(), sha256(bytes));
        self.bytes
            .insert(file.to_owned(), bytes.len().try_into().unwrap_or(u64::MAX));
    }

    /// Returns whether `bytes` match the checksum recorded for `file`.
    pub(crate) fn matches(&self, file: &str, bytes: &[u8]) -> bool {
        self.sha256
            .get(file)
            .is_some_and(|sha| *sha == sha256(bytes))
    }

    /// Serializes the lock file.
    pub(crate) fn to_file(&self) -> Result<NewFile> {
        let text = serde_yaml::to_string(self)?;
        Ok(NewFile::new(FILE, format!("{HEADER}{text}")))
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let root = workspace::root();
    let lock = Lock::read(&root)?;
    let mut mismatched = Vec::new();
    for file in LOCKED_FILES {
        let bytes =
            std::fs::read(root.join(file)).with_context(|| format!("cannot read {file}"))?;
        if !lock.matches(file, &bytes) {
            mismatched.push(file);
        }
    }
    if args.json {
        println!(
            "{}",
            serde_json::to_string_pretty(&json!({"lock": lock, "mismatched": mismatched}))?
        );
    }
    if mismatched.contains(&"openapi.yaml") {
        bail!(
            "openapi.yaml does not match {FILE}; run `cargo xtask update --from FILE` to update to a new document"
        );
    }
    if !mismatched.is_empty() {
        bail!(
            "changed since they were locked: {}; run `cargo xtask generate` to regenerate all files",
            mismatched.join(", ")
        );
    }
    if !args.json {
        for (file, sha) in &lock.sha256 {
            println!("{sha}  {file}");
        }
        println!(
            "all files match {FILE} (document of {} from {})",
            lock.date, lock.source
        );
    }
    Ok(ExitCode::SUCCESS)
}
