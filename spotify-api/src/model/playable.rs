//! What a playlist can hold: tracks, episodes, and what Spotify invents next.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    Album, Artist, Episode, ExternalIds, ExternalUrls, Image, ReleaseDate, Restriction, Show,
    Track, lenient, show::ResumePoint, track::LinkedFrom,
};
use crate::id::{ShowId, SpotifyUri};

/// An entry of a playlist.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Playable {
    /// A track, also a local file.
    Track(Box<Track>),
    /// An episode, also one that Spotify sent in the shape of a track (N25).
    Episode(Box<Episode>),
    /// Something of another kind.
    Other(OtherItem),
}

impl Playable {
    /// Returns the URI, if there is one.
    pub fn uri(&self) -> Option<&SpotifyUri> {
        match self {
            Self::Track(track) => track.uri.as_ref(),
            Self::Episode(episode) => episode.uri.as_ref(),
            Self::Other(other) => other.uri.as_ref(),
        }
    }

    /// Returns the title, if there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Track(track) => track.name.as_deref(),
            Self::Episode(episode) => episode.name.as_deref(),
            Self::Other(other) => other.name.as_deref(),
        }
    }
}

/// An entry of a kind that is not known here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OtherItem {
    /// What kind of object Spotify says it is.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The URI.
    pub uri: Option<SpotifyUri>,
    /// The title.
    pub name: Option<String>,
}

impl<'de> Deserialize<'de> for Playable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Object)
    }
}

/// Reads an object in one pass; anything else is an entry of which nothing is known.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Playable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a track or episode")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Playable, A::Error> {
        Either::deserialize(MapAccessDeserializer::new(map)).map(Playable::from)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Playable, E> {
        Ok(Playable::Other(OtherItem::default()))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Playable, E> {
        Ok(Playable::Other(OtherItem::default()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Playable, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Playable::Other(OtherItem::default()))
    }
}

/// The fields of tracks and episodes together.
///
/// The kind stands anywhere in the object, so choosing a type first would need a second pass.
#[derive(Deserialize)]
struct Either {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::id")]
    uri: Option<SpotifyUri>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    artists: Vec<Artist>,
    #[serde(default, deserialize_with = "lenient::duration_ms")]
    duration_ms: Option<u64>,
    #[serde(default)]
    explicit: Option<bool>,
    #[serde(default, deserialize_with = "lenient::integer")]
    disc_number: Option<u32>,
    #[serde(default, deserialize_with = "lenient::integer")]
    track_number: Option<u32>,
    #[serde(default)]
    is_local: Option<bool>,
    #[serde(default)]
    is_playable: Option<bool>,
    #[serde(default)]
    linked_from: Option<LinkedFrom>,
    #[serde(default)]
    restrictions: Option<Restriction>,
    #[serde(default)]
    restriction: Option<Restriction>,
    #[serde(default)]
    external_urls: Option<ExternalUrls>,
    #[serde(default)]
    preview_url: Option<String>,
    #[serde(default)]
    available_markets: Option<Vec<String>>,
    #[serde(default)]
    album: Option<Album>,
    #[serde(default)]
    external_ids: Option<ExternalIds>,
    #[serde(default, deserialize_with = "lenient::integer")]
    popularity: Option<u32>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    release_date: Option<ReleaseDate>,
    #[serde(default)]
    languages: Option<Vec<Option<String>>>,
    #[serde(default)]
    resume_point: Option<ResumePoint>,
    #[serde(default, deserialize_with = "lenient::list")]
    images: Vec<Image>,
    #[serde(default)]
    show: Option<Show>,
}

impl From<Either> for Playable {
    fn from(either: Either) -> Self {
        match either.kind.as_deref() {
            Some("episode") => Self::Episode(Box::new(either.into_episode())),
            Some("track") | None => Self::Track(Box::new(either.into_track())),
            Some(_) => {
                Self::Other(OtherItem { kind: either.kind, uri: either.uri, name: either.name })
            }
        }
    }
}

impl Either {
    fn into_track(self) -> Track {
        Track {
            id: self.id.and_then(|id| id.parse().ok()),
            uri: self.uri,
            name: self.name,
            artists: self.artists,
            duration_ms: self.duration_ms,
            explicit: self.explicit,
            disc_number: self.disc_number,
            track_number: self.track_number,
            is_local: self.is_local,
            is_playable: self.is_playable,
            linked_from: self.linked_from,
            restrictions: self.restrictions,
            restriction: self.restriction,
            external_urls: self.external_urls,
            preview_url: self.preview_url,
            available_markets: self.available_markets,
            album: self.album,
            external_ids: self.external_ids,
            popularity: self.popularity,
        }
    }

    fn into_episode(self) -> Episode {
        Episode {
            id: self.id.and_then(|id| id.parse().ok()),
            uri: self.uri,
            name: self.name,
            description: self.description,
            duration_ms: self.duration_ms,
            explicit: self.explicit,
            is_playable: self.is_playable,
            release_date: self.release_date,
            languages: self.languages,
            resume_point: self.resume_point,
            images: self.images,
            external_urls: self.external_urls,
            show: self.show.or_else(|| self.album.map(show_in_disguise)),
        }
    }
}

/// An episode in the shape of a track carries its show where a track has its album.
fn show_in_disguise(album: Album) -> Show {
    Show {
        id: album.id.and_then(|id| ShowId::bare(id.as_str()).ok()),
        uri: album.uri,
        name: album.name,
        publisher: None,
        description: None,
        images: album.images,
        external_urls: album.external_urls,
        total_episodes: album.total_tracks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playable(json: &str) -> Playable {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn n25_an_episode_in_the_shape_of_a_track_is_an_episode() {
        let Playable::Episode(episode) = playable(
            r#"{"album":{"type":"show","id":"4rOoJ6Egrf8K2IrywzwOMk","name":"The Show","album_type":null,
                         "release_date":null,"artists":[{"type":"The Show","name":null}]},
                "artists":[{"type":"The Show","name":null}],"name":null,"external_ids":{"spotify":"x"},
                "id":"512ojhOuo1ktJprKbVcKyQ","uri":"spotify:episode:512ojhOuo1ktJprKbVcKyQ",
                "duration_ms":1000,"track":false,"episode":true,"type":"episode"}"#,
        ) else {
            panic!("not read as an episode")
        };
        let show = episode.show.unwrap();
        assert_eq!((episode.name, show.name.as_deref()), (None, Some("The Show")));
        assert_eq!(show.id.unwrap().as_str(), "4rOoJ6Egrf8K2IrywzwOMk");
    }

    #[test]
    fn n25_an_entry_of_an_unknown_kind_keeps_its_name_and_kind() {
        let Playable::Other(other) = playable(r#"{"type":"hologram","name":"H","uri":"x"}"#) else {
            panic!("not read as another kind")
        };
        assert_eq!((other.kind.as_deref(), other.name.as_deref()), (Some("hologram"), Some("H")));
    }

    #[test]
    fn n24_an_entry_that_is_no_object_does_not_fail_the_page() {
        for json in ["true", "\"x\"", "[1,{}]"] {
            assert_eq!(playable(json), Playable::Other(OtherItem::default()), "{json}");
        }
    }

    #[test]
    fn a_track_with_its_kind_last_is_a_track() {
        let Playable::Track(track) = playable(r#"{"name":"A","track":true,"type":"track"}"#) else {
            panic!("not read as a track")
        };
        assert_eq!(track.name.as_deref(), Some("A"));
    }
}
