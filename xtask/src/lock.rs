//! openapi.lock says what was vendored, and the state of everything that is made of it.
//! `cargo xtask lock` checks that it still is so.

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

/// What the lock holds fast.
pub(crate) const LOCKED: [&str; 4] = [
    "openapi.yaml",
    "overlay.yaml",
    "names.yaml",
    "generated/client.rs",
];

const HEADER: &str = "\
# What was vendored, from where and when, and the files that belong together. Kept by `cargo xtask update`
# and `cargo xtask generate`; checked by `cargo xtask lock` and by the build script.
";

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask lock
  cargo xtask lock --json

Exit codes: 0 all are as locked, 1 one is not.")]
pub(crate) struct Args {
    /// For machines
    #[arg(long)]
    json: bool,
}

/// The lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    pub(crate) source: String,
    pub(crate) date: String,
    /// What the service called this version of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    pub(crate) provenance: String,
    #[serde(default)]
    pub(crate) sha256: BTreeMap<String, String>,
    /// The sizes of the same files: what a build without the generator checks.
    #[serde(default)]
    pub(crate) bytes: BTreeMap<String, u64>,
}

impl Lock {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(FILE))
            .with_context(|| format!("{FILE} cannot be read"))?;
        serde_yaml::from_str(&text).with_context(|| format!("{FILE} is no lock"))
    }

    /// Holds `bytes` fast as the content of `file`.
    pub(crate) fn hold(&mut self, file: &str, bytes: &[u8]) {
        self.sha256.insert(file.to_owned(), sha256(bytes));
        self.bytes
            .insert(file.to_owned(), bytes.len().try_into().unwrap_or(u64::MAX));
    }

    /// Whether `bytes` are what is locked as `file`.
    pub(crate) fn holds(&self, file: &str, bytes: &[u8]) -> bool {
        self.sha256
            .get(file)
            .is_some_and(|sha| *sha == sha256(bytes))
    }

    pub(crate) fn file(&self) -> Result<NewFile> {
        let text = serde_yaml::to_string(self)?;
        Ok(NewFile::new(FILE, format!("{HEADER}{text}")))
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let root = workspace::root();
    let lock = Lock::read(&root)?;
    let mut wrong = Vec::new();
    for file in LOCKED {
        let bytes =
            std::fs::read(root.join(file)).with_context(|| format!("{file} cannot be read"))?;
        if !lock.holds(file, &bytes) {
            wrong.push(file);
        }
    }
    if args.json {
        println!(
            "{}",
            serde_json::to_string_pretty(&json!({"lock": lock, "wrong": wrong}))?
        );
    }
    if wrong.contains(&"openapi.yaml") {
        bail!(
            "openapi.yaml is not the document that was vendored: `cargo xtask update --from FILE` takes a new one in"
        );
    }
    if !wrong.is_empty() {
        bail!(
            "{} changed: `cargo xtask generate` makes them go together",
            wrong.join(", ")
        );
    }
    if !args.json {
        for (file, sha) in &lock.sha256 {
            println!("{sha}  {file}");
        }
        println!("all as in {FILE}, from {} of {}", lock.source, lock.date);
    }
    Ok(ExitCode::SUCCESS)
}
