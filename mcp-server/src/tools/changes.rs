//! What the tools changed, and taking it back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::Scope;

use super::{Effect, Spec, Tool, Toolset, playlists::Confirmation};

#[cfg(feature = "server")]
mod run;

/// Lists changes.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListChanges {
    /// How many
    #[serde(default = "super::page::same::<20>")]
    #[schemars(range(min = 1, max = 100))]
    pub limit: u32,
}

impl Tool for ListChanges {
    const SPEC: Spec = Spec {
        title: "List changes",
        description: "List what these tools changed in the account, newest first, with numbers for undo_change.",
        ..Spec::new("list_changes", Toolset::Account, Effect::Read)
    };

    type Output = Changes;
}

/// What was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Changes {
    /// The changes, newest first.
    pub changes: Vec<ChangeRow>,
}

/// A change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeRow {
    /// Its number.
    pub change: u64,
    /// When it was made.
    pub at: String,
    /// The tool that made it.
    pub tool: String,
    /// What it did.
    pub what: String,
    /// Whether it was taken back since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
}

/// Takes a change back.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UndoChange {
    /// Number of the change; the last one if absent
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub change: Option<u64>,
    /// Only tell what would be done
    #[serde(default)]
    pub dry_run: bool,
}

impl Tool for UndoChange {
    const SPEC: Spec = Spec {
        title: "Undo change",
        description: "Reverse a change that these tools made: of a playlist, its details or the library. Keeps what others changed since.",
        operations: &[
            "get-playlist",
            "get-playlists-items",
            "get-playlists-tracks",
            "reorder-or-replace-playlists-items",
            "reorder-or-replace-playlists-tracks",
            "add-items-to-playlist",
            "add-tracks-to-playlist",
            "remove-items-playlist",
            "remove-tracks-playlist",
            "change-playlist-details",
            "save-library-items",
            "save-albums-user",
            "save-audiobooks-user",
            "save-episodes-user",
            "save-shows-user",
            "save-tracks-user",
            "follow-artists-users",
            "follow-playlist",
            "remove-library-items",
            "remove-albums-user",
            "remove-audiobooks-user",
            "remove-episodes-user",
            "remove-shows-user",
            "remove-tracks-user",
            "unfollow-artists-users",
            "unfollow-playlist",
        ],
        // These come with the tools whose changes need them.
        spared_scopes: &[Scope::UserLibraryModify, Scope::UserFollowModify],
        undo: true,
        example: r#"{"dry_run":true}"#,
        ..Spec::new("undo_change", Toolset::Account, Effect::Destructive)
    };

    type Output = Undone;
}

/// A change that was taken back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Undone {
    /// The number of the change.
    pub change: u64,
    /// How sure it is.
    pub state: Confirmation,
    /// What was done.
    pub done: String,
    /// How many entries of a playlist were kept that somebody added since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<usize>,
    /// How many entries stayed away that somebody removed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stayed_away: Option<usize>,
}
