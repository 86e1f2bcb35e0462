//! What the pipeline changed, where and why; `cargo xtask explain` prints it.

use std::fmt;

use crate::Pointer;

/// One change that a step made to the document or to the code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The step: `read`, `overlay`, or the name of a pass.
    pub step: &'static str,
    /// The place that was changed, as it stood when the step ran.
    pub pointer: Pointer,
    /// The operationId the place belongs to, where it belongs to one.
    pub operation: Option<String>,
    /// What was changed, from what to what.
    pub what: String,
    /// Whether a person should look at it: something of the document was set aside.
    pub is_warning: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<16} {}: {}", self.step, self.pointer, self.what)
    }
}

/// What the pipeline changed, in the order in which it did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    changes: Vec<Change>,
    step: &'static str,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All changes.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The changes that a person should look at.
    pub fn warnings(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.is_warning)
    }

    /// The changes that belong to the operation `id`.
    pub fn of_operation<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Change> {
        self.changes
            .iter()
            .filter(move |change| change.operation.as_deref() == Some(id))
    }

    /// The step that the next changes belong to.
    pub(crate) fn start(&mut self, step: &'static str) {
        self.step = step;
    }

    /// Notes a change at `pointer`, of `operation` where it belongs to one.
    pub(crate) fn note(
        &mut self,
        pointer: &Pointer,
        operation: Option<&str>,
        what: impl Into<String>,
    ) {
        self.push(pointer, operation, what.into(), false);
    }

    /// Notes a change that sets something of the document aside.
    pub(crate) fn warn(
        &mut self,
        pointer: &Pointer,
        operation: Option<&str>,
        what: impl Into<String>,
    ) {
        self.push(pointer, operation, what.into(), true);
    }

    fn push(&mut self, pointer: &Pointer, operation: Option<&str>, what: String, is_warning: bool) {
        self.changes.push(Change {
            step: self.step,
            pointer: pointer.clone(),
            operation: operation
                .filter(|operation| !operation.is_empty())
                .map(str::to_owned),
            what,
            is_warning,
        });
    }
}
