//! A crate of its own from any document: generated client, the types of core, a plain transport.
//!
//! It depends on crates.io packages only. The files are made in memory; [`Standalone::write`] puts them
//! into a folder, all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use heck::ToKebabCase;

use crate::code::Target;
use crate::passes::words;
use crate::pipeline::generate_for;
use crate::{Document, Error, Output, Overlay, Positions};

/// The first line of every Cargo.toml of ours: what says that a folder may be written over.
const MARK: &str = "# Written by onlyfansapi-codegen.";

/// The sources of core, as they stand in `src/runtime`.
const CORE: [(&str, &str); 27] = [
    ("answer.rs", include_str!("../../core/src/answer.rs")),
    ("api_error.rs", include_str!("../../core/src/api_error.rs")),
    ("assemble.rs", include_str!("../../core/src/assemble.rs")),
    (
        "decode/drift.rs",
        include_str!("../../core/src/decode/drift.rs"),
    ),
    (
        "decode/guard.rs",
        include_str!("../../core/src/decode/guard.rs"),
    ),
    (
        "decode/mod.rs",
        include_str!("../../core/src/decode/mod.rs"),
    ),
    (
        "decode/repair.rs",
        include_str!("../../core/src/decode/repair.rs"),
    ),
    ("download.rs", include_str!("../../core/src/download.rs")),
    ("draft.rs", include_str!("../../core/src/draft.rs")),
    ("envelope.rs", include_str!("../../core/src/envelope.rs")),
    ("error.rs", include_str!("../../core/src/error.rs")),
    ("fetch.rs", include_str!("../../core/src/fetch.rs")),
    ("file_part.rs", include_str!("../../core/src/file_part.rs")),
    ("limits.rs", include_str!("../../core/src/limits.rs")),
    ("media_ref.rs", include_str!("../../core/src/media_ref.rs")),
    ("mod.rs", include_str!("../../core/src/lib.rs")),
    ("multipart.rs", include_str!("../../core/src/multipart.rs")),
    ("open_enum.rs", include_str!("../../core/src/open_enum.rs")),
    ("operation.rs", include_str!("../../core/src/operation.rs")),
    ("options.rs", include_str!("../../core/src/options.rs")),
    ("query.rs", include_str!("../../core/src/query.rs")),
    ("raw.rs", include_str!("../../core/src/raw.rs")),
    ("reply.rs", include_str!("../../core/src/reply.rs")),
    ("request.rs", include_str!("../../core/src/request.rs")),
    ("timestamp.rs", include_str!("../../core/src/timestamp.rs")),
    ("transport.rs", include_str!("../../core/src/transport.rs")),
    ("LICENSE-MIT", include_str!("../../../LICENSE-MIT")),
];

/// Names that no crate of ours can have: its dependencies, and words of Rust and cargo.
const NOT_A_NAME: [&str; 30] = [
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

/// A crate made from a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Standalone {
    /// The name of the package.
    pub name: String,
    /// Its version: that of the document where cargo takes it, else 0.1.0.
    pub version: String,
    /// The files, by their paths within the crate.
    pub files: BTreeMap<String, String>,
    /// What came out of the document: report, coverage, types.
    pub output: Output,
    /// Where places stand in the document's text.
    pub positions: Positions,
}

impl Standalone {
    /// Makes a crate of `document`, corrected by `overlay`. Without a `name` it is called after the title
    /// of the document.
    ///
    /// # Errors
    ///
    /// When the document is no OpenAPI 3.0 document, the overlay does not fit it, `name` is no name of a
    /// package, or the generator gives up, which is a defect.
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
    /// let made = Standalone::new(document, None, None)?;
    /// assert_eq!((made.name.as_str(), made.version.as_str()), ("tiny-things", "0.1.0"));
    /// assert!(made.files["src/client.rs"].contains("pub fn get_things_id(&self)"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    pub fn new(
        document: Document,
        overlay: Option<&Overlay>,
        name: Option<&str>,
    ) -> Result<Self, Error> {
        let name = match name {
            Some(name) => checked(name)?,
            None => titled(document.root["info"]["title"].as_str().unwrap_or_default()),
        };
        let said = document.root["info"]["version"]
            .as_str()
            .unwrap_or_default();
        let version = semver::Version::parse(said.trim().trim_start_matches('v'))
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
        let doc = format!("A client of {title}: every operation of its OpenAPI document.");
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
            "src/hook.rs".to_owned(),
            include_str!("../../../src/hook.rs").replace("onlyfansapi_core", "crate::runtime"),
        );
        files.insert(
            "src/transport.rs".to_owned(),
            include_str!("../standalone/transport.rs").to_owned(),
        );
        for (path, text) in CORE {
            files.insert(format!("src/runtime/{path}"), moved(path, text));
        }
        Ok(Self {
            name,
            version,
            files,
            output,
            positions,
        })
    }

    /// Writes the crate into `folder`, which must be new, empty, or one that was written by this.
    ///
    /// What a build left there (`target`, `Cargo.lock`) stays. All files are written beside their places
    /// first, so that a full disk leaves the folder as it was.
    ///
    /// # Errors
    ///
    /// When the folder holds something else, or cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let fault = |path: &Path, why: String| Error::new(path.display().to_string(), why);
        let io = |path: &Path| {
            let path = path.to_owned();
            move |e: std::io::Error| fault(&path, format!("cannot be written: {e}"))
        };
        let is_empty = match std::fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => true,
            Err(e) => return Err(fault(folder, format!("cannot be read: {e}"))),
        };
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if !is_empty && !manifest.starts_with(MARK) {
            let why = "is not empty, and not a crate that was generated; nothing was written";
            return Err(fault(folder, why.to_owned()));
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
        // Sources of an earlier turn that are no more.
        let source = folder.join("src");
        if source.exists() {
            std::fs::remove_dir_all(&source).map_err(io(&source))?;
        }
        let tops: BTreeSet<&str> = self
            .files
            .keys()
            .filter_map(|path| path.split('/').next())
            .collect();
        for top in tops {
            let to = folder.join(top);
            std::fs::rename(staged.join(top), &to).map_err(io(&to))?;
        }
        std::fs::remove_dir(&staged).map_err(io(&staged))
    }
}

/// A name that the caller gave.
fn checked(name: &str) -> Result<String, Error> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && name.len() <= 64;
    let why = if !is_name {
        "is no name of a package: a letter, then at most 63 letters, digits, `-` and `_`"
    } else if NOT_A_NAME.contains(&name.replace('_', "-").as_str()) {
        "is the name of a dependency, or a word of Rust"
    } else {
        return Ok(name.to_owned());
    };
    Err(Error::new(format!("the name `{name}`"), why))
}

/// A name from a title.
fn titled(title: &str) -> String {
    let words = words::ascii(title).replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let name = words.to_kebab_case();
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let name = words::shortened(&name.replace('-', "_"), 50).replace('_', "-");
    match name.as_str() {
        "" => "api-client".to_owned(),
        name if NOT_A_NAME.contains(&name) => format!("{name}-client"),
        name => name.to_owned(),
    }
}

/// A source of core as a module of the crate: other paths, without tests and without the doc examples
/// that show another crate.
fn moved(path: &str, text: &str) -> String {
    if !path.ends_with(".rs") {
        return text.to_owned();
    }
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
        out.push_str("\n// The macro stands at the top of the crate; here it is found beside the types.\npub use crate::open_enum;\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_source_of_core_is_there() {
        fn files(folder: &std::path::Path, prefix: &str, found: &mut BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    files(&entry.path(), &format!("{name}/"), found);
                } else if !name.ends_with("tests.rs") {
                    found.insert(if name == "lib.rs" {
                        "mod.rs".to_owned()
                    } else {
                        name
                    });
                }
            }
        }
        let mut expected = BTreeSet::new();
        files(std::path::Path::new("../core/src"), "", &mut expected);
        let found: BTreeSet<String> = super::CORE
            .iter()
            .map(|(path, _)| (*path).to_owned())
            .filter(|path| path.ends_with(".rs"))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_those_of_packages() {
        for (title, name) in [
            ("Star Trek API (v2)", "star-trek-api-v2"),
            ("3scale", "scale"),
            ("Чаты", "chaty"),
            ("", "api-client"),
            ("serde", "serde-client"),
        ] {
            assert_eq!(super::titled(title), name);
        }
        assert!(super::checked("ok-name").is_ok());
        for name in ["", "1a", "a b", "serde_json", "self"] {
            assert!(super::checked(name).is_err(), "{name}");
        }
    }

    #[test]
    fn dependencies_are_those_of_the_workspace() {
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
        assert_eq!(count, 13);
    }
}
