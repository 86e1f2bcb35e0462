//! Every operation gets a name of its own, in words that read well.
//!
//! Before: `get: {}` on `/api/things/{id}`; two operations called `listThings`; `submit2FA`,
//! `searchGIFs`. After: names `get_api_things_id`; `list_things` and `list_things_2`, where the first
//! keeps its name; `submit_2fa`, `search_gifs`. The document's own id stays as the fact `id`. An
//! `x-name` of the overlay wins over the rule.

use std::collections::HashSet;

use serde_json::Value;

use super::set_fact;
use crate::Report;
use crate::walk::operations;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let mut taken = HashSet::new();
    operations(root, |operation| {
        let given = operation.id.as_str();
        let pinned = operation.members.shift_remove("x-name");
        let wanted = pinned
            .as_ref()
            .and_then(Value::as_str)
            .map_or_else(|| snake(given), snake);
        let base = if wanted.is_empty() {
            snake(&format!("{} {}", operation.method, operation.path))
        } else {
            wanted
        };
        let name = std::iter::once(base.clone())
            .chain((2..).map(|n| format!("{base}_{n}")))
            .find(|name| taken.insert(name.clone()))
            .unwrap_or_default();
        let id = if given.is_empty() {
            name.clone()
        } else {
            given.to_owned()
        };
        if given.is_empty() {
            report.warn(
                &operation.at,
                Some(&id),
                format!("no operationId -> `{name}`"),
            );
        } else if name != base {
            report.warn(
                &operation.at,
                Some(&id),
                format!("`{base}` -> `{name}`: the name is taken"),
            );
        } else if pinned.is_some() {
            report.note(
                &operation.at,
                Some(&id),
                format!("`{id}` -> `{name}`: by the overlay"),
            );
        }
        operation
            .members
            .insert("operationId".to_owned(), name.into());
        set_fact(operation.members, "id", id);
    });
}

/// `name` in snake case.
///
/// Unlike the usual rule it keeps a number with the capitals after it (`2FA`) and capitals with a
/// plural s (`GIFs`) in one word.
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
            // The last capital of a run begins the next word, unless all that follows is a plural s.
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
    fn missing_and_doubled_ids_are_replaced_and_the_first_keeps_its_name() {
        let (root, told) = crate::passes::test_run(
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
        assert_eq!(paths["/a"]["post"]["operationId"], "list_things_2");
        assert_eq!(paths["/a"]["post"]["x-codegen"]["id"], "ListThings");
        assert_eq!(paths["/b"]["get"]["operationId"], "list_things_3");
        assert_eq!(told.len(), 4);
    }

    #[test]
    fn words_read_well() {
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
    fn the_overlay_can_name_an_operation() {
        let (root, _) = crate::passes::test_run(
            "operation-ids",
            "paths: {/a: {get: {operationId: send2FAEMail, x-name: send_2fa_email}}}",
        );
        assert_eq!(root["paths"]["/a"]["get"]["operationId"], "send_2fa_email");
    }
}
