//! Which of the older endpoints a thing belongs to.

use super::older::{
    CONTAINS_ALBUMS, CONTAINS_AUDIOBOOKS, CONTAINS_EPISODES, CONTAINS_SHOWS, CONTAINS_TRACKS,
    REMOVE_ALBUMS, REMOVE_AUDIOBOOKS, REMOVE_EPISODES, REMOVE_SHOWS, REMOVE_TRACKS, SAVE_ALBUMS,
    SAVE_AUDIOBOOKS, SAVE_EPISODES, SAVE_SHOWS, SAVE_TRACKS,
};
use crate::{
    Error,
    answer::{Answer, Done},
    endpoint::{Operation, Request},
    endpoints::following::{
        FOLLOW, FOLLOW_PLAYLIST, FOLLOWS, FOLLOWS_PLAYLIST, UNFOLLOW, UNFOLLOW_PLAYLIST,
    },
    id::SpotifyUri,
};

/// Things that share the older endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    Albums,
    Artists,
    Audiobooks,
    Episodes,
    Playlists,
    Shows,
    Tracks,
    Users,
}

/// What to do with things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Save,
    Remove,
}

impl Family {
    /// Returns a thing's family and its bare id, or `None` if nobody can save or follow it.
    pub(super) fn of(uri: &SpotifyUri) -> Option<(Self, &str)> {
        Some(match uri {
            SpotifyUri::Album(id) => (Self::Albums, id.as_str()),
            SpotifyUri::Artist(id) => (Self::Artists, id.as_str()),
            SpotifyUri::Audiobook(id) => (Self::Audiobooks, id.as_str()),
            SpotifyUri::Episode(id) => (Self::Episodes, id.as_str()),
            SpotifyUri::Playlist(id) => (Self::Playlists, id.as_str()),
            SpotifyUri::Show(id) => (Self::Shows, id.as_str()),
            SpotifyUri::Track(id) => (Self::Tracks, id.as_str()),
            SpotifyUri::User(id) => (Self::Users, id.as_str()),
            SpotifyUri::Chapter(_) | SpotifyUri::Collection { .. } | SpotifyUri::Local(_) => {
                return None;
            }
        })
    }

    const fn changing(self, change: Change) -> Operation<Done> {
        match (self, change) {
            (Self::Albums, Change::Save) => SAVE_ALBUMS,
            (Self::Albums, Change::Remove) => REMOVE_ALBUMS,
            (Self::Artists | Self::Users, Change::Save) => FOLLOW,
            (Self::Artists | Self::Users, Change::Remove) => UNFOLLOW,
            (Self::Audiobooks, Change::Save) => SAVE_AUDIOBOOKS,
            (Self::Audiobooks, Change::Remove) => REMOVE_AUDIOBOOKS,
            (Self::Episodes, Change::Save) => SAVE_EPISODES,
            (Self::Episodes, Change::Remove) => REMOVE_EPISODES,
            (Self::Playlists, Change::Save) => FOLLOW_PLAYLIST,
            (Self::Playlists, Change::Remove) => UNFOLLOW_PLAYLIST,
            (Self::Shows, Change::Save) => SAVE_SHOWS,
            (Self::Shows, Change::Remove) => REMOVE_SHOWS,
            (Self::Tracks, Change::Save) => SAVE_TRACKS,
            (Self::Tracks, Change::Remove) => REMOVE_TRACKS,
        }
    }

    const fn looking(self) -> Operation<Vec<bool>> {
        match self {
            Self::Albums => CONTAINS_ALBUMS,
            Self::Artists | Self::Users => FOLLOWS,
            Self::Audiobooks => CONTAINS_AUDIOBOOKS,
            Self::Episodes => CONTAINS_EPISODES,
            Self::Playlists => FOLLOWS_PLAYLIST,
            Self::Shows => CONTAINS_SHOWS,
            Self::Tracks => CONTAINS_TRACKS,
        }
    }

    /// Builds the requests that change things of the family.
    pub(super) fn changes(self, change: Change, ids: &[&str]) -> Result<Vec<Request<Done>>, Error> {
        self.requests(&self.changing(change), ids)
    }

    /// Builds the requests that tell whether things of the family are saved.
    pub(super) fn looks(self, ids: &[&str]) -> Result<Vec<Request<Vec<bool>>>, Error> {
        self.requests(&self.looking(), ids)
    }

    fn requests<A: Answer>(
        self,
        operation: &Operation<A>,
        ids: &[&str],
    ) -> Result<Vec<Request<A>>, Error> {
        let kind = match self {
            Self::Playlists => return ids.iter().map(|id| operation.request(&[id])).collect(),
            Self::Artists => Some("artist"),
            Self::Users => Some("user"),
            _ => None,
        };
        let request = |ids| operation.request(&[])?.query_opt("type", kind).list("ids", ids);
        ids.chunks(operation.endpoint().most()).map(request).collect()
    }
}
