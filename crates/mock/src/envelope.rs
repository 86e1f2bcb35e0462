//! The envelope of a response: credits, rate limit and `_meta`, in the headers and in the body.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::rules;
use crate::service::Operation;

/// The credit balance and the rate limit of the current minute.
#[derive(Debug)]
pub(crate) struct Usage {
    initial_balance: u64,
    balance: u64,
    limit: u64,
    remaining: u64,
    minute_start: Instant,
}

/// The price of a request, and the balances after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charge {
    pub(crate) used: u64,
    balance: u64,
    limit: u64,
    remaining: u64,
}

impl Usage {
    pub(crate) fn new(balance: u64, limit: u64) -> Self {
        Self {
            initial_balance: balance,
            balance,
            limit,
            remaining: limit,
            minute_start: Instant::now(),
        }
    }

    /// Restores the initial balance and the full rate limit.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.initial_balance, self.limit);
    }

    /// Counts a request against the rate limit; `Err` holds the seconds until the limit resets.
    pub(crate) fn count_request(&mut self) -> Result<(), u64> {
        const MINUTE: Duration = Duration::from_secs(60);
        let passed = self.minute_start.elapsed();
        if passed >= MINUTE {
            self.minute_start = Instant::now();
            self.remaining = self.limit;
        }
        if self.remaining == 0 {
            return Err(MINUTE.saturating_sub(passed).as_secs().max(1));
        }
        self.remaining -= 1;
        Ok(())
    }

    /// Deducts the price of a request.
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

/// Adds the headers for a charge.
pub(crate) fn write_headers(charge: Charge, headers: &mut HeaderMap) {
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

/// Writes a charge into the `_meta` fields that exist in the body.
pub(crate) fn write_meta(charge: Charge, body: &mut Value) {
    let note = if charge.used == 0 {
        "Free endpoint"
    } else {
        "Always"
    };
    for (pointer, value) in [
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
        set(body, pointer, value);
    }
}

/// Replaces the value at a JSON pointer if it exists.
pub(crate) fn set(body: &mut Value, pointer: &str, value: Value) {
    if let Some(current) = body.pointer_mut(pointer) {
        *current = value;
    }
}

/// Returns a `_meta` object for a response without a schema; [`write_meta`] fills in the numbers.
pub(crate) fn meta_template() -> Value {
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

/// Copies the ids in the path into the response fields of the same name. The last id also replaces `id` if the response
/// describes the object with that id.
pub(crate) fn echo_path_ids(operation: &Operation, path: &[(String, String)], body: &mut Value) {
    let described = rules::describes_path_object(operation)
        .then(|| path.last())
        .flatten();
    let has_data = body.get("data").is_some_and(Value::is_object);
    let value = if has_data { &mut body["data"] } else { body };
    for (name, id) in path {
        let is_described = described.is_some_and(|(described, _)| described == name);
        for field in [Some(name.as_str()), is_described.then_some("id")] {
            if let Some(current) = field.and_then(|field| value.get_mut(field)) {
                replace_id(current, id);
            }
        }
    }
}

/// Replaces an id and keeps its JSON type. A number is left unchanged if the new id is not a number.
pub(crate) fn replace_id(current: &mut Value, id: &str) {
    match current {
        Value::Number(_) => {
            if let Ok(number) = id.parse::<i64>() {
                *current = number.into();
            }
        }
        Value::String(_) | Value::Null => *current = id.into(),
        _ => {}
    }
}
