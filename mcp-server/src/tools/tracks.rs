//! Tracks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::TrackId;

use super::{Effect, Id, Spec, Tool, Toolset, rows::Named};

#[cfg(feature = "server")]
mod run;

/// Looks a track up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTrackDetails {
    /// Id, URI or link
    pub track: Id<TrackId>,
}

impl Tool for GetTrackDetails {
    const SPEC: Spec = Spec {
        title: "Get track details",
        description: "Get one track: artists, album, length, release date, place on the album, ISRC, explicit flag.",
        operations: &["get-track"],
        core: true,
        example: r#"{"track":"spotify:track:0MCSFSOkbXU32B1CWCD9FI"}"#,
        ..Spec::new("get_track_details", Toolset::Catalogue, Effect::Read)
    };

    type Output = TrackDetails;
}

/// A track.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrackDetails {
    /// The URI.
    pub uri: String,
    /// The title; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who made it.
    pub artists: Vec<Named>,
    /// The album it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<Named>,
    /// When the album was released, as precisely as Spotify knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// Its number on the disc, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The disc it is on, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc: Option<u32>,
    /// Minutes and seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<String>,
    /// Whether it has explicit lyrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// Why it cannot be played, where Spotify says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted: Option<String>,
    /// International Standard Recording Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isrc: Option<String>,
    /// Popularity, 0 to 100; not told to restricted apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<u32>,
    /// Opens it in Spotify.
    pub link: String,
}
