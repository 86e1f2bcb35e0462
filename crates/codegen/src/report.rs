//! The record of what the pipeline changed, where and why. `cargo xtask explain` prints it.

use std::fmt;

use crate::Pointer;

/// A change that one step made to the document or to the generated code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The step: `read`, `overlay`, or the name of a pass.
    pub step: &'static str,
    /// The location of the change at the time the step ran.
    pub pointer: Pointer,
    /// The operationId, if the location belongs to an operation.
    pub operation: Option<String>,
    /// The change, usually as `before -> after: reason`.
    pub description: String,
    /// Whether the change needs attention because part of the document was dropped.
    pub is_warning: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<16} {}: {}",
            self.step, self.pointer, self.description
        )
    }
}

/// All changes, in the order in which the pipeline made them.
#[derive(Clone, Debug, Default)]
pub struct Report {
    changes: Vec<Change>,
    step: &'static str,
}

impl Report {
    /// Creates an empty report.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns all changes.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Returns the changes that need attention.
    pub fn warnings(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.is_warning)
    }

    /// Returns the changes that belong to the operation with the operationId `id`.
    pub fn of_operation<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Change> {
        self.changes
            .iter()
            .filter(move |change| change.operation.as_deref() == Some(id))
    }

    /// Sets the step to which subsequent changes belong.
    pub(crate) fn start(&mut self, step: &'static str) {
        self.step = step;
    }

    /// Records a change at `pointer`, and the operation to which it belongs, if any.
    pub(crate) fn note(
        &mut self,
        pointer: &Pointer,
        operation: Option<&str>,
        description: impl Into<String>,
    ) {
        self.push(pointer, operation, description.into(), false);
    }

    /// Records a change that drops part of the document.
    pub(crate) fn warn(
        &mut self,
        pointer: &Pointer,
        operation: Option<&str>,
        description: impl Into<String>,
    ) {
        self.push(pointer, operation, description.into(), true);
    }

    fn push(
        &mut self,
        pointer: &Pointer,
        operation: Option<&str>,
        description: String,
        is_warning: bool,
    ) {
        self.changes.push(Change {
            step: self.step,
            pointer: pointer.clone(),
            operation: operation
                .filter(|operation| !operation.is_empty())
                .map(str::to_owned),
            description,
            is_warning,
        });
    }
}
