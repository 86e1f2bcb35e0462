//! Gives every operation a unique, readable method name.
//!
//! Before: `get: {}` on `/api/things/{id}`; two operations called `listThings`; `submit2FA`, `searchGIFs`; IDs that
//! start with a digit, use a non-Latin script, or are too long. After: `get_api_things_id`; `list_things` for the first
//! operation and `post_a`, derived from the method and path, for the second; `submit_2fa`, `search_gifs`. The original
//! ID is kept as the `id` fact. An `x-name` in the overlay takes precedence.

use std::collections::HashSet;

use heck::ToPascalCase;
use serde_json::Value;

use super::{set_fact, words};
use crate::Report;
use crate::walk::operations;

/// Method names that the client itself defines.
const RESERVED: [&str; 2] = ["new", "clone"];

/// Maximum length of a name, in bytes.
const LONGEST: usize = 100;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut taken = HashSet::new();
    // Assign the names from the document first, so that no derived name takes one of them. If two operations have
    // the same name, the first keeps it.
    operations(root, |operation| {
        let (name, _) = wanted(&operation.id, operation.members.get("x-name"));
        let is_first = name.is_some_and(|name| {
            let is_first = taken.insert(name.to_pascal_case());
            if is_first {
                set_fact(operation.members, "name", name);
            }
            is_first
        });
        if !is_first {
            set_fact(operation.members, "name", Value::Null);
        }
    });
    operations(root, |operation| {
        let declared = operation.id.as_str();
        let pinned = operation.members.shift_remove("x-name");
        let (wanted, problem) = wanted(declared, pinned.as_ref());
        let kept = operation
            .members
            .get_mut(super::FACTS)
            .and_then(Value::as_object_mut)
            .and_then(|facts| facts.shift_remove("name"))
            .and_then(|name| name.as_str().map(str::to_owned));
        let name = kept.clone().unwrap_or_else(|| {
            let base = from_path(operation.method, operation.path);
            std::iter::once(base.clone())
                .chain((2..).map(|n| format!("{base}_{n}")))
                .find(|name| taken.insert(name.to_pascal_case()))
                .unwrap_or(base)
        });
        let id = if declared.is_empty() {
            name.clone()
        } else {
            declared.to_owned()
        };
        match (&kept, wanted) {
            (None, None) => report.warn(
                &operation.at,
                Some(&id),
                format!("{problem} -> `{name}`: derived from method and path"),
            ),
            (None, Some(wanted)) => report.warn(
                &operation.at,
                Some(&id),
                format!("`{wanted}` -> `{name}`: the name is already taken"),
            ),
            (Some(_), _) if pinned.is_some() => report.note(
                &operation.at,
                Some(&id),
                format!("`{id}` -> `{name}`: named by the overlay"),
            ),
            (Some(_), _) => {}
        }
        operation
            .members
            .insert("operationId".to_owned(), name.into());
        set_fact(operation.members, "id", id);
    });
}

/// Returns the name that the document or overlay specifies, or else the reason why it cannot be used.
fn wanted(id: &str, pinned: Option<&Value>) -> (Option<String>, String) {
    let id = pinned.and_then(Value::as_str).unwrap_or(id).trim();
    let name = snake(id);
    let problem = if id.is_empty() {
        "no operationId".to_owned()
    } else if name.len() > LONGEST {
        format!(
            "operationId of {} characters is too long",
            id.chars().count()
        )
    } else if !name.is_ascii() {
        format!("operationId `{id}` is not in Latin script")
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("operationId `{id}` does not start with a letter")
    } else if RESERVED.contains(&name.as_str()) {
        format!("operationId `{id}` is reserved by the client")
    } else {
        return (Some(name), String::new());
    };
    (None, problem)
}

/// Derives a name from the method and path, such as `get_api_things_id`.
fn from_path(method: &str, path: &str) -> String {
    let words = path.replace(|c: char| !c.is_alphanumeric(), " ");
    let name = snake(&words::ascii(&format!("{method} {words}")));
    words::shortened(&name, LONGEST)
}

/// Converts `name` to snake case.
///
/// Unlike the usual conversion, a number and the capitals after it (`2FA`) stay one word, and so does an
/// acronym with a plural s (`GIFs`).
fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = vec![String::new()];
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = i.checked_sub(1).map_or(' ', |i| chars[i]);
        let after = chars.get(i + 1).copied().unwrap_or(' ');
        let starts = if c.is_uppercase() {
            // The last capital of a run starts the next word, unless only a plural s follows.
            let plural = after == 's' && !chars.get(i + 2).is_some_and(|next| next.is_lowercase());
            before.is_lowercase() || (before.is_uppercase() && after.is_lowercase() && !plural)
        } else if c.is_numeric() {
            !before.is_numeric()
                && chars[i..]
                    .iter()
                    .find(|c| !c.is_numeric())
                    .is_some_and(|next| next.is_uppercase())
        } else {
            false
        };
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words.join("_")
}

#[cfg(test)]
mod tests {
    #[test]
    fn replaces_missing_and_duplicate_ids_and_the_first_keeps_its_name() {
        let (root, lines) = crate::passes::test_run(
            "operation-ids",
            "paths: {'/api/things/{id}': {get: {}, put: {operationId: ''}}, /a: {get: {operationId: listThings}, post: {operationId: ListThings}}, /b: {get: {operationId: listThings}}}",
        );
        let paths = &root["paths"];
        assert_eq!(
            paths["/api/things/{id}"]["get"]["operationId"],
            "get_api_things_id"
        );
        assert_eq!(
            paths["/api/things/{id}"]["put"]["operationId"],
            "put_api_things_id"
        );
        assert_eq!(paths["/a"]["get"]["operationId"], "list_things");
        assert_eq!(paths["/a"]["post"]["operationId"], "post_a");
        assert_eq!(paths["/a"]["post"]["x-codegen"]["id"], "ListThings");
        assert_eq!(paths["/b"]["get"]["operationId"], "get_b");
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn converts_ids_to_snake_case() {
        for (id, name) in [
            ("showSmartLinkPostback", "show_smart_link_postback"),
            ("submit2FA", "submit_2fa"),
            ("searchGIFs", "search_gifs"),
            (
                "getFreeTrialLinkCohortARPS",
                "get_free_trial_link_cohort_arps",
            ),
            ("getDRMStatus", "get_drm_status"),
            ("DeprecatedScrapeMedia", "deprecated_scrape_media"),
            ("whoami", "whoami"),
            ("get3mChart", "get3m_chart"),
            ("users.list-all", "users_list_all"),
        ] {
            assert_eq!(super::snake(id), name);
        }
    }

    #[test]
    fn the_overlay_takes_precedence() {
        let (root, _) = crate::passes::test_run(
            "operation-ids",
            "paths: {/a: {get: {operationId: send2FAEMail, x-name: send_2fa_email}}}",
        );
        assert_eq!(root["paths"]["/a"]["get"]["operationId"], "send_2fa_email");
    }
}
