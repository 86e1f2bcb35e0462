//! The service's error body, in every known shape.
//!
//! `error` is a machine-readable code, a sentence, an object, or absent; `errors` maps fields to messages; a response
//! from OnlyFans itself is in `onlyfans_response`. Parsing never fails: a member that is absent or of another type is `None`,
//! and the error keeps the whole body.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::response::{is_object, json};
use crate::{Operation, RefusalMarker, ResponseShape};

/// The service's error body, parsed.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// # fn example(error: onlyfansapi::Error) {
/// if let Some(api) = error.api_error() {
///     println!("{:?}: {:?}", api.code, api.message);
///     for (field, messages) in &api.errors {
///         println!("{field}: {}", messages.join(" "));
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// The machine-readable code, for example `VALIDATION_ERROR`.
    pub code: Option<String>,
    /// The human-readable message.
    pub message: Option<String>,
    /// A longer explanation, or the `reason` that some operations give.
    pub description: Option<String>,
    /// Messages by field, for example `text` -> `The text field is required.`
    pub errors: BTreeMap<String, Vec<String>>,
    /// The response from OnlyFans, if the service passes on a refusal by OnlyFans.
    pub onlyfans_response: Option<UpstreamResponse>,
    /// `not_sent` or `unknown`: whether a message may have been delivered although the call failed.
    pub request_outcome: Option<String>,
}

/// The response from OnlyFans to the service.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn onlyfans_status(error: &onlyfansapi::Error) -> Option<u16> {
///     error.upstream()?.status
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct UpstreamResponse {
    /// The status that OnlyFans returned; can differ from the service's own.
    pub status: Option<u16>,
    /// The body that OnlyFans returned; null if there was none.
    pub body: Value,
}

impl ApiError {
    /// Returns the failure that a 2xx response of `operation` reports with one of its markers; `None` if it reports
    /// success.
    pub(crate) fn in_success(body: &[u8], operation: &Operation) -> Option<Self> {
        // Only an object can contain a marker.
        if !is_object(json::without_byte_order_mark(body)) {
            return None;
        }
        // Nearly every response contains none of these words and is not parsed again. A search costs time on every
        // call, so `errors` and `error` share one.
        let contains = |word: &[u8]| memchr::memmem::find(body, word).is_some();
        let has = |marker| operation.refusal.contains(&marker);
        let may_report_failure = has(RefusalMarker::SuccessFalse) && contains(b"\"success\"")
            || has(RefusalMarker::HasError) && contains(b"\"hasError\"")
            || (has(RefusalMarker::Errors) || has(RefusalMarker::Error)) && contains(b"\"error");
        if !may_report_failure {
            return None;
        }
        let whole = json::parse(body)?;
        let data = &whole["data"];
        let is_non_empty = |value: &Value| match value {
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => false,
        };
        let is_at_top = |marker: &RefusalMarker| match marker {
            RefusalMarker::SuccessFalse => whole["success"] == false,
            RefusalMarker::HasError => whole["hasError"] == true,
            RefusalMarker::Errors => !whole["errors"].is_string() && is_non_empty(&whole["errors"]),
            // If the whole body is the value, `error` can be one of its fields.
            RefusalMarker::Error => {
                operation.shape != ResponseShape::Whole
                    && data.is_null()
                    && is_non_empty(&whole["error"])
            }
        };
        let is_in_data = |marker: &RefusalMarker| match marker {
            RefusalMarker::SuccessFalse => data["success"] == false,
            RefusalMarker::HasError => data["hasError"] == true,
            RefusalMarker::Errors | RefusalMarker::Error => false,
        };
        if operation.refusal.iter().any(is_at_top) {
            return Some(Self::of(&whole));
        }
        if !operation.refusal.iter().any(is_in_data) {
            return None;
        }
        // Details that are missing from `data` may be next to it.
        let mut error = Self::of(data);
        let outer = Self::of(&whole);
        error.code = error.code.or(outer.code);
        error.message = error.message.or(outer.message);
        error.description = error.description.or(outer.description);
        error.onlyfans_response = error.onlyfans_response.or(outer.onlyfans_response);
        error.request_outcome = error.request_outcome.or(outer.request_outcome);
        if error.errors.is_empty() {
            error.errors = outer.errors;
        }
        Some(error)
    }

    /// Returns code, message and field messages, in the form that follows "refused with 422 …".
    pub(crate) fn summary(&self) -> String {
        let mut summary = String::new();
        if let Some(code) = &self.code {
            summary.push_str(&format!(" {code}"));
        }
        if let Some(message) = &self.message {
            summary.push_str(&format!(": {message}"));
        }
        let fields: Vec<_> = self
            .errors
            .iter()
            .map(|(field, messages)| format!("{field}: {}", messages.join(" ")))
            .collect();
        if !fields.is_empty() {
            summary.push_str(&format!(" ({})", fields.join("; ")));
        }
        summary
    }

    /// Parses an error body; `None` if it is not a JSON object, such as an HTML page or an empty body.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body = json::parse(body)?;
        body.as_object()?;
        Some(Self::of(&body))
    }

    fn of(body: &Value) -> Self {
        let error = &body["error"];
        let code = text(&error["code"])
            .or_else(|| text(error).filter(|e| is_code(e)))
            .or_else(|| text(&body["code"]));
        let sentence = text(error).filter(|e| !is_code(e));
        Self {
            code,
            message: text(&body["message"])
                .or_else(|| text(&error["message"]))
                .or(sentence),
            description: text(&body["description"]).or_else(|| text(&body["reason"])),
            errors: fields(&body["errors"]),
            onlyfans_response: body
                .get("onlyfans_response")
                .filter(|r| r.is_object())
                .map(|r| UpstreamResponse {
                    status: r["status"]
                        .as_u64()
                        .and_then(|status| status.try_into().ok()),
                    body: r["body"].clone(),
                }),
            // The vendor's pages do not show its location.
            request_outcome: [body, error, &body["_meta"], &body["data"]]
                .iter()
                .find_map(|place| text(&place["request_outcome"])),
        }
    }
}

/// Returns whether `text` is an error code rather than a sentence: a single word without spaces.
fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// Parses Laravel's map of messages by field; a single message counts as a list of one.
fn fields(errors: &Value) -> BTreeMap<String, Vec<String>> {
    let messages = |value: &Value| match value {
        Value::Array(items) => items
            .iter()
            .map(|item| text(item).unwrap_or_else(|| item.to_string()))
            .collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    };
    match errors {
        Value::Object(map) => map
            .iter()
            .map(|(field, value)| (field.clone(), messages(value)))
            .collect(),
        Value::Array(items) if !items.is_empty() => {
            BTreeMap::from([(String::new(), messages(errors))])
        }
        _ => BTreeMap::new(),
    }
}
