//! The target of a redirect.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The target of a redirect that was not followed.
///
/// It is often a signed link, which is a secret while it is valid, so `Debug` shows only the host.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// assert_eq!(onlyfansapi::Location::default().as_str(), "");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<String>", into = "String")]
pub struct Location(String);

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.0
    }
}

impl From<Option<String>> for Location {
    fn from(text: Option<String>) -> Self {
        Self(text.unwrap_or_default())
    }
}

impl Location {
    /// Returns the target as the service sent it: a URL, or a path on the same host. Empty if the response has no
    /// `Location` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.split_once("://").map_or("", |(_, rest)| {
            rest.split(['/', '?', '#']).next().unwrap_or("")
        });
        // User and password precede the host.
        let host = host.rsplit('@').next().unwrap_or_default();
        write!(f, "Location({host})")
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Location {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Location".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_host_only() {
        for (target, shown) in [
            (
                "https://user:pass@cdn.example/file?signature=secret",
                "Location(cdn.example)",
            ),
            ("/api/file?signature=secret", "Location()"),
        ] {
            let location = Location::from(Some(target.to_owned()));
            assert_eq!(location.as_str(), target);
            assert_eq!(format!("{location:?}"), shown);
        }
    }
}
