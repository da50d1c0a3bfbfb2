//! What a person listens to most.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, MapAccess},
};

use super::{
    Artist, Track,
    macros::fill,
    part::{self, Part, Raw},
};

/// One of the things that a person listens to most.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TopItem {
    /// An artist.
    Artist(Box<Artist>),
    /// A track.
    Track(Box<Track>),
}

impl Part for TopItem {
    /// Reads a track, and turns it into an artist if it says it is one.
    fn of_object<'de, A: MapAccess<'de>>(
        slot: &mut Option<Self>,
        object: A,
    ) -> Result<Option<Raw>, A::Error> {
        let mut track = Box::<Track>::default();
        fill(&mut *track, object)?;
        *slot = Some(if track.kind.as_deref() == Some("artist") {
            let artist = serde_json::to_value(track).and_then(serde_json::from_value);
            Self::Artist(artist.map_err(A::Error::custom)?)
        } else {
            Self::Track(track)
        });
        Ok(None)
    }
}

impl<'de> Deserialize<'de> for TopItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        part::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn artists_and_tracks_are_told_apart_and_lose_nothing() {
        for (json, artist) in [
            (r#"{"followers":{"total":3},"name":"A","type":"artist"}"#, true),
            (r#"{"duration_ms":3,"name":"A","type":"track"}"#, false),
        ] {
            let item: TopItem = serde_json::from_str(json).unwrap();
            assert_eq!(matches!(item, TopItem::Artist(_)), artist);
            assert_eq!(serde_json::to_string(&serde_json::to_value(item).unwrap()).unwrap(), json);
        }
    }
}
