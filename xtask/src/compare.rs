//! Compares two documents and their generated clients, and formats the report that `diff` and `update` print.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::Result;
use clap::builder::styling::{AnsiColor, Style};
use onlyfansapi_codegen::{
    Class, Diff, Difference, Document, IneffectiveAction, Names, Output, Overlay, Pointer,
    Position, generate,
};
use serde_json::{Value, json};

/// A document and its generated client.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) document: Document,
    pub(crate) output: Output,
    /// The overlay actions that have no effect on this document.
    pub(crate) ineffective: Vec<IneffectiveAction>,
}

impl Side {
    fn generate(
        document: Document,
        overlay: Option<&Overlay>,
        names: Option<&Names>,
    ) -> Result<Self> {
        let (overlay, ineffective) = match overlay.map(|overlay| overlay.applicable_to(&document)) {
            Some((overlay, ineffective)) => (Some(overlay), ineffective),
            None => (None, Vec::new()),
        };
        let output = generate(document.clone(), overlay.as_ref(), names)?;
        Ok(Self {
            document,
            output,
            ineffective,
        })
    }
}

/// The comparison of two documents.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) old: Side,
    pub(crate) new: Side,
    pub(crate) diff: Diff,
    lines: Lines,
}

/// The output format of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// An entry for each change
    Text,
    /// A table, for a pull request
    Markdown,
    /// JSON, for scripts
    Json,
}

impl Comparison {
    /// Generates a client from each document and compares them.
    ///
    /// The overlay is the same for both, and types of the old document keep their names in the new client.
    pub(crate) fn new(
        old: Document,
        new: Document,
        overlay: Option<&Overlay>,
        names: Option<&Names>,
    ) -> Result<Self> {
        let old = Side::generate(old, overlay, names)?;
        let names = old.output.names.follow_renames(&old.document, &new);
        let new = Side::generate(new, overlay, Some(&names))?;
        let diff = Diff::between((&old.document, &old.output), (&new.document, &new.output));
        let lines = Lines::new(&old, &new, &diff);
        Ok(Self {
            old,
            new,
            diff,
            lines,
        })
    }

    /// Returns the overlay actions that have an effect on the old document but not on the new document.
    pub(crate) fn newly_ineffective(&self) -> Vec<&IneffectiveAction> {
        let is_new = |action: &&IneffectiveAction| !self.old.ineffective.contains(action);
        self.new.ineffective.iter().filter(is_new).collect()
    }

    /// Returns the number of changes of each class, and the version bump that they require.
    pub(crate) fn summary(&self) -> String {
        let count = |class: Class| {
            let of_class = self.diff.differences.iter().filter(|d| d.class == class);
            of_class.count()
        };
        let bump = match self.diff.class().map_or("none", Class::version_bump) {
            "none" => "no version bump needed".to_owned(),
            bump => format!("requires a {bump} version bump"),
        };
        format!(
            "{} breaking, {} additive, {} cosmetic changes: {bump}",
            count(Class::Breaking),
            count(Class::Additive),
            count(Class::Cosmetic)
        )
    }

    /// Formats the report as text with ANSI colors; print it with `anstream`, which strips them if necessary.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for difference in &self.diff.differences {
            let operation = difference
                .operation
                .as_ref()
                .map_or_else(String::new, |id| format!("{id}, "));
            let line = self
                .lines
                .of(difference)
                .map_or_else(String::new, |line| format!("line {line}, "));
            let style = style(difference.class);
            let _ = writeln!(
                text,
                "{style}{:<8}{style:#}  {}: {}\n          {operation}{line}{}",
                difference.class.to_string(),
                difference.item,
                difference.description,
                difference.pointer
            );
        }
        for action in self.newly_ineffective() {
            let _ = writeln!(text, "overlay   overlay.yaml: {action}");
        }
        text + &if self.diff.differences.is_empty() {
            "no API changes\n".to_owned()
        } else {
            format!("{}\n", self.summary())
        }
    }

    /// Formats the report as a Markdown table, for a pull request.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        let _ = if self.diff.differences.is_empty() {
            writeln!(text, "No API changes.")
        } else {
            writeln!(
                text,
                "{}.\n\n| Class | Rust item | Change | Operation | Line | Location |\n| --- | --- | --- | --- | --- | --- |",
                self.summary()
            )
        };
        for difference in &self.diff.differences {
            let cell = |text: &str| text.replace('|', "\\|");
            let _ = writeln!(
                text,
                "| {} | `{}` | {} | {} | {} | `{}` |",
                difference.class,
                cell(&difference.item),
                cell(&difference.description),
                difference.operation.as_deref().unwrap_or_default(),
                self.lines
                    .of(difference)
                    .map_or_else(String::new, |line| line.to_string()),
                cell(&difference.pointer)
            );
        }
        let ineffective = self.newly_ineffective();
        if !ineffective.is_empty() {
            text.push_str("\nOverlay actions that no longer have an effect:\n\n");
        }
        for action in ineffective {
            let _ = writeln!(text, "- {action}");
        }
        text
    }

    /// Returns the report as JSON.
    pub(crate) fn json(&self) -> Value {
        let difference = |difference: &Difference| {
            json!({
                "class": difference.class,
                "item": difference.item,
                "description": difference.description,
                "operation": difference.operation,
                "pointer": difference.pointer,
                "line": self.lines.of(difference),
            })
        };
        let ineffective = self.newly_ineffective();
        json!({
            "class": self.diff.class(),
            "version_bump": self.diff.class().map_or("none", Class::version_bump),
            "differences": self.diff.differences.iter().map(difference).collect::<Vec<_>>(),
            "overlay": ineffective.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }
}

fn style(class: Class) -> Style {
    match class {
        Class::Breaking => AnsiColor::Red.on_default().bold(),
        Class::Additive => AnsiColor::Green.on_default(),
        _ => Style::new(),
    }
}

/// The line numbers of the reported locations: in the new document, or in the old document if removed.
#[derive(Debug)]
struct Lines {
    new: HashMap<Pointer, Position>,
    old: HashMap<Pointer, Position>,
    is_new: HashMap<String, bool>,
}

impl Lines {
    fn new(old: &Side, new: &Side, diff: &Diff) -> Self {
        let pointers: Vec<Pointer> = diff
            .differences
            .iter()
            .map(|difference| Pointer::from(difference.pointer.clone()))
            .collect();
        let is_new = pointers
            .iter()
            .map(|pointer| {
                let text = pointer.as_str();
                (text.to_owned(), new.document.root.pointer(text).is_some())
            })
            .collect();
        Self {
            new: new.document.positions().of(&pointers),
            old: old.document.positions().of(&pointers),
            is_new,
        }
    }

    fn of(&self, difference: &Difference) -> Option<usize> {
        let pointer = Pointer::from(difference.pointer.clone());
        let known = if self.is_new.get(&difference.pointer) == Some(&true) {
            &self.new
        } else {
            &self.old
        };
        known.get(&pointer).map(|position| position.line)
    }
}
