//! Searching the catalogue.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Effect, Spec, Tool, Toolset,
    page::{List, Paging},
};

#[cfg(feature = "server")]
mod run;

/// Searches for tracks.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchTracks {
    /// Words and filters artist:, album:, track:, year:, isrc:, e.g. "artist:Bjork year:1995-1997"
    #[schemars(length(min = 1, max = 250))]
    pub query: String,
    /// Which of the tracks.
    #[serde(flatten)]
    pub paging: Paging,
}

impl Tool for SearchTracks {
    const SPEC: Spec = Spec {
        title: "Search tracks",
        description: "Search Spotify's catalogue for tracks by words or field filters.",
        operations: &["search"],
        core: true,
        example: r#"{"query":"midnight ferry","limit":5}"#,
        ..Spec::new("search_tracks", Toolset::Catalogue, Effect::Read)
    };

    type Output = List;
}

/// Searches for things of another kind.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchCatalogue {
    /// What to search for
    pub kind: Kind,
    /// Words, and filters such as artist:, year:, tag:new
    #[schemars(length(min = 1, max = 250))]
    pub query: String,
    /// Which of the things.
    #[serde(flatten)]
    pub paging: Paging,
}

/// A kind of thing to search for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Albums.
    Album,
    /// Artists.
    Artist,
    /// Audiobooks.
    Audiobook,
    /// Episodes of shows.
    Episode,
    /// Other people's playlists, too.
    Playlist,
    /// Shows.
    Show,
}

impl Tool for SearchCatalogue {
    const SPEC: Spec = Spec {
        title: "Search catalogue",
        description: "Search Spotify's catalogue for albums, artists, playlists, shows, episodes or audiobooks.",
        operations: &["search"],
        example: r#"{"kind":"album","query":"harbour lights"}"#,
        ..Spec::new("search_catalogue", Toolset::Catalogue, Effect::Read)
    };

    type Output = List;
}
