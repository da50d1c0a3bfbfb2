//! Rows that several tools give: no more of a thing than what tells it from others.

use schemars::JsonSchema;
use serde::Serialize;

/// A track or episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrackRow {
    /// Its place in the list, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<u32>,
    /// The URI.
    pub uri: String,
    /// The title; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who made it, joined by commas; of an episode, its show.
    pub artists: String,
    /// The album it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Minutes and seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<String>,
}

/// An album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AlbumRow {
    /// The URI.
    pub uri: String,
    /// The title; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Album, single or compilation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// When it was released, as precisely as Spotify knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// How many tracks it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracks: Option<u32>,
}

/// Something with a name and a URI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The URI; local files' artists have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}
