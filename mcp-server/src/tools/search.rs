//! Searching the catalogue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Spec, Tool, Toolset, page::PageInfo, rows::TrackRow};

#[cfg(feature = "server")]
mod run;

/// Searches for tracks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchTracks {
    /// Words, or filters: artist:, album:, track:, year:, isrc:, e.g. "artist:Björk year:1995-1997"
    #[schemars(length(min = 1, max = 250))]
    pub query: String,
    /// How many tracks
    #[serde(default = "twenty")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: u32,
    /// How many to skip: `next_offset` of the page before
    #[serde(default)]
    #[schemars(range(min = 0, max = 950))]
    pub offset: u32,
}

const fn twenty() -> u32 {
    20
}

impl Tool for SearchTracks {
    const SPEC: Spec = Spec {
        title: "Search tracks",
        description: "Search Spotify's catalogue for tracks by words or field filters. Returns title, artists, album, length and URI of each.",
        operations: &["search"],
        ..Spec::new("search_tracks", Toolset::Catalogue, Effect::Read)
    };

    type Output = Found;
}

/// The tracks that were found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    /// The tracks, best first.
    pub tracks: Vec<TrackRow>,
    /// Which part of the list this is.
    pub page: PageInfo,
}
