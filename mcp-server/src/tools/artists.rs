//! Artists.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::ArtistId;

use super::{Effect, Id, Spec, Tool, Toolset, page::PageInfo, rows::AlbumRow};

#[cfg(feature = "server")]
mod run;

/// Looks an artist up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetArtistDetails {
    /// Id, URI or link of the artist, e.g. "spotify:artist:7w29UYBi0qsHi5RTcv3lmA"
    pub artist: Id<ArtistId>,
    /// How many of the albums
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: u32,
    /// How many albums to skip: `next_offset` of the page before
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub offset: u32,
}

const fn ten() -> u32 {
    10
}

impl Tool for GetArtistDetails {
    const SPEC: Spec = Spec {
        title: "Artist details",
        description: "Get one artist: genres, followers where Spotify tells them, and albums with release dates and URIs.",
        operations: &["get-an-artist", "get-an-artists-albums"],
        ..Spec::new("get_artist_details", Toolset::Catalogue, Effect::Read)
    };

    type Output = ArtistDetails;
}

/// An artist.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArtistDetails {
    /// The URI.
    pub uri: String,
    /// The name; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Genres, where Spotify tells them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// How many people follow; not told to restricted apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    /// Popularity, 0 to 100; not told to restricted apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<u32>,
    /// Opens it in Spotify.
    pub link: String,
    /// The albums.
    pub albums: Vec<AlbumRow>,
    /// Which part of the albums this is.
    pub page: PageInfo,
}
