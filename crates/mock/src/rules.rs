//! The wire rules: how a request is written, as the service reads it and the document does not say.
//!
//! Written by hand from the collected facts (api-conventions, section 11), and on purpose not shared with the passes of
//! codegen, which write requests by the same facts: a pass that is wrong is refused here.

use serde_json::Value;

use crate::service::{Operation, Parameter};

/// How a query parameter is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `name=value`, once.
    One(String),
    /// `name[]=value` for each item, or `name[0]=value`.
    Many(String),
    /// Not at all: an object without properties stands in the document for the filters beside it.
    Never,
}

/// How a documented query parameter is written. Nested filters are documented with dots, and PHP reads them from
/// brackets: it makes `filter_online` of `filter.online`, which no rule of the service knows.
pub(crate) fn form(operation: &Operation, parameter: &Parameter) -> Form {
    let name = brackets(&parameter.name);
    let schema = &parameter.schema;
    let is_empty = schema["properties"]
        .as_object()
        .is_none_or(serde_json::Map::is_empty);
    let prefix = format!("{}.", parameter.name);
    let has_members = operation
        .parameters
        .iter()
        .any(|other| other.name.starts_with(&prefix));
    match schema["type"].as_str() {
        Some("object") if is_empty && has_members => Form::Never,
        Some("array") => Form::Many(name),
        _ => Form::One(name),
    }
}

fn brackets(name: &str) -> String {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    parts.fold(first.to_owned(), |name, part| format!("{name}[{part}]"))
}

/// Whether a name of a query is a nested filter with dots, which the service refuses.
pub(crate) fn is_dotted(operation: &Operation, name: &str) -> bool {
    let Some((parent, _)) = name.split_once('.') else {
        return false;
    };
    let is_nested = |known: &str| {
        known
            .split_once('.')
            .is_some_and(|(known, _)| known == parent)
    };
    let mut parameters = operation.parameters.iter();
    parameters.any(|parameter| parameter.place == "query" && is_nested(&parameter.name))
}

/// Query names that the service writes into the address of the next page and that the document does not have. Source:
/// api-conventions, sections 2.2 and 5.1.
pub(crate) fn is_of_next_page(operation: &Operation, name: &str) -> bool {
    [("listChatMessages", "id"), ("listBannedWords", "page")]
        .contains(&(operation.id.as_str(), name))
}

/// The words of a truth value in a query or a form: those of Laravel's `boolean` rule as texts, and those that the
/// vendor's own clients send. Where the document has an integer with the values 0 and 1, words are refused.
pub(crate) const TRUTH: [&str; 4] = ["1", "0", "true", "false"];

/// Texts that are lists, their items parted by commas: name, and how many items there may be.
const COMMA_LISTS: [(&str, usize); 1] = [("ids", 10)];

/// What is wrong with a text that is a list in truth.
pub(crate) fn comma_list(name: &str, text: &str) -> Option<String> {
    let (_, most) = COMMA_LISTS.iter().find(|(known, _)| *known == name)?;
    let items: Vec<&str> = text.split(',').collect();
    if items.len() > *most {
        return Some(format!(
            "The {name} field must not have more than {most} items."
        ));
    }
    items
        .iter()
        .any(|item| item.trim().is_empty())
        .then(|| format!("The {name} field has an empty item."))
}

/// When a field is required that the document calls optional.
enum When {
    /// Where none of these is there.
    Without(&'static [&'static str]),
    /// Where this one is there.
    With(&'static str),
    /// Where this one has one of these values; an absent one has the first.
    Is(&'static str, &'static [&'static str]),
    /// Where this one is above zero.
    AboveZero(&'static str),
}

const BY_PASSWORD: When = When::Is("auth_type", &["email_password"]);
const BY_COOKIES: When = When::Is("auth_type", &["", "raw_data"]);
const CAMPAIGN: When = When::Is("smart_link_scope", &["", "campaign_specific"]);
const SOME_ACCOUNTS: When = When::Is("account_scope", &["", "inclusive", "exclusive"]);
const QUIZ: When = When::Is("votingType", &["", "quiz"]);
const PAID: When = When::AboveZero("price");

/// What the document requires in its prose only: operation, when, field. Source: the descriptions of the fields;
/// api-conventions, sections 6, 7.2, 8 and 9.
const REQUIRED: [(&str, When, &str); 35] = [
    ("createSmartLinkPostback", CAMPAIGN, "smart_link_ids"),
    ("updateSmartLinkPostback", CAMPAIGN, "smart_link_ids"),
    ("createWebhook", SOME_ACCOUNTS, "account_ids"),
    ("updateWebhook", SOME_ACCOUNTS, "account_ids"),
    (
        "createSmartLink",
        When::Is("link_type", &["", "free_trial"]),
        "free_trial_days",
    ),
    (
        "sendMessage",
        When::Without(&["mediaFiles", "giphyId"]),
        "text",
    ),
    ("sendMessage", PAID, "mediaFiles"),
    ("sendMassMessage", PAID, "mediaFiles"),
    ("updateMassMessage", PAID, "mediaFiles"),
    ("updateMassMessage", PAID, "previews"),
    ("updatePost", PAID, "mediaFiles"),
    ("updateWelcomeMessage", PAID, "mediaFiles"),
    (
        "updateWelcomeMessage",
        When::Without(&["mediaFiles"]),
        "text",
    ),
    ("uploadMediaToVault", When::Without(&["file_url"]), "file"),
    (
        "uploadMediaToTheOnlyFansCDN",
        When::Without(&["file_url"]),
        "file",
    ),
    (
        "submit2FA",
        When::Without(&["code"]),
        "selfie_verification_completed",
    ),
    ("startAuthentication", BY_PASSWORD, "email"),
    ("startAuthentication", BY_PASSWORD, "password"),
    ("startAuthentication", BY_COOKIES, "auth_id"),
    ("startAuthentication", BY_COOKIES, "cookies"),
    ("startAuthentication", BY_COOKIES, "user_agent"),
    ("startAuthentication", BY_COOKIES, "xbc"),
    ("updateAuthenticationCredentials", BY_PASSWORD, "email"),
    ("updateAuthenticationCredentials", BY_PASSWORD, "password"),
    ("updateAuthenticationCredentials", BY_COOKIES, "auth_id"),
    ("updateAuthenticationCredentials", BY_COOKIES, "cookies"),
    ("updateAuthenticationCredentials", BY_COOKIES, "user_agent"),
    ("updateAuthenticationCredentials", BY_COOKIES, "xbc"),
    ("sendPost", When::With("votingType"), "votingOptions"),
    ("sendPost", QUIZ, "votingCorrectIndex"),
    (
        "sendPost",
        When::With("fundRaisingTargetAmount"),
        "fundRaisingTipsPresets",
    ),
    ("updatePost", When::With("votingType"), "votingOptions"),
    ("updatePost", QUIZ, "votingCorrectIndex"),
    (
        "updatePost",
        When::With("fundRaisingTargetAmount"),
        "fundRaisingTipsPresets",
    ),
    (
        "createPromotion",
        When::Is("discount", &["", "100"]),
        "freeTrialDays",
    ),
];

/// The fields that a body must have besides those of the document's lists.
pub(crate) fn required_by_others<'a>(
    operation: &'a Operation,
    body: &'a Value,
) -> impl Iterator<Item = &'static str> + 'a {
    let of_operation = REQUIRED.iter().filter(|(id, ..)| *id == operation.id);
    let required = of_operation.filter(|(_, when, _)| match when {
        When::Without(fields) => fields.iter().all(|field| is_missing(&body[field])),
        When::With(field) => !is_missing(&body[field]),
        When::Is(field, values) => {
            let value = &body[field];
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let text = if value.is_null() {
                values.first().copied().unwrap_or_default()
            } else {
                &text
            };
            !text.is_empty() && values.contains(&text)
        }
        When::AboveZero(field) => body[field].as_f64().is_some_and(|number| number > 0.0),
    });
    required.map(|(.., field)| *field)
}

/// Whether a required field is as good as absent, for Laravel's rule `required`: null, an empty text, an empty list.
pub(crate) fn is_missing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Fields that are required and may be empty all the same: they must be there (Laravel's rule `present`), and empty means
/// something. Source: their descriptions.
const MAY_BE_EMPTY: [(&str, &str); 3] = [
    ("setFansCustomName", "custom_name"),
    ("updateBlockedCountries", "blockedCountries"),
    ("unsubscribeFromUser", "reason"),
];

/// Whether a required field of an operation may be empty.
pub(crate) fn may_be_empty(operation: &Operation, field: &str) -> bool {
    MAY_BE_EMPTY.contains(&(operation.id.as_str(), field))
}

/// Operations whose path ends beyond an id, and whose answer is the thing of that id: `data.id` is its own.
const ABOUT: [&str; 12] = [
    "addMediaToList",
    "blockUser",
    "clearFanNotes",
    "clearUserList",
    "createEditFanNotes",
    "removeMediaFromList",
    "restrictUser",
    "setFansCustomName",
    "startDataExport",
    "subscribeToUser",
    "unblockUser",
    "unrestrictUser",
];

/// Whether the `id` in the answer is that of the last parameter of the path.
pub(crate) fn answers_its_id(operation: &Operation) -> bool {
    let ends_with_it = operation.path.ends_with('}');
    ends_with_it || ABOUT.contains(&operation.id.as_str())
}

/// An `Idempotency-Key` that the service takes: 1 to 255 printable characters of ASCII.
pub(crate) fn is_idempotency_key(key: &[u8]) -> bool {
    (1..=255).contains(&key.len()) && key.iter().all(|byte| (0x20..0x7f).contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Service;

    #[test]
    fn query_parameters_are_written_as_the_service_reads_them() {
        let service = Service::vendored().unwrap();
        let form_of = |operation: &str, name: &str| {
            let operation = service.operation(operation).unwrap();
            let parameter = operation.parameters.iter().find(|p| p.name == name);
            form(operation, parameter.unwrap())
        };
        assert_eq!(
            form_of("listActiveFans", "filter.online"),
            Form::One("filter[online]".to_owned())
        );
        assert_eq!(form_of("listActiveFans", "filter"), Form::Never);
        assert_eq!(
            form_of("listChats", "filter"),
            Form::One("filter".to_owned())
        );
        assert_eq!(
            form_of("listSmartLinks", "filter.tags"),
            Form::Many("filter[tags]".to_owned())
        );
        assert_eq!(
            form_of("listQueueItems", "type"),
            Form::Many("type".to_owned())
        );
    }

    #[test]
    fn every_operation_and_field_of_the_tables_is_in_the_document() {
        let service = Service::vendored().unwrap();
        let has = |operation: &str, field: &str| {
            let operation = service.operation(operation).expect(operation);
            let body = operation.body.as_ref().unwrap();
            body.schema["properties"].get(field).is_some()
        };
        for (operation, when, field) in &REQUIRED {
            assert!(has(operation, field), "{operation}: {field}");
            let others: &[&str] = match when {
                When::Without(fields) => fields,
                When::With(field) | When::Is(field, _) | When::AboveZero(field) => &[field],
            };
            for other in others {
                assert!(has(operation, other), "{operation}: {other}");
            }
        }
        for (operation, field) in MAY_BE_EMPTY {
            assert!(has(operation, field), "{operation}: {field}");
        }
        for operation in ABOUT {
            assert!(service.operation(operation).is_some(), "{operation}");
        }
    }

    #[test]
    fn comma_lists_have_no_empty_items_and_not_too_many() {
        assert_eq!(comma_list("ids", "1,2"), None);
        assert_eq!(comma_list("account_ids", ","), None);
        assert!(comma_list("ids", "1,,2").is_some());
        assert!(comma_list("ids", &["1"; 11].join(",")).is_some());
    }

    #[test]
    fn idempotency_keys_are_printable_and_short() {
        assert!(is_idempotency_key(b"a key"));
        for wrong in [&b""[..], &[b'a'; 256], b"a\tb", "ä".as_bytes()] {
            assert!(!is_idempotency_key(wrong));
        }
    }
}
