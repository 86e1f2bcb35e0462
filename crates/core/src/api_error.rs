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
    /// What an answer of success says against itself: `success: false`, `hasError: true`, or a list or map of
    /// `errors` that is not empty, at the top or under `data`. `None` where it says none of that.
    ///
    /// ```
    /// let error = onlyfansapi::ApiError::in_success(br#"{"data": {"success": false, "message": "No."}}"#);
    /// assert_eq!(error.and_then(|error| error.message).as_deref(), Some("No."));
    /// assert!(onlyfansapi::ApiError::in_success(br#"{"data": {"success": true}}"#).is_none());
    /// ```
    #[must_use]
    pub fn in_success(body: &[u8]) -> Option<Self> {
        // Nearly every answer has none of these words, and is not read again then.
        let has = |word: &str| memchr::memmem::find(body, word.as_bytes()).is_some();
        if !has("\"success\"") && !has("\"hasError\"") && !has("\"errors\"") {
            return None;
        }
        let whole: Value = serde_json::from_slice(body).ok()?;
        let says_no = |place: &Value| {
            let errors = &place["errors"];
            place["success"] == false
                || place["hasError"] == true
                || errors.as_array().is_some_and(|list| !list.is_empty())
                || errors.as_object().is_some_and(|map| !map.is_empty())
        };
        let place = [&whole, &whole["data"]]
            .into_iter()
            .find(|place| says_no(place))?;
        let mut error = Self::of(place);
        if error.message.is_none() {
            error.message = Self::of(&whole).message;
        }
        Some(error)
    }

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
            // Where it stands was not visible in the vendor's pages.
            request_outcome: [body, error, &body["_meta"], &body["data"]]
                .iter()
                .find_map(|place| text(&place["request_outcome"])),
        }
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
