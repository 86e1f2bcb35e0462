//! Typed decoding that records where it failed and rejects non-empty arrays in place of objects.
//!
//! PHP encodes an object without members as an empty array, so an empty array is accepted as an empty object.
//! Structs with derived `Deserialize` also accept a non-empty array and assign its items to the fields in
//! declaration order, which silently produces wrong values; here that is an error. The path to the failing value is
//! recorded only while an error propagates, so a successful decode does almost no extra work.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IgnoredAny, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};

use serde::de::value::MapDeserializer;

use crate::Timestamp;

/// One step of the path from a value to a nested value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A field of a struct.
    Member(String),
    /// An entry of a map. All entries of a map have the same type.
    Entry(String),
    /// An item of an array. All items of an array have the same type.
    Item(usize),
    /// An element of a tuple. Each has its own type.
    Element(usize),
}

/// The kind of value that the type expects at the failing location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Boolean,
    Integer(IntegerRange),
    Number,
    String,
    Array,
    Object,
    Map,
    /// One of these enum variant names.
    Enum(&'static [&'static str]),
    Null,
    /// Anything else: the type rejected the value without a specific expectation.
    Other,
}

impl Expected {
    /// Returns the name of the expected JSON type for a [`Drift`](super::Drift) or an error message.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object | Self::Map => "an object",
            Self::Enum(_) => "a known value",
            Self::Null => "null",
            Self::Other => "a different value",
        }
    }
}

/// The range of an integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IntegerRange {
    bits: u32,
    is_signed: bool,
}

impl IntegerRange {
    /// Returns whether `text` is an integer within the range.
    pub(super) fn contains(self, text: &str) -> bool {
        let unused = 128 - self.bits;
        if self.is_signed {
            let range = i128::MIN >> unused..=i128::MAX >> unused;
            text.parse().is_ok_and(|integer| range.contains(&integer))
        } else {
            text.parse()
                .is_ok_and(|integer: u128| integer <= u128::MAX >> unused)
        }
    }
}

/// Why a value does not match its type, as far as the error reveals the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A timestamp that is neither a string nor a number.
    InvalidTimestamp,
    InvalidType,
    InvalidLength,
    MissingField(String),
    DuplicateField,
    UnknownVariant,
    Other,
}

impl Reason {
    /// Recognizes serde's own messages; a type can define others.
    fn of(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let starts_with = |text| message.starts_with(text);
        if let Some(rest) = message.strip_prefix("missing field `") {
            let name = rest.split_once('`').map_or(rest, |(name, _)| name);
            return Self::MissingField(name.to_owned());
        }
        match () {
            () if message.contains(Timestamp::EXPECTED) => Self::InvalidTimestamp,
            () if starts_with("invalid type: ") => Self::InvalidType,
            () if starts_with("invalid length ") => Self::InvalidLength,
            () if starts_with("duplicate field `") => Self::DuplicateField,
            () if starts_with("unknown variant `") => Self::UnknownVariant,
            () => Self::Other,
        }
    }
}

/// Why JSON could not be decoded into a type, and where.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) path: Vec<Step>,
    pub(crate) expected: Expected,
    pub(crate) reason: Reason,
    /// The kind of key that the type expects in the map at the failing location, if it rejected a key.
    pub(crate) key: Option<Expected>,
    /// Line and column of the syntax error, if the input is not valid JSON.
    pub(crate) syntax: Option<(usize, usize)>,
}

impl Failure {
    /// Formats the failure as the end of "responded with 200 OK, but …".
    ///
    /// The message contains the location and the expected JSON type, never values.
    pub(crate) fn message(&self, at: &str) -> String {
        if let Some((line, column)) = self.syntax {
            return format!("the response body is not valid JSON (line {line}, column {column})");
        }
        let mut pointer = at.to_owned();
        for step in &self.path {
            match step {
                Step::Member(name) | Step::Entry(name) => pointer.push_str(&format!("/{name}")),
                Step::Item(index) | Step::Element(index) => {
                    pointer.push_str(&format!("/{index}"));
                }
            }
        }
        let location = if pointer.is_empty() {
            "the response body".to_owned()
        } else {
            format!("`{pointer}`")
        };
        format!(
            "{location} does not match the requested type: expected {}",
            self.expected.label()
        )
    }
}

/// Decodes all of `json`; trailing data is an error.
pub(super) fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, Failure> {
    let mut trace = Trace::default();
    let mut reader = serde_json::Deserializer::from_slice(json);
    let outcome = T::deserialize(TracedDeserializer {
        inner: &mut reader,
        trace: &mut trace,
    })
    .and_then(|value| reader.end().map(|()| value));
    outcome.map_err(|error| trace.failure(&error))
}

/// The value of the `data` member.
pub(crate) struct DataMember<T> {
    pub(crate) value: T,
    /// Whether a member next to `data` can be a [refusal marker](crate::RefusalMarker).
    pub(crate) may_refuse: bool,
}

/// Decodes the `data` member of the object `body` in one pass.
///
/// This is the fast path for a matching response. Returns `None` in every other case: the body is not an object,
/// `data` is missing, null or duplicated, or its value does not match the type.
pub(crate) fn data_member<T: DeserializeOwned>(body: &[u8]) -> Option<DataMember<T>> {
    /// The name of a member of the body.
    enum Name {
        Data,
        RefusalMarker,
        Other,
    }

    struct NameSeed;

    impl<'de> DeserializeSeed<'de> for NameSeed {
        type Value = Name;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
            deserializer.deserialize_str(self)
        }
    }

    impl Visitor<'_> for NameSeed {
        type Value = Name;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a member name")
        }

        fn visit_str<E>(self, name: &str) -> Result<Name, E> {
            Ok(match name {
                "data" => Name::Data,
                "success" | "hasError" | "errors" | "error" => Name::RefusalMarker,
                _ => Name::Other,
            })
        }
    }

    struct DataSeed<T>(PhantomData<T>);

    impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for DataSeed<T> {
        type Value = Option<T>;

        fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Option<T>, D::Error> {
            let trace = &mut Trace::default();
            serde::Deserialize::deserialize(TracedDeserializer { inner, trace })
        }
    }

    struct Body<T>(PhantomData<T>);

    impl<'de, T: DeserializeOwned> Visitor<'de> for Body<T> {
        type Value = Option<DataMember<T>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            let mut data = None;
            let mut may_refuse = false;
            while let Some(name) = members.next_key_seed(NameSeed)? {
                match name {
                    Name::RefusalMarker | Name::Other => {
                        may_refuse |= matches!(name, Name::RefusalMarker);
                        members.next_value::<IgnoredAny>()?;
                    }
                    Name::Data if data.is_some() => {
                        return Err(A::Error::custom("duplicate `data`"));
                    }
                    Name::Data => data = members.next_value_seed(DataSeed(PhantomData))?,
                }
            }
            Ok(data.map(|value| DataMember { value, may_refuse }))
        }
    }

    let mut reader = serde_json::Deserializer::from_slice(body);
    let member = reader.deserialize_map(Body(PhantomData)).ok()??;
    reader.end().ok()?;
    Some(member)
}

/// The path and the expected kind of a failure, collected while the error propagates.
#[derive(Default)]
struct Trace {
    /// Steps from the failing value up to the root.
    path: Vec<Step>,
    expected: Option<Expected>,
    key: Option<Expected>,
}

impl Trace {
    fn failure(mut self, error: &serde_json::Error) -> Failure {
        self.path.reverse();
        Failure {
            path: self.path,
            expected: self.expected.unwrap_or(Expected::Other),
            reason: Reason::of(error),
            key: self.key,
            syntax: None,
        }
    }

    /// Adds a step to the path of the failing value. A value that was rejected after it had been read, for example by
    /// `TryFrom`, has no expectation and does not inherit that of the container.
    #[cold]
    fn leave(&mut self, step: Step) {
        self.expected.get_or_insert(Expected::Other);
        self.path.push(step);
    }

    #[inline(always)]
    fn record<T, E>(&mut self, expected: Expected, outcome: Result<T, E>) -> Result<T, E> {
        if outcome.is_err() {
            self.expected.get_or_insert(expected);
        }
        outcome
    }
}

/// A deserializer that records the path and the expected kind when an error propagates through it.
struct TracedDeserializer<'t, D> {
    inner: D,
    trace: &'t mut Trace,
}

/// The expectation of an integer type.
macro_rules! integer {
    ($type:ident) => {
        Expected::Integer(IntegerRange {
            bits: $type::BITS,
            is_signed: $type::MIN != 0,
        })
    };
}

/// Forwards the methods of a deserializer and records the kind that each one expects.
macro_rules! forward {
    ($($method:ident ( $($argument:ident : $kind:ty),* ) $expected:expr;)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
                let visitor = TracedVisitor {
                    visitor,
                    trace: &mut *self.trace,
                    accepts_array: !matches!($expected, Expected::Object),
                    is_map: false,
                    is_tuple: false,
                };
                let outcome = self.inner.$method($($argument,)* visitor);
                self.trace.record($expected, outcome)
            }
        )*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for TracedDeserializer<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any() Expected::Other;
        deserialize_bool() Expected::Boolean;
        deserialize_i8() integer!(i8);
        deserialize_i16() integer!(i16);
        deserialize_i32() integer!(i32);
        deserialize_i64() integer!(i64);
        deserialize_i128() integer!(i128);
        deserialize_u8() integer!(u8);
        deserialize_u16() integer!(u16);
        deserialize_u32() integer!(u32);
        deserialize_u64() integer!(u64);
        deserialize_u128() integer!(u128);
        deserialize_f32() Expected::Number;
        deserialize_f64() Expected::Number;
        deserialize_char() Expected::String;
        deserialize_str() Expected::String;
        deserialize_string() Expected::String;
        deserialize_bytes() Expected::String;
        deserialize_byte_buf() Expected::String;
        deserialize_option() Expected::Other;
        deserialize_unit() Expected::Null;
        deserialize_unit_struct(name: &'static str) Expected::Null;
        deserialize_newtype_struct(name: &'static str) Expected::Other;
        deserialize_seq() Expected::Array;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) Expected::Object;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) Expected::Enum(variants);
        deserialize_identifier() Expected::String;
        deserialize_ignored_any() Expected::Other;
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = TracedVisitor {
            visitor,
            trace: &mut *self.trace,
            accepts_array: true,
            is_map: false,
            is_tuple: true,
        };
        let outcome = self.inner.deserialize_tuple(len, visitor);
        self.trace.record(Expected::Array, outcome)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_tuple(len, visitor)
    }

    /// Calls `deserialize_any`, because serde_json's `deserialize_map` rejects arrays before they reach the visitor.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = TracedVisitor {
            visitor,
            trace: &mut *self.trace,
            accepts_array: false,
            is_map: true,
            is_tuple: false,
        };
        let outcome = self.inner.deserialize_any(visitor);
        self.trace.record(Expected::Map, outcome)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// A visitor that traces errors in nested values.
struct TracedVisitor<'t, V> {
    visitor: V,
    trace: &'t mut Trace,
    /// Whether the type accepts an array; structs and maps do not.
    accepts_array: bool,
    /// Whether the members of an object are map entries instead of struct fields.
    is_map: bool,
    /// Whether each item of an array has its own type.
    is_tuple: bool,
}

macro_rules! visit {
    ($($method:ident $kind:ty;)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for TracedVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit! {
        visit_bool bool;
        visit_i64 i64;
        visit_i128 i128;
        visit_u64 u64;
        visit_u128 u128;
        visit_f64 f64;
        visit_str &str;
        visit_borrowed_str &'de str;
        visit_string String;
        visit_bytes &[u8];
        visit_borrowed_bytes &'de [u8];
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(TracedDeserializer {
            inner,
            trace: self.trace,
        })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(TracedDeserializer {
            inner,
            trace: self.trace,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<V::Value, A::Error> {
        if !self.accepts_array {
            // PHP encodes an object without members as an empty array.
            return match access.next_element::<IgnoredAny>()? {
                None => self
                    .visitor
                    .visit_map(MapDeserializer::new(std::iter::empty::<(&str, ())>())),
                Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &"an object")),
            };
        }
        self.visitor.visit_seq(TracedSeq {
            access,
            trace: self.trace,
            index: 0,
            is_tuple: self.is_tuple,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(TracedMap {
            access,
            trace: self.trace,
            key: LastKey::default(),
            is_map: self.is_map,
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(TracedEnum {
            access,
            trace: self.trace,
        })
    }
}

/// Traces the items of an array.
struct TracedSeq<'t, A> {
    access: A,
    trace: &'t mut Trace,
    index: usize,
    is_tuple: bool,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for TracedSeq<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let outcome = self.access.next_element_seed(TracedSeed {
            seed,
            trace: &mut *self.trace,
        });
        if outcome.is_err() {
            self.trace.leave(if self.is_tuple {
                Step::Element(self.index)
            } else {
                Step::Item(self.index)
            });
        }
        self.index += 1;
        outcome
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

/// Traces the members of an object.
struct TracedMap<'t, 'de, A> {
    access: A,
    trace: &'t mut Trace,
    key: LastKey<'de>,
    is_map: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TracedMap<'_, 'de, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let outcome = self.access.next_key_seed(KeyRecorder {
            inner: seed,
            key: &mut self.key,
        });
        if outcome.is_err() {
            self.trace.key = self.key.expected;
        }
        outcome
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let outcome = self.access.next_value_seed(TracedSeed {
            seed,
            trace: &mut *self.trace,
        });
        if outcome.is_err() {
            let key = self.key.take();
            // A struct with `#[serde(flatten)]` requests a map, but reads the keys as field names.
            self.trace.leave(if self.is_map && !self.key.is_identifier {
                Step::Entry(key)
            } else {
                Step::Member(key)
            });
        }
        outcome
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

/// Traces the deserialization of a seed's value.
struct TracedSeed<'t, S> {
    seed: S,
    trace: &'t mut Trace,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for TracedSeed<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(TracedDeserializer {
            inner,
            trace: self.trace,
        })
    }
}

/// Traces the content of an enum variant.
struct TracedEnum<'t, A> {
    access: A,
    trace: &'t mut Trace,
}

impl<'de, 't, A: EnumAccess<'de>> EnumAccess<'de> for TracedEnum<'t, A> {
    type Error = A::Error;
    type Variant = TracedEnum<'t, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, access) = self.access.variant_seed(seed)?;
        Ok((
            value,
            TracedEnum {
                access,
                trace: self.trace,
            },
        ))
    }
}

impl<A> TracedEnum<'_, A> {
    /// Attributes an error in the content of a variant to the enum, because the next value can have a different
    /// variant.
    fn record<T, E>(trace: &mut Trace, outcome: Result<T, E>) -> Result<T, E> {
        if outcome.is_err() {
            trace.path.clear();
            trace.expected = Some(Expected::Other);
        }
        outcome
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for TracedEnum<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        let outcome = self.access.unit_variant();
        Self::record(self.trace, outcome)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let trace = self.trace;
        let outcome = self.access.newtype_variant_seed(TracedSeed {
            seed,
            trace: &mut *trace,
        });
        Self::record(trace, outcome)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let trace = self.trace;
        let visitor = TracedVisitor {
            visitor,
            trace: &mut *trace,
            accepts_array: true,
            is_map: false,
            is_tuple: true,
        };
        let outcome = self.access.tuple_variant(len, visitor);
        Self::record(trace, outcome)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let trace = self.trace;
        let visitor = TracedVisitor {
            visitor,
            trace: &mut *trace,
            accepts_array: false,
            is_map: false,
            is_tuple: false,
        };
        let outcome = self.access.struct_variant(fields, visitor);
        Self::record(trace, outcome)
    }
}

/// The key that was read last.
///
/// Almost all keys can be borrowed from the input, which makes recording them cheap.
#[derive(Default)]
struct LastKey<'de> {
    borrowed: &'de str,
    /// A key that cannot be borrowed, for example because it contains escapes; used if `borrowed` is empty.
    owned: String,
    /// Whether the type reads its keys as field names.
    is_identifier: bool,
    /// The range of integers that the type accepts as keys.
    expected: Option<Expected>,
}

impl LastKey<'_> {
    #[cold]
    fn set_owned(&mut self, key: String) {
        self.borrowed = "";
        self.owned = key;
    }

    #[cold]
    fn take(&mut self) -> String {
        if self.borrowed.is_empty() {
            std::mem::take(&mut self.owned)
        } else {
            self.borrowed.to_owned()
        }
    }
}

/// Records a key while it is read. Wraps a seed, a deserializer or a visitor, depending on `inner`.
struct KeyRecorder<'k, 'de, I> {
    inner: I,
    key: &'k mut LastKey<'de>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for KeyRecorder<'_, 'de, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(KeyRecorder {
            inner,
            key: self.key,
        })
    }
}

macro_rules! forward_key {
    ($($method:ident ( $($argument:ident : $kind:ty),* );)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
                self.inner.$method($($argument,)* KeyRecorder { inner: visitor, key: self.key })
            }
        )*
    };
}

macro_rules! integer_key {
    ($($method:ident $type:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.key.expected = Some(integer!($type));
            self.inner.$method(KeyRecorder { inner: visitor, key: self.key })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for KeyRecorder<'_, 'de, D> {
    type Error = D::Error;

    forward_key! {
        deserialize_any();
        deserialize_bool();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_ignored_any();
    }

    integer_key! {
        deserialize_i8 i8;
        deserialize_i16 i16;
        deserialize_i32 i32;
        deserialize_i64 i64;
        deserialize_i128 i128;
        deserialize_u8 u8;
        deserialize_u16 u16;
        deserialize_u32 u32;
        deserialize_u64 u64;
        deserialize_u128 u128;
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.key.is_identifier = true;
        self.inner.deserialize_identifier(KeyRecorder {
            inner: visitor,
            key: self.key,
        })
    }
}

macro_rules! visit_key {
    ($($method:ident $kind:ty;)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.key.set_owned(value.to_string());
            self.inner.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for KeyRecorder<'_, 'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit_key! {
        visit_bool bool;
        visit_i64 i64;
        visit_u64 u64;
        visit_f64 f64;
        visit_str &str;
    }

    #[inline]
    fn visit_borrowed_str<E: serde::de::Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.key.borrowed = value;
        self.inner.visit_borrowed_str(value)
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<V::Value, E> {
        self.key.set_owned(value.clone());
        self.inner.visit_string(value)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(KeyRecorder {
            inner,
            key: self.key,
        })
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(KeyRecorder {
            inner,
            key: self.key,
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(access)
    }
}
