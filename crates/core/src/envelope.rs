//! What stands beside `data` in an answer, and the headers that say the same.
//!
//! Source of the facts: the vendor's page on the response structure. `_pagination` is documented
//! beside `data` and, in one example, under `_meta`; both places are read.

use std::collections::HashMap;

use http::HeaderMap;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

/// What the call cost, and what is left on the team's account.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Credits {
    /// Credits that this call used; `0` on cached and free calls.
    pub used: i64,
    /// Credits that are left.
    pub balance: i64,
    /// The service's remark, for example `Free endpoint`.
    pub note: Option<String>,
}

/// How many calls the team may still make.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RateLimits {
    /// Calls allowed a minute.
    pub limit_minute: Option<i64>,
    /// Calls left in this minute.
    pub remaining_minute: Option<i64>,
    /// Calls allowed a day; the service has dropped daily limits and mostly sends null.
    pub limit_day: Option<i64>,
    /// Calls left in this day.
    pub remaining_day: Option<i64>,
}

/// Whether the answer came from the service's cache.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CacheInfo {
    /// Whether it did.
    pub is_cached: bool,
    /// When it was stored, as the service writes it; only on cache hits.
    pub cached_at: Option<String>,
    /// The service's remark.
    pub note: Option<String>,
}

/// Where the next page is, in whichever form the operation says so.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Pagination {
    /// The absolute URL of the next page; `None` on the last one.
    pub next_page: Option<String>,
    /// The cursor of the next page (profile search).
    pub next_cursor: Option<String>,
    /// How many results there are in all, where the service counts them.
    pub total_results: Option<i64>,
    /// The service's remark.
    pub notice: Option<String>,
}

/// The envelope of one answer, read without failing: what is absent or of another kind is `None`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) credits: Option<Credits>,
    pub(crate) rate_limits: Option<RateLimits>,
    pub(crate) cache: Option<CacheInfo>,
    pub(crate) pagination: Option<Pagination>,
}

/// The members of an envelope, unread.
#[derive(Default, Deserialize)]
pub(crate) struct Parts<'a> {
    /// Null counts as absent.
    #[serde(borrow, default)]
    pub(crate) data: Option<&'a RawValue>,
    #[serde(rename = "_meta", borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(rename = "_pagination", borrow, default)]
    pagination: Option<&'a RawValue>,
    #[serde(borrow, default)]
    links: Option<&'a RawValue>,
}

impl<'a> Parts<'a> {
    pub(crate) fn read(body: &'a [u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(body)
    }
}

/// Whether the JSON text begins an object; a derived struct would take a list as well.
pub(crate) fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().first() == Some(&b'{')
}

/// The names of an object's members; `None` where the body is no object.
fn names(body: &[u8]) -> Option<HashMap<String, IgnoredAny>> {
    is_object(body)
        .then(|| serde_json::from_slice(body).ok())
        .flatten()
}

fn is_of_envelope(name: &str) -> bool {
    name.starts_with('_') || matches!(name, "data" | "links" | "meta")
}

/// Whether the body is an envelope by its looks.
pub(crate) fn is_envelope(body: &[u8]) -> bool {
    names(body).is_some_and(|names| {
        names.contains_key("data") && names.keys().all(|name| is_of_envelope(name))
    })
}

/// Whether nothing stands in the body but what stands beside `data`.
pub(crate) fn is_bare_envelope(body: &[u8]) -> bool {
    names(body).is_some_and(|names| names.keys().all(|name| is_of_envelope(name)))
}

/// The JSON value of a part, null where it is absent.
fn read(part: Option<&RawValue>) -> Value {
    part.and_then(|part| serde_json::from_str(part.get()).ok())
        .unwrap_or_default()
}

impl Envelope {
    /// Reads the envelope from headers and body; headers win, because a replayed or cached body
    /// carries the numbers of its first time.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let parts = if is_object(body) {
            Parts::read(body).unwrap_or_default()
        } else {
            Parts::default()
        };
        let (meta, pagination, links) =
            (read(parts.meta), read(parts.pagination), read(parts.links));
        let pagination = [&pagination, &meta["_pagination"]]
            .into_iter()
            .find(|p| p.is_object());
        Self {
            credits: credits(headers, &meta["_credits"]),
            rate_limits: rate_limits(headers, &meta["_rate_limits"]),
            cache: cache(headers, &meta["_cache"]),
            pagination: pagination.map(paged).or_else(|| laravel_links(&links)),
        }
    }
}

fn paged(pagination: &Value) -> Pagination {
    Pagination {
        next_page: text(&pagination["next_page"]).or_else(|| text(&pagination["next_page_url"])),
        next_cursor: text(&pagination["next_cursor"]),
        total_results: integer(&pagination["total_results"]),
        notice: text(&pagination["notice"]),
    }
}

/// Laravel's own paging, which one operation uses: `links.next` beside `data`.
fn laravel_links(links: &Value) -> Option<Pagination> {
    links.get("next").map(|next| Pagination {
        next_page: text(next),
        ..Pagination::default()
    })
}

fn credits(headers: &HeaderMap, body: &Value) -> Option<Credits> {
    let used = header_integer(headers, "x-ofapi-credits-used").or_else(|| integer(&body["used"]));
    let balance =
        header_integer(headers, "x-ofapi-credits-balance").or_else(|| integer(&body["balance"]));
    // Without a balance nothing is said: none is made up.
    balance.map(|balance| Credits {
        used: used.unwrap_or_default(),
        balance,
        note: text(&body["note"]),
    })
}

fn rate_limits(headers: &HeaderMap, body: &Value) -> Option<RateLimits> {
    let number = |header: &str, field: &str| {
        header_integer(headers, header).or_else(|| integer(&body[field]))
    };
    let limits = RateLimits {
        limit_minute: number("x-rate-limit-limit-minute", "limit_minute"),
        remaining_minute: number("x-rate-limit-remaining-minute", "remaining_minute"),
        limit_day: number("x-rate-limit-limit-day", "limit_day"),
        remaining_day: number("x-rate-limit-remaining-day", "remaining_day"),
    };
    (limits != RateLimits::default()).then_some(limits)
}

fn cache(headers: &HeaderMap, body: &Value) -> Option<CacheInfo> {
    let header = headers
        .get("x-ofapi-is-cached")
        .and_then(|value| value.to_str().ok());
    let is_cached = match header {
        Some("true" | "1") => Some(true),
        Some("false" | "0") => Some(false),
        _ => body["is_cached"].as_bool(),
    };
    is_cached.map(|is_cached| CacheInfo {
        is_cached,
        cached_at: text(&body["cached_at"]),
        note: text(&body["note"]),
    })
}

fn header_integer(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// An integer, also where the service sends it as a string of digits.
fn integer(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_win_over_numbers_of_the_body() {
        let body = br#"{"data":null,"_meta":{"_credits":{"used":1,"balance":10,"note":"n"},
            "_rate_limits":{"limit_minute":60,"limit_day":"5"},"_cache":{"is_cached":false}}}"#;
        let mut headers = HeaderMap::new();
        let read = Envelope::read(&headers, body);
        assert_eq!(
            read.credits,
            Some(Credits {
                used: 1,
                balance: 10,
                note: Some("n".into())
            })
        );
        assert_eq!(read.rate_limits.as_ref().and_then(|l| l.limit_day), Some(5));

        for (name, value) in [
            ("x-ofapi-credits-balance", "7"),
            ("x-rate-limit-limit-minute", "1000"),
            ("x-ofapi-is-cached", "1"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let read = Envelope::read(&headers, body);
        assert_eq!(read.credits.map(|c| (c.used, c.balance)), Some((1, 7)));
        assert_eq!(read.rate_limits.and_then(|l| l.limit_minute), Some(1000));
        assert!(read.cache.unwrap().is_cached);
    }

    #[test]
    fn pagination_is_found_beside_data_and_under_meta() {
        for body in [
            r#"{"_pagination":{"next_page":"https://h/api/x?offset=1"}}"#,
            r#"{"_meta":{"_pagination":{"next_page":"https://h/api/x?offset=1"}}}"#,
        ] {
            let read = Envelope::read(&HeaderMap::new(), body.as_bytes());
            assert_eq!(
                read.pagination.unwrap().next_page.as_deref(),
                Some("https://h/api/x?offset=1")
            );
        }
        let read = Envelope::read(&HeaderMap::new(), br#"{"_pagination":{"next_page":null}}"#);
        assert_eq!(read.pagination, Some(Pagination::default()));
        assert_eq!(Envelope::read(&HeaderMap::new(), b"[]").pagination, None);
    }
}
