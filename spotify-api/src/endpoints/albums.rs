//! Albums.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::{MARKET, METADATA, required},
    id::AlbumId,
    model::{Album, Albums, Track},
};

endpoints! {
    /// Gets an album.
    ALBUM: Album = Endpoint::get("/albums/{id}", "get-an-album")
        .query(&[MARKET])
        .policies(METADATA);
    /// Gets several albums.
    ALBUMS: Albums = Endpoint::get("/albums", "get-multiple-albums")
        .query(&[required("ids").most(20), MARKET])
        .replaced_by("get-an-album")
        .policies(METADATA);
    /// Lists the tracks of an album.
    ALBUM_TRACKS: Page<Track> = Endpoint::get("/albums/{id}/tracks", "get-an-albums-tracks")
        .query(&[MARKET])
        .pages(20, 50)
        .policies(METADATA);
}

impl Client {
    /// Gets an album with the first page of its tracks. Operation: [`ALBUM`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn album(&self, id: AlbumId) -> Result<Album, Error> {
        self.call(ALBUM.request(&[id.as_str()])?).await
    }

    /// Gets albums in the order given; `None` for those that Spotify does not have.
    ///
    /// Asks for 20 at a time with [`ALBUMS`] where the app has it, else for each with [`ALBUM`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn albums(&self, ids: &[AlbumId]) -> Result<Vec<Option<Album>>, Error> {
        self.several(ids, &ALBUM, &ALBUMS, |answer| answer.albums).await
    }

    /// Lists a page of an album's tracks; at most 50. Operation: [`ALBUM_TRACKS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn album_tracks(&self, id: AlbumId, page: PageRequest) -> Result<Page<Track>, Error> {
        self.page(ALBUM_TRACKS.request(&[id.as_str()])?, page).await
    }
}
