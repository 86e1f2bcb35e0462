//! What surrounds an answer: credits, rate limits, pages; in the headers, and in the body where its schema has them.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::route::Segment;
use crate::service::Operation;

/// The credits and the requests of this minute.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) balance: u64,
    pub(crate) limit: u64,
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
            balance,
            limit,
            remaining: limit,
            minute: Instant::now(),
        }
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
        if let Some(known) = body.pointer_mut(place) {
            *known = value;
        }
    }
}

/// Writes the ids of the path into the body, where its field is known: one of the parameter's own name, and `id` where
/// the path ends with the parameter.
pub(crate) fn echo(operation: &Operation, path: &[(String, String)], body: &mut Value) {
    let item = match operation.segments.last() {
        Some(Segment::Parameter(_, name, _)) => Some(name),
        _ => None,
    };
    let has_data = body.get("data").is_some_and(Value::is_object);
    let value = if has_data { &mut body["data"] } else { body };
    for (name, id) in path {
        for field in [Some(name.as_str()), (Some(name) == item).then_some("id")] {
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

/// Makes two pages of a list: the first names the second, and the second is the last.
pub(crate) fn pages(
    operation: &Operation,
    base: &str,
    path: &str,
    query: &[(String, String)],
    body: &mut Value,
) {
    let has_offset = operation
        .parameters
        .iter()
        .any(|p| p.name == "offset" && p.place == "query");
    let offset = query.iter().find(|(name, _)| name == "offset");
    let is_first = offset.is_none_or(|(_, offset)| offset == "0");
    let has_more = has_offset && is_first;
    let next = has_more.then(|| {
        let mut next = form_urlencoded::Serializer::new(String::new());
        next.extend_pairs(query.iter().filter(|(name, _)| name != "offset"));
        next.append_pair("offset", "10");
        format!("{base}{path}?{}", next.finish())
    });
    for place in ["/_pagination/next_page", "/_pagination/next_page_url"] {
        if let Some(known) = body.pointer_mut(place) {
            *known = json!(next);
        }
    }
    if let Some(known @ Value::Bool(_)) = body.pointer_mut("/data/hasMore") {
        *known = has_more.into();
    }
}
