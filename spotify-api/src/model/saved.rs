//! What stands in somebody's library, and since when.

use serde::{
    Serialize, Serializer,
    de::{Error as _, MapAccess},
};

use super::{
    Album, Audiobook, Episode, Show, Track,
    macros::{fill, had, model, object, raw},
    part::{Part, Raw},
    source::Source,
};

model! {
    /// A saved track. It keeps the name `track` in all regimes.
    pub struct SavedTrack {
        /// When it was saved, `YYYY-MM-DDTHH:MM:SSZ`.
        pub added_at: Option<String>,
        /// The track.
        pub track: Option<Track>,
    }

    /// A saved album.
    pub struct SavedAlbum {
        /// When it was saved, `YYYY-MM-DDTHH:MM:SSZ`.
        pub added_at: Option<String>,
        /// The album.
        pub album: Option<Album>,
    }

    /// A saved show.
    pub struct SavedShow {
        /// When it was saved, `YYYY-MM-DDTHH:MM:SSZ`.
        pub added_at: Option<String>,
        /// The show.
        pub show: Option<Show>,
    }

    /// A saved episode.
    pub struct SavedEpisode {
        /// When it was saved, `YYYY-MM-DDTHH:MM:SSZ`.
        pub added_at: Option<String>,
        /// The episode; one that was removed has nothing but nulls (N33).
        pub episode: Option<Episode>,
    }
}

object! {
    /// A saved audiobook as it is documented.
    struct Wrapped {
        added_at: Option<String>,
        audiobook: Option<Audiobook>,
    }
}

/// A saved audiobook. Spotify was seen to send it bare, without `added_at` around it (N44).
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SavedAudiobook {
    /// When it was saved, `YYYY-MM-DDTHH:MM:SSZ`; mostly not sent.
    pub added_at: Option<String>,
    /// The audiobook.
    pub audiobook: Option<Audiobook>,
    /// What stood beside the two; `None` when the audiobook came bare.
    source: Option<Source>,
}

impl Part for SavedAudiobook {
    fn of_object<'de, A: MapAccess<'de>>(
        slot: &mut Option<Self>,
        object: A,
    ) -> Result<Option<Raw>, A::Error> {
        let mut wrapped = Wrapped::default();
        fill(&mut wrapped, object)?;
        let is_bare = !had(&wrapped, "audiobook") && raw(&wrapped, "id").is_some();
        *slot = Some(if is_bare {
            let bare = serde_json::to_value(&wrapped).and_then(serde_json::from_value);
            Self { audiobook: Some(bare.map_err(A::Error::custom)?), ..Self::default() }
        } else {
            let Wrapped { added_at, audiobook, source } = wrapped;
            Self { added_at, audiobook, source: Some(source) }
        });
        Ok(None)
    }
}

impl Serialize for SavedAudiobook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { added_at, audiobook, source } = self.clone();
        match (added_at, audiobook, source) {
            (None, Some(bare), None) => bare.serialize(serializer),
            (added_at, audiobook, source) => {
                let source = source.unwrap_or_default();
                Wrapped { added_at, audiobook, source }.serialize(serializer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Page;

    #[test]
    fn n44_a_saved_audiobook_comes_bare_or_with_its_date() {
        let list = r#"{"items":[{"id":"7iHfbu1YPACw6oZPAFJtqe","name":"A","new":1},
            {"added_at":"2026-01-01T00:00:00Z","audiobook":{"name":"B"},"new":2},null,
            {"added_at":null,"audiobook":null},{}]}"#;
        let page: Page<SavedAudiobook> = serde_json::from_str(list).unwrap();
        let books = page.items.iter().flatten().map(|saved| &saved.audiobook);
        let names: Vec<_> = books.map(|book| book.as_ref()?.name.as_deref()).collect();
        assert_eq!(names, [Some("A"), Some("B"), None, None]);
        let list: serde_json::Value = serde_json::from_str(list).unwrap();
        assert_eq!(serde_json::to_value(&page).unwrap(), list);
    }

    #[test]
    fn n06_and_n08_unavailable_entries_are_null_and_keep_their_place() {
        let albums: Page<SavedAlbum> =
            serde_json::from_str(r#"{"items":[null,{"album":{"name":"A"}},{"album":null}]}"#)
                .unwrap();
        assert_eq!((albums.items.len(), albums.present().count()), (3, 2));
        let books: Page<SavedAudiobook> = serde_json::from_str(r#"{"items":[null]}"#).unwrap();
        assert_eq!(books.items, [None]);
    }

    #[test]
    fn n33_a_removed_episode_in_the_library_is_a_tombstone() {
        let saved = r#"{"added_at":"2024-01-01T00:00:00Z","episode":{"id":null,"name":null,
            "uri":null,"languages":[null],"images":null,"duration_ms":null,"show":null}}"#;
        let saved: SavedEpisode = serde_json::from_str(saved).unwrap();
        assert!(saved.episode.unwrap().is_tombstone());
    }
}
