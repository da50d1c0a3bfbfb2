//! What an album, artist, show or audiobook holds, and several things at once.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Effect, Spec, Things, Tool, Toolset,
    page::{List, Paging},
    rows::Columns,
};

#[cfg(feature = "server")]
mod run;

/// Lists what something holds.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListContents {
    /// URI or link of an album, artist, show or audiobook
    #[schemars(length(min = 1, max = 250))]
    pub of: String,
    /// Which of the things.
    #[serde(flatten)]
    pub paging: Paging,
}

impl Tool for ListContents {
    const SPEC: Spec = Spec {
        title: "List contents",
        description: "List the tracks of an album, the albums of an artist, the episodes of a show or the chapters of an audiobook.",
        operations: &[
            "get-an-albums-tracks",
            "get-an-artists-albums",
            "get-a-shows-episodes",
            "get-audiobook-chapters",
        ],
        example: r#"{"of":"spotify:show:7kVt60uydZR8tLvoisADOb"}"#,
        ..Spec::new("list_contents", Toolset::Browse, Effect::Read)
    };

    type Output = List;
}

/// Looks several things up.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetItems {
    /// URIs or links of tracks, albums, artists, shows, episodes, audiobooks or playlists, up to 50
    pub items: Things<50>,
    /// Columns: all, or e.g. name,isrc
    #[serde(default)]
    #[schemars(with = "String", length(max = 120))]
    pub fields: Columns,
}

impl Tool for GetItems {
    const SPEC: Spec = Spec {
        title: "Get items",
        description: "Get several things of any kind at once, in the order of their URIs.",
        operations: &[
            "get-several-tracks",
            "get-track",
            "get-multiple-albums",
            "get-an-album",
            "get-multiple-artists",
            "get-an-artist",
            "get-multiple-shows",
            "get-a-show",
            "get-multiple-episodes",
            "get-an-episode",
            "get-multiple-audiobooks",
            "get-an-audiobook",
            "get-playlist",
        ],
        example: r#"{"items":["spotify:track:0MCSFSOkbXU32B1CWCD9FI","spotify:episode:1EDUDxjo0XQatUZBczM3H0"],"fields":"all"}"#,
        ..Spec::new("get_items", Toolset::Browse, Effect::Read)
    };

    type Output = List;
}
