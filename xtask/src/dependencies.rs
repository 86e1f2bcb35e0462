//! `cargo xtask dependencies`: checks that no locked package needs a newer Rust than the workspace declares, and
//! that every package locked in several versions is listed here with a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Packages that are locked in several versions, with the reason.
const DUPLICATES: &[(&str, &str)] = &[
    ("base64", "0.22 by boon; 0.23 by pem; both for tests only"),
    (
        "getrandom",
        "0.2 by ring; the others by tempfile and proptest, for tests; each is small",
    ),
    ("r-efi", "by getrandom, on UEFI only: never compiled here"),
    (
        "schemars",
        "0.8 by typify, for the generator; 1 is the version that users derive with",
    ),
    ("schemars_derive", "by schemars"),
    ("serde_derive_internals", "by schemars_derive"),
    (
        "syn",
        "2 by derive macros that have not migrated yet; 3 by serde and this workspace; build time only",
    ),
    (
        "synstructure",
        "0.13 by x509-parser, an optional dependency of rcgen that is disabled here; 0.14 by url",
    ),
    ("windows-sys", "0.52 by ring, on Windows only"),
];

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask dependencies
  cargo xtask dependencies --json

Exit codes: 0 no problem found; 1 a problem, which the error describes.")]
pub(crate) struct Args {
    /// Print JSON
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
    let declared = packages
        .iter()
        .find(|p| p["name"] == "onlyfansapi")
        .and_then(|p| p["rust_version"].as_str());
    let declared = version(declared.context("crate onlyfansapi has no rust-version")?)?;
    let mut undeclared = 0;
    let mut newer = Vec::new();
    for package in packages {
        match package["rust_version"].as_str() {
            Some(needed) if version(needed)? > declared => newer.push(format!(
                "{} {} needs Rust {needed}",
                package["name"], package["version"]
            )),
            Some(_) => {}
            None => undeclared += 1,
        }
    }
    if !newer.is_empty() {
        bail!(
            "locked packages need a newer Rust than the workspace declares: {}",
            newer.join("; ")
        );
    }
    let duplicates = duplicates(packages);
    let listed: BTreeSet<&str> = DUPLICATES.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = duplicates.keys().copied().collect();
    if listed != found {
        bail!(
            "the list of duplicates in xtask/src/dependencies.rs does not match Cargo.lock; not listed: {:?}; listed, but locked in only one version: {:?}",
            Vec::from_iter(found.difference(&listed)),
            Vec::from_iter(listed.difference(&found))
        );
    }
    if args.json {
        let duplicates: BTreeMap<_, _> = DUPLICATES
            .iter()
            .map(|(name, reason)| {
                (
                    name,
                    json!({"versions": duplicates[name], "reason": reason}),
                )
            })
            .collect();
        let json = json!({
            "packages": packages.len(),
            "without_rust_version": undeclared,
            "rust_version": format!("{}.{}", declared.0, declared.1),
            "duplicates": duplicates,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
        return Ok(ExitCode::SUCCESS);
    }
    for (name, reason) in DUPLICATES {
        println!("{name} {}: {reason}", duplicates[name].join(", "));
    }
    println!(
        "{} locked packages, none needs a Rust newer than {}.{} ({undeclared} have no rust-version)",
        packages.len(),
        declared.0,
        declared.1
    );
    Ok(ExitCode::SUCCESS)
}

/// Returns the packages that are locked in several versions.
fn duplicates(packages: &[Value]) -> BTreeMap<&str, Vec<&str>> {
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

/// Parses a `rust-version` into major, minor and patch.
fn version(text: &str) -> Result<(u32, u32, u32)> {
    let mut parts = text.split('.').map(str::parse::<u32>);
    let mut next = || {
        parts
            .next()
            .transpose()
            .with_context(|| format!("`{text}` is not a Rust version"))
            .map(Option::unwrap_or_default)
    };
    Ok((next()?, next()?, next()?))
}
