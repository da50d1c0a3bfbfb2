//! What the person saved and follows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::id::ArtistId;

use super::{
    Effect, Id, Spec, Things, Tool, Toolset,
    page::{List, Onward, Paging},
};

#[cfg(feature = "server")]
mod run;
#[cfg(feature = "server")]
pub(in crate::tools) use run::look;

/// Operations that change the library, and all that tell whether things are in it.
macro_rules! with_looks {
    ($($change:literal),*) => {
        &[
            $($change,)*
            "check-library-contains",
            "check-users-saved-albums",
            "check-users-saved-audiobooks",
            "check-users-saved-episodes",
            "check-users-saved-shows",
            "check-users-saved-tracks",
            "check-current-user-follows",
            "check-if-user-follows-playlist",
        ]
    };
}

/// Lists saved things.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetLibrary {
    /// What kind of things
    #[serde(default)]
    pub kind: SavedKind,
    /// Which of the things.
    #[serde(flatten)]
    pub paging: Paging,
}

/// A kind of saved things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SavedKind {
    /// Liked songs.
    #[default]
    Tracks,
    /// Albums.
    Albums,
    /// Shows.
    Shows,
    /// Episodes.
    Episodes,
    /// Audiobooks.
    Audiobooks,
}

impl Tool for GetLibrary {
    const SPEC: Spec = Spec {
        title: "Get library",
        description: "List what the person saved, newest first: liked songs, albums, shows, episodes or audiobooks.",
        operations: &[
            "get-users-saved-tracks",
            "get-users-saved-albums",
            "get-users-saved-shows",
            "get-users-saved-episodes",
            "get-users-saved-audiobooks",
        ],
        example: r#"{"kind":"tracks"}"#,
        ..Spec::new("get_library", Toolset::Library, Effect::Read)
    };

    type Output = List;
}

/// Lists followed artists.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetFollowedArtists {
    /// How many
    #[serde(default = "super::page::same::<20>")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: u32,
    /// `next_cursor` of the page before
    #[serde(default)]
    pub cursor: Option<Id<ArtistId>>,
}

impl Tool for GetFollowedArtists {
    const SPEC: Spec = Spec {
        title: "Get followed artists",
        description: "List the artists that the person follows.",
        operations: &["get-followed"],
        ..Spec::new("get_followed_artists", Toolset::Browse, Effect::Read)
    };

    type Output = Onward;
}

/// Tells what is saved.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CheckLibrary {
    /// URIs or links of any kind, up to 200
    pub items: Things<200>,
}

impl Tool for CheckLibrary {
    const SPEC: Spec = Spec {
        title: "Check library",
        description: "Check which things the person has saved or follows.",
        operations: with_looks!(),
        example: r#"{"items":["spotify:track:0MCSFSOkbXU32B1CWCD9FI","spotify:album:0wCYqXHociHgHGHot1CqDZ"]}"#,
        ..Spec::new("check_library", Toolset::Library, Effect::Read)
    };

    type Output = Checked;
}

/// What is saved and what is not.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Checked {
    /// URIs of what is saved or followed.
    pub saved: Vec<String>,
    /// URIs of what is not.
    pub not_saved: Vec<String>,
}

/// Saves things.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SaveToLibrary {
    /// URIs or links of any kind, up to 200
    pub items: Things<200>,
}

impl Tool for SaveToLibrary {
    const SPEC: Spec = Spec {
        title: "Save to library",
        description: "Save tracks, albums, shows, episodes or audiobooks, and follow artists, playlists or people.",
        operations: with_looks!(
            "save-library-items",
            "save-albums-user",
            "save-audiobooks-user",
            "save-episodes-user",
            "save-shows-user",
            "save-tracks-user",
            "follow-artists-users",
            "follow-playlist"
        ),
        undo: true,
        example: r#"{"items":["spotify:track:0MCSFSOkbXU32B1CWCD9FI"]}"#,
        ..Spec::new("save_to_library", Toolset::Library, Effect::Write)
    };

    type Output = LibraryChange;
}

/// Removes things.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct RemoveFromLibrary {
    /// URIs or links of any kind, up to 200
    pub items: Things<200>,
    /// Only tell what would be done
    #[serde(default)]
    pub dry_run: bool,
}

impl Tool for RemoveFromLibrary {
    const SPEC: Spec = Spec {
        title: "Remove from library",
        description: "Remove saved things, and unfollow artists, playlists or people. A playlist of one's own is removed so.",
        operations: with_looks!(
            "remove-library-items",
            "remove-albums-user",
            "remove-audiobooks-user",
            "remove-episodes-user",
            "remove-shows-user",
            "remove-tracks-user",
            "unfollow-artists-users",
            "unfollow-playlist"
        ),
        undo: true,
        example: r#"{"items":["spotify:track:0MCSFSOkbXU32B1CWCD9FI"]}"#,
        ..Spec::new("remove_from_library", Toolset::Library, Effect::Destructive)
    };

    type Output = LibraryChange;
}

/// A change of the library that Spotify has confirmed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LibraryChange {
    /// `verified`: looked at again after the change; `accepted`: Spotify confirmed it.
    pub state: super::playlists::Confirmation,
    /// URIs of what the call changed; absent when it is not known how things were before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Vec<String>>,
    /// How many things were as asked for already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<usize>,
    /// URIs of what is not as asked for, although Spotify confirmed it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_done: Vec<String>,
    /// The number of the change, for `undo_change`; absent when it cannot be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<u64>,
}
