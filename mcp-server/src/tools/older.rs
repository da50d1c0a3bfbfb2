//! What Spotify offers to older apps only.

use schemars::JsonSchema;
use serde::Deserialize;
use spotify_api::id::ArtistId;

use super::{
    Effect, Id, Spec, Tool, Toolset,
    page::{List, Paging},
};

#[cfg(feature = "server")]
mod run;

/// Lists the best-known tracks of an artist.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetArtistTopTracks {
    /// Id, URI or link
    pub artist: Id<ArtistId>,
}

impl Tool for GetArtistTopTracks {
    const SPEC: Spec = Spec {
        title: "Get artist top tracks",
        description: "List the ten best-known tracks of an artist.",
        operations: &["get-an-artists-top-tracks"],
        instead: "Spotify closed this to newer apps. Call search_tracks with artist:\"name\": it puts the best-known tracks first.",
        example: r#"{"artist":"spotify:artist:5zEtWdtiOeRSJaz0yiccrr"}"#,
        ..Spec::new("get_artist_top_tracks", Toolset::Older, Effect::Read)
    };

    type Output = List;
}

/// Lists artists that are like another.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetRelatedArtists {
    /// Id, URI or link
    pub artist: Id<ArtistId>,
}

impl Tool for GetRelatedArtists {
    const SPEC: Spec = Spec {
        title: "Get related artists",
        description: "List artists that are heard by the same people as an artist.",
        operations: &["get-an-artists-related-artists"],
        instead: "Spotify closed this to newer apps and has nothing in its place. Names that are known to be alike can be found with search_catalogue.",
        example: r#"{"artist":"spotify:artist:5zEtWdtiOeRSJaz0yiccrr"}"#,
        ..Spec::new("get_related_artists", Toolset::Older, Effect::Read)
    };

    type Output = List;
}

/// Lists new albums.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetNewReleases {
    /// Which of the albums.
    #[serde(flatten)]
    pub paging: Paging,
}

impl Tool for GetNewReleases {
    const SPEC: Spec = Spec {
        title: "Get new releases",
        description: "List albums that are new on Spotify.",
        operations: &["get-new-releases"],
        instead: "Spotify closed this to newer apps. Call search_catalogue for albums with tag:new in the query.",
        ..Spec::new("get_new_releases", Toolset::Older, Effect::Read)
    };

    type Output = List;
}
