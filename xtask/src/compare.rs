//! Two documents and what came out of each: made for `diff` and `update`, printed for people and machines.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::Result;
use clap::builder::styling::{AnsiColor, Style};
use onlyfansapi_codegen::{
    Class, Diff, Difference, Document, Misfit, Names, Output, Overlay, Pointer, Position, generate,
};
use serde_json::{Value, json};

/// One document, and what came out of it.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) document: Document,
    pub(crate) output: Output,
    /// Actions of the overlay that do nothing for it.
    pub(crate) misfits: Vec<Misfit>,
}

impl Side {
    fn made(document: Document, overlay: Option<&Overlay>, names: Option<&Names>) -> Result<Self> {
        let (overlay, misfits) = match overlay.map(|overlay| overlay.fit(&document)) {
            Some((overlay, misfits)) => (Some(overlay), misfits),
            None => (None, Vec::new()),
        };
        let output = generate(document.clone(), overlay.as_ref(), names)?;
        Ok(Self {
            document,
            output,
            misfits,
        })
    }
}

/// Two documents.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) old: Side,
    pub(crate) new: Side,
    pub(crate) diff: Diff,
    lines: Lines,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line for each difference
    Text,
    /// A table, for a pull request
    Markdown,
    /// For machines
    Json,
}

impl Comparison {
    /// Generates from both, with the same overlay and names: a type of the old document keeps its name in the
    /// new one.
    pub(crate) fn new(
        old: Document,
        new: Document,
        overlay: Option<&Overlay>,
        names: Option<&Names>,
    ) -> Result<Self> {
        let old = Side::made(old, overlay, names)?;
        let names = old.output.names.follow(&old.document, &new);
        let new = Side::made(new, overlay, Some(&names))?;
        let diff = Diff::between((&old.document, &old.output), (&new.document, &new.output));
        let lines = Lines::new(&old, &new, &diff);
        Ok(Self {
            old,
            new,
            diff,
            lines,
        })
    }

    /// The actions of the overlay that do nothing now and did something before.
    pub(crate) fn misfits(&self) -> Vec<&Misfit> {
        let is_news = |misfit: &&Misfit| !self.old.misfits.contains(misfit);
        self.new.misfits.iter().filter(is_news).collect()
    }

    /// How many differences are of each class, and what follows.
    pub(crate) fn summary(&self) -> String {
        let count = |class: Class| {
            let of_class = self.diff.differences.iter().filter(|d| d.class == class);
            of_class.count()
        };
        let step = match self.diff.class().map_or("none", Class::step) {
            "none" => "no step of the version".to_owned(),
            step => format!("a {step} step of the version"),
        };
        format!(
            "{} breaking, {} additive, {} cosmetic: {step} follows",
            count(Class::Breaking),
            count(Class::Additive),
            count(Class::Cosmetic)
        )
    }

    /// A line for each difference, in colour; a terminal shows it, and what prints it takes it out elsewhere.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for difference in &self.diff.differences {
            let operation = difference.operation.as_deref().unwrap_or("no operation");
            let line = self
                .lines
                .of(difference)
                .map_or_else(String::new, |line| format!(", line {line}"));
            let style = style(difference.class);
            let _ = writeln!(
                text,
                "{style}{:<8}{style:#}  {}: {}\n          {operation}{line}: {}",
                difference.class.to_string(),
                difference.item,
                difference.what,
                difference.pointer
            );
        }
        for misfit in self.misfits() {
            let _ = writeln!(text, "overlay   overlay.yaml: {misfit}");
        }
        text + &if self.diff.differences.is_empty() {
            "no change\n".to_owned()
        } else {
            format!("{}\n", self.summary())
        }
    }

    /// A table of the differences.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        let _ = if self.diff.differences.is_empty() {
            writeln!(text, "No change.")
        } else {
            writeln!(
                text,
                "{}.\n\n| class | Rust item | what | operation | line | place |\n| --- | --- | --- | --- | --- | --- |",
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
                cell(&difference.what),
                difference.operation.as_deref().unwrap_or_default(),
                self.lines
                    .of(difference)
                    .map_or_else(String::new, |line| line.to_string()),
                cell(&difference.pointer)
            );
        }
        let misfits = self.misfits();
        if !misfits.is_empty() {
            text.push_str("\nActions of the overlay that do nothing now:\n\n");
        }
        for misfit in misfits {
            let _ = writeln!(text, "- {misfit}");
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let difference = |difference: &Difference| {
            json!({
                "class": difference.class,
                "item": difference.item,
                "what": difference.what,
                "operation": difference.operation,
                "pointer": difference.pointer,
                "line": self.lines.of(difference),
            })
        };
        let misfits = self.misfits();
        json!({
            "class": self.diff.class(),
            "step": self.diff.class().map_or("none", Class::step),
            "differences": self.diff.differences.iter().map(difference).collect::<Vec<_>>(),
            "overlay": misfits.iter().map(ToString::to_string).collect::<Vec<_>>(),
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

/// The lines of the places that are named: in the new document, else in the old one.
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
