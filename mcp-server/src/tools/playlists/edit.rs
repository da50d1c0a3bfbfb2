//! Tools that change a playlist as a whole, and each of which `undo_change` takes back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::PlaylistId;

use super::{Changed, Visibility};
use crate::tools::{Effect, Id, Spec, Tool, Toolset, Uris, rows::Row};

#[cfg(feature = "server")]
mod run;

/// Changes what a playlist says of itself.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ChangePlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// The new name
    #[serde(default)]
    #[schemars(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// The new description
    #[serde(default)]
    #[schemars(length(max = 300))]
    pub description: Option<String>,
    /// Who may see or change it
    #[serde(default)]
    pub visibility: Option<Visibility>,
}

impl Tool for ChangePlaylist {
    const SPEC: Spec = Spec {
        title: "Change playlist",
        description: "Change the name, description or visibility of one of the person's playlists.",
        operations: &["change-playlist-details", "get-playlist"],
        undo: true,
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","description":"for the kitchen"}"#,
        ..Spec::new("change_playlist", Toolset::Playlists, Effect::Write)
    };

    type Output = Changed;
}

macro_rules! reading {
    ($($change:literal),+) => {
        &[$($change,)+ "get-playlist", "get-playlists-items", "get-playlists-tracks"]
    };
}

/// Replaces all entries.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReplacePlaylistItems {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// Ids, URIs or links of the new entries, in order
    pub tracks: Uris,
    /// Only tell what would be done
    #[serde(default)]
    pub dry_run: bool,
}

impl Tool for ReplacePlaylistItems {
    const SPEC: Spec = Spec {
        title: "Replace playlist items",
        description: "Replace all entries of one of the person's playlists by others.",
        operations: reading!(
            "reorder-or-replace-playlists-items",
            "reorder-or-replace-playlists-tracks",
            "add-items-to-playlist",
            "add-tracks-to-playlist",
            "remove-items-playlist",
            "remove-tracks-playlist"
        ),
        undo: true,
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","tracks":["spotify:track:0MCSFSOkbXU32B1CWCD9FI"],"dry_run":true}"#,
        ..Spec::new("replace_playlist_items", Toolset::Arranging, Effect::Destructive)
    };

    type Output = Changed;
}

/// Moves entries.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct MoveInPlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// The first entry to move: its place from 0, its URI, or its title, e.g. "Midnight Ferry"
    #[schemars(length(min = 1, max = 250))]
    pub item: String,
    /// How many entries move together
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 10_000))]
    pub count: u32,
    /// The place, from 0, where the first one stands afterwards
    #[schemars(range(min = 0, max = 10_000))]
    pub to: u32,
}

const fn one() -> u32 {
    1
}

impl Tool for MoveInPlaylist {
    const SPEC: Spec = Spec {
        title: "Move in playlist",
        description: "Move entries to another place within one of the person's playlists.",
        operations: reading!(
            "reorder-or-replace-playlists-items",
            "reorder-or-replace-playlists-tracks"
        ),
        undo: true,
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","item":"3","to":0}"#,
        ..Spec::new("move_in_playlist", Toolset::Arranging, Effect::Write)
    };

    type Output = Changed;
}

/// Sorts a playlist.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SortPlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// What the order follows
    pub by: Order,
    /// Whether the order is turned round
    #[serde(default)]
    pub descending: bool,
    /// Only tell what would be done
    #[serde(default)]
    pub dry_run: bool,
}

/// What the order of a playlist follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The title.
    Title,
    /// The artists, then the album, then the order that there was.
    Artist,
    /// The album, then the order that there was.
    Album,
    /// When the album was released.
    Released,
    /// When it was added to the playlist.
    Added,
    /// How long it is.
    Length,
}

impl Tool for SortPlaylist {
    const SPEC: Spec = Spec {
        title: "Sort playlist",
        description: "Sort one of the person's playlists by title, artist, album, release date, length or when entries were added.",
        operations: ReplacePlaylistItems::SPEC.operations,
        undo: true,
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","by":"artist"}"#,
        ..Spec::new("sort_playlist", Toolset::Arranging, Effect::Destructive)
    };

    type Output = Changed;
}

/// Removes what is there twice.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeduplicatePlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// What makes two entries the same
    #[serde(default)]
    pub same: Same,
    /// Only tell what would be done
    #[serde(default)]
    pub dry_run: bool,
}

/// What makes two entries the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Same {
    /// The very same track.
    #[default]
    Uri,
    /// Title and artists, as with several editions of one recording.
    Title,
}

impl Tool for DeduplicatePlaylist {
    const SPEC: Spec = Spec {
        title: "Deduplicate playlist",
        description: "Remove entries that one of the person's playlists holds twice; the first of each stays.",
        operations: ReplacePlaylistItems::SPEC.operations,
        undo: true,
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","dry_run":true}"#,
        ..Spec::new("deduplicate_playlist", Toolset::Arranging, Effect::Destructive)
    };

    type Output = Changed;
}

/// Adds what other playlists hold.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct MergePlaylists {
    /// Id, URI or link of the playlist that grows
    pub into: Id<PlaylistId>,
    /// Id, URI or link of the playlist whose entries are added
    pub from: Id<PlaylistId>,
}

impl Tool for MergePlaylists {
    const SPEC: Spec = Spec {
        title: "Merge playlists",
        description: "Add the entries of a playlist to one of the person's own, without those it has already.",
        operations: reading!("add-items-to-playlist", "add-tracks-to-playlist"),
        undo: true,
        example: r#"{"into":"spotify:playlist:6lXdUZLP1LZr2oPXCLY2PZ","from":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ"}"#,
        ..Spec::new("merge_playlists", Toolset::Arranging, Effect::Write)
    };

    type Output = Changed;
}

/// Tells how two playlists differ.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ComparePlaylists {
    /// Id, URI or link
    pub first: Id<PlaylistId>,
    /// Id, URI or link of the other
    pub second: Id<PlaylistId>,
}

impl Tool for ComparePlaylists {
    const SPEC: Spec = Spec {
        title: "Compare playlists",
        description: "Compare two playlists: how many entries both hold, and which only one holds.",
        operations: reading!("get-playlist"),
        example: r#"{"first":"spotify:playlist:6lXdUZLP1LZr2oPXCLY2PZ","second":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ"}"#,
        ..Spec::new("compare_playlists", Toolset::Arranging, Effect::Read)
    };

    type Output = Compared;
}

/// How two playlists differ.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Compared {
    /// How many things both hold.
    pub both: usize,
    /// How many things only the first holds.
    pub only_first: usize,
    /// How many things only the second holds.
    pub only_second: usize,
    /// The first of those that only the first holds, up to 30.
    pub first_rows: Vec<Row>,
    /// The first of those that only the second holds, up to 30.
    pub second_rows: Vec<Row>,
}
