//! Conversions for setters: one trait for every argument, so that numbers, strings, references and options all work.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::request::to_json;
use crate::{MediaRef, Timestamp};

/// A value that a setter accepts for an argument of type `T`. Sealed: implemented for the types below.
///
/// | argument | accepts |
/// | --- | --- |
/// | `String` | strings, integers, finite floats, booleans, [`Timestamp`], enumerations, `Url`, `Uuid` |
/// | `i64` | every integer type, if the value fits; booleans as 0 and 1; strings that parse as an integer |
/// | `f64` | finite floats, integers that are exact, and strings that parse as a number |
/// | `bool` | booleans, and the strings `true` and `false` |
/// | `Vec<T>` | arrays, slices, vectors and sets of anything that `T` accepts; collect an iterator first |
/// | an enumeration | itself, and strings: an unknown value is sent unchanged |
/// | `Timestamp` | itself, strings, Unix seconds |
/// | a JSON object | `serde_json::Map`, `serde_json::Value`, `HashMap`, `BTreeMap` |
/// | any JSON value | `serde_json::Value`, strings, numbers, booleans, generated types; lists and maps of these |
/// | a struct | itself |
///
/// References to these types work as well. `None` leaves the argument unchanged, so pass an `Option` for a value that
/// may be absent. A `None` item in a list is left out. A value that cannot be converted is reported when the request is
/// sent, together with every other invalid argument.
///
/// Literals whose type the compiler cannot infer need a hint: `None::<i64>`, `Vec::<i64>::new()`,
/// `7_000_000_000_000_i64`.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::IntoArgument;
///
/// fn limit(value: impl IntoArgument<i64>) { /* a setter */ }
///
/// limit(5);
/// limit("5");
/// limit(None::<u32>);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed as an argument of type `{T}`",
    label = "expected a value that converts to `{T}`",
    note = "pass a `{T}` or a reference to one; strings and numbers are converted if the argument allows it",
    note = "pass an array, slice or `Vec` for a list (collect an iterator first), and an `Option` for an optional value"
)]
pub trait IntoArgument<T> {
    /// Returns the argument, or `None` to leave it unchanged.
    #[doc(hidden)]
    fn into_argument(self, seal: Seal) -> Result<Option<T>, Rejection>;
}

#[allow(unnameable_types)] // sealed on purpose
mod seal {
    /// Cannot be named outside this crate, which seals [`IntoArgument`](super::IntoArgument).
    #[derive(Clone, Copy, Debug)]
    pub struct Seal;

    /// Why a value was rejected.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Rejection {
        /// It cannot be converted to the argument's type.
        Type,
        /// It can be converted but not sent. Completes a sentence that starts with the argument's name.
        Value(&'static str),
    }
}

pub(crate) use seal::{Rejection, Seal};

/// Why NaN and infinities are rejected.
pub(crate) const NOT_FINITE: Rejection =
    Rejection::Value("must be a finite number; JSON has neither NaN nor infinity");

/// An argument type other than the primitive types, for example a generated enumeration or struct.
pub trait Argument: Clone + Serialize {}

/// An argument type that can be parsed from a string.
pub trait ParseArgument: Argument {
    /// Parses `text`, or returns `None` if it is not a valid argument.
    fn parse_argument(text: &str) -> Option<Self>;
}

/// An argument type that can be created from an integer.
pub trait FromInteger: Argument {
    /// Creates the argument, or returns `None` if `integer` is not valid.
    fn from_integer(integer: i64) -> Option<Self>;
}

/// A type that can be passed where a string is expected.
pub trait StringArgument {
    /// Returns the string.
    fn to_argument(&self) -> String;
}

type Converted<T> = Result<Option<T>, Rejection>;

fn parsed<T>(value: Option<T>) -> Converted<T> {
    value.map(Some).ok_or(Rejection::Type)
}

impl<T: Argument> IntoArgument<T> for T {
    fn into_argument(self, _: Seal) -> Converted<T> {
        Ok(Some(self))
    }
}

impl<T: Argument> IntoArgument<T> for &T {
    fn into_argument(self, _: Seal) -> Converted<T> {
        Ok(Some(self.clone()))
    }
}

impl<T, V: IntoArgument<T>> IntoArgument<T> for Option<V> {
    fn into_argument(self, seal: Seal) -> Converted<T> {
        self.map_or(Ok(None), |value| value.into_argument(seal))
    }
}

/// For fields of a reply, which cannot be moved out.
impl<'a, T, V> IntoArgument<T> for &'a Option<V>
where
    &'a V: IntoArgument<T>,
{
    fn into_argument(self, seal: Seal) -> Converted<T> {
        self.as_ref()
            .map_or(Ok(None), |value| value.into_argument(seal))
    }
}

impl<T: Argument> IntoArgument<Value> for T {
    fn into_argument(self, _: Seal) -> Converted<Value> {
        match to_json(&self) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(NOT_FINITE),
        }
    }
}

impl<T: StringArgument> IntoArgument<String> for T {
    fn into_argument(self, _: Seal) -> Converted<String> {
        Ok(Some(self.to_argument()))
    }
}

impl<T: StringArgument> StringArgument for &T {
    fn to_argument(&self) -> String {
        (**self).to_argument()
    }
}

/// Implements conversions from string types to strings, numbers and every type that can be parsed.
macro_rules! strings {
    ($($kind:ty),*) => {$(
        impl<T: ParseArgument> IntoArgument<T> for $kind {
            fn into_argument(self, _: Seal) -> Converted<T> {
                parsed(T::parse_argument(&self))
            }
        }

        impl IntoArgument<String> for $kind {
            fn into_argument(self, _: Seal) -> Converted<String> {
                Ok(Some(self.to_string()))
            }
        }

        impl IntoArgument<i64> for $kind {
            fn into_argument(self, _: Seal) -> Converted<i64> {
                parsed(self.trim().parse().ok())
            }
        }

        impl IntoArgument<f64> for $kind {
            fn into_argument(self, seal: Seal) -> Converted<f64> {
                self.trim().parse::<f64>().map_err(|_| Rejection::Type)?.into_argument(seal)
            }
        }

        impl IntoArgument<bool> for $kind {
            fn into_argument(self, _: Seal) -> Converted<bool> {
                parsed(self.trim().parse().ok())
            }
        }

        impl IntoArgument<Value> for $kind {
            fn into_argument(self, _: Seal) -> Converted<Value> {
                Ok(Some(Value::String(self.to_string())))
            }
        }
    )*};
}

strings!(
    &str,
    &&str,
    String,
    &String,
    Cow<'_, str>,
    &Cow<'_, str>,
    Box<str>,
    &Box<str>,
    Arc<str>,
    &Arc<str>
);

/// Implements conversions from integer types to numbers, strings and every type that can be created from an integer.
macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl<T: FromInteger> IntoArgument<T> for $kind {
            fn into_argument(self, _: Seal) -> Converted<T> {
                parsed(i64::try_from(self).ok().and_then(T::from_integer))
            }
        }

        impl IntoArgument<i64> for $kind {
            fn into_argument(self, _: Seal) -> Converted<i64> {
                parsed(self.try_into().ok())
            }
        }

        impl IntoArgument<f64> for $kind {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless)] // checked below
            fn into_argument(self, _: Seal) -> Converted<f64> {
                let float = self as f64;
                // Compare in a wider type, because casts saturate.
                parsed((float as i128 == self as i128).then_some(float))
            }
        }

        impl IntoArgument<String> for $kind {
            fn into_argument(self, _: Seal) -> Converted<String> {
                Ok(Some(self.to_string()))
            }
        }

        impl IntoArgument<Value> for $kind {
            fn into_argument(self, _: Seal) -> Converted<Value> {
                parsed(serde_json::to_value(self).ok())
            }
        }

        by_reference!($kind: i64, f64, String, Value);

        impl<T: FromInteger> IntoArgument<T> for &$kind {
            fn into_argument(self, seal: Seal) -> Converted<T> {
                (*self).into_argument(seal)
            }
        }
    )*};
}

/// Implements conversions from references to `Copy` types.
macro_rules! by_reference {
    ($kind:ty: $($argument:ty),*) => {$(
        impl IntoArgument<$argument> for &$kind {
            fn into_argument(self, seal: Seal) -> Converted<$argument> {
                (*self).into_argument(seal)
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl IntoArgument<f64> for f64 {
    fn into_argument(self, _: Seal) -> Converted<f64> {
        if self.is_finite() {
            Ok(Some(self))
        } else {
            Err(NOT_FINITE)
        }
    }
}

impl IntoArgument<f64> for f32 {
    /// Converts through the decimal digits, so that `9.99_f32` is sent as 9.99.
    fn into_argument(self, seal: Seal) -> Converted<f64> {
        self.to_string().as_str().into_argument(seal)
    }
}

impl IntoArgument<String> for f64 {
    fn into_argument(self, seal: Seal) -> Converted<String> {
        let checked: Converted<f64> = self.into_argument(seal);
        Ok(checked?.map(|float| float.to_string()))
    }
}

impl IntoArgument<String> for f32 {
    fn into_argument(self, _: Seal) -> Converted<String> {
        if self.is_finite() {
            Ok(Some(self.to_string()))
        } else {
            Err(NOT_FINITE)
        }
    }
}

impl IntoArgument<Value> for f64 {
    fn into_argument(self, seal: Seal) -> Converted<Value> {
        let checked: Converted<f64> = self.into_argument(seal);
        Ok(checked?.map(Value::from))
    }
}

impl IntoArgument<Value> for f32 {
    fn into_argument(self, seal: Seal) -> Converted<Value> {
        let checked: Converted<f64> = self.into_argument(seal);
        Ok(checked?.map(Value::from))
    }
}

impl IntoArgument<bool> for bool {
    fn into_argument(self, _: Seal) -> Converted<bool> {
        Ok(Some(self))
    }
}

/// For the flags that the service documents as integers.
impl IntoArgument<i64> for bool {
    fn into_argument(self, _: Seal) -> Converted<i64> {
        Ok(Some(self.into()))
    }
}

impl IntoArgument<String> for bool {
    fn into_argument(self, _: Seal) -> Converted<String> {
        Ok(Some(self.to_string()))
    }
}

impl IntoArgument<Value> for bool {
    fn into_argument(self, _: Seal) -> Converted<Value> {
        Ok(Some(Value::Bool(self)))
    }
}

impl IntoArgument<String> for char {
    fn into_argument(self, _: Seal) -> Converted<String> {
        Ok(Some(self.to_string()))
    }
}

by_reference!(f64: f64, String, Value);
by_reference!(f32: f64, String, Value);
by_reference!(bool: bool, i64, String, Value);

impl IntoArgument<Value> for Value {
    fn into_argument(self, _: Seal) -> Converted<Value> {
        Ok(Some(self))
    }
}

impl IntoArgument<Value> for &Value {
    fn into_argument(self, _: Seal) -> Converted<Value> {
        Ok(Some(self.clone()))
    }
}

/// Implements conversions from map types to objects and to any JSON value.
macro_rules! maps {
    ($([$($generics:tt)*] $kind:ty;)*) => {$(
        impl<V: IntoArgument<Value>, $($generics)*> IntoArgument<Map<String, Value>> for $kind {
            fn into_argument(self, seal: Seal) -> Converted<Map<String, Value>> {
                let converted = self.into_iter().filter_map(|(name, value)| {
                    let value = value.into_argument(seal).transpose()?;
                    Some(value.map(|value| (name.to_string(), value)))
                });
                converted.collect::<Result<_, _>>().map(Some)
            }
        }

        impl<V: IntoArgument<Value>, $($generics)*> IntoArgument<Value> for $kind {
            fn into_argument(self, seal: Seal) -> Converted<Value> {
                let object: Converted<Map<String, Value>> = self.into_argument(seal);
                Ok(object?.map(Value::Object))
            }
        }
    )*};
}

maps! {
    [K: ToString, S] HashMap<K, V, S>;
    [K: ToString] BTreeMap<K, V>;
}

impl IntoArgument<Value> for Map<String, Value> {
    fn into_argument(self, _: Seal) -> Converted<Value> {
        Ok(Some(Value::Object(self)))
    }
}

impl IntoArgument<Self> for Map<String, Value> {
    fn into_argument(self, _: Seal) -> Converted<Self> {
        Ok(Some(self))
    }
}

impl IntoArgument<Map<String, Value>> for &Map<String, Value> {
    fn into_argument(self, _: Seal) -> Converted<Map<String, Value>> {
        Ok(Some(self.clone()))
    }
}

impl IntoArgument<Map<String, Value>> for Value {
    fn into_argument(self, _: Seal) -> Converted<Map<String, Value>> {
        match self {
            Self::Object(members) => Ok(Some(members)),
            _ => Err(Rejection::Type),
        }
    }
}

/// Converts the items of a list; an item that is `None` is left out.
fn items<T, V: IntoArgument<T>>(
    values: impl IntoIterator<Item = V>,
    seal: Seal,
) -> Converted<Vec<T>> {
    values
        .into_iter()
        .filter_map(|value| value.into_argument(seal).transpose())
        .collect::<Result<_, _>>()
        .map(Some)
}

macro_rules! lists {
    ($([$($generics:tt)*] $kind:ty, $self:ident => $values:expr;)*) => {$(
        impl<T, V: IntoArgument<T>, $($generics)*> IntoArgument<Vec<T>> for $kind {
            fn into_argument($self, seal: Seal) -> Converted<Vec<T>> {
                items($values, seal)
            }
        }

        impl<V: IntoArgument<Value>, $($generics)*> IntoArgument<Value> for $kind {
            fn into_argument($self, seal: Seal) -> Converted<Value> {
                Ok(items($values, seal)?.map(Value::Array))
            }
        }
    )*};
}

lists! {
    [] Vec<V>, self => self;
    [const N: usize] [V; N], self => self;
    [S] HashSet<V, S>, self => self;
    [] BTreeSet<V>, self => self;
}

macro_rules! borrowed_lists {
    ($([$($generics:tt)*] $kind:ty;)*) => {$(
        impl<T, V: IntoArgument<T> + Clone, $($generics)*> IntoArgument<Vec<T>> for &$kind {
            fn into_argument(self, seal: Seal) -> Converted<Vec<T>> {
                items(self.iter().cloned(), seal)
            }
        }

        impl<V: IntoArgument<Value> + Clone, $($generics)*> IntoArgument<Value> for &$kind {
            fn into_argument(self, seal: Seal) -> Converted<Value> {
                Ok(items(self.iter().cloned(), seal)?.map(Value::Array))
            }
        }
    )*};
}

borrowed_lists! {
    [] [V];
    [] Vec<V>;
    [const N: usize] [V; N];
    [S] HashSet<V, S>;
    [] BTreeSet<V>;
}

impl Argument for Timestamp {}

impl ParseArgument for Timestamp {
    fn parse_argument(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl FromInteger for Timestamp {
    fn from_integer(seconds: i64) -> Option<Self> {
        Some(Self::from(seconds))
    }
}

impl StringArgument for Timestamp {
    fn to_argument(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Argument for MediaRef {}

impl ParseArgument for MediaRef {
    fn parse_argument(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl FromInteger for MediaRef {
    fn from_integer(number: i64) -> Option<Self> {
        Some(Self::from(number))
    }
}

impl StringArgument for MediaRef {
    fn to_argument(&self) -> String {
        self.to_string()
    }
}

#[cfg(feature = "url")]
impl StringArgument for url::Url {
    fn to_argument(&self) -> String {
        self.as_str().to_owned()
    }
}

#[cfg(feature = "uuid")]
impl StringArgument for uuid::Uuid {
    fn to_argument(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: impl IntoArgument<String>) -> Converted<String> {
        value.into_argument(Seal)
    }

    fn integer(value: impl IntoArgument<i64>) -> Converted<i64> {
        value.into_argument(Seal)
    }

    fn float(value: impl IntoArgument<f64>) -> Converted<f64> {
        value.into_argument(Seal)
    }

    fn json(value: impl IntoArgument<Value>) -> Converted<Value> {
        value.into_argument(Seal)
    }

    #[test]
    #[allow(clippy::needless_borrows_for_generic_args)] // references are what is tested
    fn string_arguments_accept_values_with_a_string_form() {
        let expected = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(text("a"), expected("a"));
        assert_eq!(text(&"a".to_owned()), expected("a"));
        assert_eq!(text(Cow::Borrowed("a")), expected("a"));
        assert_eq!(text(5), expected("5"));
        assert_eq!(text(&5_u64), expected("5"));
        assert_eq!(text(9.99_f32), expected("9.99"));
        assert_eq!(text(true), expected("true"));
        assert_eq!(text(Timestamp::from("2026-01-31")), expected("2026-01-31"));
        assert_eq!(text(None::<&str>), Ok(None));
        assert_eq!(text(f64::NAN), Err(NOT_FINITE));
    }

    #[test]
    fn integers_are_checked() {
        assert_eq!(integer(5_u8), Ok(Some(5)));
        assert_eq!(integer(" 5 "), Ok(Some(5)));
        assert_eq!(integer(Some(5)), Ok(Some(5)));
        assert_eq!(integer(u64::MAX), Err(Rejection::Type));
        assert_eq!(integer("five"), Err(Rejection::Type));
    }

    #[test]
    fn floats_are_exact_and_finite() {
        assert_eq!(float(5), Ok(Some(5.0)));
        assert_eq!(float("9.99"), Ok(Some(9.99)));
        assert_eq!(float(9.99_f32), Ok(Some(9.99)));
        assert_eq!(float((1_i64 << 53) + 1), Err(Rejection::Type));
        for not_finite in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(float(not_finite), Err(NOT_FINITE));
            assert_eq!(json(not_finite), Err(NOT_FINITE));
        }
        assert_eq!(float("NaN"), Err(NOT_FINITE));
        assert_eq!(float(f32::INFINITY), Err(NOT_FINITE));
    }

    #[test]
    fn lists_convert_item_by_item() {
        let list = |value: Converted<Vec<i64>>| value;
        assert_eq!(list([1, 2].into_argument(Seal)), Ok(Some(vec![1, 2])));
        assert_eq!(
            list(["1", "2"][..].into_argument(Seal)),
            Ok(Some(vec![1, 2]))
        );
        assert_eq!(
            list(vec![Some(1), None].into_argument(Seal)),
            Ok(Some(vec![1]))
        );
        assert_eq!(list(None::<Vec<i64>>.into_argument(Seal)), Ok(None));
        assert_eq!(list(["1", "x"].into_argument(Seal)), Err(Rejection::Type));
        let references: Vec<MediaRef> = vec![12.into(), "ofapi_media_1".into()];
        let media: Converted<Vec<MediaRef>> = ["ofapi_media_1"].into_argument(Seal);
        assert_eq!(media, Ok(Some(references[1..].to_vec())));
        let media: Converted<Vec<MediaRef>> = (&references).into_argument(Seal);
        assert_eq!(media, Ok(Some(references)));
    }

    #[test]
    fn any_json_value_accepts_scalars_and_lists() {
        assert_eq!(json("a"), Ok(Some("a".into())));
        assert_eq!(json(5), Ok(Some(5.into())));
        assert_eq!(json([1.5, 2.5]), Ok(Some(serde_json::json!([1.5, 2.5]))));
        assert_eq!(json([f64::NAN]), Err(NOT_FINITE));
        assert_eq!(json(None::<bool>), Ok(None));
    }
}
