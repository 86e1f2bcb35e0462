//! Resolves pointers to lines and columns by parsing the text again. The YAML parser handles JSON, too.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser};

use crate::Pointer;

/// A position in the text. Both numbers start at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A list or map whose end event has not arrived yet.
enum Open {
    /// The index of the next item.
    List(usize),
    /// The key whose value comes next, if the key has been read.
    Map(Option<String>),
}

/// Looks up the text positions of pointers into a document.
#[derive(Clone, Debug)]
pub struct Positions {
    pub(super) text: std::sync::Arc<str>,
}

impl Positions {
    /// Returns the position of each pointer in `wanted`.
    ///
    /// A pointer that does not exist in the text, because a step created the location, gets the position of its nearest
    /// ancestor. The text is parsed once for all pointers.
    #[must_use]
    pub fn of<'a>(
        &self,
        wanted: impl IntoIterator<Item = &'a Pointer>,
    ) -> HashMap<Pointer, Position> {
        let wanted: Vec<&Pointer> = wanted.into_iter().collect();
        let mut known: HashMap<Pointer, Option<Position>> = HashMap::new();
        for pointer in &wanted {
            let mut pointer = (*pointer).clone();
            // Also look for all ancestors, in case the location itself is not in the text.
            while known.insert(pointer.clone(), None).is_none() {
                match pointer.split_last() {
                    Some((parent, _)) => pointer = parent,
                    None => break,
                }
            }
        }
        visit(&self.text, |at, position| {
            if let Some(found @ None) = known.get_mut(at) {
                *found = Some(position);
            }
        });
        let found = wanted.into_iter().filter_map(|pointer| {
            let mut at = pointer.clone();
            loop {
                if let Some(Some(position)) = known.get(&at) {
                    return Some((pointer.clone(), *position));
                }
                at = at.split_last()?.0;
            }
        });
        found.collect()
    }
}

/// Returns every position at which `wanted` begins: the position of its key in a map, or of the item in a list.
pub(super) fn positions(text: &str, wanted: &Pointer) -> Vec<Position> {
    let mut found = Vec::new();
    visit(text, |at, position| {
        if at == wanted {
            found.push(position);
        }
    });
    found
}

/// Visits every node of the text with its pointer and position.
fn visit(text: &str, mut visit: impl FnMut(&Pointer, Position)) {
    let mut open: Vec<Open> = Vec::new();
    let mut path = vec![Pointer::root()];
    let mut key_position = None;
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let here = Position {
            line: span.start.line(),
            column: span.start.col() + 1,
        };
        if matches!(event, Event::SequenceEnd | Event::MappingEnd) {
            open.pop();
            path.pop();
            continue;
        }
        if !matches!(
            event,
            Event::Scalar(..)
                | Event::Alias(_)
                | Event::SequenceStart(..)
                | Event::MappingStart(..)
        ) {
            continue;
        }
        let at = match open.last_mut() {
            Some(Open::Map(key @ None)) => {
                // The reader rejects non-scalar keys, so use an empty key here.
                *key = Some(if let Event::Scalar(text, ..) = &event {
                    text.to_string()
                } else {
                    String::new()
                });
                key_position = Some(here);
                continue;
            }
            Some(Open::Map(key)) => {
                let parent = path.last().cloned().unwrap_or_default();
                parent.child(key.take().unwrap_or_default())
            }
            Some(Open::List(index)) => {
                let at = path.last().cloned().unwrap_or_default().child(*index);
                *index += 1;
                at
            }
            None => Pointer::root(),
        };
        visit(&at, key_position.take().unwrap_or(here));
        match event {
            Event::SequenceStart(..) => {
                open.push(Open::List(0));
                path.push(at);
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(None));
                path.push(at);
            }
            _ => {}
        }
    }
}
