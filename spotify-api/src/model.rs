//! What Spotify answers, as it is seen to answer.
//!
//! No shape of a value fails an answer: fields are optional, lists keep the places of null entries,
//! numbers may come as floats, unknown words of an enumeration are kept. And nothing is lost: a
//! model that is serialised gives the JSON that it was read from, with its unknown fields, its nulls
//! and the values that did not fit. Only the notation of numbers and the order of keys may differ.
//! What this crate does not know of an answer is within reach:
//!
//! ```
//! use spotify_api::model::Track;
//!
//! let text = r#"{"name":"Ebb","duration_ms":{"totalMilliseconds":188000},"new":[null]}"#;
//! let mut track: Track = serde_json::from_str(text).unwrap();
//! assert_eq!(track.duration_ms, Some(188_000));
//! assert_eq!(track.raw("new"), Some(&serde_json::json!([null])));
//! assert_eq!(serde_json::to_string(&track).unwrap(), text);
//!
//! // What is changed is written as it is now.
//! track.duration_ms = None;
//! assert_eq!(serde_json::to_value(&track).unwrap()["duration_ms"], serde_json::Value::Null);
//! ```
//!
//! Two models with the same values are equal, however they were written.
//!
//! The texts are as Spotify sent them, which means: as any of its users wrote them. Whoever shows
//! them must treat them as untrusted. The numbers `N01` to `N54` in the tests name the known
//! irregularities of the payloads.

mod album;
mod artist;
mod audio;
mod audiobook;
mod browse;
mod common;
mod date;
mod entities;
mod list;
pub(crate) mod macros;
mod market;
mod open;
pub mod part;
mod playable;
mod player;
mod playlist;
mod saved;
mod scalar;
mod search;
mod several;
mod show;
mod snapshot;
pub(crate) mod source;
mod top;
mod track;
mod user;

pub use self::{
    album::{Album, AlbumType, Copyright},
    artist::Artist,
    audio::{
        AnalysisMeta, AnalysisSection, AnalysisSegment, AnalysisTrack, AudioAnalysis,
        AudioFeatures, TimeInterval,
    },
    audiobook::{Audiobook, Chapter, Named},
    browse::{
        Categories, Category, CategoryPlaylists, FeaturedPlaylists, Genres, Markets, NewReleases,
        RecommendationSeed, Recommendations, SeedType,
    },
    common::{ExternalIds, ExternalUrls, Followers, Image, Restriction, RestrictionReason},
    date::{PartialDate, ReleaseDate},
    entities::decode_entities,
    market::{Market, ParseMarketError},
    playable::{OtherItem, Playable},
    player::{
        Actions, ContextType, CurrentlyPlaying, Device, DeviceType, Devices, Disallows,
        PlayHistory, PlaybackContext, PlaybackState, PlayingType, Queue, RepeatMode,
    },
    playlist::{Contents, Playlist, PlaylistItem, Reference, VideoThumbnail},
    saved::{SavedAlbum, SavedAudiobook, SavedEpisode, SavedShow, SavedTrack},
    search::SearchResults,
    several::{
        Albums, Artists, AudioFeaturesList, Audiobooks, Chapters, Episodes, FollowedArtists, Shows,
        Tracks,
    },
    show::{Episode, ResumePoint, Show},
    snapshot::{Snapshot, SnapshotId},
    top::TopItem,
    track::{LinkedFrom, Track},
    user::{CurrentUser, ExplicitContent, User},
};
