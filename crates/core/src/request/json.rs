//! Converts serializable values to JSON and rejects numbers that JSON cannot represent.
//!
//! serde_json writes NaN and infinities as null, which the service would treat as a value.

use serde::Serialize;
use serde::ser::{self, Serializer};
use serde_json::Value;

/// Converts `value` to JSON.
///
/// # Errors
///
/// Returns an error that completes the sentence "`argument` …" if the value cannot be converted to JSON or contains a
/// number that is not finite.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    let json = serde_json::to_value(value)
        .map_err(|error| format!("cannot be converted to JSON: {error}"))?;
    // serde_json writes a number that is not finite as null, so JSON without nulls needs no check.
    if has_null(&json) && value.serialize(FiniteCheck).is_err() {
        return Err(
            "must contain finite numbers only; JSON has neither NaN nor infinity".to_owned(),
        );
    }
    Ok(json)
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

/// A serializer that writes nothing and fails at the first number that is not finite.
#[derive(Clone, Copy)]
struct FiniteCheck;

type Checked = Result<(), serde::de::value::Error>;

/// Implements the methods for scalars that are always finite.
macro_rules! finite {
    ($($method:ident($($kind:ty),*);)*) => {
        $(fn $method(self, $(_: $kind),*) -> Checked {
            Ok(())
        })*
    };
}

impl Serializer for FiniteCheck {
    type Ok = ();
    type Error = serde::de::value::Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    finite! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_f32(self, float: f32) -> Checked {
        self.serialize_f64(float.into())
    }

    fn serialize_f64(self, float: f64) -> Checked {
        if float.is_finite() {
            Ok(())
        } else {
            Err(ser::Error::custom("not finite"))
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Checked {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Checked {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Checked {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Self::Error> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Self::Error> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Self::Error> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Self::Error> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Self::Error> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Self::Error> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Self::Error> {
        Ok(self)
    }
}

/// Implements the compound serializers, which check each of their parts.
macro_rules! compound {
    ($($part:ident :: $method:ident($($key:ty)?);)*) => {$(
        impl ser::$part for FiniteCheck {
            type Ok = ();
            type Error = serde::de::value::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Checked {
                value.serialize(*self)
            }

            fn end(self) -> Checked {
                Ok(())
            }
        }
    )*};
}

compound! {
    SerializeSeq::serialize_element();
    SerializeTuple::serialize_element();
    SerializeTupleStruct::serialize_field();
    SerializeTupleVariant::serialize_field();
    SerializeStruct::serialize_field(&'static str);
    SerializeStructVariant::serialize_field(&'static str);
}

impl ser::SerializeMap for FiniteCheck {
    type Ok = ();
    type Error = serde::de::value::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Checked {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Checked {
        value.serialize(*self)
    }

    fn end(self) -> Checked {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_that_are_not_finite_are_rejected_at_every_depth() {
        #[derive(Serialize)]
        struct Price {
            amount: Option<f64>,
        }
        let finite = [Price { amount: None }, Price { amount: Some(9.99) }];
        assert_eq!(
            to_json(&finite),
            Ok(json!([{"amount": null}, {"amount": 9.99}]))
        );
        let rejected = [
            to_json(&f64::NAN),
            to_json(&f32::INFINITY),
            to_json(&[Price {
                amount: Some(f64::NAN),
            }]),
            to_json(&BTreeMap::from([("a", (1, f64::NEG_INFINITY))])),
        ];
        for result in rejected {
            assert!(result.unwrap_err().contains("finite"));
        }
    }
}
