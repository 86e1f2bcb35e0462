//! The crates that are measured, written into `target/bench-build`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::bare;
use crate::measure::{self, Cost, RUSTC_LOG};
use crate::workspace;

/// Crates that only a generator needs.
const GENERATOR: [&str; 4] = ["progenitor", "typify", "openapiv3", "prettyplease"];

/// A library of generated code.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    folder: PathBuf,
    /// Lines of formatted source, those of macros expanded.
    pub(super) lines: usize,
    pub(super) bytes: usize,
    pub(super) types: usize,
}

impl Bench {
    /// What bare progenitor makes, after the least repair.
    pub(super) fn bare(folder: &Path) -> Result<Self> {
        let folder = folder.join("bare");
        let source = bare::source()?;
        let dependencies = "bytes = \"1\"\nfutures-core = \"0.3\"\npercent-encoding = \"2\"\nprogenitor-client = \"=0.15.1\"\nreqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"query\", \"stream\"] }\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\nserde_urlencoded = \"0.7\"\n";
        write(&folder, "bench-bare", dependencies, &[("lib.rs", &source)])?;
        Ok(Self {
            name: "bare",
            title: "bare progenitor",
            folder,
            lines: source.lines().count(),
            bytes: source.len(),
            types: public_types(&source)?,
        })
    }

    /// What this pipeline makes: the committed copy, which the gate proves to be the generator's output.
    pub(super) fn ours(folder: &Path) -> Result<Self> {
        let folder = folder.join("ours");
        let root = workspace::root();
        let read = |file: &str| {
            std::fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))
        };
        let source = read("generated/client.rs")?;
        let dependencies = format!(
            "onlyfansapi-core = {{ path = {:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
            root.join("crates/core")
        );
        let library = "mod generated;\nmod hook;\npub use generated::{Client, SERVER, builder, operations, types};\n";
        write(
            &folder,
            "bench-ours",
            &dependencies,
            &[
                ("lib.rs", library),
                ("generated.rs", &source),
                ("hook.rs", &read("src/hook.rs")?),
            ],
        )?;
        Ok(Self {
            name: "ours",
            title: "this pipeline",
            folder,
            lines: source.lines().count() + expanded(&source),
            bytes: source.len(),
            types: public_types(&source)?,
        })
    }

    /// Runs a cargo command; the first one of its kind builds the dependencies.
    pub(super) fn cargo(&self, command: &str) -> Result<Cost> {
        measure::run(
            "cargo",
            &[command, "--quiet"],
            &self.folder,
            &[("CARGO_TARGET_DIR", &target(&self.folder))],
        )
    }

    /// Makes the crate itself, and nothing else, count as changed.
    pub(super) fn touch(&self) -> Result<()> {
        let file = std::fs::File::options()
            .append(true)
            .open(self.folder.join("src/lib.rs"))?;
        file.set_modified(std::time::SystemTime::now())?;
        Ok(())
    }
}

/// A program that depends on the SDK, or on what it stands on.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    folder: PathBuf,
}

/// The programs that are compared.
pub(super) fn programs(folder: &Path) -> Result<Vec<Program>> {
    let sdk = workspace::root().join("crates/onlyfansapi");
    let base = "reqwest = { version = \"0.13\", default-features = false, features = [\"gzip\", \"http2\", \"rustls-no-provider\", \"stream\"] }\nserde = { version = \"1\", features = [\"derive\"] }\ntokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";
    let all = [
        (
            "base",
            "reqwest, tokio and serde alone",
            base.to_owned(),
            "fn main() {}\n",
        ),
        (
            "sdk",
            "the SDK",
            format!("{base}onlyfansapi = {{ path = {sdk:?} }}\n"),
            "fn main() { let _ = onlyfansapi::Client::from_env(); }\n",
        ),
        (
            "sdk-generate",
            "the SDK with `generate`",
            format!("{base}onlyfansapi = {{ path = {sdk:?}, features = [\"generate\"] }}\n"),
            "fn main() { let _ = onlyfansapi::Client::from_env(); }\n",
        ),
    ];
    all.into_iter()
        .map(|(name, title, dependencies, main)| {
            let folder = folder.join(name);
            write(
                &folder,
                &format!("bench-{name}"),
                &dependencies,
                &[("main.rs", main)],
            )?;
            Ok(Program {
                name,
                title,
                folder,
            })
        })
        .collect()
}

impl Program {
    /// Downloads what the program needs, so that no network is in the numbers.
    pub(super) fn fetch(&self) -> Result<()> {
        measure::run("cargo", &["fetch", "--quiet"], &self.folder, &[]).map(|_| ())
    }

    /// Empties the target folder.
    pub(super) fn empty(&self) -> Result<()> {
        let target = PathBuf::from(target(&self.folder));
        if target.exists() {
            std::fs::remove_dir_all(target)?;
        }
        Ok(())
    }

    /// Builds the program and writes the cost of each crate to `log`.
    pub(super) fn build(&self, log: &Path) -> Result<Cost> {
        if log.exists() {
            std::fs::remove_file(log)?;
        }
        let own = std::env::current_exe()?;
        measure::run(
            "cargo",
            &["build", "--quiet"],
            &self.folder,
            &[
                ("CARGO_TARGET_DIR", &target(&self.folder)),
                ("RUSTC_WRAPPER", &own.to_string_lossy()),
                (RUSTC_LOG, &log.to_string_lossy()),
            ],
        )
    }
}

/// How many crates of a generator the SDK without generation has.
pub(super) fn generator_crates(programs: &[Program]) -> Result<usize> {
    let Some(sdk) = programs.iter().find(|program| program.name == "sdk") else {
        bail!("there is no program with the SDK alone");
    };
    let output = Command::new("cargo")
        .args(["tree", "--edges", "normal,build", "--prefix", "none"])
        .current_dir(&sdk.folder)
        .output()?;
    if !output.status.success() {
        bail!(
            "cargo tree failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let tree = String::from_utf8_lossy(&output.stdout);
    Ok(tree
        .lines()
        .filter(|line| GENERATOR.iter().any(|name| line.starts_with(name)))
        .count())
}

fn target(folder: &Path) -> String {
    folder.join("target").to_string_lossy().into_owned()
}

/// Writes a crate that is a workspace of its own, with the versions of our lock file.
fn write(folder: &Path, name: &str, dependencies: &str, files: &[(&str, &str)]) -> Result<()> {
    let source = folder.join("src");
    std::fs::create_dir_all(&source)?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[features]\nschemars = []\n\n[dependencies]\n{dependencies}\n[workspace]\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::copy(
        workspace::root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )?;
    for (file, text) in files {
        std::fs::write(source.join(file), text)?;
    }
    Ok(())
}

/// How many structs and enumerations a source has, builders of operations among them.
fn public_types(source: &str) -> Result<usize> {
    fn count(items: &[syn::Item]) -> usize {
        items
            .iter()
            .map(|item| match item {
                syn::Item::Struct(_) | syn::Item::Enum(_) => 1,
                syn::Item::Macro(item) => usize::from(
                    item.mac
                        .path
                        .segments
                        .last()
                        .is_some_and(|last| last.ident == "open_enum"),
                ),
                syn::Item::Mod(module) => {
                    module.content.as_ref().map_or(0, |(_, items)| count(items))
                }
                _ => 0,
            })
            .sum()
    }
    Ok(count(&syn::parse_file(source)?.items))
}

/// The lines that the enumerations have more once their macro is expanded: an arm to write and one to
/// read for each variant, and what `onlyfansapi_core::open_enum!` has for all of them.
fn expanded(source: &str) -> usize {
    /// Lines of the macro's implementations, derives and attributes, variants not counted.
    const FIXED: usize = 60;
    let enumerations = source.matches("::open_enum!").count();
    let variants = source
        .lines()
        .filter(|line| {
            line.trim_end_matches(',')
                .trim()
                .split_once(" = \"")
                .is_some_and(|(name, _)| name.chars().all(char::is_alphanumeric))
        })
        .count();
    enumerations * FIXED + variants * 2
}
