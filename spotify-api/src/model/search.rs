//! What a search finds.

use super::{Album, Artist, Audiobook, Episode, Playlist, Show, Track, macros::model};
use crate::page::Page;

model! {
    /// What a search found: a page for each kind that was asked for.
    pub struct SearchResults {
        /// Tracks.
        pub tracks: Option<Page<Track>>,
        /// Albums.
        pub albums: Option<Page<Album>>,
        /// Artists.
        pub artists: Option<Page<Artist>>,
        /// Playlists.
        pub playlists: Option<Page<Playlist>>,
        /// Shows.
        pub shows: Option<Page<Show>>,
        /// Episodes.
        pub episodes: Option<Page<Episode>>,
        /// Audiobooks.
        pub audiobooks: Option<Page<Audiobook>>,
    }
}

impl SearchResults {
    /// Records in every page what was really asked for.
    pub(crate) fn asked(mut self, limit: Option<u32>, offset: u32) -> Self {
        fn set<T>(page: &mut Option<Page<T>>, limit: Option<u32>, offset: u32) {
            *page = page.take().map(|page| page.asked(limit, offset));
        }
        set(&mut self.tracks, limit, offset);
        set(&mut self.albums, limit, offset);
        set(&mut self.artists, limit, offset);
        set(&mut self.playlists, limit, offset);
        set(&mut self.shows, limit, offset);
        set(&mut self.episodes, limit, offset);
        set(&mut self.audiobooks, limit, offset);
        self
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
