//! Artists.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::ArtistId;

use super::{
    Effect, Id, Spec, Tool, Toolset,
    page::{List, Paging},
};

#[cfg(feature = "server")]
mod run;

/// Looks an artist up.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetArtistDetails {
    /// Id, URI or link
    pub artist: Id<ArtistId>,
    /// Which of the albums.
    #[serde(flatten)]
    pub paging: Paging<10, 50>,
}

impl Tool for GetArtistDetails {
    const SPEC: Spec = Spec {
        title: "Get artist details",
        description: "Get one artist: genres, followers where Spotify tells them, and the discography with release dates.",
        operations: &["get-an-artist", "get-an-artists-albums"],
        core: true,
        example: r#"{"artist":"spotify:artist:5zEtWdtiOeRSJaz0yiccrr"}"#,
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
    #[serde(flatten)]
    pub albums: List,
}
