//! What an answer holds beside the fields of its model.

use std::fmt;

use serde::{de::MapAccess, ser::SerializeMap};
use serde_json::{Map, Value};

use super::{
    list::Written,
    part::{Part, Raw, Reader, reads_as},
};

/// What an answer held beside the typed values of a model's fields: which fields were there, those
/// that are not known, and values that are not written as they were read.
///
/// Two models with the same values are equal wherever they came from.
#[derive(Clone, Default)]
pub(crate) struct Source {
    /// One bit for each known field that was there.
    present: u64,
    rest: Option<Box<Rest>>,
}

#[derive(Clone, Default)]
struct Rest {
    unknown: Map<String, Value>,
    raw: Vec<(u8, Raw)>,
}

impl Source {
    /// Whether the field was there, be it as null.
    pub(crate) const fn has(&self, place: u8) -> bool {
        self.present & (1 << place) != 0
    }

    /// Returns the fields that the model does not know.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = (&str, &Value)> {
        let rest = self.rest.iter();
        rest.flat_map(|rest| &rest.unknown).map(|(name, value)| (name.as_str(), value))
    }

    /// Returns an unknown field by its name.
    pub(crate) fn unknown_field(&self, name: &str) -> Option<&Value> {
        self.rest.as_ref()?.unknown.get(name)
    }

    /// Returns how a known field stood in the answer, if it is not written that way.
    pub(crate) fn raw(&self, place: u8) -> Option<&Raw> {
        let rest = self.rest.as_ref()?;
        rest.raw.iter().find(|(known, _)| *known == place).map(|(_, raw)| raw)
    }

    pub(crate) fn keep(&mut self, name: String, value: Value) {
        self.rest.get_or_insert_default().unknown.insert(name, value);
    }

    /// Reads a known field. Of a field that comes twice the last one counts.
    pub(crate) fn take<'de, F: Field, A: MapAccess<'de>>(
        &mut self,
        place: u8,
        field: &mut F,
        object: &mut A,
    ) -> Result<(), A::Error> {
        let raw = field.take(object)?;
        self.present |= 1 << place;
        if let Some(rest) = &mut self.rest {
            rest.raw.retain(|(known, _)| *known != place);
        }
        if let Some(raw) = raw {
            self.rest.get_or_insert_default().raw.push((place, raw));
        }
        Ok(())
    }

    /// Writes a known field, if it was there or has a value.
    pub(crate) fn write<F: Field, M: SerializeMap>(
        &self,
        place: u8,
        name: &str,
        field: &F,
        object: &mut M,
    ) -> Result<(), M::Error> {
        let raw = self.raw(place);
        match (field.value(), raw) {
            _ if !field.is_set() && !self.has(place) => Ok(()),
            (_, Some(Raw::Whole(raw))) if !field.is_set() && reads_as::<F::Part>(raw, None) => {
                object.serialize_entry(name, raw)
            }
            (Some(value), raw) => object.serialize_entry(name, &Written { value, raw }),
            (None, _) => object.serialize_entry(name, &()),
        }
    }
}

/// How a value was written makes no difference.
impl PartialEq for Source {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.unknown()).finish()
    }
}

/// The type of a model's field: an optional part, or a list.
pub(crate) trait Field: Default {
    /// What stands in the answer.
    type Part: Part;

    /// Reads the field. Gives its raw form, if that is to be kept.
    fn take<'de, A: MapAccess<'de>>(&mut self, object: &mut A) -> Result<Option<Raw>, A::Error>;

    /// Whether the field is written even if it did not stand in the answer.
    fn is_set(&self) -> bool;

    /// Returns the value, if it is not null.
    fn value(&self) -> Option<&Self::Part>;
}

impl<T: Part> Field for Option<T> {
    type Part = T;

    fn take<'de, A: MapAccess<'de>>(&mut self, object: &mut A) -> Result<Option<Raw>, A::Error> {
        *self = None;
        object.next_value_seed(Reader(self))
    }

    fn is_set(&self) -> bool {
        self.is_some()
    }

    fn value(&self) -> Option<&T> {
        self.as_ref()
    }
}

/// A list that is empty, null (N09) or missing is the same to its reader.
impl<T> Field for Vec<T>
where
    Self: Part,
{
    type Part = Self;

    fn take<'de, A: MapAccess<'de>>(&mut self, object: &mut A) -> Result<Option<Raw>, A::Error> {
        let mut list = None;
        let raw = object.next_value_seed(Reader(&mut list))?;
        let is_null = list.is_none() && raw.is_none();
        *self = list.unwrap_or_default();
        Ok(if is_null { Some(Raw::NULL) } else { raw })
    }

    fn is_set(&self) -> bool {
        !self.is_empty()
    }

    fn value(&self) -> Option<&Self> {
        Some(self)
    }
}
