//! Albums.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::Endpoint,
    id::AlbumId,
    model::{Album, Track},
};

endpoints! {
    /// Gets an album.
    ALBUM: Album = Endpoint::get("/albums/{id}", "get-an-album");
    /// Lists the tracks of an album.
    ALBUM_TRACKS: Page<Track> =
        Endpoint::get("/albums/{id}/tracks", "get-an-albums-tracks").pages(20, 50);
}

impl Client {
    /// Gets an album with the first page of its tracks.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn album(&self, id: AlbumId) -> Result<Album, Error> {
        self.call(ALBUM.request(&[id.as_str()])?).await
    }

    /// Lists a page of an album's tracks; at most 50.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn album_tracks(&self, id: AlbumId, page: PageRequest) -> Result<Page<Track>, Error> {
        self.page(ALBUM_TRACKS.request(&[id.as_str()])?, page).await
    }
}
