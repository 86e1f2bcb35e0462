//! What a new document changes for programs that use the client: a comparison of what is generated, not of
//! texts. Examples, descriptions and order never count.
//!
//! - `operations`: methods and their arguments, and the statuses that are documented
//! - `types`: structs and enumerations

mod operations;
mod types;

use std::fmt;

use serde::Serialize;

use crate::{Document, Output, Pointer};

/// What a difference means for a program that uses the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// It may not compile any more, or be refused by the service: a minor step below 1.0.
    Breaking,
    /// It compiles and works as before, and can do more: a patch step.
    Additive,
    /// Nothing in Rust changes.
    Cosmetic,
}

impl Class {
    /// The semver step that follows below 1.0, as the README promises it.
    #[must_use]
    pub fn step(self) -> &'static str {
        match self {
            Self::Breaking => "minor",
            Self::Additive => "patch",
            Self::Cosmetic => "none",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::Cosmetic => "cosmetic",
        })
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// What it means for a program.
    pub class: Class,
    /// The item of Rust: `Client::list_fans`, `types::fans::Fan::name`.
    pub item: String,
    /// What changed, from what to what.
    pub what: String,
    /// The operationId, where one operation is concerned.
    pub operation: Option<String>,
    /// The place in the new document, or in the old one where it is gone.
    pub pointer: String,
}

/// Everything that a new document changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The differences, the gravest first.
    pub differences: Vec<Difference>,
}

impl Diff {
    /// Compares what two documents gave; each document as it was before it was generated from, each output
    /// with the same names pinned.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Class, Diff, Document, generate};
    ///
    /// let made = |text: &str| -> Result<_, onlyfansapi_codegen::Error> {
    ///     let document = Document::parse("d.yaml", text)?;
    ///     Ok((document.clone(), generate(document, None, None)?))
    /// };
    /// let (old, before) = made("openapi: 3.0.3\npaths: {/a: {get: {operationId: a}}}\n")?;
    /// let (new, after) = made("openapi: 3.0.3\npaths: {/a: {get: {operationId: b}}}\n")?;
    /// let diff = Diff::between((&old, &before), (&new, &after));
    /// assert_eq!(diff.class(), Some(Class::Breaking));
    /// assert_eq!(diff.differences[0].what, "`a` -> `b`: renamed");
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    #[must_use]
    pub fn between(old: (&Document, &Output), new: (&Document, &Output)) -> Self {
        let mut differences = operations::compare(old, new);
        differences.extend(types::compare(old, new));
        differences.sort();
        differences.dedup();
        Self { differences }
    }

    /// The gravest class; `None` where nothing differs.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.differences.first().map(|first| first.class)
    }
}

/// The place of an operation.
fn place(method: &str, path: &str) -> Pointer {
    Pointer::root().join(["paths", path, method])
}
