//! The pipeline: document -> overlay -> passes -> generator -> code passes -> source.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::code::{Signatures, Target};
use crate::coverage::{Coverage, OperationStatus};
use crate::passes::{self, FACTS, INFERRED, LOCATIONS, PINNED};
use crate::walk::operations;
use crate::{Document, Error, Names, Overlay, Pointer, Report, code, generator};

/// The result of generation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Output {
    /// The formatted Rust source of the client.
    pub source: String,
    /// The public types of the source by their paths within `types`, each with the methods of the operations that use
    /// it. Operation builders are not included.
    pub types: BTreeMap<String, Vec<String>>,
    /// The public API of the source: operations with their arguments, and types with their fields.
    pub signatures: Signatures,
    /// Response types by name, each with its locations in the form `operationId/property/*/…`.
    pub models: BTreeMap<String, Vec<String>>,
    /// The names and inferred types to pin for the next document.
    pub names: Names,
    /// The changes made by the pipeline.
    pub report: Report,
    /// The status of every operation, and statistics about response fields.
    pub coverage: Coverage,
}

/// A document after the overlay and all passes, as passed to the generator.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) root: Value,
    pub(crate) report: Report,
    pub(crate) coverage: Coverage,
}

/// Generates the client for `document`, corrected by `overlay` and with the type names pinned in `names`.
///
/// # Errors
///
/// Returns an error if the document is not an OpenAPI 3.0 document, an action of the overlay cannot be applied to it,
/// or the generator fails, which is a bug.
pub fn generate(
    document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
) -> Result<Output, Error> {
    generate_for(document, overlay, names, &Target::client())
}

/// Generates a client like [`generate`], with a custom pass `last` that runs after all other passes.
///
/// # Errors
///
/// Returns an error in the same cases as [`generate`].
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
    let error = |message: String| Error::new(&file, message);
    let work = || run(document, overlay, names, &Target::client(), last);
    generator::guarded(work, error)
}

/// Generates a client like [`generate`], for a crate with a different name or layout.
pub(crate) fn generate_for(
    document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
    target: &Target,
) -> Result<Output, Error> {
    let file = document.file().to_owned();
    let error = |message: String| Error::new(&file, message);
    generator::guarded(|| run(document, overlay, names, target, |_| {}), error)
}

fn run(
    document: Document,
    overlay: Option<&Overlay>,
    names: Option<&Names>,
    target: &Target,
    last: impl FnOnce(&mut Value) + Send,
) -> Result<Output, Error> {
    let file = document.file().to_owned();
    let error = |message: String| Error::new(&file, message);
    let Prepared {
        mut root,
        mut report,
        mut coverage,
    } = prepared(document, overlay, names)?;
    last(&mut root);
    let types = generator::generate(&root, target).map_err(error)?;
    report.start("generator");
    for (path, method, why) in types.untyped {
        let at = Pointer::root().join(["paths", &path, method]);
        let operation = crate::walk::operation_at(&root, &at);
        let description = format!("types -> any JSON value: the generator failed: {why}");
        report.warn(&at, operation.as_deref(), description);
    }
    for (path, method, reason) in types.left_out {
        let at = Pointer::root().join(["paths", &path, method]);
        let operation = crate::walk::operation_at(&root, &at);
        report.warn(
            &at,
            operation.as_deref(),
            format!("present -> left out: {reason}"),
        );
        coverage.set_status(method, &path, OperationStatus::LeftOut { reason });
    }
    let generated = code::source(&root, types.output, target).map_err(error)?;
    coverage.mark_generated(&generated.operations);
    Ok(Output {
        source: generated.source,
        types: generated.types,
        signatures: generated.signatures,
        models: serde_json::from_value(root[LOCATIONS].clone()).unwrap_or_default(),
        names: serde_json::from_value(root[INFERRED].clone()).unwrap_or_default(),
        report,
        coverage,
    })
}

/// Returns the document as the generator receives it, to inspect the effect of the passes.
///
/// # Errors
///
/// Returns an error if the document is not an OpenAPI 3.0 document, or an action of the overlay cannot be applied to
/// it.
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
    for quirk in document.quirks() {
        let lines: Vec<_> = document
            .locate(&quirk.pointer)
            .iter()
            .map(|p| p.line.to_string())
            .collect();
        let operation = crate::walk::operation_at(&document.root, &quirk.pointer);
        report.warn(
            &quirk.pointer,
            operation.as_deref(),
            format!("{} (line {})", quirk.description, lines.join(", ")),
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
    remove_left_out(&mut document.root, &mut coverage);
    coverage.count_fields(&document.root);
    Ok(Prepared {
        root: document.root,
        report,
        coverage,
    })
}

/// Removes the operations that a pass marked as left out, and records the reasons.
fn remove_left_out(root: &mut Value, coverage: &mut Coverage) {
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
        coverage.set_status(method, &path, OperationStatus::LeftOut { reason });
    }
}
