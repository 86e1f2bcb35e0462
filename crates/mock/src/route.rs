//! Which operation a request is for.
//!
//! Between paths that both fit, the first segment in which they differ decides: a literal one comes before a parameter.
//! So `/api/webhooks/events` is never a webhook called `events`, and `/api/authenticate/me` is a login attempt, not the
//! `/api/{account}/me` of an account called `authenticate`.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::service::{Operation, Service};

/// The parameters whose value may have slashes of its own: the whole rest of the path is theirs. Source:
/// api-conventions, section 6: the address of a file on the CDN is one.
const GREEDY: [&str; 1] = ["cdnUrl"];

/// One segment of a documented path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    /// What stands before the name, the name, and what stands after it.
    Parameter(String, String, String),
}

impl Segment {
    pub(crate) fn is_greedy(&self) -> bool {
        matches!(self, Self::Parameter(_, name, _) if GREEDY.contains(&name.as_str()))
    }

    /// The name and the value of the parameter; `None` for another segment. A literal has neither.
    fn take<'a>(&self, segment: &'a str) -> Option<Option<(&str, &'a str)>> {
        match self {
            Self::Literal(text) => (text == segment).then_some(None),
            Self::Parameter(before, name, after) => {
                let value = segment.strip_prefix(before.as_str())?;
                let value = value.strip_suffix(after.as_str())?;
                (!value.is_empty()).then_some(Some((name, value)))
            }
        }
    }
}

/// The segments of a documented path.
pub(crate) fn segments(path: &str) -> Vec<Segment> {
    path.split('/')
        .skip(1)
        .map(|segment| {
            let parts = segment.split_once('{').and_then(|(before, rest)| {
                let (name, after) = rest.split_once('}')?;
                Some((before, name.trim_end_matches('?'), after))
            });
            match parts {
                Some((before, name, after)) => {
                    Segment::Parameter(before.to_owned(), name.to_owned(), after.to_owned())
                }
                None => Segment::Literal(segment.to_owned()),
            }
        })
        .collect()
}

/// The operation of a request.
pub(crate) enum Route<'a> {
    /// It, and the values of its path parameters, percent-decoded.
    Found(&'a Operation, Vec<(String, String)>),
    /// The path is known with these methods.
    OtherMethods(Vec<Method>),
    Unknown,
}

/// The operation for a method and a path as it arrived.
pub(crate) fn find<'a>(service: &'a Service, method: &Method, path: &str) -> Route<'a> {
    let sent: Vec<&str> = path.split('/').skip(1).collect();
    let of_length = service.by_length.get(&sent.len()).into_iter().flatten();
    let longer = service
        .greedy
        .iter()
        .filter(|index| service.operations[**index].segments.len() < sent.len());
    let mut best: Option<(&Operation, Vec<(String, String)>)> = None;
    let mut others = Vec::new();
    for index in of_length.chain(longer) {
        let operation = &service.operations[*index];
        let Some(values) = values(operation, &sent) else {
            continue;
        };
        // A HEAD is answered as a GET, without the body.
        let is_method = operation.method == *method
            || (*method == Method::HEAD && operation.method == Method::GET);
        if !is_method {
            others.push(operation.method.clone());
        } else if best
            .as_ref()
            .is_none_or(|(known, _)| is_before(operation, known))
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
        if let Some((name, value)) = segment.take(text)? {
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            values.push((name.to_owned(), value));
        }
    }
    Some(values)
}

/// Whether the first segment in which two paths differ is a literal of this one.
fn is_before(operation: &Operation, other: &Operation) -> bool {
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

    fn found(method: &str, path: &str) -> String {
        let service = Service::vendored().unwrap();
        match find(&service, &method.parse().unwrap(), path) {
            Route::Found(operation, values) => format!("{} {values:?}", operation.id),
            Route::OtherMethods(methods) => format!("{methods:?}"),
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn a_literal_comes_before_a_parameter_in_the_first_segment_that_differs() {
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
            // Both fit: `/api/authenticate/{attempt_id}` and `/api/{account}/me`.
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
            assert_eq!(found(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn every_operation_is_found_under_its_own_path() {
        let service = Service::vendored().unwrap();
        for operation in &service.operations {
            let path = operation.path.replace(['{', '}'], "_");
            let Route::Found(found, _) = find(&service, &operation.method, &path) else {
                panic!("{} is not found", operation.id);
            };
            assert_eq!(found.id, operation.id, "{path}");
        }
        assert!(service.operations.len() > 200);
    }
}
