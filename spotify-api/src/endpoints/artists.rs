//! Artists.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::Endpoint,
    id::ArtistId,
    model::{Album, Artist},
};

endpoints! {
    /// Gets an artist.
    ARTIST: Artist = Endpoint::get("/artists/{id}", "get-an-artist");
    /// Lists the albums of an artist.
    ARTIST_ALBUMS: Page<Album> =
        Endpoint::get("/artists/{id}/albums", "get-an-artists-albums").pages_by_regime(5, 10, 50);
}

impl Client {
    /// Gets an artist.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn artist(&self, id: ArtistId) -> Result<Artist, Error> {
        self.call(ARTIST.request(&[id.as_str()])?).await
    }

    /// Lists a page of an artist's albums; at most 50, for restricted apps 10.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn artist_albums(
        &self,
        id: ArtistId,
        page: PageRequest,
    ) -> Result<Page<Album>, Error> {
        self.page(ARTIST_ALBUMS.request(&[id.as_str()])?, page).await
    }
}
