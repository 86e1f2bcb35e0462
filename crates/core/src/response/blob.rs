//! Response bodies that are files.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize, Serializer};

/// The body of a response that is a file rather than JSON, read to its end.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// assert!(onlyfansapi::Blob::default().bytes().is_empty());
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blob(Bytes);

impl Blob {
    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for Blob {
    /// Shows only the size.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Blob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(Bytes::copy_from_slice(bytes)))
            }

            fn visit_unit<E>(self) -> Result<Blob, E> {
                Ok(Blob::default())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Blob {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Blob".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::Schema::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_size_only() {
        let blob = Blob(Bytes::from_static(b"secret"));
        assert_eq!(format!("{blob:?}"), "Blob(6 bytes)");
    }
}
