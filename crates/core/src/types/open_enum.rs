//! String enums that preserve unknown values.

use std::fmt;

/// A value that has no variant in an open enum, for example one added after the client was generated.
///
/// It is created only by converting a string to the enum, so it never equals a known value.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// onlyfansapi::open_enum! {
///     /// The order of a list.
///     pub enum Order {
///         /// Newest first.
///         Recent = "recent",
///     }
/// }
///
/// match Order::from("popular") {
///     Order::Other(unknown) => assert_eq!(unknown.as_str(), "popular"),
///     known => println!("{known}"),
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }

    /// Returns the value as sent on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Defines a string enum with an `Other` variant for unknown values, so that values newer than the document can be
/// received and sent.
///
/// With the `schemars` feature of the calling crate, the type has a JSON schema: a string.
///
/// ```
/// onlyfansapi_core::open_enum! {
///     /// The order of a list.
///     pub enum Order {
///         /// Newest first.
///         Recent = "recent",
///         /// Oldest first.
///         Old = "old",
///     }
/// }
///
/// assert_eq!(Order::from("recent"), Order::Recent);
/// assert_eq!("new-order".parse::<Order>().unwrap().as_str(), "new-order");
/// assert!(Order::Old == "old" && !Order::Old.is_unknown() && Order::from("new-order").is_unknown());
/// assert_eq!(serde_json::to_value(Order::Old).unwrap(), "old");
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value that is unknown to this version, as sent on the wire.
            Other($crate::UnknownValue),
        }

        impl $name {
            /// Returns the value as sent on the wire.
            #[inline]
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(unknown) => unknown.as_str(),
                }
            }

            /// Returns whether the value is unknown to this version.
            #[inline]
            #[must_use]
            pub fn is_unknown(&self) -> bool {
                matches!(self, Self::Other(_))
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Other($crate::support::unknown_value(other.to_owned())),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            #[inline]
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            #[inline]
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                <::std::string::String as ::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        impl $crate::support::Argument for $name {}

        impl $crate::support::ParseArgument for $name {
            #[inline]
            fn parse_argument(text: &str) -> ::std::option::Option<Self> {
                Some(Self::from(text))
            }
        }

        impl $crate::support::StringArgument for $name {
            #[inline]
            fn to_argument(&self) -> ::std::string::String {
                self.as_str().to_owned()
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                <::std::string::String as ::schemars::JsonSchema>::json_schema(generator)
            }
        }
    };
}
