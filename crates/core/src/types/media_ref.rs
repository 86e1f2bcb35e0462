//! A reference to a media file in a request.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A reference to a media file in a request.
///
/// The service accepts three kinds of references in the same field:
///
/// - the prefixed id of an upload, which can be used once
/// - the id of a media file in the vault, as a number or a string
/// - in `previews` only, the index of a file in `mediaFiles`
///
/// Source: the descriptions of `mediaFiles` and `previews` in the document, and their types `file[]|string` and
/// `file[]|string[]|int`. Integers and strings convert into a `MediaRef`.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::MediaRef;
///
/// assert_eq!(MediaRef::from(1234), MediaRef::Number(1234));
/// assert_eq!(MediaRef::from("ofapi_media_1").to_string(), "ofapi_media_1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum MediaRef {
    /// A vault media id or, in `previews`, an index into `mediaFiles`; sent as a number.
    Number(i64),
    /// The prefixed id of an upload (`ofapi_media_…`), or a vault id; sent as a string.
    String(String),
}

impl From<i64> for MediaRef {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for MediaRef {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for MediaRef {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for MediaRef {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for MediaRef {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl fmt::Display for MediaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::String(text) => f.pad(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MediaRef;

    #[test]
    fn serializes_numbers_and_strings_unchanged() {
        let references = [
            MediaRef::from(12),
            MediaRef::from(7_000_000_000_000_i64),
            MediaRef::from("ofapi_media_1"),
            MediaRef::from("34".to_owned()),
        ];
        let json = serde_json::to_string(&references).unwrap();
        assert_eq!(json, r#"[12,7000000000000,"ofapi_media_1","34"]"#);
        assert_eq!(
            serde_json::from_str::<Vec<MediaRef>>(&json).unwrap(),
            references.to_vec()
        );
    }
}
