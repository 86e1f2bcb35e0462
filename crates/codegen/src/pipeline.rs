//! The whole way, in its order: document -> overlay -> passes -> generator -> code passes -> source.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::code::{Signatures, Target};
use crate::coverage::{Coverage, Outcome};
use crate::passes::{self, FACTS, LEARNT, PINNED, PLACES};
use crate::walk::operations;
use crate::{Document, Error, Names, Overlay, Pointer, Report, code, generator};

/// What came out of a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Output {
    /// The formatted Rust source of the client.
    pub source: String,
    /// The public types of the source by their paths within `types`, and the methods of the operations
    /// that reach each; operation builders are not counted.
    pub types: BTreeMap<String, Vec<String>>,
    /// The public shape of the source: operations with their arguments, types with their fields.
    pub signatures: Signatures,
    /// The types of answers by their names, and where each stands: `operationId/property/*/…`.
    pub models: BTreeMap<String, Vec<String>>,
    /// What is known of the types now: the names to be pinned.
    pub names: Names,
    /// What was changed on the way.
    pub report: Report,
    /// What became of every operation of the document.
    pub coverage: Coverage,
}

/// A document after the overlay and the passes: what the generator is given.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) root: Value,
    pub(crate) report: Report,
    pub(crate) coverage: Coverage,
}

/// Generates the client of `document`, corrected by `overlay`, with the type names that `names` pins.
///
/// # Errors
///
/// When the document is no OpenAPI 3.0 document, the overlay does not fit it, or the generator
/// gives up on it.
pub fn generate(
    document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
) -> Result<Output, Error> {
    generate_for(document, overlay, names, &Target::client())
}

/// As [`generate`], with a pass of the caller's own after all others: `last` is given the document as the generator
/// would be.
///
/// # Errors
///
/// As [`generate`].
///
/// ```
/// use onlyfansapi_codegen::{Document, generate_with};
///
/// let text = "openapi: 3.0.3\npaths: {/a: {get: {operationId: a, responses: {}}, delete: {operationId: b, responses: {}}}}";
/// let document = Document::parse("tiny.yaml", text)?;
/// let output = generate_with(document, None, None, |root| {
///     root["paths"]["/a"].as_object_mut().unwrap().remove("delete");
/// })?;
/// assert_eq!(output.signatures.operations.len(), 1);
/// # Ok::<(), onlyfansapi_codegen::Error>(())
/// ```
pub fn generate_with(
    document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
    last: impl FnOnce(&mut Value) + Send,
) -> Result<Output, Error> {
    let file = document.file().to_owned();
    let fault = |message: String| Error::new(&file, message);
    let make = || run(document, overlay, names, &Target::client(), last);
    generator::guarded(make, fault)
}

/// As [`generate`], for a crate of another name or build.
pub(crate) fn generate_for(
    document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
    target: &Target,
) -> Result<Output, Error> {
    let file = document.file().to_owned();
    let fault = |message: String| Error::new(&file, message);
    generator::guarded(|| run(document, overlay, names, target, |_| {}), fault)
}

fn run(
    document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
    target: &Target,
    last: impl FnOnce(&mut Value) + Send,
) -> Result<Output, Error> {
    let file = document.file().to_owned();
    let fault = |message: String| Error::new(&file, message);
    let Prepared {
        mut root,
        mut report,
        mut coverage,
    } = prepared(document, overlay, names)?;
    last(&mut root);
    let made = generator::generate(&root, target).map_err(fault)?;
    report.start("generator");
    for (path, method, why) in made.plain {
        let at = Pointer::root().join(["paths", &path, method]);
        let operation = crate::walk::operation_at(&root, &at);
        let what = format!("its types -> any value, because the generator fails: {why}");
        report.warn(&at, operation.as_deref(), what);
    }
    for (path, method, reason) in made.left_out {
        let at = Pointer::root().join(["paths", &path, method]);
        let operation = crate::walk::operation_at(&root, &at);
        report.warn(
            &at,
            operation.as_deref(),
            format!("there -> left out: {reason}"),
        );
        coverage.settle_one(method, &path, Outcome::LeftOut { reason });
    }
    let generated = code::source(&root, made.made, target).map_err(fault)?;
    coverage.settle(&generated.operations);
    Ok(Output {
        source: generated.source,
        types: generated.types,
        signatures: generated.signatures,
        models: serde_json::from_value(root[PLACES].clone()).unwrap_or_default(),
        names: serde_json::from_value(root[LEARNT].clone()).unwrap_or_default(),
        report,
        coverage,
    })
}

/// The document as the generator is given it, for a look at what the passes did.
///
/// # Errors
///
/// As [`generate`], up to the generator.
pub fn prepare(document: Document, overlay: Option<&Overlay>) -> Result<(Value, Report), Error> {
    prepared(document, overlay, None).map(|prepared| (prepared.root, prepared.report))
}

pub(crate) fn prepared(
    mut document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
) -> Result<Prepared, Error> {
    let mut report = Report::new();
    report.start("read");
    document.expect_openapi()?;
    for oddity in document.oddities() {
        let lines: Vec<_> = document
            .locate(&oddity.pointer)
            .iter()
            .map(|p| p.line.to_string())
            .collect();
        let operation = crate::walk::operation_at(&document.root, &oddity.pointer);
        report.warn(
            &oddity.pointer,
            operation.as_deref(),
            format!("{} (line {})", oddity.what, lines.join(", ")),
        );
    }
    let mut coverage = Coverage::of(&document.root);
    if let Some(overlay) = overlay {
        overlay.apply(&mut document, &mut report)?;
    }
    coverage.note_removed(&document.root, &report);
    if let Some(names) = names {
        document.root[PINNED] = serde_json::json!(names);
    }
    passes::run(&mut document.root, &mut report);
    take_left_out(&mut document.root, &mut coverage);
    coverage.count_fields(&document.root);
    Ok(Prepared {
        root: document.root,
        report,
        coverage,
    })
}

/// Takes out the operations that a pass has marked, with their reasons.
fn take_left_out(root: &mut Value, coverage: &mut Coverage) {
    let mut left_out = Vec::new();
    operations(root, |operation| {
        if let Some(reason) = operation
            .members
            .get(FACTS)
            .and_then(|facts| facts["left-out"].as_str())
        {
            left_out.push((
                operation.path.to_owned(),
                operation.method,
                reason.to_owned(),
            ));
        }
    });
    for (path, method, reason) in left_out {
        if let Some(item) = root["paths"][&path].as_object_mut() {
            item.shift_remove(method);
        }
        coverage.settle_one(method, &path, Outcome::LeftOut { reason });
    }
}
