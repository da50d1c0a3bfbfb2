//! What a search finds.

use serde::{Deserialize, Serialize};

use super::{Album, Artist, Audiobook, Episode, Playlist, Show, Track};
use crate::page::Page;

/// What a search found: a page for each kind that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SearchResults {
    /// Tracks.
    #[serde(default)]
    pub tracks: Option<Page<Track>>,
    /// Albums.
    #[serde(default)]
    pub albums: Option<Page<Album>>,
    /// Artists.
    #[serde(default)]
    pub artists: Option<Page<Artist>>,
    /// Playlists.
    #[serde(default)]
    pub playlists: Option<Page<Playlist>>,
    /// Shows.
    #[serde(default)]
    pub shows: Option<Page<Show>>,
    /// Episodes.
    #[serde(default)]
    pub episodes: Option<Page<Episode>>,
    /// Audiobooks.
    #[serde(default)]
    pub audiobooks: Option<Page<Audiobook>>,
}

impl SearchResults {
    /// Records in every page what was really asked for.
    pub(crate) fn asked(self, limit: Option<u32>, offset: u32) -> Self {
        Self {
            tracks: self.tracks.map(|page| page.asked(limit, offset)),
            albums: self.albums.map(|page| page.asked(limit, offset)),
            artists: self.artists.map(|page| page.asked(limit, offset)),
            playlists: self.playlists.map(|page| page.asked(limit, offset)),
            shows: self.shows.map(|page| page.asked(limit, offset)),
            episodes: self.episodes.map(|page| page.asked(limit, offset)),
            audiobooks: self.audiobooks.map(|page| page.asked(limit, offset)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n04_and_n07_a_search_with_null_entries_is_read() {
        let results: SearchResults = serde_json::from_str(
            r#"{"tracks":{"items":[null,{"name":"A"}],"total":2},
                "playlists":{"items":[null,null],"total":2},"episodes":{"items":null}}"#,
        )
        .unwrap();
        assert_eq!(results.tracks.unwrap().present().count(), 1);
        assert_eq!(results.playlists.unwrap().items.len(), 2);
        assert!(results.episodes.unwrap().items.is_empty());
    }
}
