//! Wire rules: how the service parses and validates requests beyond what the document specifies.
//!
//! They are written by hand from the collected facts (api-conventions, section 11). The codegen passes encode requests
//! based on the same facts, but deliberately do not share these rules, so that the mock server rejects requests from an
//! incorrect pass.

use serde_json::Value;

use crate::service::{Operation, Parameter};

/// The encoding of a query parameter, with its name on the wire.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum QueryEncoding {
    /// A single `name=value`.
    Scalar(String),
    /// `name[]=value` or `name[0]=value` for each item.
    Array(String),
    /// Never sent. The document lists this object, which has no properties, in addition to its nested filters.
    Omitted,
}

/// Returns the encoding of a documented query parameter.
///
/// The document writes nested filters with dots, but PHP only parses brackets: it turns `filter.online` into
/// `filter_online`, which the service does not recognize.
pub(crate) fn query_encoding(operation: &Operation, parameter: &Parameter) -> QueryEncoding {
    let name = bracketed(&parameter.name);
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
        Some("object") if is_empty && has_members => QueryEncoding::Omitted,
        Some("array") => QueryEncoding::Array(name),
        _ => QueryEncoding::Scalar(name),
    }
}

/// Converts `a.b.c` to `a[b][c]`.
fn bracketed(name: &str) -> String {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    parts.fold(first.to_owned(), |name, part| format!("{name}[{part}]"))
}

/// Returns whether a query name is a nested filter written with dots, which the service rejects.
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
    parameters.any(|parameter| parameter.location == "query" && is_nested(&parameter.name))
}

/// Returns whether a query name is an undocumented parameter that the service uses in its next-page URLs. Source:
/// api-conventions, sections 2.2 and 5.1.
pub(crate) fn is_next_page_parameter(operation: &Operation, name: &str) -> bool {
    [("listChatMessages", "id"), ("listBannedWords", "page")]
        .contains(&(operation.id.as_str(), name))
}

/// Boolean values in a query or a form: the strings that Laravel's `boolean` rule accepts, and those that the vendor's
/// own clients send. Parameters documented as integers with the values 0 and 1 do not accept `true` and `false`.
pub(crate) const BOOLEANS: [&str; 4] = ["1", "0", "true", "false"];

/// String parameters that hold a comma-separated list, and the maximum number of items.
const COMMA_LISTS: [(&str, usize); 1] = [("ids", 10)];

/// Validates a comma-separated list and returns the error message, if any.
pub(crate) fn comma_list_error(name: &str, text: &str) -> Option<String> {
    let (_, max_items) = COMMA_LISTS.iter().find(|(known, _)| *known == name)?;
    let items: Vec<&str> = text.split(',').collect();
    if items.len() > *max_items {
        return Some(format!(
            "The {name} field must not have more than {max_items} items."
        ));
    }
    items
        .iter()
        .any(|item| item.trim().is_empty())
        .then(|| format!("The {name} field has an empty item."))
}

/// The condition under which a field is required although the document marks it as optional.
enum Condition {
    /// All of these fields are missing.
    Without(&'static [&'static str]),
    /// This field is present.
    With(&'static str),
    /// This field has one of these values. An absent field counts as the first value; the empty string never matches.
    Is(&'static str, &'static [&'static str]),
    /// This field is greater than zero.
    AboveZero(&'static str),
}

const BY_PASSWORD: Condition = Condition::Is("auth_type", &["email_password"]);
const BY_COOKIES: Condition = Condition::Is("auth_type", &["", "raw_data"]);
const CAMPAIGN: Condition = Condition::Is("smart_link_scope", &["", "campaign_specific"]);
const SOME_ACCOUNTS: Condition = Condition::Is("account_scope", &["", "inclusive", "exclusive"]);
const QUIZ: Condition = Condition::Is("votingType", &["", "quiz"]);
const PAID: Condition = Condition::AboveZero("price");

/// Conditionally required fields, each with its operation and condition. Source: the descriptions of the fields;
/// api-conventions, sections 6, 7.2, 8 and 9.
const CONDITIONALLY_REQUIRED: [(&str, Condition, &str); 35] = [
    ("createSmartLinkPostback", CAMPAIGN, "smart_link_ids"),
    ("updateSmartLinkPostback", CAMPAIGN, "smart_link_ids"),
    ("createWebhook", SOME_ACCOUNTS, "account_ids"),
    ("updateWebhook", SOME_ACCOUNTS, "account_ids"),
    (
        "createSmartLink",
        Condition::Is("link_type", &["", "free_trial"]),
        "free_trial_days",
    ),
    (
        "sendMessage",
        Condition::Without(&["mediaFiles", "giphyId"]),
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
        Condition::Without(&["mediaFiles"]),
        "text",
    ),
    (
        "uploadMediaToVault",
        Condition::Without(&["file_url"]),
        "file",
    ),
    (
        "uploadMediaToTheOnlyFansCDN",
        Condition::Without(&["file_url"]),
        "file",
    ),
    (
        "submit2FA",
        Condition::Without(&["code"]),
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
    ("sendPost", Condition::With("votingType"), "votingOptions"),
    ("sendPost", QUIZ, "votingCorrectIndex"),
    (
        "sendPost",
        Condition::With("fundRaisingTargetAmount"),
        "fundRaisingTipsPresets",
    ),
    ("updatePost", Condition::With("votingType"), "votingOptions"),
    ("updatePost", QUIZ, "votingCorrectIndex"),
    (
        "updatePost",
        Condition::With("fundRaisingTargetAmount"),
        "fundRaisingTipsPresets",
    ),
    (
        "createPromotion",
        Condition::Is("discount", &["", "100"]),
        "freeTrialDays",
    ),
];

/// Returns the fields that the body must have in addition to those documented as required.
pub(crate) fn conditionally_required<'a>(
    operation: &'a Operation,
    body: &'a Value,
) -> impl Iterator<Item = &'static str> + 'a {
    let of_operation = CONDITIONALLY_REQUIRED
        .iter()
        .filter(|(id, ..)| *id == operation.id);
    let required = of_operation.filter(|(_, condition, _)| match condition {
        Condition::Without(fields) => fields.iter().all(|field| is_missing(&body[field])),
        Condition::With(field) => !is_missing(&body[field]),
        Condition::Is(field, values) => {
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
        Condition::AboveZero(field) => body[field].as_f64().is_some_and(|number| number > 0.0),
    });
    required.map(|(.., field)| *field)
}

/// Returns whether Laravel's `required` rule treats a value as absent: null, an empty string or an empty array.
pub(crate) fn is_missing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Required fields that may be empty (Laravel's `present` rule), because an empty value has a meaning. Source: their
/// descriptions.
const MAY_BE_EMPTY: [(&str, &str); 3] = [
    ("setFansCustomName", "custom_name"),
    ("updateBlockedCountries", "blockedCountries"),
    ("unsubscribeFromUser", "reason"),
];

/// Returns whether a required field of an operation may be empty.
pub(crate) fn may_be_empty(operation: &Operation, field: &str) -> bool {
    MAY_BE_EMPTY.contains(&(operation.id.as_str(), field))
}

/// Operations whose response describes the object with the last id in the path, although the path does not end with it.
const DESCRIBES_PATH_OBJECT: [&str; 12] = [
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

/// Returns whether `id` in the response is the value of the last path parameter.
pub(crate) fn describes_path_object(operation: &Operation) -> bool {
    let ends_with_id = operation.path.ends_with('}');
    ends_with_id || DESCRIBES_PATH_OBJECT.contains(&operation.id.as_str())
}

/// Returns whether the service accepts an `Idempotency-Key`: 1 to 255 printable ASCII characters.
pub(crate) fn is_idempotency_key(key: &[u8]) -> bool {
    (1..=255).contains(&key.len()) && key.iter().all(|byte| (0x20..0x7f).contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Service;

    #[test]
    fn query_encoding_of_scalars_arrays_and_nested_filters() {
        let service = Service::vendored().unwrap();
        let encoding_of = |operation: &str, name: &str| {
            let operation = service.operation(operation).unwrap();
            let parameter = operation.parameters.iter().find(|p| p.name == name);
            query_encoding(operation, parameter.unwrap())
        };
        assert_eq!(
            encoding_of("listActiveFans", "filter.online"),
            QueryEncoding::Scalar("filter[online]".to_owned())
        );
        assert_eq!(
            encoding_of("listActiveFans", "filter"),
            QueryEncoding::Omitted
        );
        assert_eq!(
            encoding_of("listChats", "filter"),
            QueryEncoding::Scalar("filter".to_owned())
        );
        assert_eq!(
            encoding_of("listSmartLinks", "filter.tags"),
            QueryEncoding::Array("filter[tags]".to_owned())
        );
        assert_eq!(
            encoding_of("listQueueItems", "type"),
            QueryEncoding::Array("type".to_owned())
        );
    }

    #[test]
    fn tables_name_only_documented_operations_and_fields() {
        let service = Service::vendored().unwrap();
        let has = |operation: &str, field: &str| {
            let operation = service.operation(operation).expect(operation);
            let body = operation.body.as_ref().unwrap();
            body.schema["properties"].get(field).is_some()
        };
        for (operation, condition, field) in &CONDITIONALLY_REQUIRED {
            assert!(has(operation, field), "{operation}: {field}");
            let others: &[&str] = match condition {
                Condition::Without(fields) => fields,
                Condition::With(field) | Condition::Is(field, _) | Condition::AboveZero(field) => {
                    &[field]
                }
            };
            for other in others {
                assert!(has(operation, other), "{operation}: {other}");
            }
        }
        for (operation, field) in MAY_BE_EMPTY {
            assert!(has(operation, field), "{operation}: {field}");
        }
        for operation in DESCRIBES_PATH_OBJECT {
            assert!(service.operation(operation).is_some(), "{operation}");
        }
    }

    #[test]
    fn comma_lists_reject_empty_items_and_too_many_items() {
        assert_eq!(comma_list_error("ids", "1,2"), None);
        assert_eq!(comma_list_error("account_ids", ","), None);
        assert!(comma_list_error("ids", "1,,2").is_some());
        assert!(comma_list_error("ids", &["1"; 11].join(",")).is_some());
    }

    #[test]
    fn idempotency_keys_are_1_to_255_printable_characters() {
        assert!(is_idempotency_key(b"a key"));
        for wrong in [&b""[..], &[b'a'; 256], b"a\tb", "ä".as_bytes()] {
            assert!(!is_idempotency_key(wrong));
        }
    }
}
