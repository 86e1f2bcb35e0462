//! Pagination of lists whose items are not stored: every such list has two pages, and the first links to the second.
//!
//! Source of the pagination styles: api-conventions, section 5. Lists of stored objects have as many pages as they
//! need; `state` paginates them.

use serde_json::{Value, json};

use crate::envelope::set;
use crate::service::{Operation, first_value};

/// Pagination parameters, each with the value that requests the second page; `None` stands for the page size. The first
/// page links to the second with the first parameter in this list that the operation accepts.
const PAGE_PARAMETERS: [(&str, Option<&str>); 6] = [
    ("offset", None),
    ("cursor", Some(CURSOR)),
    ("marker", Some("2")),
    ("page", Some("2")),
    ("from_id", Some("2")),
    ("first_id", Some("2")),
];
const CURSOR: &str = "second-page";

/// The references to the next page in a response; all `None` on the last page.
#[derive(Default)]
pub(crate) struct NextPage {
    /// The absolute URL of the next page.
    pub(crate) url: Option<String>,
    /// The offset of the next page.
    pub(crate) offset: Option<usize>,
    /// The cursor of the next page.
    pub(crate) cursor: Option<&'static str>,
}

/// Turns `body` into the first or the second of two pages, depending on the query.
pub(crate) fn paginate(
    operation: &Operation,
    address: &str,
    query: &[(String, String)],
    body: &mut Value,
) {
    let is_first = query.iter().all(|(name, value)| {
        let is_page_parameter = PAGE_PARAMETERS.iter().any(|(known, _)| known == name);
        !is_page_parameter || value == "0" || (name == "page" && value == "1")
    });
    let is_documented = |name: &str| operation.parameter("query", name).is_some();
    // Laravel's paginator accepts `page` even if the document does not list it.
    let is_laravel = body.pointer("/links/next").is_some();
    let mut parameters = PAGE_PARAMETERS.iter();
    let parameter =
        parameters.find(|(name, _)| is_documented(name) || (is_laravel && *name == "page"));
    let next = parameter.filter(|_| is_first).map(|(name, value)| {
        let limit = first_value(query, "limit").and_then(|limit| limit.parse().ok());
        let limit = limit.unwrap_or(10);
        let value = value.map_or_else(|| limit.to_string(), str::to_owned);
        NextPage {
            url: Some(url(address, query, name, &value)),
            offset: Some(limit),
            cursor: Some(CURSOR),
        }
    });
    let has_next = next.is_some();
    let next = next.unwrap_or_default();
    write_next_page(body, &next);
    for (pointer, value) in [
        ("/links/first", json!(url(address, query, "page", "1"))),
        ("/links/last", json!(url(address, query, "page", "2"))),
        (
            "/links/prev",
            json!((!is_first).then(|| url(address, query, "page", "1"))),
        ),
        ("/links/next", json!(next.url)),
        ("/meta/path", json!(address)),
    ] {
        set(body, pointer, value);
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

/// Writes the references to the next page into the fields of the body that hold them.
pub(crate) fn write_next_page(body: &mut Value, next: &NextPage) {
    for pointer in ["/_pagination/next_page", "/_pagination/next_page_url"] {
        set(body, pointer, json!(next.url));
    }
    set(body, "/_pagination/next_cursor", json!(next.cursor));
    for pointer in ["/data/nextOffset", "/nextOffset"] {
        if let (Some(current @ Value::Number(_)), Some(offset)) =
            (body.pointer_mut(pointer), next.offset)
        {
            *current = offset.into();
        }
    }
    if let Some(has_more @ Value::Bool(_)) = body.pointer_mut("/data/hasMore") {
        *has_more = next.url.is_some().into();
    }
}

/// Returns the URL of a list with one query parameter replaced.
pub(crate) fn url(address: &str, query: &[(String, String)], name: &str, value: &str) -> String {
    let mut next = form_urlencoded::Serializer::new(String::new());
    next.extend_pairs(query.iter().filter(|(known, _)| known != name));
    next.append_pair(name, value);
    format!("{address}?{}", next.finish())
}
