//! Deviations from the complete response body, modeled on responses that the service is known to send.

use std::str::FromStr;

use serde_json::{Value, json};

/// A deviation from the complete response body; see [`MockServer::vary`](crate::MockServer::vary).
///
/// Only `data` is changed, or the whole body if it has no `data`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use onlyfansapi_mock::{MockServer, Variation};
///
/// let server = MockServer::start().await?;
/// server.vary("whoami", Some(Variation::Nulls));
/// let me = server.client().api().whoami().await?;
/// assert_eq!(me.team.as_ref().unwrap().name, None);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Variation {
    /// Every string, number and boolean field is null.
    Nulls,
    /// Every string, number and boolean field is missing.
    Missing,
    /// Every array is empty.
    EmptyLists,
    /// Every object has an additional, undocumented field.
    UnknownFields,
    /// Every nested object is `[]`, which is how PHP encodes an empty object.
    ListsForObjects,
}

impl Variation {
    /// All variations, with their names in the `X-Mock-Variation` header.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Nulls, "nulls"),
        (Self::Missing, "missing"),
        (Self::EmptyLists, "empty-lists"),
        (Self::UnknownFields, "unknown-fields"),
        (Self::ListsForObjects, "lists-for-objects"),
    ];

    /// Changes a complete response body.
    pub(crate) fn apply(self, body: &mut Value) {
        let has_data = body.get("data").is_some_and(|data| !data.is_null());
        self.change(if has_data { &mut body["data"] } else { body });
    }

    fn change(self, value: &mut Value) {
        match value {
            Value::Array(items) if self == Self::EmptyLists => items.clear(),
            Value::Array(items) => items.iter_mut().for_each(|item| {
                // Scalar items are left unchanged: only object fields become null or missing.
                if item.is_object() || item.is_array() {
                    self.change(item);
                }
            }),
            Value::Object(members) => {
                let is_scalar = |value: &Value| !value.is_object() && !value.is_array();
                if self == Self::Missing {
                    members.retain(|_, member| !is_scalar(member));
                }
                for (_, member) in members.iter_mut() {
                    match self {
                        Self::Nulls if is_scalar(member) => *member = Value::Null,
                        Self::ListsForObjects if member.is_object() => *member = json!([]),
                        _ => self.change(member),
                    }
                }
                if self == Self::UnknownFields {
                    members.insert("unknown_field".to_owned(), json!({"nested": [1]}));
                }
            }
            _ => {}
        }
    }
}

impl FromStr for Variation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|(_, known)| *known == name);
        known.map(|(variation, _)| variation).ok_or_else(|| {
            let names = Self::ALL.map(|(_, name)| name).join(", ");
            format!("unknown variation `{name}`; expected one of {names}")
        })
    }
}
