//! Values inside of an answer, read as they come and written as they were.
//!
//! Reading never fails because of a shape: a value that does not fit is set aside as it stands. So
//! is a value that fits but would be written differently.

use std::fmt;

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

    /// Takes a list, into the slot and as its raw form.
    ///
    /// # Errors
    /// The text is no JSON.
    fn of_list<'de, A: SeqAccess<'de>>(
        slot: &mut Option<Self>,
        list: A,
    ) -> Result<Option<Raw>, A::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(Seen::odd(value).into_slot(slot))
    }

    /// Takes an object, into the slot and as its raw form.
    ///
    /// # Errors
    /// The text is no JSON.
    fn of_object<'de, A: MapAccess<'de>>(
        slot: &mut Option<Self>,
        object: A,
    ) -> Result<Option<Raw>, A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(object))?;
        Ok(Seen::odd(value).into_slot(slot))
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

/// What a number, text or truth value came to.
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

    pub(super) const fn odd(raw: Value) -> Self {
        Self { value: None, raw: Some(Raw::Whole(raw)) }
    }

    /// A value that is written in another way than it was read.
    pub(super) const fn spelled(value: T, raw: Value) -> Self {
        Self { value: Some(value), raw: Some(Raw::Whole(raw)) }
    }

    /// Puts the value into the slot and returns the raw form.
    pub(super) fn into_slot(self, slot: &mut Option<T>) -> Option<Raw> {
        *slot = self.value;
        self.raw
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

/// Reads a part in one pass into an empty slot. Gives its raw form, if that is to be kept.
///
/// Models are large: they are filled where they stay, and not moved on the way there.
pub(super) struct Reader<'a, T>(pub(super) &'a mut Option<T>);

impl<'de, T: Part> DeserializeSeed<'de> for Reader<'_, T> {
    type Value = Option<Raw>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Raw>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Part> Visitor<'de> for Reader<'_, T> {
    type Value = Option<Raw>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<Raw>, E> {
        Ok(T::of_bool(value).into_slot(self.0))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<Raw>, E> {
        Ok(T::of_number(value.into()).into_slot(self.0))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<Raw>, E> {
        Ok(T::of_number(value.into()).into_slot(self.0))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<Raw>, E> {
        Ok(Number::from_f64(value).and_then(|number| T::of_number(number).into_slot(self.0)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<Raw>, E> {
        Ok(T::of_text(text).into_slot(self.0))
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Raw>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<Raw>, A::Error> {
        T::of_list(self.0, list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Option<Raw>, A::Error> {
        T::of_object(self.0, object)
    }
}

/// Reads a value that must be there, for a caller of serde.
pub(super) fn deserialize<'de, T: Part, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut slot = None;
    Reader(&mut slot).deserialize(deserializer)?;
    slot.ok_or_else(|| D::Error::custom("a value of another shape"))
}

/// Whether a raw form, read once more, has the value.
pub(super) fn reads_as<T: Part>(raw: &Value, value: Option<&T>) -> bool {
    let mut slot = None;
    Reader(&mut slot).deserialize(raw).is_ok() && slot.as_ref() == value
}
