//! Generates a standalone crate from any document: the generated client, the runtime types of `onlyfansapi-core`, and
//! a basic transport.
//!
//! The crate depends only on published packages. Its files are generated in memory, and [`Standalone::write`]
//! writes all or none of them to a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use heck::ToKebabCase;

use crate::code::Target;
use crate::passes::words;
use crate::pipeline::generate_for;
use crate::{Document, Error, Output, Overlay, Positions};

/// The first line of every generated Cargo.toml. A folder with this line may be overwritten.
const MARK: &str = "# Written by onlyfansapi-codegen.";

/// Names that a generated crate cannot have: its dependencies, and names reserved by Rust or cargo.
const RESERVED_NAMES: [&str; 30] = [
    "alloc",
    "as",
    "async",
    "await",
    "bytes",
    "build",
    "core",
    "crate",
    "deps",
    "dyn",
    "enum",
    "fn",
    "for",
    "form-urlencoded",
    "futures-core",
    "http",
    "httpdate",
    "jiff",
    "percent-encoding",
    "proc-macro",
    "reqwest",
    "rustls",
    "schemars",
    "self",
    "serde",
    "serde-json",
    "std",
    "super",
    "test",
    "type",
];

/// A crate generated from a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Standalone {
    /// The package name.
    pub name: String,
    /// The package version: the version of the document if it is valid semver, otherwise 0.1.0.
    pub version: String,
    /// The files, by their paths within the crate.
    pub files: BTreeMap<String, String>,
    /// The output of the generator: source, report, coverage and types.
    pub output: Output,
    /// Resolves pointers in the report to positions in the text of the document.
    pub positions: Positions,
}

impl Standalone {
    /// Generates a crate from `document`, corrected by `overlay`. If `name` is `None`, the name is derived from the
    /// title of the document.
    ///
    /// # Errors
    ///
    /// Returns an error if the document is not an OpenAPI 3.0 document, an action of the overlay cannot be applied to
    /// it, `name` is not a valid package name, or the generator fails, which is a bug.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, Standalone};
    ///
    /// let document = Document::parse("tiny.yaml", "
    /// openapi: 3.0.3
    /// info: {title: Tiny Things, version: 'v7 beta'}
    /// paths:
    ///   /things/{id}: {get: {responses: {}}}
    /// ")?;
    /// let generated = Standalone::new(document, None, None)?;
    /// assert_eq!((generated.name.as_str(), generated.version.as_str()), ("tiny-things", "0.1.0"));
    /// assert!(generated.files["src/client.rs"].contains("pub fn get_things_id(&self)"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    pub fn new(
        document: Document,
        overlay: Option<&Overlay>,
        name: Option<&str>,
    ) -> Result<Self, Error> {
        let name = match name {
            Some(name) => validate_name(name)?,
            None => name_from_title(document.root["info"]["title"].as_str().unwrap_or_default()),
        };
        let version = document.root["info"]["version"]
            .as_str()
            .unwrap_or_default();
        let version = semver::Version::parse(version.trim().trim_start_matches('v'))
            .map_or_else(|_| "0.1.0".to_owned(), |version| version.to_string());
        let title = document.root["info"]["title"]
            .as_str()
            .unwrap_or("the API")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let positions = document.positions();
        let target = Target {
            crate_name: name.replace('-', "_"),
            has_own_core: true,
        };
        let output = generate_for(document, overlay, None, &target)?;
        let mut files = BTreeMap::new();
        let manifest = include_str!("../standalone/Cargo.toml.txt")
            .replace("@NAME@", &name)
            .replace("@VERSION@", &version);
        files.insert("Cargo.toml".to_owned(), manifest);
        let doc = format!("A client for {title}, with every operation of its OpenAPI document.");
        let doc = crate::passes::markdown(&doc);
        let example = format!(
            "//! {doc}\n//!\n//! ```no_run\n//! # fn main() -> Result<(), {0}::runtime::Error> {{\n//! let transport = {0}::HttpTransport::new(\"https://api.example.com\")?.bearer(\"key\")?;\n//! let client = {0}::Client::from(transport);\n//! # let _ = client;\n//! # Ok(())\n//! # }}\n//! ```\n\n",
            target.crate_name
        );
        files.insert(
            "src/lib.rs".to_owned(),
            format!("{example}{}", include_str!("../standalone/lib.rs")),
        );
        files.insert("src/client.rs".to_owned(), output.source.clone());
        files.insert(
            "src/transport.rs".to_owned(),
            include_str!("../standalone/transport.rs").to_owned(),
        );
        for (path, text) in onlyfansapi_core::sources::SOURCES {
            files.insert(format!("src/runtime/{path}"), as_module(path, text));
        }
        let license = include_str!("../LICENSE-MIT").to_owned();
        files.insert("src/runtime/LICENSE-MIT".to_owned(), license);
        Ok(Self {
            name,
            version,
            files,
            output,
            positions,
        })
    }

    /// Writes the crate to `folder`, which must not exist, be empty, or contain a crate that this method wrote.
    ///
    /// Build artifacts (`target`, `Cargo.lock`) are kept. All files are staged before any existing file is replaced, so
    /// that running out of disk space leaves the folder unchanged.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder contains anything else or cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let error = |path: &Path, why: String| Error::new(path.display().to_string(), why);
        let io = |path: &Path| {
            let path = path.to_owned();
            move |e: std::io::Error| error(&path, format!("cannot be written: {e}"))
        };
        let is_empty = match std::fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => true,
            Err(e) => return Err(error(folder, format!("cannot be read: {e}"))),
        };
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if !is_empty && !manifest.starts_with(MARK) {
            let why = "is not empty and does not contain a generated crate; nothing was written";
            return Err(error(folder, why.to_owned()));
        }
        let staged = folder.join(".staged");
        if staged.exists() {
            std::fs::remove_dir_all(&staged).map_err(io(&staged))?;
        }
        for (path, text) in &self.files {
            let file = staged.join(path);
            if let Some(parent) = file.parent() {
                std::fs::create_dir_all(parent).map_err(io(parent))?;
            }
            std::fs::write(&file, text).map_err(io(&file))?;
        }
        // Remove sources of an earlier run that are no longer generated.
        let source = folder.join("src");
        if source.exists() {
            std::fs::remove_dir_all(&source).map_err(io(&source))?;
        }
        let top_level: BTreeSet<&str> = self
            .files
            .keys()
            .filter_map(|path| path.split('/').next())
            .collect();
        for name in top_level {
            let to = folder.join(name);
            std::fs::rename(staged.join(name), &to).map_err(io(&to))?;
        }
        std::fs::remove_dir(&staged).map_err(io(&staged))
    }
}

/// Validates a package name that was passed by the caller.
fn validate_name(name: &str) -> Result<String, Error> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && name.len() <= 64;
    let why = if !is_name {
        "is not a valid package name: it must start with a letter, followed by at most 63 letters, digits, `-` or `_`"
    } else if RESERVED_NAMES.contains(&name.replace('_', "-").as_str()) {
        "is the name of a dependency or a reserved word"
    } else {
        return Ok(name.to_owned());
    };
    Err(Error::new(format!("the name `{name}`"), why))
}

/// Derives a package name from a title.
fn name_from_title(title: &str) -> String {
    let words = words::ascii(title).replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let name = words.to_kebab_case();
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let name = words::shortened(&name.replace('-', "_"), 50).replace('_', "-");
    match name.as_str() {
        "" => "api-client".to_owned(),
        name if RESERVED_NAMES.contains(&name) => format!("{name}-client"),
        name => name.to_owned(),
    }
}

/// Converts a source file of `onlyfansapi-core` to a module of the generated crate: adjusts paths, and removes unit
/// tests and the doc examples that use another crate.
fn as_module(path: &str, text: &str) -> String {
    let text = text.split("\n#[cfg(test)]").next().unwrap_or(text);
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let doc = line.trim_start();
        let is_fence = doc.starts_with("/// ```") || doc.starts_with("//! ```");
        match (&mut fence, is_fence) {
            (None, true) => fence = Some(format!("{line}\n")),
            (Some(block), _) => {
                block.push_str(line);
                block.push('\n');
                if is_fence {
                    if !block.contains("onlyfansapi") {
                        out.push_str(block);
                    }
                    fence = None;
                }
            }
            (None, false) => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out = out
        .replace("onlyfansapi_core::", "crate::runtime::")
        .replace("crate::", "crate::runtime::")
        .replace("crate::runtime::runtime::", "crate::runtime::");
    if path == "mod.rs" {
        out = out.replace("#[cfg(feature = \"sources\")]\npub mod sources;\n", "");
        out.push_str("\n// `macro_rules!` exports the macro at the crate root; re-export it next to the types.\npub use crate::open_enum;\n");
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn derives_and_validates_package_names() {
        for (title, name) in [
            ("Star Trek API (v2)", "star-trek-api-v2"),
            ("3scale", "scale"),
            ("Чаты", "chaty"),
            ("", "api-client"),
            ("serde", "serde-client"),
        ] {
            assert_eq!(super::name_from_title(title), name);
        }
        assert!(super::validate_name("ok-name").is_ok());
        for name in ["", "1a", "a b", "serde_json", "self"] {
            assert!(super::validate_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn dependency_versions_match_the_workspace() {
        let workspace = std::fs::read_to_string("../../Cargo.toml").unwrap();
        let own = include_str!("../standalone/Cargo.toml.txt");
        let version = |line: &str| line.split('"').nth(1).map(str::to_owned);
        let mut count = 0;
        for line in own
            .lines()
            .skip_while(|line| *line != "[dependencies]")
            .skip(1)
        {
            let Some((name, _)) = line.split_once(" = ") else {
                break;
            };
            let same = workspace
                .lines()
                .find(|known| known.starts_with(&format!("{name} = ")));
            assert_eq!(same.and_then(version), version(line), "{name}");
            count += 1;
        }
        assert_eq!(count, 16);
    }
}
