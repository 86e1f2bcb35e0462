//! Response metadata: the members next to `data`, and the headers with the same information.
//!
//! Source: the vendor's documentation of the response structure. It shows `_pagination` next to `data` and, in one
//! example, under `_meta`; both locations are read.

use http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use super::decode::members;
use super::json;

/// The cost of a request and the team's remaining balance, in credits.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn is_low(meta: &onlyfansapi::Meta) -> bool {
///     meta.credits().is_some_and(|credits| credits.balance < 100)
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Credits {
    /// Credits used by this request; `0` for free requests and cache hits, or if the service does not report it.
    ///
    /// Source: the `x-ofapi-credits-used` header, otherwise `_meta._credits.used`.
    pub used: i64,
    /// Credits left after this request.
    ///
    /// Source: the `x-ofapi-credits-balance` header, otherwise `_meta._credits.balance`.
    pub balance: i64,
    /// A note from the service, for example `Free endpoint`.
    ///
    /// Source: `_meta._credits.note`.
    pub note: Option<String>,
}

/// The team's rate limits, in requests.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn remaining(meta: &onlyfansapi::Meta) -> Option<i64> {
///     meta.rate_limits()?.remaining_minute
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RateLimits {
    /// Requests allowed per minute.
    ///
    /// Source: the `x-rate-limit-limit-minute` header, otherwise `_meta._rate_limits.limit_minute`.
    pub limit_minute: Option<i64>,
    /// Requests left in the current minute.
    ///
    /// Source: the `x-rate-limit-remaining-minute` header, otherwise `_meta._rate_limits.remaining_minute`.
    pub remaining_minute: Option<i64>,
    /// Requests allowed per day. The service no longer has daily limits and mostly sends null.
    ///
    /// Source: the
    /// `x-rate-limit-limit-day` header, otherwise `_meta._rate_limits.limit_day`.
    pub limit_day: Option<i64>,
    /// Requests left on the current day.
    ///
    /// Source: the `x-rate-limit-remaining-day` header, otherwise `_meta._rate_limits.remaining_day`.
    pub remaining_day: Option<i64>,
}

/// Whether the response came from the service's cache.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn is_fresh(meta: &onlyfansapi::Meta) -> bool {
///     !meta.cache().is_some_and(|cache| cache.is_cached)
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CacheInfo {
    /// Whether the response came from the cache.
    ///
    /// Source: the `x-ofapi-is-cached` header, otherwise `_meta._cache.is_cached`.
    pub is_cached: bool,
    /// The time at which the response was cached, in the service's format. Present only on cache hits.
    ///
    /// Source: `_meta._cache.cached_at`.
    pub cached_at: Option<String>,
    /// A note from the service.
    ///
    /// Source: `_meta._cache.note`.
    pub note: Option<String>,
}

/// How to request the next page: a URL or a cursor, depending on the operation.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn next_page(meta: &onlyfansapi::Meta) -> Option<&str> {
///     meta.pagination()?.next_page.as_deref()
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Pagination {
    /// The absolute URL of the next page; `None` on the last page, or if the operation uses a cursor.
    ///
    /// Source: `_pagination.next_page`, otherwise `_pagination.next_page_url`; `links.next` if there is no
    /// `_pagination`.
    pub next_page: Option<String>,
    /// The cursor for the next page, used by the profile search.
    ///
    /// Source: `_pagination.next_cursor`.
    pub next_cursor: Option<String>,
    /// The number of results across all pages, if the service counts them.
    ///
    /// Source: `_pagination.total_results`.
    pub total_results: Option<i64>,
    /// A note from the service.
    ///
    /// Source: `_pagination.notice`.
    pub notice: Option<String>,
}

/// The metadata of a response. Parsing never fails: a member that is missing or has the wrong type becomes `None`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) credits: Option<Credits>,
    pub(crate) rate_limits: Option<RateLimits>,
    pub(crate) cache: Option<CacheInfo>,
    pub(crate) pagination: Option<Pagination>,
}

/// Returns whether `json` starts with an object. A struct with derived `Deserialize` would also accept an array.
pub(crate) fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().first() == Some(&b'{')
}

pub(crate) fn is_envelope_member(name: &str) -> bool {
    name.starts_with('_') || matches!(name, "data" | "links" | "meta")
}

/// Returns whether the body looks like an envelope: it has `data`, and every other member belongs to an envelope.
pub(crate) fn is_envelope(body: &[u8]) -> bool {
    members(body).is_ok_and(|members| {
        members.iter().any(|(name, _)| name == "data")
            && members.iter().all(|(name, _)| is_envelope_member(name))
    })
}

/// Returns whether every member of the body belongs to an envelope; `data` may be missing.
pub(crate) fn is_bare_envelope(body: &[u8]) -> bool {
    members(body).is_ok_and(|members| members.iter().all(|(name, _)| is_envelope_member(name)))
}

impl Envelope {
    /// Reads the metadata from headers and body.
    ///
    /// Headers take precedence, because a replayed or cached body contains the numbers of the original response.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let members = members(body).unwrap_or_default();
        let part = |name: &str| {
            let member = members.iter().rev().find(|(member, _)| member == name);
            member
                .and_then(|(_, value)| json::parse(value))
                .unwrap_or_default()
        };
        let (meta, pagination, links) = (part("_meta"), part("_pagination"), part("links"));
        let pagination = [&pagination, &meta["_pagination"]]
            .into_iter()
            .find(|p| p.is_object());
        Self {
            credits: credits(headers, &meta["_credits"]),
            rate_limits: rate_limits(headers, &meta["_rate_limits"]),
            cache: cache(headers, &meta["_cache"]),
            pagination: pagination
                .map(parse_pagination)
                .or_else(|| laravel_links(&links)),
        }
    }
}

fn parse_pagination(pagination: &Value) -> Pagination {
    Pagination {
        next_page: string(&pagination["next_page"])
            .or_else(|| string(&pagination["next_page_url"])),
        next_cursor: string(&pagination["next_cursor"]),
        total_results: integer(&pagination["total_results"]),
        notice: string(&pagination["notice"]),
    }
}

/// Reads Laravel's pagination, which one operation uses: `links.next` next to `data`.
fn laravel_links(links: &Value) -> Option<Pagination> {
    links.get("next").map(|next| Pagination {
        next_page: string(next),
        ..Pagination::default()
    })
}

fn credits(headers: &HeaderMap, body: &Value) -> Option<Credits> {
    let used = header_integer(headers, "x-ofapi-credits-used").or_else(|| integer(&body["used"]));
    let balance =
        header_integer(headers, "x-ofapi-credits-balance").or_else(|| integer(&body["balance"]));
    // Without a balance, return no credits instead of inventing a number.
    balance.map(|balance| Credits {
        used: used.unwrap_or_default(),
        balance,
        note: string(&body["note"]),
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
        cached_at: string(&body["cached_at"]),
        note: string(&body["note"]),
    })
}

fn header_integer(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Returns an integer, which the service may also send as a string of digits.
fn integer(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_take_precedence_over_the_body() {
        let body = br#"{"data":null,"_meta":{"_credits":{"used":1,"balance":10,"note":"n"},
            "_rate_limits":{"limit_minute":60,"limit_day":"5"},"_cache":{"is_cached":false}}}"#;
        let mut headers = HeaderMap::new();
        let envelope = Envelope::read(&headers, body);
        assert_eq!(
            envelope.credits,
            Some(Credits {
                used: 1,
                balance: 10,
                note: Some("n".into())
            })
        );
        assert_eq!(
            envelope.rate_limits.as_ref().and_then(|l| l.limit_day),
            Some(5)
        );

        for (name, value) in [
            ("x-ofapi-credits-balance", "7"),
            ("x-rate-limit-limit-minute", "1000"),
            ("x-ofapi-is-cached", "1"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let envelope = Envelope::read(&headers, body);
        assert_eq!(envelope.credits.map(|c| (c.used, c.balance)), Some((1, 7)));
        assert_eq!(
            envelope.rate_limits.and_then(|l| l.limit_minute),
            Some(1000)
        );
        assert!(envelope.cache.unwrap().is_cached);
    }

    #[test]
    fn finds_pagination_next_to_data_and_under_meta() {
        for body in [
            r#"{"_pagination":{"next_page":"https://h/api/x?offset=1"}}"#,
            r#"{"_meta":{"_pagination":{"next_page":"https://h/api/x?offset=1"}}}"#,
        ] {
            let envelope = Envelope::read(&HeaderMap::new(), body.as_bytes());
            assert_eq!(
                envelope.pagination.unwrap().next_page.as_deref(),
                Some("https://h/api/x?offset=1")
            );
        }
        let envelope = Envelope::read(&HeaderMap::new(), br#"{"_pagination":{"next_page":null}}"#);
        assert_eq!(envelope.pagination, Some(Pagination::default()));
        assert_eq!(Envelope::read(&HeaderMap::new(), b"[]").pagination, None);
    }
}
