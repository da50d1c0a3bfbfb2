//! Playlists and their entries.
//!
//! The `/items` endpoints of 2026 come first. Where Spotify answers as if one were missing, the
//! older `/tracks` endpoint is tried, unless the regime lacks it. `GET /items` also refuses the
//! playlists of other people that the older endpoint still shows to older apps.

mod write;

pub use self::write::{NewPlaylist, PlaylistChanges};
use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    answer::Done,
    endpoint::Endpoint,
    id::PlaylistId,
    model::{Playlist, PlaylistItem, Snapshot},
    scope::Scope::{PlaylistModifyPrivate, PlaylistModifyPublic, PlaylistReadPrivate},
};

endpoints! {
    /// Gets a playlist.
    PLAYLIST: Playlist = Endpoint::get("/playlists/{playlist_id}", "get-playlist");
    /// Changes a playlist's name, description or visibility.
    CHANGE: Done = Endpoint::put("/playlists/{playlist_id}", "change-playlist-details")
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic]);
    /// Lists the entries of a playlist of the person who signed in.
    ITEMS: Page<PlaylistItem> =
        Endpoint::get("/playlists/{playlist_id}/items", "get-playlists-items")
            .scopes(&[PlaylistReadPrivate])
            .new_2026()
            .pages(20, 50);
    /// Lists the entries of a playlist.
    ITEMS_OLD: Page<PlaylistItem> =
        Endpoint::get("/playlists/{playlist_id}/tracks", "get-playlists-tracks")
            .scopes(&[PlaylistReadPrivate])
            .removed_2026("get-playlists-items")
            .pages(20, 50);
    /// Adds entries to a playlist.
    ADD_ITEMS: Snapshot = Endpoint::post("/playlists/{playlist_id}/items", "add-items-to-playlist")
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .new_2026();
    /// Adds entries to a playlist.
    ADD_ITEMS_OLD: Snapshot =
        Endpoint::post("/playlists/{playlist_id}/tracks", "add-tracks-to-playlist")
            .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
            .removed_2026("add-items-to-playlist");
    /// Removes all occurrences of entries from a playlist.
    REMOVE_ITEMS: Snapshot =
        Endpoint::delete("/playlists/{playlist_id}/items", "remove-items-playlist")
            .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
            .new_2026();
    /// Removes all occurrences of entries from a playlist.
    REMOVE_ITEMS_OLD: Snapshot =
        Endpoint::delete("/playlists/{playlist_id}/tracks", "remove-tracks-playlist")
            .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
            .removed_2026("remove-items-playlist");
    /// Lists the playlists of the person who signed in.
    MY_PLAYLISTS: Page<Playlist> =
        Endpoint::get("/me/playlists", "get-a-list-of-current-users-playlists")
            .scopes(&[PlaylistReadPrivate])
            .pages(20, 50);
    /// Creates a playlist.
    CREATE: Playlist = Endpoint::post("/me/playlists", "create-playlist")
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .new_2026();
    /// Creates a playlist for a user, who must be the one who signed in.
    CREATE_OLD: Playlist = Endpoint::post("/users/{user_id}/playlists", "create-playlist-for-user")
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .removed_2026("create-playlist");
}

impl Client {
    /// Lists a page of the playlists of the person who signed in; at most 50.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn my_playlists(&self, page: PageRequest) -> Result<Page<Playlist>, Error> {
        self.page(MY_PLAYLISTS.request(&[])?, page).await
    }

    /// Gets a playlist, with the first page of its entries if Spotify shows them.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn playlist(&self, id: PlaylistId) -> Result<Playlist, Error> {
        let request = PLAYLIST.request(&[id.as_str()])?.query("additional_types", BOTH);
        self.call(request).await
    }

    /// Lists a page of a playlist's entries; at most 50.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Forbidden`] for other people's playlists, where the regime hides
    /// them.
    pub async fn playlist_items(
        &self,
        id: PlaylistId,
        page: PageRequest,
    ) -> Result<Page<PlaylistItem>, Error> {
        let segments = [id.as_str()];
        let newer = ITEMS.request(&segments)?.query("additional_types", BOTH);
        let older = ITEMS_OLD.request(&segments)?.query("additional_types", BOTH);
        self.either(self.page(newer, page), older.endpoint, self.page(older, page)).await
    }
}

/// Without it an episode comes in the shape of a track (N25).
const BOTH: &str = "track,episode";
