//! Typed decoding that knows where it failed, and takes no list for an object.
//!
//! An empty list is taken for an object without members, which is how PHP writes one. serde's derived
//! structs accept a list and take its items for their fields in order, which turns
//! PHP's lists into nonsense without a word; here that is a failure. The way to the failing place is
//! noted only while the failure travels up, so that a value that fits costs nothing more.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IgnoredAny, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};

use serde::de::value::MapDeserializer;

/// One step from a value to one in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A field of a struct.
    Member(String),
    /// An entry of a map, like all others of it.
    Entry(String),
    Item(usize),
}

/// What the type wanted at the failing place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Truth,
    Integer,
    Number,
    Text,
    List,
    Object,
    Map,
    Choice,
    Nothing,
    Other,
}

/// Why a text is no value of a type, and where.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) path: Vec<Step>,
    pub(crate) expected: Expected,
    /// Set when the text is no JSON at all.
    pub(crate) syntax: Option<(usize, usize)>,
}

impl Failure {
    /// The failure as the end of "answered with 200 OK, but …"; names the place and kinds only.
    pub(crate) fn why(&self, at: &str) -> String {
        if let Some((line, column)) = self.syntax {
            return format!("its body is not JSON: broken at line {line} column {column}");
        }
        let mut pointer = at.to_owned();
        for step in &self.path {
            match step {
                Step::Member(name) | Step::Entry(name) => pointer.push_str(&format!("/{name}")),
                Step::Item(index) => pointer.push_str(&format!("/{index}")),
            }
        }
        let place = if pointer.is_empty() {
            "as a whole".to_owned()
        } else {
            format!("at {pointer}")
        };
        format!(
            "{place} it does not fit the type asked for, which wants {} there",
            super::repair::label(self.expected)
        )
    }
}

/// Decodes `json`, all of it.
pub(super) fn typed<T: DeserializeOwned>(json: &[u8]) -> Result<T, Failure> {
    let mut trace = Trace::default();
    let mut reader = serde_json::Deserializer::from_slice(json);
    let outcome = T::deserialize(Guard {
        inner: &mut reader,
        trace: &mut trace,
    })
    .and_then(|value| reader.end().map(|()| value));
    outcome.map_err(|_| trace.failure())
}

/// Decodes what stands under `data` of the object `body` in one pass; `None` wherever that is not all there is to
/// it: another kind of body, no `data` or two of them, a place that does not fit.
pub(crate) fn under_data<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    /// The member's name.
    enum Name {
        Data,
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
            f.write_str("a name")
        }

        fn visit_str<E>(self, name: &str) -> Result<Name, E> {
            Ok(if name == "data" {
                Name::Data
            } else {
                Name::Other
            })
        }
    }

    struct DataSeed<T>(PhantomData<T>);

    impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for DataSeed<T> {
        type Value = Option<T>;

        fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Option<T>, D::Error> {
            let trace = &mut Trace::default();
            serde::Deserialize::deserialize(Guard { inner, trace })
        }
    }

    struct Body<T>(PhantomData<T>);

    impl<'de, T: DeserializeOwned> Visitor<'de> for Body<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<T>, A::Error> {
            let mut data = None;
            while let Some(name) = members.next_key_seed(NameSeed)? {
                match name {
                    Name::Other => {
                        members.next_value::<IgnoredAny>()?;
                    }
                    Name::Data if data.is_some() => return Err(A::Error::custom("two of them")),
                    Name::Data => data = members.next_value_seed(DataSeed(PhantomData))?,
                }
            }
            Ok(data)
        }
    }

    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = reader.deserialize_map(Body(PhantomData)).ok()??;
    reader.end().ok()?;
    Some(value)
}

#[derive(Default)]
struct Trace {
    /// From the failing place to the top.
    path: Vec<Step>,
    expected: Option<Expected>,
}

impl Trace {
    fn failure(mut self) -> Failure {
        self.path.reverse();
        Failure {
            path: self.path,
            expected: self.expected.unwrap_or(Expected::Other),
            syntax: None,
        }
    }

    #[inline(always)]
    fn note<T, E>(&mut self, expected: Expected, outcome: Result<T, E>) -> Result<T, E> {
        if outcome.is_err() {
            self.expected.get_or_insert(expected);
        }
        outcome
    }
}

/// A deserializer that notes failures on their way up.
struct Guard<'t, D> {
    inner: D,
    trace: &'t mut Trace,
}

/// Forwards the methods of a deserializer, noting what each expects.
macro_rules! forward {
    ($($method:ident ( $($argument:ident : $kind:ty),* ) $expected:ident;)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
                let visitor = Watch { visitor, trace: &mut *self.trace, takes_list: !matches!(Expected::$expected, Expected::Object), is_map: false };
                let outcome = self.inner.$method($($argument,)* visitor);
                self.trace.note(Expected::$expected, outcome)
            }
        )*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Guard<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any() Other;
        deserialize_bool() Truth;
        deserialize_i8() Integer;
        deserialize_i16() Integer;
        deserialize_i32() Integer;
        deserialize_i64() Integer;
        deserialize_i128() Integer;
        deserialize_u8() Integer;
        deserialize_u16() Integer;
        deserialize_u32() Integer;
        deserialize_u64() Integer;
        deserialize_u128() Integer;
        deserialize_f32() Number;
        deserialize_f64() Number;
        deserialize_char() Text;
        deserialize_str() Text;
        deserialize_string() Text;
        deserialize_bytes() Text;
        deserialize_byte_buf() Text;
        deserialize_option() Other;
        deserialize_unit() Nothing;
        deserialize_unit_struct(name: &'static str) Nothing;
        deserialize_newtype_struct(name: &'static str) Other;
        deserialize_seq() List;
        deserialize_tuple(len: usize) List;
        deserialize_tuple_struct(name: &'static str, len: usize) List;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) Object;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) Choice;
        deserialize_identifier() Text;
        deserialize_ignored_any() Other;
    }

    /// As any value: serde_json's own way would not let a list come as far as the visitor.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = Watch {
            visitor,
            trace: &mut *self.trace,
            takes_list: false,
            is_map: true,
        };
        let outcome = self.inner.deserialize_any(visitor);
        self.trace.note(Expected::Map, outcome)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// A visitor that guards what is in lists and objects.
struct Watch<'t, V> {
    visitor: V,
    trace: &'t mut Trace,
    takes_list: bool,
    is_map: bool,
}

macro_rules! visit {
    ($($method:ident $kind:ty;)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watch<'_, V> {
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
        self.visitor.visit_some(Guard {
            inner,
            trace: self.trace,
        })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Guard {
            inner,
            trace: self.trace,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<V::Value, A::Error> {
        if !self.takes_list {
            // PHP writes an object without members as an empty list: nothing is lost by it.
            return match access.next_element::<IgnoredAny>()? {
                None => self
                    .visitor
                    .visit_map(MapDeserializer::new(std::iter::empty::<(&str, ())>())),
                Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &"an object")),
            };
        }
        self.visitor.visit_seq(Items {
            access,
            trace: self.trace,
            index: 0,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members {
            access,
            trace: self.trace,
            key: Last::default(),
            is_map: self.is_map,
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Variant {
            access,
            trace: self.trace,
        })
    }
}

struct Items<'t, A> {
    access: A,
    trace: &'t mut Trace,
    index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let outcome = self.access.next_element_seed(Seed {
            seed,
            trace: &mut *self.trace,
        });
        if outcome.is_err() {
            self.trace.path.push(Step::Item(self.index));
        }
        self.index += 1;
        outcome
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

struct Members<'t, 'de, A> {
    access: A,
    trace: &'t mut Trace,
    key: Last<'de>,
    is_map: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, 'de, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.access.next_key_seed(Key {
            inner: seed,
            key: &mut self.key,
        })
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let outcome = self.access.next_value_seed(Seed {
            seed,
            trace: &mut *self.trace,
        });
        if outcome.is_err() {
            let key = self.key.take();
            self.trace.path.push(if self.is_map {
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

/// Guards the value that a seed makes.
struct Seed<'t, S> {
    seed: S,
    trace: &'t mut Trace,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(Guard {
            inner,
            trace: self.trace,
        })
    }
}

/// Guards the content of an enum's variant.
struct Variant<'t, A> {
    access: A,
    trace: &'t mut Trace,
}

impl<'de, 't, A: EnumAccess<'de>> EnumAccess<'de> for Variant<'t, A> {
    type Error = A::Error;
    type Variant = Variant<'t, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, access) = self.access.variant_seed(seed)?;
        Ok((
            value,
            Variant {
                access,
                trace: self.trace,
            },
        ))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Variant<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.access.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.access.newtype_variant_seed(Seed {
            seed,
            trace: self.trace,
        })
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.access.tuple_variant(
            len,
            Watch {
                visitor,
                trace: self.trace,
                takes_list: true,
                is_map: false,
            },
        )
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.access.struct_variant(
            fields,
            Watch {
                visitor,
                trace: self.trace,
                takes_list: false,
                is_map: false,
            },
        )
    }
}

/// The key that went by last. Nearly all stand in the text as they are, and cost two words to remember.
#[derive(Default)]
struct Last<'de> {
    borrowed: &'de str,
    /// A key with escapes; counts where `borrowed` is empty.
    owned: String,
}

impl Last<'_> {
    #[cold]
    fn own(&mut self, key: String) {
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

/// Looks at a key as it goes by: seed, deserializer and visitor in one, whichever is `inner`.
struct Key<'k, 'de, I> {
    inner: I,
    key: &'k mut Last<'de>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, 'de, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Key {
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
                self.inner.$method($($argument,)* Key { inner: visitor, key: self.key })
            }
        )*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Key<'_, 'de, D> {
    type Error = D::Error;

    forward_key! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
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
        deserialize_identifier();
        deserialize_ignored_any();
    }
}

macro_rules! visit_key {
    ($($method:ident $kind:ty;)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.key.own(value.to_string());
            self.inner.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Key<'_, 'de, V> {
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
        self.key.own(value.clone());
        self.inner.visit_string(value)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Key {
            inner,
            key: self.key,
        })
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Key {
            inner,
            key: self.key,
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(access)
    }
}
