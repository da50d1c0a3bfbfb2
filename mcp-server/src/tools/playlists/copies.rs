//! Tools that make playlists of what another one holds. That one stays as it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::PlaylistId;

use super::{Confirmation, CreatePlaylist, Created, Visibility};
use crate::tools::{Effect, Id, Spec, Tool, Toolset};

#[cfg(feature = "server")]
mod run;

/// What making a playlist and reading another takes.
const OPERATIONS: &[&str] = &[
    "create-playlist",
    "create-playlist-for-user",
    "get-current-users-profile",
    "change-playlist-details",
    "add-items-to-playlist",
    "add-tracks-to-playlist",
    "get-a-list-of-current-users-playlists",
    "get-playlist",
    "get-playlists-items",
    "get-playlists-tracks",
];

/// Copies a playlist.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CopyPlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// The copy's name
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// public: on the person's profile; collaborative: others may change it
    #[serde(default)]
    pub visibility: Visibility,
    /// The same key again gives the same copy
    #[serde(default)]
    #[schemars(length(min = 1, max = 64))]
    pub key: Option<String>,
}

impl Tool for CopyPlaylist {
    const SPEC: Spec = Spec {
        title: "Copy playlist",
        description: "Copy a playlist's entries to a new one of the person's own.",
        operations: OPERATIONS,
        spared_scopes: CreatePlaylist::SPEC.spared_scopes,
        undo: true,
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","name":"Kitchen copy","key":"kitchen-1"}"#,
        ..Spec::new("copy_playlist", Toolset::Arranging, Effect::Write)
    };

    type Output = Created;
}

/// Splits a playlist.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SplitPlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// How many playlists to make
    #[schemars(range(min = 2, max = 20))]
    pub parts: u32,
}

impl Tool for SplitPlaylist {
    const SPEC: Spec = Spec {
        title: "Split playlist",
        description: "Split a playlist's entries, in their order, among new private playlists of equal length. The playlist itself stays.",
        operations: OPERATIONS,
        spared_scopes: CreatePlaylist::SPEC.spared_scopes,
        undo: true,
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","parts":3}"#,
        ..Spec::new("split_playlist", Toolset::Arranging, Effect::Write)
    };

    type Output = Parts;
}

/// Playlists that were made of one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Parts {
    /// `verified`: seen in the person's list at these versions; `accepted`: Spotify confirmed them.
    pub state: Confirmation,
    /// The playlists, in order.
    pub playlists: Vec<Part>,
    /// How many entries are in none of them: local files, and what Spotify does not show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u32>,
    /// The number of the change, for `undo_change`; absent when it cannot be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<u64>,
}

/// A playlist that holds a part of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// The URI.
    pub uri: String,
    /// The name.
    pub name: String,
    /// How many entries it has.
    pub tracks: u32,
    /// Its version.
    pub snapshot_id: String,
}
