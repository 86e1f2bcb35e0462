//! Reads JSON token by token, from any position in the body.
//!
//! Strings that are not valid Unicode and numbers out of range are ordinary tokens, so they affect only the field that
//! needs them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use hifijson::num::LexWrite as _;
use hifijson::str::LexAlloc as _;
use hifijson::token::Lex as _;
use hifijson::{Read as _, SliceLexer};

use super::traced::Step;
use crate::response::json;

/// The maximum nesting, as in serde_json.
const MAX_DEPTH: u32 = 128;

/// The body is not JSON. Contains the position at which the error was detected.
#[derive(Clone, Copy, Debug)]
pub(super) struct SyntaxError(pub(super) usize);

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    NumberOutOfRange,
    String,
    InvalidString,
    Array,
    Object,
}

impl Kind {
    /// Returns the name of the JSON type for a [`Drift`](super::Drift).
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::NumberOutOfRange => "a number out of range",
            Self::String => "a string",
            Self::InvalidString => "a string that is not valid Unicode",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A number, parsed as serde_json does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Positive(u64),
    Negative,
    Float(f64),
}

/// A scalar, or the start of a container.
#[derive(Clone, Debug)]
pub(super) enum Token<'a> {
    Null,
    Boolean(bool),
    /// The digits, and the number unless it is out of range.
    Number(&'a str, Option<Number>),
    String(Cow<'a, str>),
    /// A string that contains an unpaired surrogate or a byte that is not UTF-8.
    InvalidString,
    Array,
    Object,
}

impl Token<'_> {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Boolean(_) => Kind::Boolean,
            Self::Number(_, Some(Number::Float(_))) => Kind::Number,
            Self::Number(_, Some(_)) => Kind::Integer,
            Self::Number(_, None) => Kind::NumberOutOfRange,
            Self::String(_) => Kind::String,
            Self::InvalidString => Kind::InvalidString,
            Self::Array => Kind::Array,
            Self::Object => Kind::Object,
        }
    }
}

/// The name of a member.
pub(super) struct Name<'a> {
    /// The name, with invalid parts replaced by U+FFFD.
    pub(super) text: Cow<'a, str>,
    /// The location of the name in the body, including its quotation marks.
    pub(super) raw: Range<usize>,
    pub(super) is_valid: bool,
}

/// The name and the value of a member.
pub(crate) type Member<'a> = (Cow<'a, str>, &'a [u8]);

/// The name of a member, and the position of its value.
pub(super) type MemberPosition<'a> = (Cow<'a, str>, usize);

/// A position in the body.
pub(super) struct Scanner<'a> {
    body: &'a [u8],
    lexer: SliceLexer<'a>,
    /// The number of containers that enclose the position.
    depth: u32,
}

impl Clone for Scanner<'_> {
    fn clone(&self) -> Self {
        Self {
            body: self.body,
            lexer: SliceLexer::new(self.lexer.as_slice()),
            depth: self.depth,
        }
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Self {
            body,
            lexer: SliceLexer::new(body),
            depth: 0,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.body.len() - self.lexer.as_slice().len()
    }

    /// Moves to a position inside `depth` containers.
    pub(super) fn seek(&mut self, position: usize, depth: u32) {
        self.lexer = SliceLexer::new(self.body.get(position..).unwrap_or_default());
        self.depth = depth;
    }

    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    fn error(&self) -> SyntaxError {
        SyntaxError(self.position())
    }

    /// Skips whitespace and returns the next byte.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.lexer.ws_peek()
    }

    /// Skips whitespace and returns the position of the next value.
    pub(super) fn start(&mut self) -> usize {
        self.lexer.eat_whitespace();
        self.position()
    }

    /// Reads a scalar, or enters a container.
    pub(super) fn token(&mut self) -> Result<Token<'a>, SyntaxError> {
        let next = self.peek().ok_or_else(|| self.error())?;
        let start = self.position();
        match next {
            b'"' => self.string(),
            b'{' | b'[' => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(self.error());
                }
                self.lexer.take_next();
                Ok(if next == b'{' {
                    Token::Object
                } else {
                    Token::Array
                })
            }
            b'0'..=b'9' | b'-' => {
                let (text, parts) = self
                    .lexer
                    .num_string()
                    .validated()
                    .map_err(|_| SyntaxError(start))?;
                Ok(Token::Number(text, parse_number(text, parts.is_int())))
            }
            _ => match self.lexer.null_or_bool() {
                Some(None) => Ok(Token::Null),
                Some(Some(flag)) => Ok(Token::Boolean(flag)),
                None => Err(SyntaxError(start)),
            },
        }
    }

    fn string(&mut self) -> Result<Token<'a>, SyntaxError> {
        self.lexer.take_next();
        let rest = self.lexer.as_slice();
        if let Ok(text) = self.lexer.str_string() {
            return Ok(Token::String(text));
        }
        // Either the content is not valid Unicode, or this is a syntax error.
        self.lexer = SliceLexer::new(rest);
        match json::string(&mut self.lexer) {
            Ok(_) => Ok(Token::InvalidString),
            Err(_) => Err(self.error()),
        }
    }

    /// Reads the name of a member and the colon.
    pub(super) fn member_name(&mut self) -> Result<Name<'a>, SyntaxError> {
        if self.peek() != Some(b'"') {
            return Err(self.error());
        }
        let start = self.position();
        self.lexer.take_next();
        let rest = self.lexer.as_slice();
        let (text, is_valid) = match self.lexer.str_string() {
            Ok(text) => (text, true),
            Err(_) => {
                self.lexer = SliceLexer::new(rest);
                let text = json::string(&mut self.lexer);
                (Cow::Owned(text.map_err(|_| self.error())?), false)
            }
        };
        let raw = start..self.position();
        self.lexer
            .expect(SliceLexer::ws_peek, b':')
            .ok_or_else(|| self.error())?;
        Ok(Name {
            text,
            raw,
            is_valid,
        })
    }

    /// Reads an object. If every key is a number, returns the key and the position of each value, sorted by key.
    pub(super) fn numbered_members(
        &mut self,
    ) -> Result<Option<Vec<MemberPosition<'a>>>, SyntaxError> {
        self.token()?;
        let mut members = Vec::new();
        let mut is_first = true;
        while self.next_item(b'}', is_first)? {
            is_first = false;
            let name = self.member_name()?.text;
            let number: Option<u64> = name.parse().ok();
            members.push((number, name, self.start()));
            self.skip()?;
        }
        members.sort_by_key(|(number, _, _)| *number);
        let is_numbered = members.first().is_none_or(|(first, _, _)| first.is_some());
        let members = members.into_iter().map(|(_, name, start)| (name, start));
        Ok(is_numbered.then(|| members.collect()))
    }

    /// Moves to the next item of a container that ends with `end`, or leaves the container and returns `false`.
    pub(super) fn next_item(&mut self, end: u8, is_first: bool) -> Result<bool, SyntaxError> {
        match self.peek() {
            Some(next) if next == end && is_first => {}
            Some(_) if is_first => return Ok(true),
            Some(b',') => {
                self.lexer.take_next();
                return if self.peek() == Some(end) {
                    Err(self.error())
                } else {
                    Ok(true)
                };
            }
            Some(next) if next == end => {}
            _ => return Err(self.error()),
        }
        self.lexer.take_next();
        self.depth -= 1;
        Ok(false)
    }

    /// Skips a value.
    pub(super) fn skip(&mut self) -> Result<(), SyntaxError> {
        match self.peek() {
            Some(b'"') => {
                self.lexer.take_next();
                let rest = self.lexer.as_slice();
                self.lexer
                    .skip_until(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
                if self.lexer.take_next() == Some(b'"') {
                    return Ok(());
                }
                self.lexer = SliceLexer::new(rest);
                json::string(&mut self.lexer)
                    .map(|_| ())
                    .map_err(|_| self.error())
            }
            Some(b'0'..=b'9' | b'-') => {
                let start = self.position();
                let number = self.lexer.num_string().validated();
                number.map(|_| ()).map_err(|_| SyntaxError(start))
            }
            Some(next @ (b'{' | b'[')) => {
                self.token()?;
                self.leave(next + 2, true)
            }
            _ => self.token().map(|_| ()),
        }
    }

    /// Skips the rest of a container.
    pub(super) fn leave(&mut self, end: u8, mut is_first: bool) -> Result<(), SyntaxError> {
        while self.next_item(end, is_first)? {
            is_first = false;
            if end == b'}' {
                self.skip_member_name()?;
            }
            self.skip()?;
        }
        Ok(())
    }

    fn skip_member_name(&mut self) -> Result<(), SyntaxError> {
        if self.peek() != Some(b'"') {
            return Err(self.error());
        }
        self.skip()?;
        self.lexer
            .expect(SliceLexer::ws_peek, b':')
            .ok_or_else(|| self.error())
    }

    /// Checks that nothing but whitespace follows.
    pub(super) fn end(&mut self) -> Result<(), SyntaxError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error()),
        }
    }
}

/// Parses a number as serde_json does; `None` if it is out of range.
fn parse_number(text: &str, is_integer: bool) -> Option<Number> {
    if is_integer {
        if let Ok(positive) = text.parse() {
            return Some(Number::Positive(positive));
        }
        // `-0` is a float in serde_json.
        if text.parse().is_ok_and(|negative: i64| negative != 0) {
            return Some(Number::Negative);
        }
    }
    let float: f64 = text.parse().ok()?;
    float.is_finite().then_some(Number::Float(float))
}

/// Returns the members of the object `body`: names and values.
///
/// # Errors
///
/// Returns the line and column at which `body` is not valid JSON or not an object.
pub(crate) fn members(body: &[u8]) -> Result<Vec<Member<'_>>, (usize, usize)> {
    let mut scanner = Scanner::new(body);
    read_members(&mut scanner).map_err(|SyntaxError(position)| line_and_column(body, position))
}

fn read_members<'a>(scanner: &mut Scanner<'a>) -> Result<Vec<Member<'a>>, SyntaxError> {
    if scanner.peek() != Some(b'{') {
        return Err(scanner.error());
    }
    scanner.token()?;
    let mut members = Vec::new();
    let mut is_first = true;
    while scanner.next_item(b'}', is_first)? {
        is_first = false;
        let name = scanner.member_name()?.text;
        let start = scanner.start();
        scanner.skip()?;
        members.push((name, &scanner.body[start..scanner.position()]));
    }
    scanner.end()?;
    Ok(members)
}

/// A container that is large enough to be worth skipping without reading.
#[derive(Debug)]
pub(super) struct LargeContainer {
    /// The position after its end.
    pub(super) end: usize,
    /// The positions of some of its items or members, [`STRIDE`] bytes apart.
    marks: Vec<usize>,
}

impl LargeContainer {
    /// Returns the position of the last marked item that starts at or before `position`.
    pub(super) fn mark_before(&self, position: usize) -> Option<usize> {
        let after = self.marks.partition_point(|mark| *mark <= position);
        after.checked_sub(1).map(|last| self.marks[last])
    }
}

/// The distance between marks and the minimum size of a large container, in bytes.
const STRIDE: usize = 1024;

/// The large containers of a body, by their positions.
#[derive(Debug, Default)]
pub(super) struct Index {
    containers: HashMap<usize, LargeContainer>,
    /// For each part of [`STRIDE`] bytes, whether a large container starts in it. This is faster to look up.
    parts: Vec<bool>,
}

impl Index {
    /// Reads the whole body.
    pub(super) fn new(body: &[u8]) -> Result<Self, SyntaxError> {
        let mut index = Self {
            containers: HashMap::new(),
            parts: vec![false; body.len() / STRIDE + 1],
        };
        let mut scanner = Scanner::new(body);
        index.add(&mut scanner)?;
        scanner.end()?;
        Ok(index)
    }

    pub(super) fn get(&self, position: usize) -> Option<&LargeContainer> {
        if !self.parts.get(position / STRIDE).is_some_and(|part| *part) {
            return None;
        }
        self.containers.get(&position)
    }

    fn add(&mut self, scanner: &mut Scanner<'_>) -> Result<(), SyntaxError> {
        let start = scanner.start();
        let end = match scanner.token()? {
            Token::Array => b']',
            Token::Object => b'}',
            _ => return Ok(()),
        };
        let mut marks = Vec::new();
        let mut is_first = true;
        while scanner.next_item(end, is_first)? {
            is_first = false;
            let position = scanner.start();
            if position - marks.last().unwrap_or(&start) >= STRIDE {
                marks.push(position);
            }
            if end == b'}' {
                scanner.skip_member_name()?;
            }
            self.add(scanner)?;
        }
        let end = scanner.position();
        if end - start >= STRIDE {
            self.containers.insert(start, LargeContainer { end, marks });
            self.parts[start / STRIDE] = true;
        }
        Ok(())
    }
}

/// Returns the position and the JSON type of the value at `path`.
pub(super) fn locate(body: &[u8], path: &[Step]) -> Option<(usize, Kind)> {
    let mut scanner = Scanner::new(body);
    for step in path {
        let token = scanner.token().ok()?;
        let mut is_first = true;
        match (step, token) {
            (Step::Item(index) | Step::Element(index), Token::Array) => {
                for _ in 0..*index {
                    scanner.next_item(b']', is_first).ok()?.then_some(())?;
                    is_first = false;
                    scanner.skip().ok()?;
                }
                scanner.next_item(b']', is_first).ok()?.then_some(())?;
            }
            (Step::Member(name) | Step::Entry(name), Token::Object) => loop {
                scanner.next_item(b'}', is_first).ok()?.then_some(())?;
                is_first = false;
                if scanner.member_name().ok()?.text == *name {
                    break;
                }
                scanner.skip().ok()?;
            },
            _ => return None,
        }
    }
    let start = scanner.start();
    Some((start, scanner.token().ok()?.kind()))
}

/// Returns the line and column of a position, counted from 1.
pub(super) fn line_and_column(body: &[u8], position: usize) -> (usize, usize) {
    let before = &body[..position.min(body.len())];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1) + 1;
    (line, column)
}
