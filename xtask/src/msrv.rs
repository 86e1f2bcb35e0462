//! `cargo xtask msrv`: no locked dependency may ask for a newer Rust than the workspace states.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub(crate) fn run() -> Result<ExitCode> {
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
    println!(
        "{} locked packages, none needs more than Rust {}.{} ({silent} state nothing)",
        packages.len(),
        own.0,
        own.1
    );
    Ok(ExitCode::SUCCESS)
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
