//! How long a response tells the client to wait.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// Returns how long the headers tell the client to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date.
///
/// A date is compared with the response's own `Date`, so a wrong local clock does not matter; `now` is used only if
/// there is no `Date`. If a header occurs several times, the longest wait is used. A date in the past results in a wait
/// of zero, and a number that does not fit results in [`Duration::MAX`]. Returns `None` if neither header is present or
/// can be parsed.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use onlyfansapi_core::http::{HeaderMap, HeaderValue};
/// use onlyfansapi_core::transport::retry_after;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("2"));
/// assert_eq!(retry_after(&headers, SystemTime::now()), Some(Duration::from_secs(2)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let milliseconds = values(headers, "retry-after-ms").filter_map(|text| seconds(text, 1000.0));
    if let Some(wait) = milliseconds.max() {
        return Some(wait);
    }
    let sent = values(headers, header::DATE.as_str()).find_map(date);
    values(headers, header::RETRY_AFTER.as_str())
        .filter_map(|text| {
            seconds(text, 1.0).or_else(|| {
                let until = date(text)?;
                Some(
                    until
                        .duration_since(sent.unwrap_or(now))
                        .unwrap_or_default(),
                )
            })
        })
        .max()
}

/// Returns the values of a header.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok().map(str::trim))
}

/// Parses a duration whose unit is 1/`per_second` of a second.
fn seconds(text: &str, per_second: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    // `parse` also accepts words such as `inf`, and returns infinity for a number that is too large.
    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
    is_number.then(|| Duration::try_from_secs_f64(number / per_second).unwrap_or(Duration::MAX))
}

fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn reads_every_form_of_the_header() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let early = "Wed, 21 Oct 2015 07:28:00 GMT";
        let late = "Wed, 21 Oct 2015 07:28:30 GMT";
        for (headers, expected) in [
            (vec![("retry-after", "0")], seconds(0)),
            (vec![("retry-after", " 7 ")], seconds(7)),
            (
                vec![("retry-after", "1.5")],
                Some(Duration::from_millis(1500)),
            ),
            (vec![("retry-after", "7"), ("retry-after", "9")], seconds(9)),
            (
                vec![("retry-after", "9"), ("retry-after", "soon")],
                seconds(9),
            ),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "")], None),
            (vec![("retry-after", "-5")], None),
            (vec![("retry-after", "NaN")], None),
            (vec![("retry-after", "inf")], None),
            (vec![("retry-after", "1e300")], Some(Duration::MAX)),
            (
                vec![("retry-after", "99999999999999999999999")],
                Some(Duration::MAX),
            ),
            (
                vec![("retry-after-ms", "250"), ("retry-after", "9")],
                Some(Duration::from_millis(250)),
            ),
            (
                vec![("retry-after-ms", "soon"), ("retry-after", "9")],
                seconds(9),
            ),
            // The local clock is at `late`.
            (vec![("retry-after", early)], seconds(0)),
            (vec![("retry-after", late), ("date", early)], seconds(30)),
            (vec![("retry-after", early), ("date", late)], seconds(0)),
            (vec![("retry-after", late), ("date", "soon")], seconds(0)),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| {
                    let name = http::HeaderName::from_static(name);
                    (name, HeaderValue::from_static(value))
                })
                .collect();
            let now = httpdate::parse_http_date(late).unwrap();
            assert_eq!(retry_after(&map, now), expected, "{headers:?}");
        }
    }
}
