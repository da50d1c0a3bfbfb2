//! Changes of playlists.

use serde::Serialize;
use serde_json::{Value, json};

use super::{ADD_ITEMS, ADD_ITEMS_OLD, CHANGE, CREATE, CREATE_OLD, REMOVE_ITEMS, REMOVE_ITEMS_OLD};
use crate::{
    Client, Error,
    answer::{Done, Mismatch},
    endpoint::{Endpoint, Operation},
    endpoints::users::ME,
    id::{PlaylistId, SpotifyUri},
    model::{Playlist, Snapshot, SnapshotId},
};

/// A playlist to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPlaylist {
    name: String,
    public: bool,
    collaborative: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl NewPlaylist {
    /// A playlist that does not show on the owner's profile.
    pub fn private(name: impl Into<String>) -> Self {
        Self { name: name.into(), public: false, collaborative: false, description: None }
    }

    /// A playlist that shows on the owner's profile.
    pub fn public(name: impl Into<String>) -> Self {
        Self { public: true, ..Self::private(name) }
    }

    /// A playlist that others may change. Such a playlist is not public.
    pub fn collaborative(name: impl Into<String>) -> Self {
        Self { collaborative: true, ..Self::private(name) }
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

/// What to change of a playlist; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlaylistChanges {
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it shows on the owner's profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// Whether others may change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collaborative: Option<bool>,
}

impl Client {
    /// Creates a playlist for the person who signed in.
    ///
    /// When Spotify reports a private playlist as public (N48), it is asked once more to make it
    /// private. [`Playlist::public`] has what Spotify reported last.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Unexpected`] when the answer has no id.
    pub async fn create_playlist(&self, new: &NewPlaylist) -> Result<Playlist, Error> {
        let body = json!(new);
        let newer = self.call(CREATE.request(&[])?.body(body.clone()));
        let older = async {
            let me = self.me().await?;
            let id = me.id.ok_or_else(|| lacks(ME.endpoint(), "CurrentUser", "id"))?;
            self.call(CREATE_OLD.request(&[id.as_str()])?.body(body)).await
        };
        let mut playlist = self.either(newer, *CREATE_OLD.endpoint(), older).await?;
        let id = playlist.id.ok_or_else(|| lacks(CREATE.endpoint(), "Playlist", "id"))?;
        if !new.public && playlist.public == Some(true) {
            let private = PlaylistChanges { public: Some(false), ..PlaylistChanges::default() };
            // The playlist exists: failing here would hide it from the caller, who sees in `public`
            // what came of it.
            if self.change_playlist(id, &private).await.is_ok() {
                playlist.public = Some(false);
            }
        }
        Ok(playlist)
    }

    /// Changes a playlist's name, description or visibility.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] when nothing is to be changed.
    pub async fn change_playlist(
        &self,
        id: PlaylistId,
        changes: &PlaylistChanges,
    ) -> Result<(), Error> {
        if *changes == PlaylistChanges::default() {
            let operation = CHANGE.endpoint().operation;
            return Err(Error::Argument { operation, problem: "an empty set of changes" });
        }
        let Done = self.call(CHANGE.request(&[id.as_str()])?.body(json!(changes))).await?;
        Ok(())
    }

    /// Adds tracks and episodes to a playlist, at its end or from `position` (from 0) on, 100 in a
    /// request. Returns the playlist's version after it.
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
        let body = |chunk: &[SpotifyUri], done: usize| {
            let mut body = json!({ "uris": chunk });
            if let (Some(start), Value::Object(body)) = (position, &mut body) {
                body.insert("position".to_owned(), json!(u64::from(start) + done as u64));
            }
            body
        };
        let (newer, older) = (
            Way { operation: &ADD_ITEMS, body: &body },
            Way { operation: &ADD_ITEMS_OLD, body: &body },
        );
        self.write_items(id, uris, newer, older).await
    }

    /// Removes all occurrences of tracks and episodes from a playlist, 100 in a request. Returns
    /// the playlist's version after it.
    ///
    /// # Errors
    /// As for [`Client::add_items`].
    pub async fn remove_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
    ) -> Result<SnapshotId, Error> {
        let objects = |chunk: &[SpotifyUri]| -> Vec<Value> {
            chunk.iter().map(|uri| json!({ "uri": uri })).collect()
        };
        let newer = |chunk: &[SpotifyUri], _| json!({ "items": objects(chunk) });
        let older = |chunk: &[SpotifyUri], _| json!({ "tracks": objects(chunk) });
        let (newer, older) = (
            Way { operation: &REMOVE_ITEMS, body: &newer },
            Way { operation: &REMOVE_ITEMS_OLD, body: &older },
        );
        self.write_items(id, uris, newer, older).await
    }

    async fn write_items(
        &self,
        id: PlaylistId,
        uris: &[SpotifyUri],
        newer: Way<'_>,
        older: Way<'_>,
    ) -> Result<SnapshotId, Error> {
        let operation = newer.operation.endpoint().operation;
        if !uris.iter().all(SpotifyUri::fits_playlist) {
            return Err(Error::Argument {
                operation,
                problem: "something other than tracks and episodes",
            });
        }
        let mut snapshot: Option<SnapshotId> = None;
        let mut done = 0;
        for chunk in uris.chunks(CHUNK) {
            let written = self
                .either(
                    self.call(newer.request(id, chunk, done)?),
                    *older.operation.endpoint(),
                    self.call(older.request(id, chunk, done)?),
                )
                .await
                .and_then(|Snapshot { snapshot_id, .. }| {
                    let endpoint = newer.operation.endpoint();
                    snapshot_id.ok_or_else(|| lacks(endpoint, "Snapshot", "snapshot_id"))
                });
            match (written, snapshot.take()) {
                (Ok(written), _) => snapshot = Some(written),
                (Err(error), None) => return Err(error),
                (Err(error), Some(snapshot)) => {
                    let source = Box::new(error);
                    return Err(Error::Incomplete { done, total: uris.len(), snapshot, source });
                }
            }
            done += chunk.len();
        }
        snapshot.ok_or(Error::Argument { operation, problem: "an empty list of tracks" })
    }
}

/// One of two ways to write the same entries.
struct Way<'a> {
    operation: &'a Operation<Snapshot>,
    /// Builds a request's body from its entries and the number of those before them.
    body: &'a (dyn Fn(&[SpotifyUri], usize) -> Value + Sync),
}

impl Way<'_> {
    fn request(
        &self,
        id: PlaylistId,
        chunk: &[SpotifyUri],
        done: usize,
    ) -> Result<crate::endpoint::Request<Snapshot>, Error> {
        Ok(self.operation.request(&[id.as_str()])?.body((self.body)(chunk, done)))
    }
}

/// An answer that lacks the one field that matters.
fn lacks(endpoint: &Endpoint, promised: &str, field: &str) -> Error {
    Error::Unexpected {
        operation: endpoint.operation,
        status: 200,
        promised: promised.to_owned(),
        mismatch: Mismatch::Shape { expected: Some(format!("field {field}")), line: 1, column: 1 },
    }
}

/// How many entries a request takes.
const CHUNK: usize = 100;
