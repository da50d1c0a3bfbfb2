//! Answers to requests for several things at once.
//!
//! The answers have the order of the request. What Spotify does not have is `None`.

use super::{
    Album, Artist, AudioFeatures, Audiobook, Chapter, Episode, Show, Track, macros::model,
};
use crate::page::CursorPage;

model! {
    /// Several albums.
    pub struct Albums {
        /// The albums.
        pub albums: Vec<Option<Album>>,
    }

    /// Several artists.
    pub struct Artists {
        /// The artists.
        pub artists: Vec<Option<Artist>>,
    }

    /// Several tracks.
    pub struct Tracks {
        /// The tracks.
        pub tracks: Vec<Option<Track>>,
    }

    /// Several shows.
    pub struct Shows {
        /// The shows.
        pub shows: Vec<Option<Show>>,
    }

    /// Several episodes.
    pub struct Episodes {
        /// The episodes.
        pub episodes: Vec<Option<Episode>>,
    }

    /// Several audiobooks.
    pub struct Audiobooks {
        /// The audiobooks.
        pub audiobooks: Vec<Option<Audiobook>>,
    }

    /// Several chapters.
    pub struct Chapters {
        /// The chapters.
        pub chapters: Vec<Option<Chapter>>,
    }

    /// The features of several tracks.
    pub struct AudioFeaturesList {
        /// The features.
        pub audio_features: Vec<Option<AudioFeatures>>,
    }

    /// The artists that somebody follows.
    pub struct FollowedArtists {
        /// A page of them.
        pub artists: Option<CursorPage<Artist>>,
    }
}
