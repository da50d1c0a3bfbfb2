//! Values inside of an answer, read as they come and written as they were.
//!
//! Reading never fails because of a shape: a value that does not fit is set aside as it stands. So
//! is a value that fits but would be written differently.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize as _, Deserializer, Serialize, Serializer,
    de::{
        DeserializeSeed, Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Number, Value};

/// A value that can stand in an answer.
///
/// Only the types of this crate implement it. Each takes the shapes that Spotify was seen to send.
pub trait Part: Sized + PartialEq + Serialize {
    /// Takes a truth value.
    fn of_bool(value: bool) -> Seen<Self> {
        Seen::odd(Value::Bool(value))
    }

    /// Takes a number.
    fn of_number(number: Number) -> Seen<Self> {
        Seen::odd(Value::Number(number))
    }

    /// Takes a text.
    fn of_text(text: &str) -> Seen<Self> {
        Seen::odd(Value::String(text.to_owned()))
    }

    /// Takes a list.
    ///
    /// # Errors
    /// The text is no JSON.
    fn of_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Seen<Self>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(Seen::odd)
    }

    /// Takes an object.
    ///
    /// # Errors
    /// The text is no JSON.
    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Seen<Self>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(object)).map(Seen::odd)
    }

    /// Writes the value, in the raw form that it was read from if it still has the value of that.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: Serializer>(&self, raw: Option<&Raw>, serializer: S) -> Result<S::Ok, S::Error> {
        match raw {
            Some(Raw::Whole(raw)) if reads_as(raw, Some(self)) => raw.serialize(serializer),
            _ => self.serialize(serializer),
        }
    }
}

/// What a value came to. A null has neither value nor raw form.
#[derive(Debug)]
pub struct Seen<T> {
    /// The value, if it was understood.
    pub(super) value: Option<T>,
    /// How it stood in the answer, if that is not how the value is written.
    pub(super) raw: Option<Raw>,
}

/// How a value stood in an answer.
#[derive(Debug, Clone)]
pub enum Raw {
    /// The whole value.
    Whole(Value),
    /// Some entries of a list.
    Entries(Vec<Entry>),
}

/// An entry of a list that is not written as it was read.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the list as it was read.
    pub(super) place: usize,
    /// Whether it has a value as well.
    pub(super) understood: bool,
    /// How it stood there.
    pub(super) raw: Raw,
}

impl Raw {
    /// A null where a value is expected.
    pub(super) const NULL: Self = Self::Whole(Value::Null);
}

impl<T> Seen<T> {
    pub(crate) const fn found(value: T) -> Self {
        Self { value: Some(value), raw: None }
    }

    pub(super) const fn null() -> Self {
        Self { value: None, raw: None }
    }

    pub(super) const fn odd(raw: Value) -> Self {
        Self { value: None, raw: Some(Raw::Whole(raw)) }
    }

    /// A value that is written in another way than it was read.
    pub(super) const fn spelled(value: T, raw: Value) -> Self {
        Self { value: Some(value), raw: Some(Raw::Whole(raw)) }
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(value) => value.serialize(serializer),
            Self::Entries(entries) => {
                serializer.collect_seq(entries.iter().map(|entry| &entry.raw))
            }
        }
    }
}

/// Reads a part in one pass.
pub(super) struct Reader<T>(PhantomData<T>);

impl<T> Reader<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Part> DeserializeSeed<'de> for Reader<T> {
    type Value = Seen<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Seen<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Part> Visitor<'de> for Reader<T> {
    type Value = Seen<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Seen<T>, E> {
        Ok(T::of_bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Seen<T>, E> {
        Ok(T::of_number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Seen<T>, E> {
        Ok(T::of_number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Seen<T>, E> {
        Ok(Number::from_f64(value).map_or_else(Seen::null, T::of_number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Seen<T>, E> {
        Ok(T::of_text(text))
    }

    fn visit_unit<E: Error>(self) -> Result<Seen<T>, E> {
        Ok(Seen::null())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Seen<T>, A::Error> {
        T::of_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Seen<T>, A::Error> {
        T::of_object(object)
    }
}

/// Reads a value that must be there, for a caller of serde.
pub(super) fn deserialize<'de, T: Part, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Reader::new()
        .deserialize(deserializer)?
        .value
        .ok_or_else(|| D::Error::custom("a value of another shape"))
}

/// Whether a raw form, read once more, has the value.
pub(super) fn reads_as<T: Part>(raw: &Value, value: Option<&T>) -> bool {
    Reader::<T>::new().deserialize(raw).is_ok_and(|seen| seen.value.as_ref() == value)
}
