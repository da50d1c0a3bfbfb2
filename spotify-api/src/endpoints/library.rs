//! The library of the person who signed in: saved and followed things of all kinds.
//!
//! Since 2026 there is one endpoint for all kinds. Its URIs stand in the query, not in a body (N52).

mod change;
mod family;
pub mod older;

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    answer::Done,
    endpoint::{MARKET, required},
    model::{SavedAlbum, SavedAudiobook, SavedEpisode, SavedShow, SavedTrack},
    scope::Scope::{
        PlaylistModifyPublic, PlaylistReadPrivate, UserFollowModify, UserFollowRead,
        UserLibraryModify, UserLibraryRead, UserReadPlaybackPosition,
    },
};

endpoints! {
    /// Saves or follows things.
    SAVE: Done = Endpoint::put("/me/library", "save-library-items")
        .query(&[required("uris").most(40)])
        .scopes(&[PlaylistModifyPublic, UserFollowModify, UserLibraryModify])
        .new_2026();
    /// Removes or unfollows things.
    REMOVE: Done = Endpoint::delete("/me/library", "remove-library-items")
        .query(&[required("uris").most(40)])
        .scopes(&[PlaylistModifyPublic, UserFollowModify, UserLibraryModify])
        .new_2026();
    /// Tells which things are saved or followed.
    CONTAINS: Vec<bool> = Endpoint::get("/me/library/contains", "check-library-contains")
        .query(&[required("uris").most(40)])
        .scopes(&[PlaylistReadPrivate, UserFollowRead, UserLibraryRead])
        .new_2026();
    /// Lists the saved albums.
    SAVED_ALBUMS: Page<SavedAlbum> = Endpoint::get("/me/albums", "get-users-saved-albums")
        .query(&[MARKET])
        .scopes(&[UserLibraryRead])
        .pages(20, 50);
    /// Lists the saved audiobooks.
    SAVED_AUDIOBOOKS: Page<SavedAudiobook> =
        Endpoint::get("/me/audiobooks", "get-users-saved-audiobooks")
        .scopes(&[UserLibraryRead])
        .pages(20, 50);
    /// Lists the saved episodes.
    SAVED_EPISODES: Page<SavedEpisode> = Endpoint::get("/me/episodes", "get-users-saved-episodes")
        .query(&[MARKET])
        .scopes(&[UserLibraryRead, UserReadPlaybackPosition])
        .pages(20, 50);
    /// Lists the saved shows.
    SAVED_SHOWS: Page<SavedShow> = Endpoint::get("/me/shows", "get-users-saved-shows")
        .scopes(&[UserLibraryRead])
        .pages(20, 50);
    /// Lists the saved tracks.
    SAVED_TRACKS: Page<SavedTrack> = Endpoint::get("/me/tracks", "get-users-saved-tracks")
        .query(&[MARKET])
        .scopes(&[UserLibraryRead])
        .pages(20, 50);
}

impl Client {
    /// Lists a page of the saved albums, the newest first; at most 50. Operation:
    /// [`SAVED_ALBUMS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn saved_albums(&self, page: PageRequest) -> Result<Page<SavedAlbum>, Error> {
        self.page(SAVED_ALBUMS.request(&[])?, page).await
    }

    /// Lists a page of the saved audiobooks, the newest first; at most 50. Operation:
    /// [`SAVED_AUDIOBOOKS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn saved_audiobooks(&self, page: PageRequest) -> Result<Page<SavedAudiobook>, Error> {
        self.page(SAVED_AUDIOBOOKS.request(&[])?, page).await
    }

    /// Lists a page of the saved episodes, the newest first; at most 50. Operation:
    /// [`SAVED_EPISODES`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn saved_episodes(&self, page: PageRequest) -> Result<Page<SavedEpisode>, Error> {
        self.page(SAVED_EPISODES.request(&[])?, page).await
    }

    /// Lists a page of the saved shows, the newest first; at most 50. Operation: [`SAVED_SHOWS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn saved_shows(&self, page: PageRequest) -> Result<Page<SavedShow>, Error> {
        self.page(SAVED_SHOWS.request(&[])?, page).await
    }

    /// Lists a page of the saved tracks, the newest first; at most 50. Operation:
    /// [`SAVED_TRACKS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn saved_tracks(&self, page: PageRequest) -> Result<Page<SavedTrack>, Error> {
        self.page(SAVED_TRACKS.request(&[])?, page).await
    }
}
