//! Creating playlists and changing their name, description and visibility.

use serde::Serialize;
use serde_json::json;

use super::{CHANGE, CREATE, CREATE_OLD};
use crate::{
    Client, Error,
    answer::Done,
    endpoints::{Older, users::ME},
    id::{PlaylistId, UserId},
    model::Playlist,
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
    /// Creates a playlist for the person who signed in. Operation: [`CREATE`], or [`CREATE_OLD`].
    ///
    /// When Spotify reports a private playlist as public (N48), it is asked once more to make it
    /// private. [`Playlist::public`] has what Spotify reported last.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Unexpected`] when the answer has no id.
    pub async fn create_playlist(&self, new: &NewPlaylist) -> Result<Playlist, Error> {
        let newer = self.call(CREATE.request(&[])?.body(json!(new)));
        let older = async {
            self.offered(CREATE_OLD.endpoint())?;
            let me = self.me().await?;
            let id = me.id.ok_or_else(|| Error::lacks(ME.endpoint(), "CurrentUser", "id"))?;
            self.older().create_playlist(&id, new).await
        };
        let mut playlist = self.either(CREATE.endpoint(), newer, older).await?;
        let id = playlist.id.ok_or_else(|| Error::lacks(CREATE.endpoint(), "Playlist", "id"))?;
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

    /// Changes a playlist's name, description or visibility. Operation: [`CHANGE`].
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
}

impl Older<'_> {
    /// Creates a playlist for a user, who must be the one who signed in. Operation:
    /// [`CREATE_OLD`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_playlist(
        &self,
        owner: &UserId,
        new: &NewPlaylist,
    ) -> Result<Playlist, Error> {
        self.0.call(CREATE_OLD.request(&[owner.as_str()])?.body(json!(new))).await
    }
}
