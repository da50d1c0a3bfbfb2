//! Playlists and their entries.
//!
//! The `/items` endpoints of 2026 come first. Where Spotify answers as if one were missing, the
//! older `/tracks` endpoint is tried, unless the regime lacks it. `GET /items` also refuses the
//! playlists of other people that the older endpoint still shows to older apps.

mod cover;
mod details;
mod edit;

pub use self::{
    cover::{Cover, CoverError},
    details::{NewPlaylist, PlaylistChanges},
    edit::Move,
};
use super::{Older, endpoints};
use crate::{
    Client, Error, Page, PageRequest,
    answer::Done,
    endpoint::{MARKET, METADATA_AND_MODELS, TYPES, optional, required},
    id::{PlaylistId, UserId},
    model::{Image, Playlist, PlaylistItem, Snapshot},
    scope::Scope::{
        PlaylistModifyPrivate, PlaylistModifyPublic, PlaylistReadCollaborative,
        PlaylistReadPrivate, UgcImageUpload,
    },
};

endpoints! {
    /// Gets a playlist.
    PLAYLIST: Playlist = Endpoint::get("/playlists/{playlist_id}", "get-playlist")
        .query(&[MARKET, optional("fields"), TYPES])
        .policies(METADATA_AND_MODELS);
    /// Changes a playlist's name, description or visibility.
    CHANGE: Done = Endpoint::put("/playlists/{playlist_id}", "change-playlist-details")
        .json(&[
            optional("name"), optional("public"), optional("collaborative"),
            optional("description")
        ])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic]);
    /// Lists the entries of a playlist of the person who signed in.
    ITEMS: Page<PlaylistItem> =
        Endpoint::get("/playlists/{playlist_id}/items", "get-playlists-items")
        .query(&[MARKET, optional("fields"), TYPES])
        .scopes(&[PlaylistReadPrivate])
        .new_2026()
        .pages(20, 50)
        .policies(METADATA_AND_MODELS);
    /// Lists the entries of a playlist.
    ITEMS_OLD: Page<PlaylistItem> =
        Endpoint::get("/playlists/{playlist_id}/tracks", "get-playlists-tracks")
        .query(&[MARKET, optional("fields"), TYPES])
        .scopes(&[PlaylistReadPrivate])
        .replaced_by("get-playlists-items")
        .pages(20, 50)
        .policies(METADATA_AND_MODELS);
    /// Adds entries to a playlist.
    ADD_ITEMS: Snapshot = Endpoint::post("/playlists/{playlist_id}/items", "add-items-to-playlist")
        .query(&[optional("position"), optional("uris").most(100)])
        .json(&[optional("uris").most(100), optional("position")])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .new_2026()
        .success(&[201]);
    /// Adds entries to a playlist.
    ADD_ITEMS_OLD: Snapshot =
        Endpoint::post("/playlists/{playlist_id}/tracks", "add-tracks-to-playlist")
        .query(&[optional("position"), optional("uris").most(100)])
        .json(&[optional("uris").most(100), optional("position")])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .replaced_by("add-items-to-playlist")
        .success(&[201]);
    /// Replaces the entries of a playlist, or moves some of them.
    SET_ITEMS: Snapshot =
        Endpoint::put("/playlists/{playlist_id}/items", "reorder-or-replace-playlists-items")
        .query(&[optional("uris").most(100)])
        .json(&[
            optional("uris"), optional("range_start"), optional("insert_before"),
            optional("range_length"), optional("snapshot_id")
        ])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .new_2026()
        .once();
    /// Replaces the entries of a playlist, or moves some of them.
    SET_ITEMS_OLD: Snapshot =
        Endpoint::put("/playlists/{playlist_id}/tracks", "reorder-or-replace-playlists-tracks")
        .query(&[optional("uris").most(100)])
        .json(&[
            optional("uris"), optional("range_start"), optional("insert_before"),
            optional("range_length"), optional("snapshot_id")
        ])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .replaced_by("reorder-or-replace-playlists-items")
        .once();
    /// Removes all occurrences of entries from a playlist.
    REMOVE_ITEMS: Snapshot =
        Endpoint::delete("/playlists/{playlist_id}/items", "remove-items-playlist")
        .json(&[required("items").most(100), optional("snapshot_id")])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .new_2026();
    /// Removes all occurrences of entries from a playlist.
    REMOVE_ITEMS_OLD: Snapshot =
        Endpoint::delete("/playlists/{playlist_id}/tracks", "remove-tracks-playlist")
        .json(&[required("tracks").most(100), optional("snapshot_id")])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .replaced_by("remove-items-playlist");
    /// Lists the playlists of the person who signed in.
    MY_PLAYLISTS: Page<Playlist> =
        Endpoint::get("/me/playlists", "get-a-list-of-current-users-playlists")
        .scopes(&[PlaylistReadPrivate])
        .pages(20, 50)
        .max_offset(100_000);
    /// Lists the playlists of a user.
    USER_PLAYLISTS: Page<Playlist> =
        Endpoint::get("/users/{user_id}/playlists", "get-list-users-playlists")
        .scopes(&[PlaylistReadCollaborative, PlaylistReadPrivate])
        .removed_2026()
        .pages(20, 50)
        .max_offset(100_000);
    /// Creates a playlist.
    CREATE: Playlist = Endpoint::post("/me/playlists", "create-playlist")
        .json(&[
            required("name"), optional("public"), optional("collaborative"),
            optional("description")
        ])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .new_2026()
        .success(&[201]);
    /// Creates a playlist for a user, who must be the one who signed in.
    CREATE_OLD: Playlist = Endpoint::post("/users/{user_id}/playlists", "create-playlist-for-user")
        .json(&[
            required("name"), optional("public"), optional("collaborative"),
            optional("description")
        ])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .replaced_by("create-playlist")
        .success(&[201]);
    /// Lists the sizes of a playlist's cover.
    COVER: Vec<Image> = Endpoint::get("/playlists/{playlist_id}/images", "get-playlist-cover")
        .policies(METADATA_AND_MODELS);
    /// Sets a playlist's cover.
    SET_COVER: Done =
        Endpoint::put("/playlists/{playlist_id}/images", "upload-custom-playlist-cover")
        .jpeg()
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic, UgcImageUpload])
        .success(&[202]);
}

impl Client {
    /// Lists a page of the playlists of the person who signed in; at most 50, and none beyond the
    /// offset 100,000. Operation: [`MY_PLAYLISTS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn my_playlists(&self, page: PageRequest) -> Result<Page<Playlist>, Error> {
        self.page(MY_PLAYLISTS.request(&[])?, page).await
    }

    /// Lists a page of a user's public playlists; at most 50. Operation: [`USER_PLAYLISTS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn user_playlists(
        &self,
        id: &UserId,
        page: PageRequest,
    ) -> Result<Page<Playlist>, Error> {
        self.page(USER_PLAYLISTS.request(&[id.as_str()])?, page).await
    }

    /// Gets a playlist, with the first page of its entries if Spotify shows them. Operation:
    /// [`PLAYLIST`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn playlist(&self, id: PlaylistId) -> Result<Playlist, Error> {
        self.call(PLAYLIST.request(&[id.as_str()])?.both_types()).await
    }

    /// Lists a page of a playlist's entries; at most 50. Operation: [`ITEMS`], or [`ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Forbidden`] for other people's playlists, where the regime hides
    /// them.
    pub async fn playlist_items(
        &self,
        id: PlaylistId,
        page: PageRequest,
    ) -> Result<Page<PlaylistItem>, Error> {
        let newer = self.page(ITEMS.request(&[id.as_str()])?.both_types(), page);
        self.either(ITEMS.endpoint(), newer, self.older().playlist_items(id, page)).await
    }
}

impl Older<'_> {
    /// Lists a page of a playlist's entries; at most 50. Operation: [`ITEMS_OLD`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn playlist_items(
        &self,
        id: PlaylistId,
        page: PageRequest,
    ) -> Result<Page<PlaylistItem>, Error> {
        self.0.page(ITEMS_OLD.request(&[id.as_str()])?.both_types(), page).await
    }
}
