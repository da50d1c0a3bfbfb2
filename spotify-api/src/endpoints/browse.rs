//! What Spotify shows to those who look around: categories, new releases, markets.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::{LOCALE, OTHER_SERVICES},
    id::CategoryId,
    model::{
        Album, Categories, Category, CategoryPlaylists, FeaturedPlaylists, Market, Markets,
        NewReleases, Playlist,
    },
};

endpoints! {
    /// Lists new albums.
    NEW_RELEASES: NewReleases = Endpoint::get("/browse/new-releases", "get-new-releases")
        .removed_2026()
        .pages(20, 50)
        .policies(OTHER_SERVICES);
    /// Lists playlists that Spotify features.
    FEATURED_PLAYLISTS: FeaturedPlaylists =
        Endpoint::get("/browse/featured-playlists", "get-featured-playlists")
        .query(&[LOCALE])
        .closed_2024()
        .pages(20, 50)
        .policies(OTHER_SERVICES);
    /// Lists categories.
    CATEGORIES: Categories = Endpoint::get("/browse/categories", "get-categories")
        .query(&[LOCALE])
        .removed_2026()
        .pages(20, 50);
    /// Gets a category.
    CATEGORY: Category = Endpoint::get("/browse/categories/{category_id}", "get-a-category")
        .query(&[LOCALE])
        .removed_2026();
    /// Lists the playlists of a category.
    CATEGORY_PLAYLISTS: CategoryPlaylists =
        Endpoint::get("/browse/categories/{category_id}/playlists", "get-a-categories-playlists")
        .closed_2024()
        .pages(20, 50);
    /// Lists the markets in which Spotify is available.
    MARKETS: Markets = Endpoint::get("/markets", "get-available-markets").removed_2026();
}

impl Client {
    /// Lists a page of new albums; at most 50. Operation: [`NEW_RELEASES`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn new_releases(&self, page: PageRequest) -> Result<Page<Album>, Error> {
        self.page_in(NEW_RELEASES.request(&[])?, page, "albums", |answer| answer.albums).await
    }

    /// Lists a page of the playlists that Spotify features; at most 50. Operation:
    /// [`FEATURED_PLAYLISTS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn featured_playlists(&self, page: PageRequest) -> Result<Page<Playlist>, Error> {
        let request = FEATURED_PLAYLISTS.request(&[])?;
        self.page_in(request, page, "playlists", |answer| answer.playlists).await
    }

    /// Lists a page of categories; at most 50. Operation: [`CATEGORIES`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn categories(&self, page: PageRequest) -> Result<Page<Category>, Error> {
        self.page_in(CATEGORIES.request(&[])?, page, "categories", |answer| answer.categories).await
    }

    /// Gets a category. Operation: [`CATEGORY`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn category(&self, id: &CategoryId) -> Result<Category, Error> {
        self.call(CATEGORY.request(&[id.as_str()])?).await
    }

    /// Lists a page of a category's playlists; at most 50. Operation: [`CATEGORY_PLAYLISTS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn category_playlists(
        &self,
        id: &CategoryId,
        page: PageRequest,
    ) -> Result<Page<Playlist>, Error> {
        let request = CATEGORY_PLAYLISTS.request(&[id.as_str()])?;
        self.page_in(request, page, "playlists", |answer| answer.playlists).await
    }

    /// Lists the markets in which Spotify is available. Operation: [`MARKETS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn markets(&self) -> Result<Vec<Market>, Error> {
        Ok(self.call(MARKETS.request(&[])?).await?.markets)
    }
}
