//! The pages of lists that nobody has made: there are two of each, and the first says how to get the second.
//!
//! Source of the styles: api-conventions, section 5. Lists of things that were made have the pages that they have; their
//! state writes them.

use serde_json::{Value, json};

use crate::envelope::set;
use crate::service::{Operation, sent};

/// Parameters that continue a list, and the value that asks for the second page, the page's size where there is none; the
/// first that an operation has is the one that the first page names.
const CONTINUE: [(&str, Option<&str>); 6] = [
    ("offset", None),
    ("cursor", Some(CURSOR)),
    ("marker", Some("2")),
    ("page", Some("2")),
    ("from_id", Some("2")),
    ("first_id", Some("2")),
];
const CURSOR: &str = "second-page";

/// Where an answer says how it goes on; by default it ends.
#[derive(Default)]
pub(crate) struct Next {
    /// The URL of the next page, absolute.
    pub(crate) url: Option<String>,
    /// The offset of the next page.
    pub(crate) offset: Option<usize>,
    /// The cursor of the next page.
    pub(crate) cursor: Option<&'static str>,
}

/// Makes the first or the second of two pages of `body`.
pub(crate) fn write(
    operation: &Operation,
    address: &str,
    query: &[(String, String)],
    body: &mut Value,
) {
    let is_first = query.iter().all(|(name, value)| {
        let continues = CONTINUE.iter().any(|(known, _)| known == name);
        !continues || value == "0" || (name == "page" && value == "1")
    });
    let of_operation = |name: &str| operation.parameter("query", name).is_some();
    // Laravel's own pages go by `page`, whether the document says so or not.
    let is_laravel = body.pointer("/links/next").is_some();
    let mut ways = CONTINUE.iter();
    let by = ways.find(|(name, _)| of_operation(name) || (is_laravel && *name == "page"));
    let next = by.filter(|_| is_first).map(|(name, value)| {
        let limit = sent(query, "limit").and_then(|limit| limit.parse().ok());
        let limit = limit.unwrap_or(10);
        let value = value.map_or_else(|| limit.to_string(), str::to_owned);
        Next {
            url: Some(url(address, query, name, &value)),
            offset: Some(limit),
            cursor: Some(CURSOR),
        }
    });
    let has_next = next.is_some();
    let next = next.unwrap_or_default();
    go_on(body, &next);
    for (place, value) in [
        ("/links/first", json!(url(address, query, "page", "1"))),
        ("/links/last", json!(url(address, query, "page", "2"))),
        (
            "/links/prev",
            json!((!is_first).then(|| url(address, query, "page", "1"))),
        ),
        ("/links/next", json!(next.url)),
        ("/meta/path", json!(address)),
    ] {
        set(body, place, value);
    }
    for meta in ["/meta", "/data/meta"] {
        set(
            body,
            &format!("{meta}/current_page"),
            json!(if has_next { 1 } else { 2 }),
        );
        set(body, &format!("{meta}/last_page"), json!(2));
    }
}

/// Writes into every place of a body that says how a list goes on, or that it ends.
pub(crate) fn go_on(body: &mut Value, next: &Next) {
    for place in ["/_pagination/next_page", "/_pagination/next_page_url"] {
        set(body, place, json!(next.url));
    }
    set(body, "/_pagination/next_cursor", json!(next.cursor));
    for place in ["/data/nextOffset", "/nextOffset"] {
        if let (Some(known @ Value::Number(_)), Some(offset)) =
            (body.pointer_mut(place), next.offset)
        {
            *known = offset.into();
        }
    }
    if let Some(known @ Value::Bool(_)) = body.pointer_mut("/data/hasMore") {
        *known = next.url.is_some().into();
    }
}

/// The address of a list with another value of one parameter.
pub(crate) fn url(address: &str, query: &[(String, String)], name: &str, value: &str) -> String {
    let mut next = form_urlencoded::Serializer::new(String::new());
    next.extend_pairs(query.iter().filter(|(known, _)| known != name));
    next.append_pair(name, value);
    format!("{address}?{}", next.finish())
}
