//! Compares the clients generated from two documents, and classifies how each difference affects programs that use the
//! client. The comparison covers the generated API, not the text of the documents: examples, descriptions and order are
//! ignored.
//!
//! - `operations`: methods, their arguments, and documented statuses
//! - `types`: structs and enums

mod operations;
mod types;

use std::fmt;

use serde::Serialize;

use crate::{Document, Output, Pointer};

/// How a difference affects programs that use the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Programs may no longer compile, or the service may reject their requests. Requires a minor version below 1.0.
    Breaking,
    /// Programs compile and work as before, and the API has additions. Requires a patch version.
    Additive,
    /// The Rust API does not change.
    Cosmetic,
}

impl Class {
    /// Returns the version component to increment (below 1.0), following the policy in the README.
    #[must_use]
    pub fn version_bump(self) -> &'static str {
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

/// One difference between two clients.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// How the difference affects programs.
    pub class: Class,
    /// The Rust item, such as `Client::list_fans` or `types::fans::Fan::name`.
    pub item: String,
    /// The change, such as `i64 -> String`.
    pub description: String,
    /// The operationId, if the difference concerns one operation.
    pub operation: Option<String>,
    /// The location in the new document, or in the old document if the item was removed.
    pub pointer: String,
}

/// All differences between two clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The differences, most severe first.
    pub differences: Vec<Difference>,
}

impl Diff {
    /// Compares the outputs generated from two documents.
    ///
    /// Pass each document as it was before generation. Both outputs must be generated with the same pinned names.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Class, Diff, Document, generate};
    ///
    /// let generated = |text: &str| -> Result<_, onlyfansapi_codegen::Error> {
    ///     let document = Document::parse("d.yaml", text)?;
    ///     Ok((document.clone(), generate(document, None, None)?))
    /// };
    /// let (old, before) = generated("openapi: 3.0.3\npaths: {/a: {get: {operationId: a}}}\n")?;
    /// let (new, after) = generated("openapi: 3.0.3\npaths: {/a: {get: {operationId: b}}}\n")?;
    /// let diff = Diff::between((&old, &before), (&new, &after));
    /// assert_eq!(diff.class(), Some(Class::Breaking));
    /// assert_eq!(diff.differences[0].description, "`a` -> `b`: renamed");
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

    /// Returns the most severe class, or `None` if nothing differs.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.differences.first().map(|first| first.class)
    }
}

/// Returns the location of an operation in a document.
fn operation_pointer(method: &str, path: &str) -> Pointer {
    Pointer::root().join(["paths", path, method])
}
