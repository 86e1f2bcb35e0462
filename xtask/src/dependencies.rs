//! `cargo xtask dependencies`: no locked package asks for a newer Rust than the workspace states, and none
//! is there in two versions without a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Crates that are locked in several versions, and why.
const DOUBLED: [(&str, &str); 9] = [
    (
        "bit-vec",
        "0.8 by jsonschema, for tests; 0.9 by yasna, where rcgen has it count unused bits, which it does not here",
    ),
    (
        "getrandom",
        "0.2 by ring, the others by tempfile and proptest, for tests; each is small",
    ),
    ("r-efi", "getrandom's, on UEFI only: never compiled here"),
    (
        "schemars",
        "0.8 by typify, for the generator; 1 is what users derive",
    ),
    ("schemars_derive", "schemars'"),
    ("serde_derive_internals", "schemars_derive's"),
    (
        "syn",
        "2 by the derives that have not moved yet, 3 by serde and ours; build time only",
    ),
    (
        "synstructure",
        "0.13 by x509-parser, which rcgen may use and here does not; 0.14 by url",
    ),
    ("windows-sys", "0.52 by ring, on Windows only"),
];

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask dependencies
  cargo xtask dependencies --json

Exit codes: 0 none; 1 one that is named.")]
pub(crate) struct Args {
    /// For machines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let output = Command::new("cargo")
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--all-features",
        ])
        .output()?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    let own = packages
        .iter()
        .find(|p| p["name"] == "onlyfansapi")
        .and_then(|p| p["rust_version"].as_str());
    let own = version(own.context("crate onlyfansapi states no rust-version")?)?;
    let mut silent = 0;
    let mut newer = Vec::new();
    for package in packages {
        match package["rust_version"].as_str() {
            Some(stated) if version(stated)? > own => newer.push(format!(
                "{} {} needs Rust {stated}",
                package["name"], package["version"]
            )),
            Some(_) => {}
            None => silent += 1,
        }
    }
    if !newer.is_empty() {
        bail!(
            "these locked packages need a newer Rust than the workspace states: {}",
            newer.join("; ")
        );
    }
    let doubled = doubled(packages);
    let listed: BTreeSet<&str> = DOUBLED.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = doubled.keys().copied().collect();
    if listed != found {
        bail!(
            "the list of doubled crates in xtask/src/dependencies.rs is not that of Cargo.lock: there without a reason: {:?}; listed, but there once: {:?}",
            found.difference(&listed),
            listed.difference(&found)
        );
    }
    if args.json {
        let doubled: BTreeMap<_, _> = DOUBLED
            .iter()
            .map(|(name, why)| (name, json!({"versions": doubled[name], "why": why})))
            .collect();
        let json = json!({
            "packages": packages.len(),
            "without_rust_version": silent,
            "rust_version": format!("{}.{}", own.0, own.1),
            "doubled": doubled,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
        return Ok(ExitCode::SUCCESS);
    }
    for (name, why) in DOUBLED {
        println!("{name} {}: {why}", doubled[name].join(", "));
    }
    println!(
        "{} locked packages, none needs more than Rust {}.{} ({silent} state nothing)",
        packages.len(),
        own.0,
        own.1
    );
    Ok(ExitCode::SUCCESS)
}

/// The packages that are there in several versions.
fn doubled(packages: &[Value]) -> BTreeMap<&str, Vec<&str>> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        if let (Some(name), Some(version)) = (package["name"].as_str(), package["version"].as_str())
        {
            versions.entry(name).or_default().push(version);
        }
    }
    versions.retain(|_, versions| versions.len() > 1);
    versions
}

/// Major, minor and patch of a `rust-version`.
fn version(text: &str) -> Result<(u32, u32, u32)> {
    let mut parts = text.split('.').map(str::parse::<u32>);
    let mut next = || {
        parts
            .next()
            .transpose()
            .with_context(|| format!("`{text}` is no Rust version"))
            .map(Option::unwrap_or_default)
    };
    Ok((next()?, next()?, next()?))
}
