//! Routing: finds the operation of a request.
//!
//! If several paths match, they are compared at the first differing segment: a literal takes precedence over a
//! parameter. `/api/webhooks/events` is therefore never a webhook with the id `events`, and `/api/authenticate/me`
//! matches `/api/authenticate/{attempt_id}`, not `/api/{account}/me`.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::service::{Operation, Service};

/// Path parameters that match the entire rest of the path, because their values may contain slashes. Source:
/// api-conventions, section 6 (the URL of a CDN file).
const GREEDY: [&str; 1] = ["cdnUrl"];

/// A segment of a documented path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    /// Literal prefix, parameter name and literal suffix.
    Parameter(String, String, String),
}

impl Segment {
    pub(crate) fn is_greedy(&self) -> bool {
        matches!(self, Self::Parameter(_, name, _) if GREEDY.contains(&name.as_str()))
    }

    /// Matches a segment of a request path. Returns `None` on a mismatch. On a match, returns the name and value of the
    /// parameter if this segment is a parameter.
    fn matches<'a>(&self, segment: &'a str) -> Option<Option<(&str, &'a str)>> {
        match self {
            Self::Literal(text) => (text == segment).then_some(None),
            Self::Parameter(prefix, name, suffix) => {
                let value = segment.strip_prefix(prefix.as_str())?;
                let value = value.strip_suffix(suffix.as_str())?;
                (!value.is_empty()).then_some(Some((name, value)))
            }
        }
    }
}

/// Splits a documented path into segments.
pub(crate) fn segments(path: &str) -> Vec<Segment> {
    path.split('/')
        .skip(1)
        .map(|segment| {
            let parts = segment.split_once('{').and_then(|(prefix, rest)| {
                let (name, suffix) = rest.split_once('}')?;
                Some((prefix, name.trim_end_matches('?'), suffix))
            });
            match parts {
                Some((prefix, name, suffix)) => {
                    Segment::Parameter(prefix.to_owned(), name.to_owned(), suffix.to_owned())
                }
                None => Segment::Literal(segment.to_owned()),
            }
        })
        .collect()
}

/// The result of routing a request.
pub(crate) enum Route<'a> {
    /// The operation, and the percent-decoded values of its path parameters.
    Found(&'a Operation, Vec<(String, String)>),
    /// The path exists, but only with these methods.
    OtherMethods(Vec<Method>),
    Unknown,
}

/// Finds the operation for a method and a percent-encoded path.
pub(crate) fn find<'a>(service: &'a Service, method: &Method, path: &str) -> Route<'a> {
    let sent: Vec<&str> = path.split('/').skip(1).collect();
    let same_length = service.by_length.get(&sent.len()).into_iter().flatten();
    let greedy = service
        .greedy
        .iter()
        .filter(|index| service.operations[**index].segments.len() < sent.len());
    let mut best: Option<(&Operation, Vec<(String, String)>)> = None;
    let mut others = Vec::new();
    for index in same_length.chain(greedy) {
        let operation = &service.operations[*index];
        let Some(values) = values(operation, &sent) else {
            continue;
        };
        // HEAD is handled like GET; the HTTP server drops the body.
        let has_method = operation.method == *method
            || (*method == Method::HEAD && operation.method == Method::GET);
        if !has_method {
            others.push(operation.method.clone());
        } else if best
            .as_ref()
            .is_none_or(|(best, _)| takes_precedence(operation, best))
        {
            best = Some((operation, values));
        }
    }
    match best {
        Some((operation, values)) => Route::Found(operation, values),
        None if others.is_empty() => Route::Unknown,
        None => Route::OtherMethods(others),
    }
}

/// Matches a request path against an operation; returns the values of the path parameters.
fn values(operation: &Operation, sent: &[&str]) -> Option<Vec<(String, String)>> {
    let mut values = Vec::new();
    for (index, segment) in operation.segments.iter().enumerate() {
        let rest;
        let text = if segment.is_greedy() {
            rest = sent.get(index..)?.join("/");
            rest.as_str()
        } else {
            sent.get(index)?
        };
        if let Some((name, value)) = segment.matches(text)? {
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            values.push((name.to_owned(), value));
        }
    }
    Some(values)
}

/// Returns whether `operation` has the literal at the first segment where exactly one of the two operations has a
/// parameter.
fn takes_precedence(operation: &Operation, other: &Operation) -> bool {
    let is_parameter = |segment: &Segment| matches!(segment, Segment::Parameter(..));
    operation
        .segments
        .iter()
        .zip(&other.segments)
        .map(|(one, other)| (is_parameter(one), is_parameter(other)))
        .find(|(one, other)| one != other)
        .is_some_and(|(one, _)| !one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, path: &str) -> String {
        let service = Service::vendored().unwrap();
        match find(&service, &method.parse().unwrap(), path) {
            Route::Found(operation, values) => format!("{} {values:?}", operation.id),
            Route::OtherMethods(methods) => format!("{methods:?}"),
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn a_literal_takes_precedence_over_a_parameter_in_the_first_differing_segment() {
        for (method, path, expected) in [
            ("GET", "/api/webhooks/events", "listAvailableEvents []"),
            (
                "GET",
                "/api/webhooks/wh_1",
                r#"showWebhook [("webhook_id", "wh_1")]"#,
            ),
            (
                "GET",
                "/api/acct_1/me",
                r#"getCurrentAccount [("account", "acct_1")]"#,
            ),
            // Two paths match: `/api/authenticate/{attempt_id}` and `/api/{account}/me`.
            (
                "GET",
                "/api/authenticate/me",
                r#"pollAuthenticationStatus [("attempt_id", "me")]"#,
            ),
            (
                "GET",
                "/api/a/chats/1/messages/search",
                r#"searchChatMessages [("account", "a"), ("chat_id", "1")]"#,
            ),
            (
                "GET",
                "/api/a%2Fb/me",
                r#"getCurrentAccount [("account", "a/b")]"#,
            ),
            ("HEAD", "/api/whoami", "whoami []"),
            ("DELETE", "/api/whoami", "[GET]"),
            ("GET", "/api/nothing/of/this/kind", "unknown"),
            ("GET", "/api//me", "unknown"),
            ("GET", "/", "unknown"),
            (
                "GET",
                "/api/a/media/download/https://cdn2.onlyfans.com/f/a.jpg",
                r#"downloadMediaFromTheOnlyFansCDN [("account", "a"), ("cdnUrl", "https://cdn2.onlyfans.com/f/a.jpg")]"#,
            ),
            (
                "GET",
                "/api/a/media/download/drm/5",
                r#"downloadDRMProtectedMedia [("account", "a"), ("media_id", "5")]"#,
            ),
        ] {
            assert_eq!(route(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn finds_every_operation_by_its_path() {
        let service = Service::vendored().unwrap();
        for operation in &service.operations {
            let path = operation.path.replace(['{', '}'], "_");
            let Route::Found(found, _) = find(&service, &operation.method, &path) else {
                panic!("{} was not found", operation.id);
            };
            assert_eq!(found.id, operation.id, "{path}");
        }
        assert!(service.operations.len() > 200);
    }
}
