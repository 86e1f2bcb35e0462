//! The error body of the service, in every shape that it is known to take.
//!
//! `error` is a machine code, a sentence, an object, or absent; `errors` is a map of messages by
//! field; answers of OnlyFans itself are wrapped as `onlyfans_response`. Nothing here fails: what
//! is absent or of another kind is `None`, and the whole body stays with the error.

use std::collections::BTreeMap;

use serde_json::Value;

/// What the service said in an error body.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// The machine-readable code, for example `VALIDATION_ERROR`.
    pub code: Option<String>,
    /// The sentence for people.
    pub message: Option<String>,
    /// A longer explanation, or the reason that some operations give.
    pub description: Option<String>,
    /// Messages by field, for example `text` -> `The text field is required.`
    pub errors: BTreeMap<String, Vec<String>>,
    /// What OnlyFans answered, where the service passes its refusal on.
    pub onlyfans_response: Option<UpstreamResponse>,
    /// `not_sent` or `unknown`: whether a message may have gone out although the call failed.
    pub request_outcome: Option<String>,
}

/// What OnlyFans answered to the service.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct UpstreamResponse {
    /// The status of OnlyFans; can differ from the status of the service's answer.
    pub status: Option<u16>,
    /// The body of OnlyFans; null where it sent none.
    pub body: Value,
}

impl ApiError {
    /// Reads an error body; `None` when it is no JSON object (an HTML page of the edge, an empty
    /// body).
    ///
    /// ```
    /// let error = onlyfansapi::ApiError::read(br#"{"error": "VALIDATION_ERROR", "message": "No."}"#);
    /// assert_eq!(error.and_then(|error| error.code).as_deref(), Some("VALIDATION_ERROR"));
    /// ```
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        body.as_object()?;
        let error = &body["error"];
        let code = text(&error["code"])
            .or_else(|| text(error).filter(|e| is_code(e)))
            .or_else(|| text(&body["code"]));
        let sentence = text(error).filter(|e| !is_code(e));
        Some(Self {
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
            request_outcome: text(&body["request_outcome"]),
        })
    }
}

/// A code is one word; a sentence has blanks.
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

/// Laravel's field map; a single message instead of a list is taken as a list of one.
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
