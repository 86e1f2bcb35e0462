//! Rewrites JSON so that it matches its type, as far as the type is known.
//!
//! A value that the type would reject is converted if that is lossless. Otherwise it becomes null or, if the type
//! rejects null, is left out. If the type requires the value, the enclosing value is left out instead.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::drift::{DriftList, Step};
use super::facts::{Facts, Knowledge, Place};
use super::scan::{
    Index, Kind, LargeContainer, MemberPosition, Number, Scanner, SyntaxError, Token,
};
use super::traced::Expected;

/// 2^53: an `f64` represents every integer below this exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

const ALL_REQUIRED: &str = "an object with all required fields";

/// What is known about the type and the body.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) knowledge: Knowledge,
    /// The positions of values that the type rejects, each for a reason specific to that value.
    pub(super) left_out: HashSet<usize>,
    /// The positions of objects whose members are all required by the type.
    pub(super) complete: HashSet<usize>,
    /// The positions of containers that the type may reject if they, or the containers within them, are incomplete.
    pub(super) whole: HashSet<usize>,
}

/// Why the type rejects a value, and where within the value.
#[derive(Debug)]
pub(super) struct Rejection {
    /// The path from the value to the nested value that the type rejects.
    path: Vec<String>,
    expected: &'static str,
    found: Kind,
}

impl Rejection {
    fn new(expected: &'static str, found: Kind) -> Self {
        Self {
            path: Vec::new(),
            expected,
            found,
        }
    }
}

type Outcome = Result<Result<(), Rejection>, SyntaxError>;

/// A pass over the body.
pub(super) struct Rewrite<'a> {
    body: &'a [u8],
    scanner: Scanner<'a>,
    rules: &'a Rules,
    index: &'a Index,
    /// The part of the body to rewrite. Items of long lists that end before it or start after it are omitted silently.
    window: Range<usize>,
    path: Vec<Step<'a>>,
    output: Vec<u8>,
    drift: DriftList<'a>,
    /// Whether this pass rewrites the whole body. Only such a pass records drift.
    is_whole: bool,
    /// A position in the output to look up, and the position in the body of the value that begins there.
    lookup: Option<(usize, usize)>,
}

impl<'a> Rewrite<'a> {
    /// Creates a pass over `body`, which is located at the JSON pointer `at` of the response body.
    pub(super) fn new(
        body: &'a [u8],
        at: &'a str,
        rules: &'a Rules,
        index: &'a Index,
        window: Range<usize>,
    ) -> Self {
        Self {
            body,
            scanner: Scanner::new(body),
            rules,
            index,
            is_whole: window == (0..body.len()),
            window,
            path: Vec::new(),
            output: Vec::new(),
            drift: DriftList::new(at),
            lookup: None,
        }
    }

    /// Returns the rewritten body and its drift, or the reason if the type rejects the body as a whole.
    pub(super) fn run(
        mut self,
    ) -> Result<Result<(Vec<u8>, DriftList<'a>), Rejection>, SyntaxError> {
        let outcome = self.value(Some(Place::ROOT))?;
        self.scanner.end()?;
        Ok(outcome.map(|()| (self.output, self.drift)))
    }

    /// Returns the position in the body of the value that begins at `position` in the output.
    pub(super) fn find(mut self, position: usize) -> Result<usize, SyntaxError> {
        self.lookup = Some((position, 0));
        let _ = self.value(Some(Place::ROOT))?;
        Ok(self.lookup.unwrap_or_default().1)
    }

    /// Rewrites the next value.
    fn value(&mut self, place: Option<Place>) -> Outcome {
        let start = self.scanner.start();
        if let Some((target, found)) = &mut self.lookup
            && self.output.len() == *target
        {
            *found = start;
        }
        let depth = self.scanner.depth();
        let window = self.window.clone();
        if self.rules.whole.contains(&start) {
            self.window = 0..self.body.len();
        }
        let outcome = match place {
            Some(place) => self.known(place, start),
            None => self.unknown(start),
        };
        self.window = window;
        if let Ok(Err(_)) = outcome {
            self.scanner.seek(start, depth);
            self.skip(start)?;
        }
        outcome
    }

    /// Skips the value at `start`, which is the next value.
    fn skip(&mut self, start: usize) -> Result<(), SyntaxError> {
        match self.index.get(start) {
            Some(container) => {
                self.scanner.seek(container.end, self.scanner.depth());
                Ok(())
            }
            None => self.scanner.skip(),
        }
    }

    /// Copies the body from `start` to the current position.
    fn copy(&mut self, start: usize) -> Outcome {
        let end = self.scanner.position();
        self.output.extend_from_slice(&self.body[start..end]);
        Ok(Ok(()))
    }

    /// Rewrites a value about which nothing is known.
    fn unknown(&mut self, start: usize) -> Outcome {
        let is_partial = self
            .index
            .get(start)
            .is_some_and(|container| self.window.start > start || self.window.end < container.end);
        if is_partial {
            match self.scanner.token()? {
                Token::Array => return self.list(None, start),
                _ => return self.object(None, start),
            }
        }
        self.skip(start)?;
        self.copy(start)
    }

    /// Rewrites a value based on what is known about its place.
    fn known(&mut self, place: Place, start: usize) -> Outcome {
        let rules = self.rules;
        let facts = rules.knowledge.at(place);
        let depth = self.scanner.depth();
        let token = self.scanner.token()?;
        let kind = token.kind();
        let expected = facts.expected.unwrap_or(Expected::Other);
        let rejected = || Ok(Err(Rejection::new(expected.label(), kind)));
        if rules.left_out.contains(&start) || facts.rejected.contains(&kind) {
            return rejected();
        }
        match (expected, token) {
            (_, Token::Null) if facts.rejects_null => rejected(),
            (_, Token::Null) => self.copy(start),
            (Expected::Array | Expected::Other, Token::Array) => self.list(Some(facts), start),
            (
                Expected::Object | Expected::Map | Expected::Enum(_) | Expected::Other,
                Token::Object,
            ) => self.object(Some(facts), start),
            // PHP encodes an array with missing indexes as an object.
            (Expected::Array, Token::Object) => {
                self.scanner.seek(start, depth);
                match self.scanner.numbered_members()? {
                    Some(items) => {
                        self.record(place, expected.label(), kind.label(), true);
                        self.list_of_members(facts.item, items, depth + 1)
                    }
                    None => rejected(),
                }
            }
            // PHP encodes an object without members as an empty array, and a map with the keys 0, 1, 2, … as an array.
            (Expected::Object | Expected::Map, Token::Array) => {
                let mut rest = self.scanner.clone();
                if !rest.next_item(b']', true)? {
                    self.scanner = rest;
                    return if facts.required.is_empty() {
                        self.copy(start)
                    } else {
                        rejected()
                    };
                }
                if expected == Expected::Object {
                    return rejected();
                }
                self.record(place, expected.label(), kind.label(), true);
                self.map_of_items(facts)
            }
            (Expected::Enum(variants), Token::String(text)) => {
                if facts.is_closed && !variants.contains(&text.as_ref()) {
                    return rejected();
                }
                self.copy(start)
            }
            (Expected::Other, Token::InvalidString | Token::Number(_, None)) => rejected(),
            (Expected::Other, _) => self.copy(start),
            (_, token) => match convert(expected, &token) {
                Some(Converted::Unchanged) => self.copy(start),
                Some(Converted::To(text)) => {
                    self.output.extend_from_slice(text.as_bytes());
                    self.record(place, expected.label(), kind.label(), true);
                    Ok(Ok(()))
                }
                None => rejected(),
            },
        }
    }

    /// Rewrites the items of an array whose start has been read.
    fn list(&mut self, facts: Option<&Facts>, start: usize) -> Outcome {
        let is_tuple = facts.is_some_and(|facts| !facts.elements.is_empty());
        let container = self.index.get(start).filter(|_| !is_tuple);
        let depth = self.scanner.depth();
        let mark = container.and_then(|container| container.mark_before(self.window.start));
        let mut is_at_item = false;
        if let Some(mark) = mark {
            self.scanner.seek(mark, depth);
            is_at_item = true;
        }
        self.output.push(b'[');
        let mut writer = Separator::default();
        for index in 0.. {
            if !std::mem::take(&mut is_at_item) && !self.scanner.next_item(b']', index == 0)? {
                break;
            }
            match self.window_of_next(container)? {
                Next::Omitted => continue,
                Next::Last(end) => {
                    self.scanner.seek(end, depth - 1);
                    break;
                }
                Next::Included => {}
            }
            let before = self.mark();
            let item = facts.and_then(|facts| facts.item(index));
            writer.write(&mut self.output);
            self.path.push(Step::Index(index));
            let outcome = self.value(item)?;
            match outcome {
                Ok(()) => writer.is_empty = false,
                // A tuple needs all its elements.
                Err(mut rejection) if is_tuple => {
                    self.path.pop();
                    rejection.path.insert(0, index.to_string());
                    return Ok(Err(rejection));
                }
                Err(rejection) => {
                    self.restore(&before, before.output);
                    self.leave_out(item, rejection);
                }
            }
            self.path.pop();
        }
        self.output.push(b']');
        Ok(Ok(()))
    }

    /// Decides whether the next item or entry of a large container is in the window.
    fn window_of_next(&mut self, container: Option<&LargeContainer>) -> Result<Next, SyntaxError> {
        let Some(container) = container else {
            return Ok(Next::Included);
        };
        let start = self.scanner.start();
        if start >= self.window.end {
            return Ok(Next::Last(container.end));
        }
        if start >= self.window.start {
            return Ok(Next::Included);
        }
        let depth = self.scanner.depth();
        if self.scanner.peek() == Some(b'"') && self.body.get(container.end - 1) == Some(&b'}') {
            self.scanner.member_name()?;
        }
        let value = self.scanner.start();
        self.skip(value)?;
        if self.scanner.position() <= self.window.start {
            return Ok(Next::Omitted);
        }
        self.scanner.seek(start, depth);
        Ok(Next::Included)
    }

    /// Rewrites the members of an object whose start has been read.
    fn object(&mut self, facts: Option<&Facts>, start: usize) -> Outcome {
        let none = Facts::default();
        let facts = facts.unwrap_or(&none);
        let depth = self.scanner.depth();
        let last = if facts.has_duplicates {
            Some(self.last_members()?)
        } else {
            None
        };
        // A struct has few fields, and the type may require each of them.
        let container = self
            .index
            .get(start)
            .filter(|_| !facts.is_struct() && !self.rules.complete.contains(&start));
        let mark = container.and_then(|container| container.mark_before(self.window.start));
        let mut is_at_member = false;
        if let Some(mark) = mark {
            self.scanner.seek(mark, depth);
            is_at_member = true;
        }
        self.output.push(b'{');
        let mut writer = Separator::default();
        let mut required: Vec<&String> = facts.required.iter().collect();
        for index in 0.. {
            if !std::mem::take(&mut is_at_member) && !self.scanner.next_item(b'}', index == 0)? {
                break;
            }
            match self.window_of_next(container)? {
                Next::Omitted => continue,
                Next::Last(end) => {
                    self.scanner.seek(end, depth - 1);
                    break;
                }
                Next::Included => {}
            }
            let name = self.scanner.member_name()?;
            let value = self.scanner.start();
            if !name.is_valid && facts.has_invalid_names {
                self.skip(value)?;
                self.path.push(Step::Name(name.text));
                self.record(
                    Place::ROOT,
                    "a name that is valid Unicode",
                    "an invalid name",
                    false,
                );
                self.path.pop();
                continue;
            }
            if let Some(Expected::Integer(range)) = facts.key
                && !range.contains(&name.text)
            {
                self.skip(value)?;
                self.path.push(Step::Key(name.text));
                self.record(Place::ROOT, "an integer as the key", "a string", false);
                self.path.pop();
                continue;
            }
            if last
                .as_ref()
                .is_some_and(|last| last[&name.text] != name.raw.start)
            {
                self.skip(value)?;
                self.record(Place::ROOT, "unique members", "a duplicate member", true);
                continue;
            }
            let member = facts.member(&name.text);
            let before = self.mark();
            writer.write(&mut self.output);
            self.output.extend_from_slice(&self.body[name.raw]);
            self.output.push(b':');
            required.retain(|required| **required != name.text);
            self.path.push(if facts.entry.is_some() {
                Step::Key(name.text)
            } else {
                Step::Name(name.text)
            });
            let outcome = self.member(facts, member, &before)?;
            let name = self.path.pop();
            match outcome {
                Ok(is_written) => writer.is_empty &= !is_written,
                Err(mut rejection) => {
                    if let Some(Step::Name(name)) = name {
                        rejection.path.insert(0, name.into_owned());
                    }
                    return Ok(Err(rejection));
                }
            }
        }
        self.output.push(b'}');
        Ok(if required.is_empty() {
            Ok(())
        } else {
            Err(Rejection::new(ALL_REQUIRED, Kind::Object))
        })
    }

    /// Rewrites the value of a member whose name has been written, and returns whether the member was written. Fails if
    /// the type rejects the value and requires the member.
    fn member(
        &mut self,
        parent: &Facts,
        place: Option<Place>,
        before: &Mark,
    ) -> Result<Result<bool, Rejection>, SyntaxError> {
        let after_name = self.output.len();
        let Err(rejection) = self.value(place)? else {
            return Ok(Ok(true));
        };
        let rejects_null = place.is_some_and(|place| self.rules.knowledge.at(place).rejects_null);
        if !rejects_null {
            self.restore(before, after_name);
            self.output.extend_from_slice(b"null");
            self.leave_out(place, rejection);
            return Ok(Ok(true));
        }
        let is_required = match self.path.last() {
            Some(Step::Name(name)) => parent.required.iter().any(|required| required == name),
            _ => false,
        };
        if is_required {
            return Ok(Err(rejection));
        }
        self.restore(before, before.output);
        self.leave_out(place, rejection);
        Ok(Ok(false))
    }

    /// Writes the members of an object as an array.
    fn list_of_members(
        &mut self,
        item: Option<Place>,
        members: Vec<MemberPosition<'a>>,
        depth: u32,
    ) -> Outcome {
        let end = self.scanner.clone();
        self.output.push(b'[');
        let mut writer = Separator::default();
        for (name, start) in members {
            let before = self.mark();
            writer.write(&mut self.output);
            self.path.push(Step::Key(name));
            self.scanner.seek(start, depth);
            match self.value(item)? {
                Ok(()) => writer.is_empty = false,
                Err(rejection) => {
                    self.restore(&before, before.output);
                    self.leave_out(item, rejection);
                }
            }
            self.path.pop();
        }
        self.output.push(b']');
        self.scanner = end;
        Ok(Ok(()))
    }

    /// Writes the items of an array as an object. The start of the array has been read.
    fn map_of_items(&mut self, facts: &Facts) -> Outcome {
        self.output.push(b'{');
        let mut writer = Separator::default();
        for index in 0.. {
            if !self.scanner.next_item(b']', index == 0)? {
                break;
            }
            let before = self.mark();
            writer.write(&mut self.output);
            self.output
                .extend_from_slice(format!("\"{index}\":").as_bytes());
            self.path.push(Step::Index(index));
            if let Ok(is_written) = self.member(facts, facts.entry, &before)? {
                writer.is_empty &= !is_written;
            }
            self.path.pop();
        }
        self.output.push(b'}');
        Ok(Ok(()))
    }

    /// Returns the position of the last member with each name, for an object whose start has been read.
    fn last_members(&self) -> Result<HashMap<Cow<'a, str>, usize>, SyntaxError> {
        let mut scanner = self.scanner.clone();
        let mut last = HashMap::new();
        let mut is_first = true;
        while scanner.next_item(b'}', is_first)? {
            is_first = false;
            let name = scanner.member_name()?;
            last.insert(name.text, name.raw.start);
            scanner.skip()?;
        }
        Ok(last)
    }

    fn mark(&self) -> Mark {
        Mark {
            output: self.output.len(),
            drift: self.drift.mark(),
        }
    }

    /// Discards the output from `output` on, and the drift since `mark`.
    fn restore(&mut self, mark: &Mark, output: usize) {
        self.output.truncate(output);
        self.drift.restore(mark.drift);
    }

    /// Records that the value at the current path is left out.
    fn leave_out(&mut self, place: Option<Place>, rejection: Rejection) {
        let place = place.unwrap_or(Place::ROOT);
        let Rejection {
            path,
            expected,
            found,
        } = rejection;
        if path.is_empty() {
            self.record(place, expected, found.label(), false);
            return;
        }
        let depth = self.path.len();
        self.path
            .extend(path.into_iter().map(|name| Step::Name(name.into())));
        self.record(place, expected, found.label(), false);
        self.path.truncate(depth);
        self.record(place, ALL_REQUIRED, Kind::Object.label(), false);
    }

    fn record(
        &mut self,
        place: Place,
        expected: &'static str,
        found: &'static str,
        is_converted: bool,
    ) {
        if self.is_whole {
            self.drift
                .push(&self.path, place, expected, found, is_converted);
        }
    }
}

/// A state to return to.
struct Mark {
    output: usize,
    drift: usize,
}

/// Whether the next item of a list is in the window.
enum Next {
    Included,
    /// The item ends before the window.
    Omitted,
    /// The item starts after the window; the list ends at this position.
    Last(usize),
}

/// Writes commas between items.
struct Separator {
    is_empty: bool,
}

impl Default for Separator {
    fn default() -> Self {
        Self { is_empty: true }
    }
}

impl Separator {
    fn write(&self, output: &mut Vec<u8>) {
        if !self.is_empty {
            output.push(b',');
        }
    }
}

/// A scalar that its type accepts.
enum Converted {
    Unchanged,
    /// Converted to this JSON text.
    To(String),
}

/// Converts a scalar to the expected type, or returns `None` if that would lose information.
fn convert(expected: Expected, token: &Token<'_>) -> Option<Converted> {
    let is_exact = |float: f64| float.abs() < MAX_EXACT;
    let converted = match (expected, token) {
        (Expected::Boolean, Token::Boolean(_))
        | (Expected::Number, Token::Number(_, Some(_)))
        | (Expected::String, Token::String(_)) => return Some(Converted::Unchanged),
        (Expected::Boolean, Token::Number(_, Some(Number::Positive(number)))) => match number {
            0 => "false".to_owned(),
            1 => "true".to_owned(),
            _ => return None,
        },
        (Expected::Boolean, Token::String(text)) => match text.as_ref() {
            "0" | "false" => "false".to_owned(),
            "1" | "true" => "true".to_owned(),
            _ => return None,
        },
        (Expected::Integer(range), Token::Number(text, Some(number))) => match number {
            Number::Positive(_) | Number::Negative => {
                return range.contains(text).then_some(Converted::Unchanged);
            }
            Number::Float(float) if float.fract() == 0.0 && is_exact(*float) => {
                // `-0.0` also becomes `0`.
                let integer = format!("{:.0}", float + 0.0);
                return range.contains(&integer).then_some(Converted::To(integer));
            }
            Number::Float(_) => {
                return range.contains(text).then_some(Converted::Unchanged);
            }
        },
        // `05` and `+5` would not survive a round trip.
        (Expected::Integer(range), Token::String(text)) => {
            let is_canonical = text.parse::<i128>().is_ok_and(|n| n.to_string() == *text);
            (is_canonical && range.contains(text)).then(|| text.to_string())?
        }
        (Expected::Number, Token::String(text)) => {
            let is_number = text
                .bytes()
                .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
            let is_integer = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            let number: f64 = text.parse().ok()?;
            if !is_number || !number.is_finite() || is_integer && !is_exact(number) {
                return None;
            }
            serde_json::Number::from_f64(number)?.to_string()
        }
        (Expected::String, Token::Number(text, _)) => format!("\"{text}\""),
        (Expected::String, Token::Boolean(flag)) => format!("\"{flag}\""),
        _ => return None,
    };
    Some(Converted::To(converted))
}
