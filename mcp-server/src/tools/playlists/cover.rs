//! The cover of a playlist.

use schemars::JsonSchema;
use serde::Deserialize;
use spotify_api::id::PlaylistId;

use super::Changed;
use crate::tools::{Effect, Id, Spec, Tool, Toolset};

#[cfg(feature = "server")]
mod run;

/// Sets a playlist's cover.
///
/// The picture comes with the call rather than from a file: a tool that reads files for a model could
/// be made to publish any of them.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SetPlaylistCover {
    /// Id, URI or link
    pub playlist: Id<PlaylistId>,
    /// A JPEG file of at most 192 KiB in base64, e.g. "/9j/4AAQSkZJRg..."
    #[schemars(length(min = 8, max = 262_144))]
    pub jpeg: String,
    /// Only tell what would be done
    #[serde(default)]
    pub dry_run: bool,
}

impl Tool for SetPlaylistCover {
    const SPEC: Spec = Spec {
        title: "Set playlist cover",
        description: "Set the cover picture of one of the person's playlists. Spotify cannot give the old one back.",
        operations: &["upload-custom-playlist-cover", "get-playlist-cover", "get-playlist"],
        example: r#"{"playlist":"spotify:playlist:57pBON3z2uvNTP64HvU3BJ","jpeg":"/9j/4AAQSkZJRgABAQAAAQABAAD/2Q=="}"#,
        ..Spec::new("set_playlist_cover", Toolset::Playlists, Effect::Destructive)
    };

    type Output = Changed;
}
