//! Repairs a JSON value that does not match its type, one mismatch after another.
//!
//! Each round repairs the failing location and all locations that fail for the same reason, for example the same
//! field of the other items of an array.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::Drift;
use super::traced::{Expected, Failure, Step};

/// Limit on the rounds, far above what a real response needs; each round repairs at least one location.
const MAX_ROUNDS: usize = 10_000;

/// 2^53: an `f64` represents every integer below this exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A JSON value under repair.
pub(super) struct Repair {
    root: Value,
    /// JSON pointer of `root` in the response body.
    at: String,
    drift: Vec<Drift>,
    /// Index into `drift` for each pointer.
    drift_index: HashMap<String, usize>,
    /// The original key or index of each item, for every array that was converted or that lost items, by the
    /// array's pointer.
    original_keys: HashMap<String, Vec<String>>,
    rounds: usize,
}

impl Repair {
    /// Parses `json`, which is located at the JSON pointer `at` of the response body.
    ///
    /// Syntax errors are detected here, because the typed decoder also reports one for a valid number if the type
    /// expects an enum.
    ///
    /// # Errors
    ///
    /// Returns the line and column of the syntax error, or `None` if the JSON is valid but a [`Value`] cannot
    /// represent it.
    pub(super) fn new(json: &[u8], at: &str) -> Result<Self, Option<(usize, usize)>> {
        let root = serde_json::from_slice(json).map_err(|error| {
            // For example an unpaired surrogate, or a number that overflows `f64`.
            let is_json = serde_json::from_slice::<IgnoredAny>(json).is_ok();
            (!is_json).then(|| (error.line(), error.column()))
        })?;
        Ok(Self {
            root,
            at: at.to_owned(),
            drift: Vec::new(),
            drift_index: HashMap::new(),
            original_keys: HashMap::new(),
            rounds: 0,
        })
    }

    /// Serializes the current state of the value.
    pub(super) fn to_json(&self) -> Vec<u8> {
        self.root.to_string().into_bytes()
    }

    /// Records that `failure` was caused by a duplicate member, which parsing into a [`Value`] has removed.
    pub(super) fn record_duplicate_member(&mut self, failure: &Failure) {
        let pointer = self.pointer(&failure.path);
        self.drift.push(Drift {
            pointer,
            expected: "unique members",
            found: "a duplicate member",
            is_converted: true,
        });
    }

    pub(super) fn into_drift(self) -> Vec<Drift> {
        self.drift
    }

    /// Repairs the location of `failure` and all locations that fail for the same reason.
    ///
    /// # Errors
    ///
    /// Returns `failure` if the whole value would have to be removed.
    pub(super) fn repair(&mut self, mut failure: Failure) -> Result<(), Failure> {
        self.rounds += 1;
        if self.rounds > MAX_ROUNDS {
            // Not reached by real responses: from here on, drop the whole top-level member or item.
            failure.path.truncate(1);
            failure.expected = Expected::Other;
        }
        let Some(value) = get(&self.root, &failure.path) else {
            return Err(failure);
        };
        let found = value.clone();
        if failure.path.is_empty() && convert(failure.expected, &found).is_none()
            || self.rounds > 2 * MAX_ROUNDS
        {
            return Err(failure);
        }
        let mut paths = Vec::new();
        collect_similar(&self.root, &failure.path, &mut Vec::new(), &mut paths);
        // In reverse order, so that removing an item does not shift the remaining paths.
        for path in paths.into_iter().rev() {
            let is_same = path == failure.path
                || get(&self.root, &path)
                    .is_some_and(|value| is_same_mismatch(failure.expected, &found, value));
            if is_same {
                self.repair_at(&path, failure.expected);
            }
        }
        Ok(())
    }

    /// Converts the value at `path` if that is lossless.
    ///
    /// Otherwise removes an array item, and sets any other value to null; a value that is already null is removed.
    fn repair_at(&mut self, path: &[Step], expected: Expected) {
        let pointer = self.pointer(path);
        let Some(value) = get_mut(&mut self.root, path) else {
            return;
        };
        let found = kind(value);
        let converted = convert(expected, value);
        let is_converted = converted.is_some();
        let was_null = value.is_null();
        if let Some(converted) = converted {
            if let (Some(members), true) = (value.as_object(), converted.is_array()) {
                self.original_keys.insert(
                    pointer.clone(),
                    numbered_members(members)
                        .map(|items| items.into_iter().map(|(_, key, _)| key.clone()).collect())
                        .unwrap_or_default(),
                );
            }
            *value = converted;
        } else if !was_null && !matches!(path.last(), Some(Step::Item(_))) {
            *value = Value::Null;
        } else {
            self.remove(path);
        }
        // A location can fail again after it was converted or set to null; keep the entry with the original type.
        match self.drift_index.get(&pointer) {
            Some(index) => self.drift[*index].is_converted &= is_converted,
            None => {
                self.drift_index.insert(pointer.clone(), self.drift.len());
                self.drift.push(Drift {
                    pointer,
                    expected: label(expected),
                    found,
                    is_converted,
                });
            }
        }
    }

    /// Removes an item of an array or a member of an object.
    fn remove(&mut self, path: &[Step]) {
        let Some((last, parent)) = path.split_last() else {
            return;
        };
        let pointer = self.pointer(parent);
        match (get_mut(&mut self.root, parent), last) {
            (Some(Value::Array(items)), Step::Item(index)) if *index < items.len() => {
                let keys = self
                    .original_keys
                    .entry(pointer)
                    .or_insert_with(|| (0..items.len()).map(|index| index.to_string()).collect());
                items.remove(*index);
                keys.remove(*index);
            }
            (Some(Value::Object(members)), Step::Member(name) | Step::Entry(name)) => {
                let was_present = members.remove(name).is_some();
                if !was_present {
                    // The type requires the missing member, so remove the object that lacks it.
                    self.remove(parent);
                }
            }
            _ => {}
        }
    }

    /// Returns the JSON pointer of `path` in the original response body.
    fn pointer(&self, path: &[Step]) -> String {
        let mut pointer = self.at.clone();
        for step in path {
            let token = match step {
                Step::Member(name) | Step::Entry(name) => {
                    name.replace('~', "~0").replace('/', "~1")
                }
                Step::Item(index) => {
                    let keys = self.original_keys.get(&pointer);
                    let original = keys.and_then(|keys| keys.get(*index));
                    original.cloned().unwrap_or_else(|| index.to_string())
                }
            };
            pointer.push('/');
            pointer.push_str(&token);
        }
        pointer
    }
}

fn get<'a>(root: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(root, |value, step| match step {
        Step::Member(name) | Step::Entry(name) => value.get(name),
        Step::Item(index) => value.get(index),
    })
}

fn get_mut<'a>(root: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(root, |value, step| match step {
        Step::Member(name) | Step::Entry(name) => value.get_mut(name),
        Step::Item(index) => value.get_mut(index),
    })
}

/// Collects, in document order, every path that differs from `path` only in array indexes and map keys.
fn collect_similar(
    value: &Value,
    path: &[Step],
    prefix: &mut Vec<Step>,
    found: &mut Vec<Vec<Step>>,
) {
    let Some((step, rest)) = path.split_first() else {
        found.push(prefix.clone());
        return;
    };
    match step {
        Step::Member(name) => {
            if let Some(member) = value.get(name) {
                prefix.push(step.clone());
                collect_similar(member, rest, prefix, found);
                prefix.pop();
            }
        }
        Step::Entry(_) => {
            for (name, member) in value.as_object().into_iter().flatten() {
                prefix.push(Step::Entry(name.clone()));
                collect_similar(member, rest, prefix, found);
                prefix.pop();
            }
        }
        Step::Item(_) => {
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                prefix.push(Step::Item(index));
                collect_similar(item, rest, prefix, found);
                prefix.pop();
            }
        }
    }
}

/// Returns whether `value` is mismatched for the same reason as `failed`, which was found in place of `expected`.
fn is_same_mismatch(expected: Expected, failed: &Value, value: &Value) -> bool {
    let is_match = match expected {
        Expected::Boolean => value.is_boolean(),
        Expected::Integer => value.is_i64() || value.is_u64(),
        Expected::Number => value.is_number(),
        Expected::String => value.is_string(),
        Expected::Array => value.is_array(),
        Expected::Object | Expected::Map => value.is_object(),
        // All that is known about the type is that it rejected this exact value.
        Expected::KnownValue | Expected::Null | Expected::Other => return value == failed,
    };
    !is_match && kind(value) == kind(failed)
}

/// Converts `value` to the expected kind, or returns `None` if that would lose information.
fn convert(expected: Expected, value: &Value) -> Option<Value> {
    match (expected, value) {
        (Expected::Integer, Value::String(text)) => parse_integer(text).map(Value::from),
        (Expected::Integer, Value::Number(number)) => {
            let float = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "an integer below 2^53 fits into `i64`"
            )]
            (number.is_f64() && float.fract() == 0.0 && float.abs() < MAX_EXACT)
                .then(|| Value::from(float as i64))
        }
        (Expected::Number, Value::String(text)) => {
            let plain = text
                .bytes()
                .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
            let is_whole = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            (plain
                && (!is_whole
                    || text
                        .parse::<f64>()
                        .is_ok_and(|number| number.abs() < MAX_EXACT)))
            .then(|| {
                text.parse::<f64>()
                    .ok()
                    .filter(|number| number.is_finite())
                    .map(Value::from)
            })
            .flatten()
        }
        (Expected::Boolean, Value::Number(number)) => match number.as_i64() {
            Some(0) => Some(false.into()),
            Some(1) => Some(true.into()),
            _ => None,
        },
        (Expected::Boolean, Value::String(text)) => match text.as_str() {
            "0" | "false" => Some(false.into()),
            "1" | "true" => Some(true.into()),
            _ => None,
        },
        (Expected::String, Value::Number(number)) => {
            let is_exact =
                !number.is_f64() || number.as_f64().is_some_and(|float| float.abs() < MAX_EXACT);
            is_exact.then(|| number.to_string().into())
        }
        (Expected::String, Value::Bool(flag)) => Some(flag.to_string().into()),
        // PHP encodes a map with the keys 0, 1, 2, … as an array.
        (Expected::Map, Value::Array(items)) => Some(Value::Object(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| (index.to_string(), item.clone()))
                .collect(),
        )),
        // PHP encodes an array with missing indexes as an object.
        (Expected::Array, Value::Object(members)) => Some(
            numbered_members(members)?
                .into_iter()
                .map(|(_, _, item)| item.clone())
                .collect(),
        ),
        _ => None,
    }
}

/// Returns the members sorted by key, or `None` if a key is not a number.
fn numbered_members(members: &Map<String, Value>) -> Option<Vec<(u64, &String, &Value)>> {
    let mut items: Vec<_> = members
        .iter()
        .map(|(key, item)| Some((key.parse().ok()?, key, item)))
        .collect::<Option<_>>()?;
    items.sort_unstable_by_key(|(index, _, _)| *index);
    Some(items)
}

/// Parses an integer in canonical form; `05` and `+5` would not survive a round trip.
fn parse_integer(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Returns the JSON type of `value` for a [`Drift`].
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "an integer",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Returns the name of the expected JSON type for a [`Drift`] or an error message.
pub(super) fn label(expected: Expected) -> &'static str {
    match expected {
        Expected::Boolean => "a boolean",
        Expected::Integer => "an integer",
        Expected::Number => "a number",
        Expected::String => "a string",
        Expected::Array => "an array",
        Expected::Object | Expected::Map => "an object",
        Expected::KnownValue => "a known value",
        Expected::Null => "null",
        Expected::Other => "a different value",
    }
}
