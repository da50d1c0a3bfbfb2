//! What a playlist, a queue or a player can hold: tracks, episodes, and what Spotify invents next.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, MapAccess},
};

use super::{
    Chapter, Episode, Track,
    macros::{fill, model},
    part::{self, Part, Raw},
};
use crate::id::SpotifyUri;

/// Something that can be played.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Playable {
    /// A track, also a local file.
    Track(Box<Track>),
    /// An episode, also one that Spotify sent in the shape of a track (N25).
    Episode(Box<Episode>),
    /// A chapter of an audiobook.
    Chapter(Box<Chapter>),
    /// Something of another kind, like an advertisement.
    Other(Box<OtherItem>),
}

impl Playable {
    /// Returns the URI, if there is one.
    pub fn uri(&self) -> Option<&SpotifyUri> {
        match self {
            Self::Track(track) => track.uri.as_ref(),
            Self::Episode(episode) => episode.uri.as_ref(),
            Self::Chapter(chapter) => chapter.uri.as_ref(),
            Self::Other(other) => other.uri.as_ref(),
        }
    }

    /// Returns the title, if there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Track(track) => track.name.as_deref(),
            Self::Episode(episode) => episode.name.as_deref(),
            Self::Chapter(chapter) => chapter.name.as_deref(),
            Self::Other(other) => other.name.as_deref(),
        }
    }
}

model! {
    /// Something of a kind that is not known here.
    pub struct OtherItem {
        /// What kind of object Spotify says it is.
        "type" => pub kind: Option<String>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// The title.
        pub name: Option<String>,
    }
}

impl Part for Playable {
    /// Reads a track, and turns it into what it says it is.
    ///
    /// The kind stands anywhere in the object. Most are tracks, and a model loses nothing, so the
    /// others are read once more from what the track writes.
    fn of_object<'de, A: MapAccess<'de>>(
        slot: &mut Option<Self>,
        object: A,
    ) -> Result<Option<Raw>, A::Error> {
        let mut track = Box::<Track>::default();
        fill(&mut *track, object)?;
        *slot = Some(Self::turned(track).map_err(A::Error::custom)?);
        Ok(None)
    }
}

impl Playable {
    fn turned(track: Box<Track>) -> Result<Self, serde_json::Error> {
        fn other<T: Part + for<'de> Deserialize<'de>>(
            track: &Track,
        ) -> Result<Box<T>, serde_json::Error> {
            serde_json::from_value(serde_json::to_value(track)?).map(Box::new)
        }
        Ok(match track.kind.as_deref() {
            None => Self::Track(track),
            Some(kind) if kind.eq_ignore_ascii_case("track") => Self::Track(track),
            Some(kind) if kind.eq_ignore_ascii_case("episode") => Self::Episode(other(&track)?),
            Some(kind) if kind.eq_ignore_ascii_case("chapter") => Self::Chapter(other(&track)?),
            Some(_) => Self::Other(other(&track)?),
        })
    }
}

impl<'de> Deserialize<'de> for Playable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        part::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Page;

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
        let show = episode.show().unwrap();
        assert_eq!((&episode.name, show.name.as_deref()), (&None, Some("The Show")));
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
        let list = r#"{"items":[true,"x",[1,{}],{"name":"A"}]}"#;
        let page: Page<Playable> = serde_json::from_str(list).unwrap();
        assert_eq!((page.items.len(), page.present().count()), (4, 1));
        assert_eq!(serde_json::to_string(&page).unwrap(), list);
    }

    #[test]
    fn a_track_with_its_kind_last_is_a_track() {
        let Playable::Track(track) = playable(r#"{"name":"A","track":true,"type":"track"}"#) else {
            panic!("not read as a track")
        };
        assert_eq!(track.name.as_deref(), Some("A"));
    }
}
