//! Mends an answer where it does not fit its type: one failing place after another, together with
//! the places that fail for the same reason (the same field of the other items of a list).

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::Drift;
use super::guard::{Expected, Failure, Step};

/// More rounds than any answer of the service needs; each mends at least one place.
const MAX_ROUNDS: usize = 10_000;

/// 2^53: below it, every whole number is exact in a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An answer on its way to fit its type.
pub(super) struct Repair {
    root: Value,
    at: String,
    drift: Vec<Drift>,
    /// Where in `drift` a pointer stands.
    known: HashMap<String, usize>,
    /// For each list that is not as it came, by its pointer: under which token each item stood.
    kept: HashMap<String, Vec<String>>,
    rounds: usize,
}

impl Repair {
    /// `json` stands at the pointer `at` of its body; gives the fault of its syntax when it is no JSON.
    ///
    /// What the typed reader says of the syntax does not count: it calls a number broken where the
    /// type wants an enumeration.
    pub(super) fn new(json: &[u8], at: &str) -> Result<Self, Option<(usize, usize)>> {
        let root = serde_json::from_slice(json).map_err(|error| {
            // JSON all the same, but with something that no value can hold: half a surrogate pair, a
            // number without end.
            let is_json = serde_json::from_slice::<IgnoredAny>(json).is_ok();
            (!is_json).then(|| (error.line(), error.column()))
        })?;
        Ok(Self {
            root,
            at: at.to_owned(),
            drift: Vec::new(),
            known: HashMap::new(),
            kept: HashMap::new(),
            rounds: 0,
        })
    }

    /// The answer as it is now.
    pub(super) fn text(&self) -> Vec<u8> {
        self.root.to_string().into_bytes()
    }

    /// Notes that the failure is gone now that the answer was read once: a member stood there twice.
    pub(super) fn note_doubled(&mut self, failure: &Failure) {
        let pointer = self.pointer(&failure.path);
        self.drift.push(Drift {
            pointer,
            expected: "each member once",
            found: "a member twice",
            is_converted: true,
        });
    }

    pub(super) fn into_drift(self) -> Vec<Drift> {
        self.drift
    }

    /// Mends the place of `failure`, and those that fail for the same reason; gives the failure back
    /// when the whole answer would have to go.
    pub(super) fn mend(&mut self, mut failure: Failure) -> Result<(), Failure> {
        self.rounds += 1;
        if self.rounds > MAX_ROUNDS {
            // No answer of the service comes here; what is left goes as a whole, part by part.
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
        let mut places = Vec::new();
        matching(&self.root, &failure.path, &mut Vec::new(), &mut places);
        // From the last to the first, so that removing an item leaves the other places valid.
        for place in places.into_iter().rev() {
            let is_same = place == failure.path
                || get(&self.root, &place)
                    .is_some_and(|value| fails_alike(failure.expected, &found, value));
            if is_same {
                self.mend_one(&place, failure.expected);
            }
        }
        Ok(())
    }

    fn mend_one(&mut self, place: &[Step], expected: Expected) {
        let pointer = self.pointer(place);
        let Some(value) = get_mut(&mut self.root, place) else {
            return;
        };
        let found = kind(value);
        let converted = convert(expected, value);
        let is_converted = converted.is_some();
        let was_null = value.is_null();
        if let Some(converted) = converted {
            if let (Some(members), true) = (value.as_object(), converted.is_array()) {
                self.kept.insert(
                    pointer.clone(),
                    numbered(members)
                        .map(|items| items.into_iter().map(|(_, key, _)| key.clone()).collect())
                        .unwrap_or_default(),
                );
            }
            *value = converted;
        } else if !was_null && !matches!(place.last(), Some(Step::Item(_))) {
            *value = Value::Null;
        } else {
            self.remove(place);
        }
        // A place that is left out after all: the first line about it says what stood there.
        match self.known.get(&pointer) {
            Some(index) => self.drift[*index].is_converted &= is_converted,
            None => {
                self.known.insert(pointer.clone(), self.drift.len());
                self.drift.push(Drift {
                    pointer,
                    expected: label(expected),
                    found,
                    is_converted,
                });
            }
        }
    }

    /// Takes out an item of a list or a member of an object.
    fn remove(&mut self, place: &[Step]) {
        let Some((last, parent)) = place.split_last() else {
            return;
        };
        let pointer = self.pointer(parent);
        match (get_mut(&mut self.root, parent), last) {
            (Some(Value::Array(items)), Step::Item(index)) if *index < items.len() => {
                let kept = self
                    .kept
                    .entry(pointer)
                    .or_insert_with(|| (0..items.len()).map(|index| index.to_string()).collect());
                items.remove(*index);
                kept.remove(*index);
            }
            (Some(Value::Object(members)), Step::Member(name) | Step::Entry(name)) => {
                let was_there = members.remove(name).is_some();
                if !was_there {
                    // The type cannot do without the member: without the object, then.
                    self.remove(parent);
                }
            }
            _ => {}
        }
    }

    /// The place as a pointer into the body as it came.
    fn pointer(&self, place: &[Step]) -> String {
        let mut pointer = self.at.clone();
        for step in place {
            let token = match step {
                Step::Member(name) | Step::Entry(name) => {
                    name.replace('~', "~0").replace('/', "~1")
                }
                Step::Item(index) => {
                    let first = self.kept.get(&pointer).and_then(|kept| kept.get(*index));
                    first.cloned().unwrap_or_else(|| index.to_string())
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

/// Every place that differs from `path` in nothing but indexes and keys of maps, in the order of the
/// answer.
fn matching(value: &Value, path: &[Step], way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let Some((step, rest)) = path.split_first() else {
        found.push(way.clone());
        return;
    };
    match step {
        Step::Member(name) => {
            if let Some(member) = value.get(name) {
                way.push(step.clone());
                matching(member, rest, way, found);
                way.pop();
            }
        }
        Step::Entry(_) => {
            for (name, member) in value.as_object().into_iter().flatten() {
                way.push(Step::Entry(name.clone()));
                matching(member, rest, way, found);
                way.pop();
            }
        }
        Step::Item(_) => {
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                way.push(Step::Item(index));
                matching(item, rest, way, found);
                way.pop();
            }
        }
    }
}

/// Whether `value` fails where `failed` did, for the same reason.
fn fails_alike(expected: Expected, failed: &Value, value: &Value) -> bool {
    let fits = match expected {
        Expected::Truth => value.is_boolean(),
        Expected::Integer => value.is_i64() || value.is_u64(),
        Expected::Number => value.is_number(),
        Expected::Text => value.is_string(),
        Expected::List => value.is_array(),
        Expected::Object | Expected::Map => value.is_object(),
        // Nothing is known of the type but that it refused this very value.
        Expected::Choice | Expected::Nothing | Expected::Other => return value == failed,
    };
    !fits && kind(value) == kind(failed)
}

/// `value` as what was expected, where nothing is lost by it.
fn convert(expected: Expected, value: &Value) -> Option<Value> {
    match (expected, value) {
        (Expected::Integer, Value::String(text)) => integer(text).map(Value::from),
        (Expected::Integer, Value::Number(number)) => {
            let float = number.as_f64()?;
            // Every whole number below 2^53 is exact in a float.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a whole number below 2^53 fits"
            )]
            (number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT)
                .then(|| Value::from(float as i64))
        }
        (Expected::Number, Value::String(text)) => {
            let plain = text
                .bytes()
                .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
            let is_whole = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            (plain && (!is_whole || text.parse::<f64>().is_ok_and(|number| number.abs() < EXACT)))
                .then(|| {
                    text.parse::<f64>()
                        .ok()
                        .filter(|number| number.is_finite())
                        .map(Value::from)
                })
                .flatten()
        }
        (Expected::Truth, Value::Number(number)) => match number.as_i64() {
            Some(0) => Some(false.into()),
            Some(1) => Some(true.into()),
            _ => None,
        },
        (Expected::Truth, Value::String(text)) => match text.as_str() {
            "0" | "false" => Some(false.into()),
            "1" | "true" => Some(true.into()),
            _ => None,
        },
        (Expected::Text, Value::Number(number)) => {
            let is_exact =
                !number.is_f64() || number.as_f64().is_some_and(|float| float.abs() < EXACT);
            is_exact.then(|| number.to_string().into())
        }
        (Expected::Text, Value::Bool(flag)) => Some(flag.to_string().into()),
        // PHP writes a map whose keys are 0, 1, 2 … as a list.
        (Expected::Map, Value::Array(items)) => Some(Value::Object(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| (index.to_string(), item.clone()))
                .collect(),
        )),
        // And a list that has lost items as an object.
        (Expected::List, Value::Object(members)) => Some(
            numbered(members)?
                .into_iter()
                .map(|(_, _, item)| item.clone())
                .collect(),
        ),
        _ => None,
    }
}

/// The members of an object whose keys are all numbers, in the order of these.
fn numbered(members: &Map<String, Value>) -> Option<Vec<(u64, &String, &Value)>> {
    let mut items: Vec<_> = members
        .iter()
        .map(|(key, item)| Some((key.parse().ok()?, key, item)))
        .collect::<Option<_>>()?;
    items.sort_unstable_by_key(|(index, _, _)| *index);
    Some(items)
}

/// An integer that is written as one, so that nothing of the text is lost.
fn integer(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(number) if number.is_i64() || number.is_u64() => "an integer",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

pub(super) fn label(expected: Expected) -> &'static str {
    match expected {
        Expected::Truth => "a truth value",
        Expected::Integer => "an integer",
        Expected::Number => "a number",
        Expected::Text => "a text",
        Expected::List => "a list",
        Expected::Object => "an object",
        Expected::Map => "a map",
        Expected::Choice => "one of the known values",
        Expected::Nothing => "nothing",
        Expected::Other => "another value",
    }
}
