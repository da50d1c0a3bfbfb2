//! Albums.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::AlbumId;

use super::{
    Effect, Id, Spec, Tool, Toolset,
    page::{List, Paging},
    rows::Named,
};

#[cfg(feature = "server")]
mod run;

/// Looks an album up.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetAlbumDetails {
    /// Id, URI or link
    pub album: Id<AlbumId>,
    /// Which of its tracks.
    #[serde(flatten)]
    pub paging: Paging<50, 50>,
}

impl Tool for GetAlbumDetails {
    const SPEC: Spec = Spec {
        title: "Get album details",
        description: "Get one album: artists, release date, type, and its tracks in order.",
        operations: &["get-an-album", "get-an-albums-tracks"],
        core: true,
        example: r#"{"album":"spotify:album:0wCYqXHociHgHGHot1CqDZ"}"#,
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
    #[serde(flatten)]
    pub tracks: List,
}
