//! The tools: one type each, whose fields are its arguments and whose [`Spec`] says the rest.
//!
//! To add a tool, write its type in `tools/<resource>.rs`, what it does in
//! `tools/<resource>/run.rs`, and one line in [`TOOLS`]. Annotations, scopes and the class of its
//! audit records follow from the [`Spec`]; the input schema is published and enforced alike.

pub mod account;
pub mod activity;
pub mod albums;
#[cfg(feature = "server")]
pub(crate) mod arguments;
pub mod artists;
#[cfg(feature = "server")]
pub(crate) mod call;
pub mod changes;
pub mod contents;
#[cfg(feature = "server")]
mod gather;
mod input;
pub mod library;
pub mod older;
pub mod page;
pub mod personal;
pub mod playback;
pub mod playlists;
#[cfg(feature = "server")]
pub(crate) mod rendering;
pub mod resolve;
pub mod rows;
mod schema;
pub mod search;
mod selection;
pub mod setup;
mod spec;
pub mod tracks;

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

#[cfg(feature = "server")]
pub(crate) use self::input::bare;
pub use self::{
    input::{Id, Named, Things, Tracks, Uris},
    schema::Schema,
    selection::{Selection, ToolName},
    spec::{Annotations, Effect, Spec, Toolset, UnknownName},
};

/// What every tool says about itself. Its fields are its arguments.
pub trait Tool: JsonSchema {
    /// What the tool is called, does, needs and may change.
    const SPEC: Spec;

    /// What it gives back.
    type Output: Serialize + JsonSchema;
}

/// All tools, in the order in which they are listed.
pub const TOOLS: &[Entry] = &[
    entry::<account::GetAuthUrl>(),
    entry::<account::GetAuthStatus>(),
    entry::<account::Authenticate>(),
    entry::<setup::CheckSetup>(),
    entry::<activity::GetActivity>(),
    entry::<search::SearchTracks>(),
    entry::<search::SearchCatalogue>(),
    entry::<resolve::ResolveTracks>(),
    entry::<playlists::GetPlaylists>(),
    entry::<playlists::GetPlaylist>(),
    entry::<playlists::CreatePlaylist>(),
    entry::<playlists::AddTracksToPlaylist>(),
    entry::<playlists::RemoveTracksFromPlaylist>(),
    entry::<playlists::edit::ChangePlaylist>(),
    entry::<playlists::edit::MoveInPlaylist>(),
    entry::<playlists::edit::ReplacePlaylistItems>(),
    entry::<playlists::edit::MergePlaylists>(),
    entry::<playlists::edit::SortPlaylist>(),
    entry::<playlists::edit::DeduplicatePlaylist>(),
    entry::<playlists::edit::ComparePlaylists>(),
    entry::<playlists::copies::CopyPlaylist>(),
    entry::<playlists::copies::SplitPlaylist>(),
    entry::<playlists::cover::SetPlaylistCover>(),
    entry::<changes::ListChanges>(),
    entry::<changes::UndoChange>(),
    entry::<tracks::GetTrackDetails>(),
    entry::<albums::GetAlbumDetails>(),
    entry::<artists::GetArtistDetails>(),
    entry::<contents::ListContents>(),
    entry::<contents::GetItems>(),
    entry::<library::GetLibrary>(),
    entry::<library::GetFollowedArtists>(),
    entry::<library::SaveToLibrary>(),
    entry::<library::CheckLibrary>(),
    entry::<library::RemoveFromLibrary>(),
    entry::<personal::GetProfile>(),
    entry::<personal::GetTopItems>(),
    entry::<playback::GetPlayback>(),
    entry::<playback::GetDevices>(),
    entry::<playback::PlayMusic>(),
    entry::<playback::ControlPlayback>(),
    entry::<playback::GetQueue>(),
    entry::<playback::AddToQueue>(),
    entry::<playback::TransferPlayback>(),
    entry::<personal::GetRecentlyPlayed>(),
    entry::<older::GetArtistTopTracks>(),
    entry::<older::GetRelatedArtists>(),
    entry::<older::GetNewReleases>(),
];

/// A row of [`TOOLS`].
#[derive(Clone, Copy)]
pub struct Entry {
    spec: Spec,
    input: fn() -> Schema,
    output: fn() -> Schema,
    #[cfg(feature = "server")]
    pub(crate) prepare: call::Prepare,
}

#[cfg(feature = "server")]
pub(crate) const fn entry<T: call::Run>() -> Entry
where
    T::Output: call::Text,
{
    Entry {
        spec: T::SPEC,
        input: schema::input::<T>,
        output: schema::output::<T::Output>,
        prepare: call::prepare::<T>,
    }
}

#[cfg(not(feature = "server"))]
const fn entry<T: Tool>() -> Entry {
    Entry { spec: T::SPEC, input: schema::input::<T>, output: schema::output::<T::Output> }
}

impl Entry {
    /// Returns what the tool says about itself.
    pub const fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Returns the tool's name.
    pub const fn name(&self) -> &'static str {
        self.spec.name
    }

    /// Returns the JSON Schema (2020-12) of the arguments.
    pub fn input_schema(&self) -> Schema {
        (self.input)()
    }

    /// Returns the JSON Schema (2020-12) of the structured result.
    pub fn output_schema(&self) -> Schema {
        (self.output)()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("spec", &self.spec).finish_non_exhaustive()
    }
}

/// Finds a tool by its name.
pub fn find(name: &str) -> Option<&'static Entry> {
    TOOLS.iter().find(|tool| tool.name() == name)
}

#[cfg(test)]
mod tests;
