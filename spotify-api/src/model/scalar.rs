//! Numbers, truth values and texts.

use serde::{
    Deserialize as _,
    de::{MapAccess, value::MapAccessDeserializer},
};
use serde_json::{Number, Value};

use super::part::{Part, Raw, Seen};
use crate::id::{
    AlbumId, ArtistId, AudiobookId, CategoryId, ChapterId, DeviceId, EpisodeId, PlaylistId, ShowId,
    SpotifyUri, TrackId, UserId,
};

impl Part for bool {
    fn of_bool(value: bool) -> Seen<Self> {
        Seen::found(value)
    }
}

impl Part for String {
    fn of_text(text: &str) -> Seen<Self> {
        Seen::found(text.to_owned())
    }
}

impl Part for f64 {
    fn of_number(number: Number) -> Seen<Self> {
        match number.as_f64() {
            Some(value) if exact(&number, value) => Seen::found(value),
            Some(value) => Seen::spelled(value, Value::Number(number)),
            None => Seen::odd(Value::Number(number)),
        }
    }

    fn of_text(text: &str) -> Seen<Self> {
        // Texts like `NaN` are numbers to Rust and none to JSON.
        if text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return Seen::odd(Value::String(text.to_owned()));
        }
        numeric(text)
    }
}

/// Whole numbers may come as floats (N01) and as texts. One that does not fit the type, or has a
/// fraction, is odd. An expression behind the type takes objects.
macro_rules! whole {
    ($($type:ty $(, $object:expr)?;)+) => {$(
        impl Part for $type {
            fn of_number(number: Number) -> Seen<Self> {
                match whole(&number).and_then(|value| value.try_into().ok()) {
                    Some(value) => Seen::found(value),
                    None => Seen::odd(Value::Number(number)),
                }
            }

            fn of_text(text: &str) -> Seen<Self> {
                numeric(text)
            }

            $(fn of_object<'de, A: MapAccess<'de>>(
                slot: &mut Option<Self>,
                object: A,
            ) -> Result<Option<Raw>, A::Error> {
                let object = Value::deserialize(MapAccessDeserializer::new(object))?;
                Ok($object(object).into_slot(slot))
            })?
        }
    )+};
}

whole! {
    u8;
    u32;
    u64, milliseconds;
    i32;
    i64;
}

/// The duration of a local file may come as `{"totalMilliseconds":188000}` (N02).
fn milliseconds(object: Value) -> Seen<u64> {
    let total = object.get("totalMilliseconds");
    match total.and_then(Value::as_number).and_then(|number| u64::of_number(number.clone()).value) {
        Some(value) => Seen::spelled(value, object),
        None => Seen::odd(object),
    }
}

/// Declares how a type of text is read: from a text that it is written as, and, if it has an `or`,
/// from others. What it does not take is odd.
macro_rules! texts {
    ($($type:ty: $exact:expr $(, or $other:expr)?;)+) => {$(
        impl $crate::model::part::Part for $type {
            fn of_text(text: &str) -> $crate::model::part::Seen<Self> {
                let exact: Option<Self> = $exact(text);
                if let Some(value) = exact {
                    return $crate::model::part::Seen::found(value);
                }
                let raw = serde_json::Value::String(text.to_owned());
                $(
                    let other: Option<Self> = $other(text);
                    if let Some(value) = other {
                        return $crate::model::part::Seen::spelled(value, raw);
                    }
                )?
                $crate::model::part::Seen::odd(raw)
            }
        }
    )+};
}
pub(super) use texts;

texts! {
    AlbumId: |text| AlbumId::bare(text).ok(), or |text: &str| text.parse().ok();
    ArtistId: |text| ArtistId::bare(text).ok(), or |text: &str| text.parse().ok();
    AudiobookId: |text| AudiobookId::bare(text).ok(), or |text: &str| text.parse().ok();
    CategoryId: |text: &str| text.parse().ok();
    ChapterId: |text| ChapterId::bare(text).ok(), or |text: &str| text.parse().ok();
    DeviceId: |text: &str| text.parse().ok();
    EpisodeId: |text| EpisodeId::bare(text).ok(), or |text: &str| text.parse().ok();
    PlaylistId: |text| PlaylistId::bare(text).ok(), or |text: &str| text.parse().ok();
    ShowId: |text| ShowId::bare(text).ok(), or |text: &str| text.parse().ok();
    SpotifyUri: SpotifyUri::exact, or |text: &str| text.parse().ok();
    TrackId: |text| TrackId::bare(text).ok(), or |text: &str| text.parse().ok();
    // A name that looks like a URI is still a name.
    UserId: |text| UserId::bare(text).ok();
}

fn numeric<T: std::str::FromStr>(text: &str) -> Seen<T> {
    let raw = Value::String(text.to_owned());
    match text.parse() {
        Ok(value) => Seen::spelled(value, raw),
        Err(_) => Seen::odd(raw),
    }
}

fn whole(number: &Number) -> Option<i128> {
    if let Some(value) = number.as_i64() {
        return Some(value.into());
    }
    if let Some(value) = number.as_u64() {
        return Some(value.into());
    }
    // Beyond 2^53 a float names no exact whole number.
    let value = number.as_f64().filter(|value| value.fract() == 0.0 && value.abs() <= EXACT)?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, see above")]
    Some(value as i128)
}

/// Whether the float has the number's value.
fn exact(number: &Number, value: f64) -> bool {
    number.is_f64() || value.abs() <= EXACT
}

/// 2^53: up to here each whole number has a float of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;
