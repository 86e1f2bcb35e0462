//! `cargo xtask public-api [--write]`: checks the public API of the SDK.
//!
//! Reads the rustdoc JSON of the facade and of core, and fails if
//!
//! - the structs and enums differ from `crates/onlyfansapi/public-types.txt`, the list that the secrets test covers
//! - a public type (struct, enum, trait or macro) has no example, neither in its own docs nor in those of a method
//! - a type of progenitor is public, or a type of reqwest outside the items listed here
//!
//! The types of the generated client are not checked, because their docs come from the document.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use similar::TextDiff;

use crate::workspace;

/// The public items that may use types of reqwest.
const REQWEST_ALLOWED_IN: [&str; 1] = ["onlyfansapi::ClientBuilder::http_client"];

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask public-api
  cargo xtask public-api --write
  cargo xtask public-api --json

Every public type needs an example in its own docs or in the docs of one of its methods.

Exit codes: 0 all checks passed; 1 public-types.txt is out of date, a type of a disallowed crate is public, or a
public type has no example.")]
pub(crate) struct Args {
    /// Update public-types.txt instead of comparing it
    #[arg(long)]
    write: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "write")]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut api = PublicApi::default();
    // The facade first: it determines which types of core are public.
    for package in ["onlyfansapi", "onlyfansapi-core"] {
        let docs = rustdoc(package)?;
        let mut walk = Walk {
            docs: &docs,
            is_facade: package == "onlyfansapi",
            api: &mut api,
        };
        let root = docs["root"].to_string();
        walk.module(&root, &package.replace('-', "_"));
    }
    let without_example = api.without_example();
    if args.json {
        let json = json!({
            "public_types": api.types.len(),
            "public_functions": api.functions.len(),
            "types": api.types.keys().collect::<Vec<_>>(),
            "foreign": api.foreign,
            "without_example": without_example,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        print(&api);
    }
    check_foreign_types(&api.foreign)?;
    if !without_example.is_empty() {
        bail!(
            "{} public types have no example in their docs or those of their methods: {}",
            without_example.len(),
            without_example.join(", ")
        );
    }
    let file = workspace::root().join("crates/onlyfansapi/public-types.txt");
    let list = api.structs_and_enums();
    if args.write {
        std::fs::write(&file, &list)?;
        println!(
            "wrote {} structs and enums to public-types.txt",
            list.lines().count()
        );
        return Ok(ExitCode::SUCCESS);
    }
    let listed = std::fs::read_to_string(&file).unwrap_or_default();
    if listed != list {
        println!(
            "{}",
            TextDiff::from_lines(&listed, &list)
                .unified_diff()
                .header("public-types.txt", "public API")
        );
        bail!(
            "public-types.txt is out of date; run `cargo xtask public-api --write` and cover the new types in crates/onlyfansapi/tests/secrets.rs"
        );
    }
    if !args.json {
        println!("public-types.txt is up to date");
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the foreign crates and the number of types and functions.
fn print(api: &PublicApi) {
    println!("foreign crates in the public API:");
    for (name, items) in &api.foreign {
        let items = if items.len() > 6 {
            format!("{} items", items.len())
        } else {
            items.iter().cloned().collect::<Vec<_>>().join(", ")
        };
        println!("  {name:<14} {items}");
    }
    println!(
        "{} public types, {} public functions",
        api.types.len(),
        api.functions.len()
    );
}

/// Returns an error if a disallowed crate is in the public API.
fn check_foreign_types(foreign: &BTreeMap<String, BTreeSet<String>>) -> Result<()> {
    if let Some((name, items)) = foreign
        .iter()
        .find(|(name, _)| name.contains("progenitor") || name.contains("typify"))
    {
        bail!("types of {name} are in the public API: {items:?}");
    }
    let disallowed: Vec<_> = foreign
        .get("reqwest")
        .into_iter()
        .flatten()
        .filter(|item| !REQWEST_ALLOWED_IN.contains(&item.as_str()))
        .collect();
    if !disallowed.is_empty() {
        bail!(
            "types of reqwest are in the public API, in items where they are not allowed: {disallowed:?}"
        );
    }
    Ok(())
}

/// Generates the rustdoc JSON of a package.
///
/// The format is unstable, so the stable compiler needs `RUSTC_BOOTSTRAP` to write it.
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
        .with_context(|| format!("rustdoc did not write {}", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// The public API of the facade, including the types that it re-exports from core.
#[derive(Default)]
struct PublicApi {
    /// The public types by path.
    types: BTreeMap<String, PublicType>,
    /// The paths of the functions, and of the methods of the public types.
    functions: BTreeSet<String>,
    /// The foreign crates whose types appear in the API, with the items that use them.
    foreign: BTreeMap<String, BTreeSet<String>>,
    /// The facade's paths of re-exported types, by crate and name of the definition: `onlyfansapi_core::Body`.
    reexports: BTreeMap<String, String>,
}

/// A public struct, enum, union, trait or macro.
struct PublicType {
    kind: String,
    /// Whether its docs or those of its methods have an example; `None` if its crate is not checked.
    has_example: Option<bool>,
}

impl PublicApi {
    /// Returns the paths of the types without an example.
    fn without_example(&self) -> Vec<&str> {
        self.types
            .iter()
            .filter(|(_, public_type)| public_type.has_example == Some(false))
            .map(|(path, _)| path.as_str())
            .collect()
    }

    /// Returns the contents of public-types.txt.
    fn structs_and_enums(&self) -> String {
        self.types
            .iter()
            .filter(|(_, public_type)| {
                matches!(public_type.kind.as_str(), "struct" | "enum" | "union")
            })
            .map(|(path, _)| format!("{path}\n"))
            .collect()
    }
}

/// Collects the public API from the rustdoc JSON of one crate.
struct Walk<'a> {
    docs: &'a Value,
    is_facade: bool,
    api: &'a mut PublicApi,
}

impl Walk<'_> {
    fn item(&self, id: &str) -> &Value {
        &self.docs["index"][id]
    }

    fn module(&mut self, id: &str, path: &str) {
        for child in ids(&self.item(id)["inner"]["module"]["items"]) {
            self.visit(&child, None, path);
        }
    }

    /// Visits a public item of the module at `path`; `alias` is its name if it is re-exported.
    fn visit(&mut self, id: &str, alias: Option<&str>, path: &str) {
        let item = self.item(id).clone();
        let (kind, inner) = inner(&item);
        let name = alias.or(item["name"].as_str()).unwrap_or_default();
        let item_path = format!("{path}::{name}");
        match kind {
            "module" => self.module(id, &item_path),
            "use" => self.reexport(inner, path),
            "struct" | "enum" | "union" => self.data_type(&item, &item_path),
            "trait" => self.define(&item, &item_path, &ids(&inner["items"])),
            "macro" | "proc_macro" => self.define(&item, &item_path, &[]),
            _ => {
                self.foreign_types(inner, &item_path);
                if kind == "function" && self.is_facade {
                    self.api.functions.insert(item_path);
                }
            }
        }
    }

    /// Visits a `pub use` in the module at `path`.
    fn reexport(&mut self, inner: &Value, path: &str) {
        let name = inner["name"].as_str().unwrap_or_default();
        let target = inner["id"].to_string();
        if !self.item(&target).is_null() {
            if inner["is_glob"] == true {
                self.module(&target, path);
            } else {
                self.visit(&target, Some(name), path);
            }
            return;
        }
        if !self.is_facade {
            return;
        }
        // For an item of another crate, rustdoc states only its kind and path.
        let definition = &self.docs["paths"][&target];
        let kind = definition["kind"].as_str().unwrap_or_default();
        let item_path = format!("{path}::{name}");
        if kind == "function" {
            self.api.functions.insert(item_path);
        } else if matches!(kind, "struct" | "enum" | "union" | "trait" | "macro") {
            let segments: Vec<&str> = definition["path"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if let (Some(krate), Some(name)) = (segments.first(), segments.last()) {
                let key = format!("{krate}::{name}");
                self.api.reexports.insert(key, item_path.clone());
            }
            let public_type = PublicType {
                kind: kind.to_owned(),
                has_example: None,
            };
            self.api.types.insert(item_path, public_type);
        }
    }

    /// Visits a struct, enum or union.
    fn data_type(&mut self, item: &Value, path: &str) {
        let (_, inner) = inner(item);
        self.foreign_types(inner, path);
        let mut methods = Vec::new();
        for implementation in ids(&inner["impls"]) {
            let implementation = self.item(&implementation)["inner"]["impl"].clone();
            if implementation["is_synthetic"] == true || !implementation["blanket_impl"].is_null() {
                continue;
            }
            if implementation["trait"].is_null() {
                methods.extend(ids(&implementation["items"]));
            } else {
                self.foreign_types(&implementation["trait"]["args"], path);
            }
        }
        for field in ids(&inner["kind"]["plain"]["fields"])
            .into_iter()
            .chain(ids(&inner["variants"]))
        {
            let field = self.item(&field)["inner"].clone();
            self.foreign_types(&field, path);
        }
        self.define(item, path, &methods);
    }

    /// Records a type that this crate defines at `path`, with its methods.
    fn define(&mut self, item: &Value, path: &str, methods: &[String]) {
        let public_path = if self.is_facade {
            Some(path.to_owned())
        } else {
            let krate = path.split("::").next().unwrap_or_default();
            let name = item["name"].as_str().unwrap_or_default();
            self.api.reexports.get(&format!("{krate}::{name}")).cloned()
        };
        let mut is_shown = has_example(item);
        for method in methods {
            let method = self.item(method).clone();
            let (kind, inner) = inner(&method);
            let name = method["name"].as_str().unwrap_or_default();
            self.foreign_types(inner, &format!("{path}::{name}"));
            is_shown |= has_example(&method);
            if let Some(public_path) = public_path.as_ref().filter(|_| kind == "function") {
                self.api.functions.insert(format!("{public_path}::{name}"));
            }
        }
        if let Some(public_path) = public_path {
            let (kind, _) = inner(item);
            let public_type = PublicType {
                kind: kind.to_owned(),
                has_example: Some(is_shown),
            };
            self.api.types.insert(public_path, public_type);
        }
    }

    /// Records every type of another crate that appears anywhere in `value`, the signature of the item at `path`.
    fn foreign_types(&mut self, value: &Value, path: &str) {
        match value {
            Value::Object(members) => {
                if let Some(id) = members
                    .get("resolved_path")
                    .and_then(|resolved| resolved.get("id"))
                {
                    let target = &self.docs["paths"][id.to_string()];
                    let name = self.docs["external_crates"][target["crate_id"].to_string()]["name"]
                        .as_str();
                    if let Some(name) = name.filter(|name| {
                        !matches!(*name, "core" | "alloc" | "std")
                            && !name.starts_with("onlyfansapi")
                    }) {
                        self.api
                            .foreign
                            .entry(name.to_owned())
                            .or_default()
                            .insert(path.to_owned());
                    }
                }
                members
                    .values()
                    .for_each(|member| self.foreign_types(member, path));
            }
            Value::Array(items) => items.iter().for_each(|item| self.foreign_types(item, path)),
            _ => {}
        }
    }
}

/// Returns whether the docs of an item have a code block that rustdoc compiles as Rust.
fn has_example(item: &Value) -> bool {
    let docs = item["docs"].as_str().unwrap_or_default();
    docs.split("```").skip(1).step_by(2).any(|block| {
        let attributes = block.lines().next().unwrap_or_default().trim();
        attributes.is_empty()
            || attributes.split(',').any(|attribute| {
                matches!(
                    attribute,
                    "rust" | "no_run" | "should_panic" | "compile_fail"
                )
            })
    })
}

/// Returns the ids in a list of the rustdoc JSON.
fn ids(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(ToString::to_string)
        .collect()
}

/// Returns the kind of an item and its data.
fn inner(item: &Value) -> (&str, &Value) {
    item["inner"]
        .as_object()
        .and_then(|inner| inner.iter().next())
        .map_or(("", &Value::Null), |(kind, inner)| (kind.as_str(), inner))
}
