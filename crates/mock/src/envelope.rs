//! What surrounds an answer: credits, rate limits, pages; in the headers, and in the body where its schema has them.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::rules;
use crate::service::Operation;

/// The credits and the requests of this minute.
#[derive(Debug)]
pub(crate) struct Account {
    at_start: u64,
    balance: u64,
    limit: u64,
    remaining: u64,
    minute: Instant,
}

/// What one call left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charge {
    pub(crate) used: u64,
    balance: u64,
    limit: u64,
    remaining: u64,
}

impl Account {
    pub(crate) fn new(balance: u64, limit: u64) -> Self {
        Self {
            at_start: balance,
            balance,
            limit,
            remaining: limit,
            minute: Instant::now(),
        }
    }

    /// As at the start.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.at_start, self.limit);
    }

    /// Counts one request of this minute; `Err` has the seconds until the next, if there were too many.
    pub(crate) fn request(&mut self) -> Result<(), u64> {
        const MINUTE: Duration = Duration::from_secs(60);
        let passed = self.minute.elapsed();
        if passed >= MINUTE {
            self.minute = Instant::now();
            self.remaining = self.limit;
        }
        if self.remaining == 0 {
            return Err(MINUTE.saturating_sub(passed).as_secs().max(1));
        }
        self.remaining -= 1;
        Ok(())
    }

    /// Takes the price of a call.
    pub(crate) fn charge(&mut self, used: u64) -> Charge {
        self.balance = self.balance.saturating_sub(used);
        Charge {
            used,
            balance: self.balance,
            limit: self.limit,
            remaining: self.remaining,
        }
    }
}

/// Writes a charge into the headers.
pub(crate) fn headers(charge: Charge, headers: &mut HeaderMap) {
    for (name, value) in [
        ("x-ofapi-credits-used", charge.used),
        ("x-ofapi-credits-balance", charge.balance),
        ("x-rate-limit-limit-minute", charge.limit),
        ("x-rate-limit-remaining-minute", charge.remaining),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    headers.insert(
        HeaderName::from_static("x-ofapi-is-cached"),
        HeaderValue::from_static("false"),
    );
}

/// Writes a charge into the body, where it has the places for it.
pub(crate) fn meta(charge: Charge, body: &mut Value) {
    let note = if charge.used == 0 {
        "Free endpoint"
    } else {
        "Always"
    };
    for (place, value) in [
        ("/_meta/_credits/used", json!(charge.used)),
        ("/_meta/_credits/balance", json!(charge.balance)),
        ("/_meta/_credits/note", json!(note)),
        ("/_meta/_cache/is_cached", json!(false)),
        (
            "/_meta/_cache/note",
            json!("Cache disabled for this endpoint"),
        ),
        ("/_meta/_rate_limits/limit_minute", json!(charge.limit)),
        (
            "/_meta/_rate_limits/remaining_minute",
            json!(charge.remaining),
        ),
    ] {
        set(body, place, value);
    }
}

/// Writes a value into a place of the body, if it has that.
pub(crate) fn set(body: &mut Value, place: &str, value: Value) {
    if let Some(known) = body.pointer_mut(place) {
        *known = value;
    }
}

/// The `_meta` of an answer that has no schema for it; [`meta`] writes its numbers.
pub(crate) fn full_meta() -> Value {
    json!({
        "_credits": {"used": 0, "balance": 0, "note": ""},
        "_cache": {"is_cached": false, "note": ""},
        "_rate_limits": {
            "limit_minute": 0,
            "limit_day": null,
            "remaining_minute": 0,
            "remaining_day": null,
        },
    })
}

/// Writes the ids of the path into the body, where its field is known: one of the parameter's own name, and `id` for the
/// last where the answer is the thing of that id.
pub(crate) fn echo(operation: &Operation, path: &[(String, String)], body: &mut Value) {
    let item = rules::answers_its_id(operation)
        .then(|| path.last())
        .flatten();
    let has_data = body.get("data").is_some_and(Value::is_object);
    let value = if has_data { &mut body["data"] } else { body };
    for (name, id) in path {
        let is_item = item.is_some_and(|(item, _)| item == name);
        for field in [Some(name.as_str()), is_item.then_some("id")] {
            if let Some(known) = field.and_then(|field| value.get_mut(field)) {
                put(known, id);
            }
        }
    }
}

/// Puts an id in the place of another, as a number where that is one.
pub(crate) fn put(known: &mut Value, id: &str) {
    match known {
        Value::Number(_) => {
            if let Ok(number) = id.parse::<i64>() {
                *known = number.into();
            }
        }
        Value::String(_) | Value::Null => *known = id.into(),
        _ => {}
    }
}
