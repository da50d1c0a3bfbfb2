//! Shows.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::{MARKET, METADATA, required},
    id::ShowId,
    model::{Episode, Show, Shows},
    scope::Scope::UserReadPlaybackPosition,
};

endpoints! {
    /// Gets a show.
    SHOW: Show = Endpoint::get("/shows/{id}", "get-a-show")
        .query(&[MARKET])
        .scopes(&[UserReadPlaybackPosition])
        .policies(METADATA);
    /// Gets several shows.
    SHOWS: Shows = Endpoint::get("/shows", "get-multiple-shows")
        .query(&[required("ids").most(50), MARKET])
        .replaced_by("get-a-show")
        .policies(METADATA);
    /// Lists the episodes of a show.
    SHOW_EPISODES: Page<Episode> =
        Endpoint::get("/shows/{id}/episodes", "get-a-shows-episodes")
        .query(&[MARKET])
        .scopes(&[UserReadPlaybackPosition])
        .pages(20, 50)
        .policies(METADATA);
}

impl Client {
    /// Gets a show. Operation: [`SHOW`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn show(&self, id: ShowId) -> Result<Show, Error> {
        self.call(SHOW.request(&[id.as_str()])?).await
    }

    /// Gets shows in the order given; `None` for those that Spotify does not have.
    ///
    /// Asks for 50 at a time with [`SHOWS`] where the app has it, else for each with
    /// [`SHOW`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn shows(&self, ids: &[ShowId]) -> Result<Vec<Option<Show>>, Error> {
        self.several(ids, &SHOW, &SHOWS, |answer| answer.shows).await
    }

    /// Lists a page of a show's episodes; at most 50. Operation: [`SHOW_EPISODES`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn show_episodes(
        &self,
        id: ShowId,
        page: PageRequest,
    ) -> Result<Page<Episode>, Error> {
        self.page(SHOW_EPISODES.request(&[id.as_str()])?, page).await
    }
}
