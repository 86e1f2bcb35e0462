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

/// Whether a name of a query is a dotted one, which the service refuses.
pub(crate) fn is_dotted(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().any(|parameter| {
        parameter.place == "query" && parameter.name.contains('.') && parameter.name == name
    })
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

/// Fields that the document calls optional and that are required by others; its prose says so. Source: api-conventions,
/// sections 7.2 and 8.
pub(crate) fn required_by_others(operation: &Operation, body: &Value) -> Vec<&'static str> {
    match operation.id.as_str() {
        "createSmartLinkPostback" | "updateSmartLinkPostback"
            if body["smart_link_scope"] == "campaign_specific" =>
        {
            vec!["smart_link_ids"]
        }
        "createWebhook" | "updateWebhook"
            if ["inclusive", "exclusive"]
                .iter()
                .any(|scope| body["account_scope"] == *scope) =>
        {
            vec!["account_ids"]
        }
        "sendMessage" if body["price"].as_f64().is_some_and(|price| price > 0.0) => {
            vec!["mediaFiles"]
        }
        _ => Vec::new(),
    }
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
