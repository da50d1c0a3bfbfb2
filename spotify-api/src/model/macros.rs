//! How a model is declared.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer, Serializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;

use super::{part::Raw, source::Source};

/// Declares models: their fields as they stand in an answer.
///
/// A field is an `Option` of a [`Part`](super::part::Part) or a list of parts; a list in which
/// places matter is a list of `Option`s. A name in front of a field is its name in the answer.
macro_rules! model {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident $(<$part:ident>)? { $($field:tt)* }
    )+) => {$(
        $crate::model::macros::object! {
            $(#[$meta])*
            pub struct $name $(<$part>)? { $($field)* }
        }

        impl $(<$part: $crate::model::part::Part>)? $name $(<$part>)? {
            /// Iterates over the fields that this crate does not know, as Spotify sent them.
            pub fn unknown_fields(&self) -> impl Iterator<Item = (&str, &serde_json::Value)> {
                self.source.unknown()
            }

            /// Returns a field as Spotify sent it, if this crate does not know it or could not take
            /// its value as it stood. Of a list that is not the whole: its odd entries are kept in
            /// their places, and written there again.
            pub fn raw(&self, name: &str) -> Option<&serde_json::Value> {
                $crate::model::macros::raw(self, name)
            }
        }
    )+};
}
pub(crate) use model;

/// Declares an object that is read and written without loss: a struct with the fields and a
/// `source`.
macro_rules! object {
    (
        $(#[$meta:meta])*
        $access:vis struct $name:ident $(<$part:ident>)? {
            $($(#[$field_meta:meta])* $($key:literal =>)? $vis:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        $access struct $name $(<$part>)? {
            $($(#[$field_meta])* $vis $field: $type,)*
            source: $crate::model::source::Source,
        }

        impl $(<$part>)? Default for $name $(<$part>)? {
            fn default() -> Self {
                Self { $($field: Default::default(),)* source: Default::default() }
            }
        }

        const _: () = {
            #[expect(non_camel_case_types, reason = "the names of the fields")]
            pub(crate) enum Place { $($field),* }

            impl From<Place> for u8 {
                fn from(place: Place) -> Self {
                    place as Self
                }
            }

            impl $(<$part: $crate::model::part::Part>)? $crate::model::macros::Model
                for $name $(<$part>)?
            {
                type Place = Place;

                fn place(key: &str) -> Option<Place> {
                    match key {
                        $($crate::model::macros::key!($($key)? $field) => Some(Place::$field),)*
                        _ => None,
                    }
                }

                fn take<'de, A: serde::de::MapAccess<'de>>(
                    &mut self,
                    place: Place,
                    object: &mut A,
                ) -> Result<(), A::Error> {
                    let source = &mut self.source;
                    match place {
                        $(Place::$field => {
                            source.take(Place::$field as u8, &mut self.$field, object)
                        })*
                    }
                }

                fn write_fields<M: serde::ser::SerializeMap>(
                    &self,
                    object: &mut M,
                ) -> Result<(), M::Error> {
                    $(self.source.write(
                        Place::$field as u8,
                        $crate::model::macros::key!($($key)? $field),
                        &self.$field,
                        object,
                    )?;)*
                    Ok(())
                }

                fn source(&self) -> &$crate::model::source::Source {
                    &self.source
                }

                fn source_mut(&mut self) -> &mut $crate::model::source::Source {
                    &mut self.source
                }
            }

            impl $(<$part: $crate::model::part::Part>)? $crate::model::part::Part for $name $(<$part>)? {
                fn of_object<'de, A: serde::de::MapAccess<'de>>(
                    slot: &mut Option<Self>,
                    object: A,
                ) -> Result<Option<$crate::model::part::Raw>, A::Error> {
                    $crate::model::macros::fill(slot.insert(Self::default()), object)?;
                    Ok(None)
                }
            }

            impl<'de $(, $part: $crate::model::part::Part)?> serde::Deserialize<'de> for $name $(<$part>)? {
                fn deserialize<D: serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    deserializer.deserialize_map($crate::model::macros::Object::new())
                }
            }

            impl $(<$part: $crate::model::part::Part>)? serde::Serialize for $name $(<$part>)? {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    $crate::model::macros::write(self, serializer)
                }
            }
        };
    };
}
pub(crate) use object;

/// The name of a field in an answer.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($key:literal $field:ident) => {
        $key
    };
}
pub(crate) use key;

/// What [`model!`] tells of a model.
pub(crate) trait Model: Default {
    /// A known field; its number counts the fields in the order of their declaration.
    type Place: Into<u8>;

    /// Returns the field of a name.
    fn place(key: &str) -> Option<Self::Place>;

    /// Reads the value of a field.
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        place: Self::Place,
        object: &mut A,
    ) -> Result<(), A::Error>;

    /// Writes the known fields.
    fn write_fields<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error>;

    /// Returns what was there beside the values.
    fn source(&self) -> &Source;

    /// Returns what was there beside the values.
    fn source_mut(&mut self) -> &mut Source;
}

/// Reads an object in one pass.
pub(crate) fn fill<'de, M: Model, A: MapAccess<'de>>(
    model: &mut M,
    mut object: A,
) -> Result<(), A::Error> {
    while let Some(key) = object.next_key_seed(Name::<M>(PhantomData))? {
        match key {
            Ok(place) => model.take(place, &mut object)?,
            Err(name) => {
                let value = object.next_value()?;
                model.source_mut().keep(name, value);
            }
        }
    }
    Ok(())
}

/// Reads an object that must be one.
pub(crate) struct Object<M>(PhantomData<M>);

impl<M> Object<M> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, M: Model> Visitor<'de> for Object<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<M, A::Error> {
        let mut model = M::default();
        fill(&mut model, object)?;
        Ok(model)
    }
}

/// Writes a model: its known fields in the order of their declaration, then the unknown ones.
pub(crate) fn write<M: Model, S: Serializer>(model: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_map(None)?;
    model.write_fields(&mut object)?;
    for (name, value) in model.source().unknown() {
        object.serialize_entry(name, value)?;
    }
    object.end()
}

/// Whether a known field was there when the model was read, be it as null.
pub(crate) fn had<M: Model>(model: &M, name: &str) -> bool {
    M::place(name).is_some_and(|place| model.source().has(place.into()))
}

/// Returns an unknown field, or the value that a known one could not take as it stood.
pub(crate) fn raw<'a, M: Model>(model: &'a M, name: &str) -> Option<&'a Value> {
    let Some(place) = M::place(name) else { return model.source().unknown_field(name) };
    match model.source().raw(place.into()) {
        Some(Raw::Whole(value)) => Some(value),
        Some(Raw::Entries(_)) | None => None,
    }
}

/// Reads the name of a field; an unknown one is kept.
struct Name<M>(PhantomData<M>);

impl<'de, M: Model> DeserializeSeed<'de> for Name<M> {
    type Value = Result<M::Place, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<M: Model> Visitor<'_> for Name<M> {
    type Value = Result<M::Place, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(M::place(name).ok_or_else(|| name.to_owned()))
    }
}
