//! Deserialisers that take what Spotify was seen to send instead of what it documents.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Reads a whole number that may come as a float (N01), or null.
///
/// A number that does not fit `T` is `None`; one that is not whole is an error.
pub(crate) fn integer<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Integer { object: false, marker: PhantomData })
}

/// Reads a duration: a whole number, or for local files an object with `totalMilliseconds` (N02).
pub(super) fn duration_ms<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    deserializer.deserialize_any(Integer { object: true, marker: PhantomData })
}

/// Reads a list in which null entries keep their place (N04); null is an empty list (N09).
pub(crate) fn list_with_gaps<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<Option<T>>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a list without its null entries; null is an empty list (N10).
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(List(PhantomData))
}

/// Reads an id or URI; null, an empty text (N21) and one that is none are `None`.
pub(super) fn id<'de, D: Deserializer<'de>, T: FromStr>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Parsed(PhantomData))
}

/// Reads a text; anything else, like an object (N03), is `None`.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_any(Parsed(PhantomData))
}

struct Integer<T> {
    /// Whether an object with `totalMilliseconds` is taken as well.
    object: bool,
    marker: PhantomData<T>,
}

impl<'de, T: TryFrom<i64>> Visitor<'de> for Integer<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or null")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(T::try_from(value).ok())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).ok().and_then(|value| T::try_from(value).ok()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        if value.fract() != 0.0 {
            return Err(E::custom("a number with a fraction, expected a whole number or null"));
        }
        // Beyond 2^53 a float names no exact whole number.
        if value.abs() > 9_007_199_254_740_992.0 {
            return Ok(None);
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, see above")]
        self.visit_i64(value as i64)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        if !self.object {
            return Err(A::Error::custom("an object, expected a whole number or null"));
        }
        let mut value = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "totalMilliseconds" {
                value = map.next_value::<Whole>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(value.and_then(|value| T::try_from(value).ok()))
    }
}

struct Whole(Option<i64>);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        integer(deserializer).map(Self)
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = seq.next_element::<Option<T>>()? {
            entries.extend(entry);
        }
        Ok(entries)
    }
}

struct Parsed<T>(PhantomData<T>);

impl<'de, T: FromStr> Visitor<'de> for Parsed<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or null")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.parse().ok())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "integer")]
        count: Option<u32>,
        #[serde(default, deserialize_with = "duration_ms")]
        length: Option<u64>,
        #[serde(default, deserialize_with = "id")]
        user: Option<UserId>,
        #[serde(default, deserialize_with = "list")]
        names: Vec<String>,
    }

    fn sample(json: &str) -> Result<Sample, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn n01_whole_numbers_may_come_as_floats() {
        assert_eq!(sample(r#"{"count":4.9022656E7}"#).unwrap().count, Some(49_022_656));
        assert_eq!(sample(r#"{"count":640.0}"#).unwrap().count, Some(640));
        assert_eq!(sample(r#"{"count":-1}"#).unwrap().count, None);
        assert_eq!(sample(r#"{"count":1e300}"#).unwrap().count, None);
        assert!(sample(r#"{"count":1.5}"#).is_err());
        assert!(sample(r#"{"count":{"totalMilliseconds":1}}"#).is_err());
    }

    #[test]
    fn n02_a_local_files_duration_is_an_object() {
        let length = |json| sample(json).unwrap().length;
        assert_eq!(length(r#"{"length":{"totalMilliseconds":188000}}"#), Some(188_000));
        assert_eq!(length(r#"{"length":{"other":[1]}}"#), None);
        assert_eq!(length(r#"{"length":2345.0}"#), Some(2345));
        assert_eq!(length(r#"{"length":null}"#), None);
    }

    #[test]
    fn an_id_that_is_none_does_not_fail_the_answer() {
        for json in [r#"{"user":""}"#, r#"{"user":null}"#, r#"{"user":{"a":1}}"#, r#"{"user":[1]}"#]
        {
            assert_eq!(sample(json).unwrap().user, None, "{json}");
        }
    }

    #[test]
    fn n10_a_null_list_is_empty_and_null_entries_are_dropped() {
        assert!(sample(r#"{"names":null}"#).unwrap().names.is_empty());
        assert_eq!(sample(r#"{"names":[null,"a"]}"#).unwrap().names, ["a"]);
        assert!(sample("{}").unwrap().names.is_empty());
    }
}
