//! A media file in a request: by the id of an upload, by its id in the vault, or by its index.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A media file as requests name it.
///
/// The service takes three forms in one field (source: descriptions of `mediaFiles` and `previews` in the
/// document, type words `file[]|string` and `file[]|string[]|int`): the prefixed id of an upload, which
/// can be used once; the id of a media in the vault, as a number or a text; and, among previews, the index
/// of a file in `mediaFiles`. Numbers and texts convert to it.
///
/// ```
/// use onlyfansapi::MediaRef;
///
/// assert_eq!(MediaRef::from(1234), MediaRef::Number(1234));
/// assert_eq!(MediaRef::from("ofapi_media_1").to_string(), "ofapi_media_1");
/// # let client = onlyfansapi::Client::new("key").unwrap();
/// let send = client.api().send_message().account("acct_1").chat_id(1).media_files([1234, 5678]);
/// # let _ = send;
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum MediaRef {
    /// The id of a media in the vault, or an index; sent as a number.
    Number(i64),
    /// The prefixed id of an upload (`ofapi_media_…`), or a vault id as a text; sent as a text.
    Text(String),
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
        Self::Text(text.to_owned())
    }
}

impl From<String> for MediaRef {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for MediaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MediaRef;

    #[test]
    fn each_form_is_sent_as_it_is() {
        let list = [
            MediaRef::from(12),
            MediaRef::from(7_000_000_000_000_i64),
            MediaRef::from("ofapi_media_1"),
            MediaRef::from("34".to_owned()),
        ];
        let json = serde_json::to_string(&list).unwrap();
        assert_eq!(json, r#"[12,7000000000000,"ofapi_media_1","34"]"#);
        assert_eq!(
            serde_json::from_str::<Vec<MediaRef>>(&json).unwrap(),
            list.to_vec()
        );
    }
}
