//! `cargo xtask public-api [--write]`: what users can name, and which foreign types stand in it.
//!
//! Read from rustdoc's JSON of the facade and of core. Fails when the list of public types differs
//! from `crates/onlyfansapi/public-types.txt`, which the test of the secrets goes by, when a type of
//! progenitor is public, or a type of reqwest in another place than the ones named here, or when a
//! function that users call has no doc example.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use similar::TextDiff;

use crate::workspace;

/// Where a type of reqwest is meant.
const REQWEST_IS_MEANT: [&str; 1] = ["onlyfansapi::ClientBuilder::http_client"];

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask public-api
  cargo xtask public-api --write
  cargo xtask public-api --json

Exit codes: 0 as listed; 1 another list, a foreign type where none is meant, or a function without an example.")]
pub(crate) struct Args {
    /// Write the list instead of comparing it
    #[arg(long)]
    write: bool,
    /// For machines
    #[arg(long, conflicts_with = "write")]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut types = BTreeSet::new();
    let mut without_example = BTreeSet::new();
    let mut foreign: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in ["onlyfansapi", "onlyfansapi-core"] {
        let docs = rustdoc(package)?;
        let mut walk = Walk {
            docs: &docs,
            is_facade: package == "onlyfansapi",
            types: &mut types,
            foreign: &mut foreign,
            without_example: &mut without_example,
        };
        let root = docs["root"].to_string();
        walk.module(&root, &package.replace('-', "_"));
    }
    if args.json {
        let json = json!({"types": types, "foreign": foreign, "without_example": without_example});
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        println!("foreign crates in the public API:");
    }
    for (name, places) in foreign.iter().filter(|_| !args.json) {
        println!(
            "  {name:<14} {}",
            if places.len() > 6 {
                format!("{} places", places.len())
            } else {
                places.iter().cloned().collect::<Vec<_>>().join(", ")
            }
        );
    }
    if let Some((name, places)) = foreign
        .iter()
        .find(|(name, _)| name.contains("progenitor") || name.contains("typify"))
    {
        bail!("{name} is in the public API: {places:?}");
    }
    let stray: Vec<_> = foreign
        .get("reqwest")
        .into_iter()
        .flatten()
        .filter(|place| !REQWEST_IS_MEANT.contains(&place.as_str()))
        .collect();
    if !stray.is_empty() {
        bail!("reqwest is in the public API where it is not meant: {stray:?}");
    }
    if !without_example.is_empty() {
        bail!(
            "{} functions that users call have no doc example: {}",
            without_example.len(),
            without_example
                .iter()
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    let file = workspace::root().join("crates/onlyfansapi/public-types.txt");
    let list: String = types.iter().map(|name| format!("{name}\n")).collect();
    if args.write {
        std::fs::write(&file, &list)?;
        println!("{} public types written", types.len());
        return Ok(ExitCode::SUCCESS);
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    if known != list {
        println!(
            "{}",
            TextDiff::from_lines(&known, &list)
                .unified_diff()
                .header("public-types.txt", "the crate")
        );
        bail!(
            "the public types have changed: cargo xtask public-api --write, and cover them in tests/secrets.rs"
        );
    }
    if !args.json {
        println!("{} public types, as listed", types.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// rustdoc's JSON of a package; the format is not stable, so the stable compiler needs the switch
/// that lets it write it.
fn rustdoc(package: &str) -> Result<Value> {
    let target = workspace::root().join("target/public-api");
    let output = Command::new("cargo")
        .args([
            "rustdoc",
            "--quiet",
            "--lib",
            "--package",
            package,
            "--target-dir",
        ])
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format", "json"])
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(workspace::root())
        .output()?;
    if !output.status.success() {
        bail!(
            "rustdoc failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let file = target
        .join("doc")
        .join(format!("{}.json", package.replace('-', "_")));
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("rustdoc wrote no {}", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

struct Walk<'a> {
    docs: &'a Value,
    is_facade: bool,
    types: &'a mut BTreeSet<String>,
    foreign: &'a mut BTreeMap<String, BTreeSet<String>>,
    without_example: &'a mut BTreeSet<String>,
}

impl Walk<'_> {
    fn item(&self, id: &str) -> &Value {
        &self.docs["index"][id]
    }

    fn module(&mut self, id: &str, path: &str) {
        for child in ids(&self.item(id)["inner"]["module"]["items"]) {
            self.public(&child, path);
        }
    }

    /// One public item of the module at `path`.
    fn public(&mut self, id: &str, path: &str) {
        let item = self.item(id).clone();
        let (kind, inner) = inner(&item);
        let name = item["name"].as_str().unwrap_or_default();
        match kind {
            "module" => self.module(id, &format!("{path}::{name}")),
            "use" => {
                let name = inner["name"].as_str().unwrap_or_default();
                let target = inner["id"].to_string();
                if self.item(&target).is_null() {
                    // Of another crate: rustdoc has its path only.
                    let kind = self.docs["paths"][&target]["kind"]
                        .as_str()
                        .unwrap_or_default();
                    if matches!(kind, "struct" | "enum") {
                        self.list(path, name);
                    }
                } else {
                    self.public(&target, path);
                }
            }
            "struct" | "enum" | "union" => {
                self.list(path, name);
                let path = format!("{path}::{name}");
                self.foreign_types(inner, &path);
                for implementation in ids(&inner["impls"]) {
                    let implementation = self.item(&implementation).clone();
                    let implementation = &implementation["inner"]["impl"];
                    if implementation["is_synthetic"] == true
                        || !implementation["blanket_impl"].is_null()
                    {
                        continue;
                    }
                    if implementation["trait"].is_null() {
                        for method in ids(&implementation["items"]) {
                            let method = self.item(&method).clone();
                            let name = method["name"].as_str().unwrap_or_default();
                            let is_for_users = self.types.contains(&path.replacen(
                                "onlyfansapi_core",
                                "onlyfansapi",
                                1,
                            ));
                            // An example of the type counts for the methods that it calls.
                            let own = method["docs"].as_str().unwrap_or_default();
                            let of_type = item["docs"].as_str().unwrap_or_default();
                            let is_shown = own.contains("```")
                                || of_type.contains("```") && of_type.contains(&format!("{name}("));
                            if is_for_users && !is_shown {
                                self.without_example.insert(format!("{path}::{name}"));
                            }
                            self.foreign_types(&method["inner"], &format!("{path}::{name}"));
                        }
                    } else {
                        self.foreign_types(&implementation["trait"]["args"], &path);
                    }
                }
                for field in ids(&inner["kind"]["plain"]["fields"])
                    .into_iter()
                    .chain(ids(&inner["variants"]))
                {
                    let field = self.item(&field).clone();
                    self.foreign_types(&field["inner"], &path);
                }
            }
            "trait" => {
                for method in ids(&inner["items"]) {
                    let method = self.item(&method).clone();
                    self.foreign_types(&method["inner"], &format!("{path}::{name}"));
                }
            }
            _ => self.foreign_types(inner, &format!("{path}::{name}")),
        }
    }

    /// The facade's types are what users name; core's own list is not theirs.
    fn list(&mut self, path: &str, name: &str) {
        if self.is_facade {
            self.types.insert(format!("{path}::{name}"));
        }
    }

    /// Notes every type of another crate that stands anywhere in `value`.
    fn foreign_types(&mut self, value: &Value, place: &str) {
        match value {
            Value::Object(members) => {
                if let Some(id) = members.get("resolved_path").and_then(|path| path.get("id")) {
                    let target = &self.docs["paths"][id.to_string()];
                    let name = self.docs["external_crates"][target["crate_id"].to_string()]["name"]
                        .as_str();
                    if let Some(name) = name.filter(|name| {
                        !matches!(*name, "core" | "alloc" | "std")
                            && !name.starts_with("onlyfansapi")
                    }) {
                        self.foreign
                            .entry(name.to_owned())
                            .or_default()
                            .insert(place.to_owned());
                    }
                }
                members
                    .values()
                    .for_each(|member| self.foreign_types(member, place));
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.foreign_types(item, place)),
            _ => {}
        }
    }
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(ToString::to_string)
        .collect()
}

/// The kind of an item, and what stands under it.
fn inner(item: &Value) -> (&str, &Value) {
    item["inner"]
        .as_object()
        .and_then(|inner| inner.iter().next())
        .map_or(("", &Value::Null), |(kind, inner)| (kind.as_str(), inner))
}
