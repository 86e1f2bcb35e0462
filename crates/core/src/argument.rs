//! What setters take: one trait for every argument, so that numbers, strings, references and options all work.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{MediaRef, Timestamp};

/// A value that a setter takes for an argument of type `T`. Sealed: implemented for the types below.
///
/// | argument | accepts |
/// | --- | --- |
/// | `String` | strings, integers, finite floats, booleans, [`Timestamp`], enumerations, `Url`, `Uuid` |
/// | `i64` | every integer type that fits, and strings that parse as one |
/// | `f64` | finite floats, integers, and strings that parse as one |
/// | `bool` | booleans, and the strings `true` and `false` |
/// | `Vec<T>` | arrays, slices, vectors and sets of anything that `T` accepts; an iterator has to be collected |
/// | an enumeration | itself, and strings: an unknown value is sent as it is |
/// | `Timestamp` | itself, strings, Unix seconds, `SystemTime` |
/// | any JSON value | `serde_json::Value`, strings, numbers, booleans, and lists of them |
/// | a struct | itself |
///
/// References to these types work as well. `None` leaves the argument as it is, so a value that may be absent is
/// passed as an `Option`. A value that does not convert is reported when the request is sent, together with every
/// other invalid argument.
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
    note = "pass a `{T}` or a reference to one; strings and numbers convert where the argument allows it",
    note = "pass an array, slice or `Vec` for a list (collect an iterator first), and an `Option` to set conditionally"
)]
pub trait IntoArgument<T> {
    /// The argument; `None` if it stays as it is.
    #[doc(hidden)]
    fn into_argument(self, seal: Seal) -> Result<Option<T>, Rejection>;
}

#[allow(unnameable_types)] // sealed on purpose
mod seal {
    /// Cannot be named outside of this crate, which seals [`IntoArgument`](super::IntoArgument).
    #[derive(Clone, Copy, Debug)]
    pub struct Seal;

    /// Why a value was rejected.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Rejection {
        /// It does not convert to the argument's type.
        Type,
        /// It converts, but cannot be sent; completes the sentence that the argument's name starts.
        Value(&'static str),
    }
}

pub(crate) use seal::{Rejection, Seal};

/// Why NaN and infinities are rejected.
pub(crate) const NOT_FINITE: Rejection =
    Rejection::Value("must be a finite number; JSON has neither NaN nor infinity");

/// A type that is an argument as a whole: the enumerations and structs of the generated client.
pub trait Argument: Clone + Serialize {}

/// An argument that strings convert to.
pub trait ParseArgument: Argument {
    /// The argument, or `None` if `text` is not one.
    fn parse_argument(text: &str) -> Option<Self>;
}

/// An argument that integers convert to.
pub trait FromInteger: Argument {
    /// The argument, or `None` if `integer` is not one.
    fn from_integer(integer: i64) -> Option<Self>;
}

/// A type that can be passed where a string is expected.
pub trait StringArgument {
    /// The string.
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

/// Strings: for arguments that are strings, and for all that parse.
macro_rules! strings {
    ($($kind:ty),*) => {$(
        impl<T: ParseArgument> IntoArgument<T> for $kind {
            fn into_argument(self, _: Seal) -> Converted<T> {
                parsed(T::parse_argument(self.as_ref()))
            }
        }

        impl IntoArgument<String> for $kind {
            fn into_argument(self, _: Seal) -> Converted<String> {
                Ok(Some(self.into()))
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
                Ok(Some(Value::String(self.into())))
            }
        }
    )*};
}

strings!(&str, String, &String, Cow<'_, str>);

/// Integers: for numbers, strings, and what is made of an integer.
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
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless)] // checked: the value must survive
            fn into_argument(self, _: Seal) -> Converted<f64> {
                let float = self as f64;
                parsed((float as $kind == self).then_some(float))
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

/// A reference to what is `Copy`.
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
    /// Through the decimal digits, so that `9.99_f32` is sent as 9.99.
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
by_reference!(bool: bool, String, Value);

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

impl IntoArgument<Map<String, Value>> for Value {
    fn into_argument(self, _: Seal) -> Converted<Map<String, Value>> {
        match self {
            Self::Object(members) => Ok(Some(members)),
            _ => Err(Rejection::Type),
        }
    }
}

impl<T, V: IntoArgument<T>> IntoArgument<HashMap<String, T>> for HashMap<String, V> {
    fn into_argument(self, seal: Seal) -> Converted<HashMap<String, T>> {
        let converted = self.into_iter().filter_map(|(name, value)| {
            let value = value.into_argument(seal).transpose()?;
            Some(value.map(|value| (name, value)))
        });
        converted.collect::<Result<_, _>>().map(Some)
    }
}

/// The items of a list that convert; an item that is `None` is left out.
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

impl IntoArgument<Timestamp> for SystemTime {
    fn into_argument(self, _: Seal) -> Converted<Timestamp> {
        Ok(Some(self.into()))
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
    #[allow(clippy::needless_borrows_for_generic_args)] // references are the point
    fn strings_accept_values_that_are_written_as_one() {
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
