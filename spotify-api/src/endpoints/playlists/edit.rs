//! Changes of a playlist's entries.

use std::num::NonZeroU32;

use serde::Serialize;
use serde_json::{Value, json};

use super::{ADD_ITEMS, ADD_ITEMS_OLD, REMOVE_ITEMS, REMOVE_ITEMS_OLD, SET_ITEMS, SET_ITEMS_OLD};
use crate::{
    Client, Error,
    endpoint::{Endpoint, Operation, Request},
    endpoints::Older,
    id::{PlaylistId, SpotifyUri},
    model::{Snapshot, SnapshotId},
};

/// Entries of a playlist to move together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    range_start: u32,
    range_length: NonZeroU32,
    insert_before: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<SnapshotId>,
}

impl Move {
    /// Moves the entry at a place, from 0, to stand before the one at another place. Places are
    /// those before the move; the number of entries is the place behind the last one.
    pub const fn entry(place: u32, before: u32) -> Self {
        Self {
            range_start: place,
            range_length: NonZeroU32::MIN,
            insert_before: before,
            snapshot_id: None,
        }
    }

    /// Moves this many entries.
    #[must_use]
    pub const fn entries(mut self, entries: NonZeroU32) -> Self {
        self.range_length = entries;
        self
    }

    /// Counts places in a certain version of the playlist; Spotify merges later changes.
    #[must_use]
    pub fn in_version(mut self, version: SnapshotId) -> Self {
        self.snapshot_id = Some(version);
        self
    }
}

impl Client {
    /// Adds tracks and episodes to a playlist, at its end or from `position` (from 0) on, 100 in a
    /// request. Returns the playlist's version after it. Operation: [`ADD_ITEMS`], or
    /// [`ADD_ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] when nothing is given or something that is neither track
    /// nor episode; [`Error::Incomplete`] when some are added and the rest is not.
    pub async fn add_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
        position: Option<u32>,
    ) -> Result<SnapshotId, Error> {
        let edits = additions(uris, position);
        self.edit_all(id, uris, edits).await
    }

    /// Removes all occurrences of tracks and episodes from a playlist, 100 in a request. Returns
    /// the playlist's version after it. Operation: [`REMOVE_ITEMS`], or [`REMOVE_ITEMS_OLD`].
    ///
    /// # Errors
    /// As for [`Client::add_items`].
    pub async fn remove_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
    ) -> Result<SnapshotId, Error> {
        self.edit_all(id, uris, uris.chunks(MOST).map(Edit::Remove)).await
    }

    /// Replaces the entries of a playlist: by the first 100 in one request, to which the others are
    /// added, 100 in a request. An empty list empties the playlist. Returns the playlist's version
    /// after it. Operation: [`SET_ITEMS`], or [`SET_ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] for something that is neither track nor episode;
    /// [`Error::Incomplete`] when the old entries are gone and only some of the new ones there.
    pub async fn replace_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
    ) -> Result<SnapshotId, Error> {
        let (first, rest) = uris.split_at(MOST.min(uris.len()));
        let edits = std::iter::once(Edit::Replace(first)).chain(additions(rest, None));
        self.edit_all(id, uris, edits).await
    }

    /// Moves entries within a playlist. Returns the playlist's version after it. Operation:
    /// [`SET_ITEMS`], or [`SET_ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn move_items(&self, id: PlaylistId, entries: &Move) -> Result<SnapshotId, Error> {
        self.edit(id, Edit::Move(entries)).await
    }

    /// Makes changes one after the other, each in one request.
    async fn edit_all<'a>(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
        edits: impl Iterator<Item = Edit<'a>>,
    ) -> Result<SnapshotId, Error> {
        let mut snapshot = None;
        let mut done = 0;
        for edit in edits {
            edit.check(uris)?;
            match self.edit(id, edit).await {
                Ok(after) => snapshot = Some(after),
                Err(error) => return Err(error.after(done, uris.len(), snapshot)),
            }
            done += edit.uris().len();
        }
        let operation = ADD_ITEMS.endpoint().operation;
        snapshot.ok_or(Error::Argument { operation, problem: "an empty list of tracks" })
    }

    async fn edit(&self, id: PlaylistId, edit: Edit<'_>) -> Result<SnapshotId, Error> {
        let [newer, older] = edit.requests(id)?;
        let endpoint = newer.endpoint;
        version(endpoint, self.either(endpoint, self.call(newer), self.call(older)).await?)
    }
}

impl Older<'_> {
    /// Adds at most 100 tracks and episodes to a playlist, at its end or from `position` (from 0)
    /// on. Operation: [`ADD_ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn add_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
        position: Option<u32>,
    ) -> Result<SnapshotId, Error> {
        self.edit(id, Edit::Add(uris, position)).await
    }

    /// Removes all occurrences of at most 100 tracks and episodes from a playlist. Operation:
    /// [`REMOVE_ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn remove_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
    ) -> Result<SnapshotId, Error> {
        self.edit(id, Edit::Remove(uris)).await
    }

    /// Replaces the entries of a playlist by at most 100 others. Operation: [`SET_ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn replace_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
    ) -> Result<SnapshotId, Error> {
        self.edit(id, Edit::Replace(uris)).await
    }

    /// Moves entries within a playlist. Operation: [`SET_ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn move_items(&self, id: PlaylistId, entries: &Move) -> Result<SnapshotId, Error> {
        self.edit(id, Edit::Move(entries)).await
    }

    async fn edit(&self, id: PlaylistId, edit: Edit<'_>) -> Result<SnapshotId, Error> {
        edit.check(edit.uris())?;
        let [_, older] = edit.requests(id)?;
        version(older.endpoint, self.0.call(older).await?)
    }
}

/// A change in one request.
#[derive(Debug, Clone, Copy)]
enum Edit<'a> {
    /// Adds entries, at the end or from a place on.
    Add(&'a [SpotifyUri], Option<u32>),
    Remove(&'a [SpotifyUri]),
    Replace(&'a [SpotifyUri]),
    Move(&'a Move),
}

impl Edit<'_> {
    const fn uris(&self) -> &[SpotifyUri] {
        match self {
            Self::Add(uris, _) | Self::Remove(uris) | Self::Replace(uris) => uris,
            Self::Move(_) => &[],
        }
    }

    /// Returns the newer and the older operation.
    const fn operations(&self) -> [Operation<Snapshot>; 2] {
        match self {
            Self::Add(..) => [ADD_ITEMS, ADD_ITEMS_OLD],
            Self::Remove(_) => [REMOVE_ITEMS, REMOVE_ITEMS_OLD],
            Self::Replace(_) | Self::Move(_) => [SET_ITEMS, SET_ITEMS_OLD],
        }
    }

    /// Refuses what a playlist cannot take, and more than a request takes.
    fn check(&self, uris: &[SpotifyUri]) -> Result<(), Error> {
        let [newer, _] = self.operations();
        let endpoint = newer.endpoint();
        let problem = if !uris.iter().all(SpotifyUri::fits_playlist) {
            "something other than tracks and episodes"
        } else if self.uris().len() > endpoint.most() {
            "a list that is longer than a request takes"
        } else {
            return Ok(());
        };
        Err(Error::Argument { operation: endpoint.operation, problem })
    }

    /// Builds the newer and the older request.
    fn requests(&self, id: PlaylistId) -> Result<[Request<Snapshot>; 2], Error> {
        let [newer, older] = self.operations();
        let [newer, older] = [newer.request(&[id.as_str()])?, older.request(&[id.as_str()])?];
        let both = |body: Value| [newer.again().body(body.clone()), older.again().body(body)];
        Ok(match self {
            Self::Add(uris, None) | Self::Replace(uris) => both(json!({ "uris": uris })),
            Self::Add(uris, Some(place)) => both(json!({ "uris": uris, "position": place })),
            Self::Remove(uris) => {
                let objects: Vec<_> = uris.iter().map(|uri| json!({ "uri": uri })).collect();
                [newer.body(json!({ "items": objects })), older.body(json!({ "tracks": objects }))]
            }
            Self::Move(entries) => both(json!(entries)),
        })
    }
}

fn version(endpoint: &Endpoint, answer: Snapshot) -> Result<SnapshotId, Error> {
    answer.snapshot_id.ok_or_else(|| Error::lacks(endpoint, "Snapshot", "snapshot_id"))
}

/// Divides additions into requests.
fn additions(uris: &[SpotifyUri], position: Option<u32>) -> impl Iterator<Item = Edit<'_>> {
    uris.chunks(MOST).zip((0..).step_by(MOST)).map(move |(chunk, done): (_, u32)| {
        Edit::Add(chunk, position.map(|position| position.saturating_add(done)))
    })
}

/// How many entries a request takes.
const MOST: usize = 100;
