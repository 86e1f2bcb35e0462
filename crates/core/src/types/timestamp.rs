//! A timestamp that keeps the text sent by the service and parses it on demand.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::SystemTime;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time in the service's format.
///
/// The service writes timestamps in several formats: RFC 3339 with an offset, or with microseconds and `Z`;
/// `Y-m-d H:i:s` and `Y-m-dTH:i:s` without a time zone; plain dates; and Unix seconds as a number or a string.
/// Deserializing any string or number succeeds and keeps the original text: [`as_str`](Self::as_str) returns it, and
/// serializing reproduces it. [`instant`](Self::instant) parses it; a format without a time zone is read as UTC.
///
/// Timestamps are compared by instant, regardless of format. Timestamps that cannot be parsed sort last and are
/// compared by text.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use std::time::{Duration, SystemTime};
///
/// use onlyfansapi::Timestamp;
///
/// let sent = Timestamp::from("2026-01-31T22:45:00+01:00");
/// assert_eq!(sent.as_str(), "2026-01-31T22:45:00+01:00");
/// assert_eq!(sent, Timestamp::from("2026-01-31 21:45:00"));
/// assert_eq!(sent, Timestamp::from(1_769_895_900));
/// assert!(sent < Timestamp::from("2026-02-01"));
///
/// // chrono, jiff and time can convert from `SystemTime`.
/// let start = Timestamp::from("1970-01-01T00:01:00.5Z").instant();
/// assert_eq!(start, Some(SystemTime::UNIX_EPOCH + Duration::from_millis(60_500)));
/// assert_eq!(Timestamp::from("22 days").instant(), None);
/// ```
#[derive(Clone, Default)]
pub struct Timestamp {
    text: Box<str>,
    /// Whether the JSON value is a number.
    is_number: bool,
}

impl Timestamp {
    /// The expected input, for deserialization errors.
    pub(crate) const EXPECTED: &str = "a timestamp as a string or a number";

    /// Returns the original text: the string, or the digits of the number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the instant, or `None` if the text is not in a known format.
    #[must_use]
    pub fn instant(&self) -> Option<SystemTime> {
        self.parse().map(SystemTime::from)
    }

    fn parse(&self) -> Option<jiff::Timestamp> {
        let text = self.text.trim();
        if let Some(instant) = parse_unix(text) {
            return Some(instant);
        }
        // A time zone in the text takes precedence; jiff also accepts a space instead of `T`.
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(instant);
        }
        let civil = text
            .parse::<DateTime>()
            .or_else(|_| text.parse::<Date>().map(DateTime::from));
        civil
            .ok()?
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    }

    /// Returns the comparison key, which sorts timestamps with an instant first.
    fn key(&self) -> (bool, Option<jiff::Timestamp>, &str) {
        match self.parse() {
            Some(instant) => (false, Some(instant), ""),
            None => (true, None, &self.text),
        }
    }
}

/// Parses Unix seconds with up to nine decimals: `1735689661`, `123.000000`.
fn parse_unix(text: &str) -> Option<jiff::Timestamp> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if digits.is_empty() || !is_digits(digits) || !is_digits(decimals) || decimals.len() > 9 {
        return None;
    }
    let seconds: i64 = whole.parse().ok()?;
    let nanoseconds: i32 = format!("{decimals:0<9}").parse().ok()?;
    let is_negative = whole.starts_with('-');
    jiff::Timestamp::new(
        seconds,
        if is_negative {
            -nanoseconds
        } else {
            nanoseconds
        },
    )
    .ok()
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self {
            text: text.into(),
            is_number: false,
        }
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self {
            text: text.into(),
            is_number: false,
        }
    }
}

/// Creates a timestamp from Unix seconds, serialized as a number.
impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Self {
            text: seconds.to_string().into(),
            is_number: true,
        }
    }
}

/// Formats the time as RFC 3339 in UTC, or as Unix seconds if the year is outside -9999 to 9999.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match jiff::Timestamp::try_from(time) {
            Ok(instant) => Self::from(instant.to_string()),
            Err(_) => match time.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(after) => Self::from(after.as_secs().to_string()),
                Err(before) => Self::from(format!("-{}", before.duration().as_secs())),
            },
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timestamp").field(&self.text).finish()
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_number {
            if let Ok(whole) = self.text.parse::<i64>() {
                return serializer.serialize_i64(whole);
            }
            if let Ok(whole) = self.text.parse::<u64>() {
                return serializer.serialize_u64(whole);
            }
            if let Ok(number) = self.text.parse::<f64>() {
                return serializer.serialize_f64(number);
            }
        }
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StringOrNumber;

        impl Visitor<'_> for StringOrNumber {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Timestamp::EXPECTED)
            }

            fn visit_str<E>(self, text: &str) -> Result<Timestamp, E> {
                Ok(Timestamp::from(text))
            }

            fn visit_string<E>(self, text: String) -> Result<Timestamp, E> {
                Ok(Timestamp::from(text))
            }

            fn visit_i64<E>(self, seconds: i64) -> Result<Timestamp, E> {
                Ok(Timestamp::from(seconds))
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<Timestamp, E> {
                Ok(Timestamp {
                    text: seconds.to_string().into(),
                    is_number: true,
                })
            }

            fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
                if seconds.is_finite() {
                    Ok(Timestamp {
                        text: seconds.to_string().into(),
                        is_number: true,
                    })
                } else {
                    Err(E::custom("a timestamp must be a finite number"))
                }
            }
        }

        deserializer
            .deserialize_any(StringOrNumber)
            .map_err(D::Error::custom)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A point in time: a string in one of several formats, or Unix seconds.",
            "type": ["string", "number"],
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::*;

    fn seconds(text: &str) -> Option<f64> {
        let at = Timestamp::from(text).instant()?;
        Some(match at.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => after.as_secs_f64(),
            Err(before) => -before.duration().as_secs_f64(),
        })
    }

    /// Covers the formats in the document and in the service's conventions, as well as unsupported formats.
    #[test]
    fn parses_every_format_of_the_service() {
        for (text, expected) in [
            ("2025-01-01T00:00:00+00:00", Some(1_735_689_600.0)),
            ("2025-01-01T01:01:00+01:01", Some(1_735_689_600.0)),
            ("2025-05-23T15:51:52.000000Z", Some(1_748_015_512.0)),
            ("2025-01-01T00:00:00.000Z", Some(1_735_689_600.0)),
            ("2025-01-01t00:00:00z", Some(1_735_689_600.0)),
            ("2023-01-09 03:53:56", Some(1_673_236_436.0)),
            ("2026-09-05T07:01:48", Some(1_788_591_708.0)),
            ("2026-01-01", Some(1_767_225_600.0)),
            ("1739155047", Some(1_739_155_047.0)),
            ("123.000000", Some(123.0)),
            ("0.25", Some(0.25)),
            ("-1.5", Some(-1.5)),
            (" 1739155047 ", Some(1_739_155_047.0)),
            ("22 days", None),
            ("Q1 2024", None),
            ("2024-01", None),
            ("", None),
            ("-", None),
            (".5", None),
            ("99999999999999999999", None),
            ("2025-13-01T00:00:00Z", None),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn serializes_the_original_value() {
        for json in [
            "\"2025-01-01T00:00:00+00:00\"",
            "\"22 days\"",
            "\"\"",
            "1735689661",
            "-5",
            "18446744073709551615",
            "1.5",
        ] {
            let timestamp: Timestamp = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&timestamp).unwrap(), json);
        }
        for json in ["true", "[]", "{}"] {
            assert!(serde_json::from_str::<Timestamp>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn compares_by_instant() {
        let same = [
            Timestamp::from("2025-01-01T00:00:00+00:00"),
            Timestamp::from("2025-01-01 00:00:00"),
            Timestamp::from("1735689600"),
            Timestamp::from(1_735_689_600),
            Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_689_600)),
        ];
        assert_eq!(same.iter().collect::<HashSet<_>>().len(), 1);
        let mut sorted = [
            Timestamp::from("later"),
            Timestamp::from("2026-01-01"),
            Timestamp::from("a while ago"),
            Timestamp::from("2025-06-01T00:00:00Z"),
        ];
        sorted.sort();
        let texts: Vec<_> = sorted.iter().map(Timestamp::as_str).collect();
        assert_eq!(
            texts,
            ["2025-06-01T00:00:00Z", "2026-01-01", "a while ago", "later"]
        );
        assert_ne!(Timestamp::from("soon"), Timestamp::from("later"));
        assert_eq!(
            format!("{:?}", same[1]),
            "Timestamp(\"2025-01-01 00:00:00\")"
        );
    }
}
