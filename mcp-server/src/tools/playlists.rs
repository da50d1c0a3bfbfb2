//! The person's playlists.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::{Scope, id::PlaylistId};

use super::{
    Effect, Id, Spec, Tool, Toolset, Tracks, Uris,
    page::{List, Paging},
    resolve::Doubts,
};

pub mod copies;
pub mod cover;
#[cfg(feature = "server")]
mod create;
pub mod edit;
#[cfg(feature = "server")]
mod read;
#[cfg(feature = "server")]
pub(crate) mod rearrange;
#[cfg(feature = "server")]
pub(crate) mod whole;
#[cfg(feature = "server")]
pub(in crate::tools) mod write;

/// Lists playlists.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetPlaylists {
    /// Which of the playlists.
    #[serde(flatten)]
    pub paging: Paging,
}

impl Tool for GetPlaylists {
    const SPEC: Spec = Spec {
        title: "Get playlists",
        description: "List the playlists that the person owns or follows.",
        core: true,
        operations: &["get-a-list-of-current-users-playlists"],
        // Without it Spotify leaves collaborative playlists out of the list.
        further_scopes: &[Scope::PlaylistReadCollaborative],
        ..Spec::new("get_playlists", Toolset::Playlists, Effect::Read)
    };

    type Output = List;
}

/// Who may see or change a playlist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Not on the owner's profile.
    #[default]
    Private,
    /// On the owner's profile.
    Public,
    /// Others may change it.
    Collaborative,
}

/// Reads a playlist.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetPlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// Which of its entries.
    #[serde(flatten)]
    pub paging: Paging<50, 100>,
}

impl Tool for GetPlaylist {
    const SPEC: Spec = Spec {
        title: "Get playlist",
        description: "Get one playlist and its entries in order. `contents` is `withheld` where Spotify hides another person's entries.",
        core: true,
        example: r#"{"playlist":"spotify:playlist:6lXdUZLP1LZr2oPXCLY2PZ"}"#,
        operations: &["get-playlist", "get-playlists-items", "get-playlists-tracks"],
        ..Spec::new("get_playlist", Toolset::Playlists, Effect::Read)
    };

    type Output = PlaylistDetails;
}

/// A playlist and a part of its entries.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlaylistDetails {
    /// The URI.
    pub uri: String,
    /// The name; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The owner's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Who may see or change it; absent when Spotify does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// Opens it in Spotify.
    pub link: String,
    /// Whether Spotify shows the entries.
    pub contents: Contents,
    /// The entries; absent when they are withheld.
    #[serde(flatten)]
    pub entries: Option<List>,
}

/// Whether Spotify shows a playlist's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Contents {
    /// It does.
    Listed,
    /// It does not: another person's playlist, and an app that is restricted to one's own.
    Withheld,
}

/// Creates a playlist.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePlaylist {
    /// The name
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// The description
    #[serde(default)]
    #[schemars(length(max = 300))]
    pub description: Option<String>,
    /// public: on the person's profile; collaborative: others may change it
    #[serde(default)]
    pub visibility: Visibility,
    /// Ids, URIs, links or lines, e.g. "Artist - Title"
    #[serde(default)]
    pub tracks: Option<Tracks>,
    /// The same key again gives the same playlist
    #[serde(default)]
    #[schemars(length(min = 1, max = 64))]
    pub key: Option<String>,
}

impl Tool for CreatePlaylist {
    const SPEC: Spec = Spec {
        title: "Create playlist",
        description: "Create a playlist, private unless asked otherwise, empty or with tracks.",
        core: true,
        example: r#"{"name":"Evening","description":"for two","tracks":["The Paper Lanterns - Northbound"]}"#,
        operations: &[
            "create-playlist",
            "create-playlist-for-user",
            "get-current-users-profile",
            "change-playlist-details",
            "add-items-to-playlist",
            "add-tracks-to-playlist",
            "search",
            "get-playlist",
        ],
        undo: true,
        // Only the person's id is read, which comes without any scope.
        spared_scopes: &[Scope::UserReadEmail, Scope::UserReadPrivate],
        ..Spec::new("create_playlist", Toolset::Playlists, Effect::Write)
    };

    type Output = Created;
}

/// A playlist that was created.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Created {
    /// The URI.
    pub uri: String,
    /// The name, as Spotify reports it.
    pub name: String,
    /// Who may see or change it, as Spotify reports it.
    pub visibility: Visibility,
    /// `verified`: read back with its entries at this version; `accepted`: Spotify confirmed it.
    pub state: Confirmation,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// Opens it in Spotify.
    pub link: String,
    /// How many entries it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// How many entries of a copied playlist it lacks: local files, and what Spotify does not show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u32>,
    /// Lines that named no track for sure.
    #[serde(flatten)]
    pub doubts: Doubts,
    /// The number of the change, for `undo_change`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<u64>,
    /// What is not as it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// Adds tracks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddTracksToPlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// Ids, URIs, links or lines, e.g. "Artist - Title", in order
    pub tracks: Tracks,
    /// Where to insert, from 0; at the end if absent
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub position: Option<u32>,
}

impl Tool for AddTracksToPlaylist {
    const SPEC: Spec = Spec {
        title: "Add tracks to playlist",
        description: "Add tracks or episodes to one of the person's playlists. Lines that name no track for sure are told, not added.",
        core: true,
        example: r#"{"playlist":"spotify:playlist:6lXdUZLP1LZr2oPXCLY2PZ","tracks":["spotify:track:0MCSFSOkbXU32B1CWCD9FI"]}"#,
        operations: &[
            "add-items-to-playlist",
            "add-tracks-to-playlist",
            "search",
            "get-playlist",
            "get-playlists-items",
            "get-playlists-tracks",
        ],
        undo: true,
        ..Spec::new("add_tracks_to_playlist", Toolset::Playlists, Effect::Write)
    };

    type Output = Changed;
}

/// Removes tracks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveTracksFromPlaylist {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// Ids, URIs or links
    pub tracks: Uris,
    /// Only tell what would be done
    #[serde(default)]
    pub dry_run: bool,
}

impl Tool for RemoveTracksFromPlaylist {
    const SPEC: Spec = Spec {
        title: "Remove tracks from playlist",
        description: "Remove every occurrence of tracks or episodes from one of the person's playlists.",
        core: true,
        example: r#"{"playlist":"spotify:playlist:6lXdUZLP1LZr2oPXCLY2PZ","tracks":["spotify:track:0MCSFSOkbXU32B1CWCD9FI"]}"#,
        operations: &[
            "remove-items-playlist",
            "remove-tracks-playlist",
            "get-playlist",
            "get-playlists-items",
            "get-playlists-tracks",
        ],
        undo: true,
        ..Spec::new("remove_tracks_from_playlist", Toolset::Playlists, Effect::Destructive)
    };

    type Output = Changed;
}

/// A change of a playlist that Spotify has confirmed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Changed {
    /// The playlist's URI.
    pub uri: String,
    /// Its name, read after the change; absent when that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `verified`: read back at this version; `accepted`: Spotify confirmed, but it was not seen.
    pub state: Confirmation,
    /// Whether it was so already and nothing was done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchanged: bool,
    /// Its version after the change; absent when only its details were changed, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// How many entries were added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added: Option<usize>,
    /// How many entries are gone; absent when that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<u32>,
    /// How many entries it has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// Lines that named no track for sure.
    #[serde(flatten)]
    pub doubts: Doubts,
    /// The number of the change, for `undo_change`; absent when it cannot be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<u64>,
}

#[cfg(feature = "server")]
impl Confirmation {
    /// Says how sure a change is that Spotify confirmed.
    pub(in crate::tools) const fn of(seen: bool) -> Self {
        if seen { Self::Verified } else { Self::Accepted }
    }

    /// Returns how sure it is, in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Accepted => "accepted by Spotify, not read back at this version",
            Self::Preview => "preview: nothing was done, this is what would be",
        }
    }
}

/// How sure it is that a change took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confirmation {
    /// Read back.
    Verified,
    /// Confirmed by Spotify.
    Accepted,
    /// Nothing was done; this is what would be.
    Preview,
}
