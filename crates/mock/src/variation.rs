//! Answers that are not as they should be, on request: what the service is known to send, too.

use std::str::FromStr;

use serde_json::{Value, json};

/// How an answer departs from the complete one. Only what stands under `data` is changed, or the whole body where
/// there is no `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Variation {
    /// Every text, number and truth value is null.
    Nulls,
    /// Every text, number and truth value of an object is missing.
    Missing,
    /// Every list is empty.
    EmptyLists,
    /// Every object has a field more, which the document does not know.
    UnknownFields,
    /// Every object within another is `[]`, as PHP writes an empty one.
    ListsForObjects,
}

impl Variation {
    /// All of them, with the names that the header `X-Stand-In-Variation` takes.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Nulls, "nulls"),
        (Self::Missing, "missing"),
        (Self::EmptyLists, "empty-lists"),
        (Self::UnknownFields, "unknown-fields"),
        (Self::ListsForObjects, "lists-for-objects"),
    ];

    pub(crate) fn apply(self, body: &mut Value) {
        let has_data = body.get("data").is_some_and(|data| !data.is_null());
        self.change(if has_data { &mut body["data"] } else { body });
    }

    fn change(self, value: &mut Value) {
        match value {
            Value::Array(items) if self == Self::EmptyLists => items.clear(),
            Value::Array(items) => items.iter_mut().for_each(|item| {
                // The items of a list are what it is a list of.
                if item.is_object() || item.is_array() {
                    self.change(item);
                }
            }),
            Value::Object(members) => {
                let is_plain = |value: &Value| !value.is_object() && !value.is_array();
                if self == Self::Missing {
                    members.retain(|_, member| !is_plain(member));
                }
                for (_, member) in members.iter_mut() {
                    match self {
                        Self::Nulls if is_plain(member) => *member = Value::Null,
                        Self::ListsForObjects if member.is_object() => *member = json!([]),
                        _ => self.change(member),
                    }
                }
                if self == Self::UnknownFields {
                    members.insert("field_of_tomorrow".to_owned(), json!({"is": ["new"]}));
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
            format!("`{name}` is no variation; there are {names}")
        })
    }
}
