//! The library of the person who signed in: saved and followed things of all kinds.
//!
//! The URIs stand in the query, not in a body (N52).

use super::endpoints;
use crate::{
    Client, Error,
    answer::Done,
    endpoint::{Endpoint, Operation},
    id::SpotifyUri,
    scope::Scope::{
        PlaylistModifyPublic, PlaylistReadPrivate, UserFollowModify, UserFollowRead,
        UserLibraryModify, UserLibraryRead,
    },
};

endpoints! {
    /// Saves or follows things.
    SAVE: Done = Endpoint::put("/me/library", "save-library-items")
        .scopes(&[PlaylistModifyPublic, UserFollowModify, UserLibraryModify])
        .new_2026();
    /// Removes or unfollows things.
    REMOVE: Done = Endpoint::delete("/me/library", "remove-library-items")
        .scopes(&[PlaylistModifyPublic, UserFollowModify, UserLibraryModify])
        .new_2026();
    /// Tells which things are saved or followed.
    CONTAINS: Vec<bool> = Endpoint::get("/me/library/contains", "check-library-contains")
        .scopes(&[PlaylistReadPrivate, UserFollowRead, UserLibraryRead])
        .new_2026();
}

impl Client {
    /// Saves or follows the things, 40 in a request. Repeating it changes nothing.
    ///
    /// # Errors
    /// See [`Error`]. After an error the first ones may already be saved.
    pub async fn save(&self, uris: &[SpotifyUri]) -> Result<(), Error> {
        self.change_library(&SAVE, uris).await
    }

    /// Removes or unfollows the things, 40 in a request. Repeating it changes nothing.
    ///
    /// # Errors
    /// See [`Error`]. After an error the first ones may already be removed.
    pub async fn unsave(&self, uris: &[SpotifyUri]) -> Result<(), Error> {
        self.change_library(&REMOVE, uris).await
    }

    /// Tells for each thing whether it is saved or followed, in the order given.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn saved(&self, uris: &[SpotifyUri]) -> Result<Vec<bool>, Error> {
        let mut saved = Vec::with_capacity(uris.len());
        for chunk in uris.chunks(CHUNK) {
            saved.extend(self.call(CONTAINS.request(&[])?.query("uris", &list(chunk))).await?);
        }
        Ok(saved)
    }

    async fn change_library(
        &self,
        operation: &Operation<Done>,
        uris: &[SpotifyUri],
    ) -> Result<(), Error> {
        for chunk in uris.chunks(CHUNK) {
            self.call(operation.request(&[])?.query("uris", &list(chunk))).await?;
        }
        Ok(())
    }
}

fn list(uris: &[SpotifyUri]) -> String {
    uris.iter().map(SpotifyUri::to_string).collect::<Vec<_>>().join(",")
}

/// How many URIs a request takes.
const CHUNK: usize = 40;
