//! What stands in somebody's library, and since when.

use super::{Album, Audiobook, Episode, Show, Track, macros::model};

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

    /// A saved audiobook.
    pub struct SavedAudiobook {
        /// When it was saved, `YYYY-MM-DDTHH:MM:SSZ`; mostly not sent (N44).
        pub added_at: Option<String>,
        /// The audiobook.
        pub audiobook: Option<Audiobook>,
    }
}
