//! Albums.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::AlbumId;

use super::{
    Effect, Id, Spec, Tool, Toolset,
    page::PageInfo,
    rows::{Named, TrackRow},
};

#[cfg(feature = "server")]
mod run;

/// Looks an album up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAlbumDetails {
    /// Id, URI or link of the album, e.g. "spotify:album:4aawyAB9vmqN3uQ7FjRGTy"
    pub album: Id<AlbumId>,
    /// How many of its tracks
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: u32,
    /// How many tracks to skip: `next_offset` of the page before
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub offset: u32,
}

const fn fifty() -> u32 {
    50
}

impl Tool for GetAlbumDetails {
    const SPEC: Spec = Spec {
        title: "Album details",
        description: "Get one album: artists with their URIs, release date, type, and its tracks in order with their URIs.",
        operations: &["get-an-album", "get-an-albums-tracks"],
        ..Spec::new("get_album_details", Toolset::Catalogue, Effect::Read)
    };

    type Output = AlbumDetails;
}

/// An album.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlbumDetails {
    /// The URI.
    pub uri: String,
    /// The title; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who made it.
    pub artists: Vec<Named>,
    /// Album, single or compilation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// When it was released, as precisely as Spotify knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// The label; not told to restricted apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Opens it in Spotify.
    pub link: String,
    /// Its tracks.
    pub tracks: Vec<TrackRow>,
    /// Which part of the tracks this is.
    pub page: PageInfo,
}
