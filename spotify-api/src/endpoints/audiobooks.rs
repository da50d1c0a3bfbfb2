//! Audiobooks.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::{MARKET, METADATA, required},
    id::AudiobookId,
    model::{Audiobook, Audiobooks, Chapter},
};

endpoints! {
    /// Gets an audiobook.
    AUDIOBOOK: Audiobook = Endpoint::get("/audiobooks/{id}", "get-an-audiobook")
        .query(&[MARKET])
        .policies(METADATA);
    /// Gets several audiobooks.
    AUDIOBOOKS: Audiobooks = Endpoint::get("/audiobooks", "get-multiple-audiobooks")
        .query(&[required("ids").most(50), MARKET])
        .replaced_by("get-an-audiobook")
        .policies(METADATA);
    /// Lists the chapters of an audiobook.
    AUDIOBOOK_CHAPTERS: Page<Chapter> =
        Endpoint::get("/audiobooks/{id}/chapters", "get-audiobook-chapters")
        .query(&[MARKET])
        .pages(20, 50)
        .policies(METADATA);
}

impl Client {
    /// Gets an audiobook. Operation: [`AUDIOBOOK`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audiobook(&self, id: AudiobookId) -> Result<Audiobook, Error> {
        self.call(AUDIOBOOK.request(&[id.as_str()])?).await
    }

    /// Gets audiobooks in the order given; `None` for those that Spotify does not have.
    ///
    /// Asks for 50 at a time with [`AUDIOBOOKS`] where the app has it, else for each with
    /// [`AUDIOBOOK`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audiobooks(&self, ids: &[AudiobookId]) -> Result<Vec<Option<Audiobook>>, Error> {
        self.several(ids, &AUDIOBOOK, &AUDIOBOOKS, |answer| answer.audiobooks).await
    }

    /// Lists a page of an audiobook's chapters; at most 50. Operation: [`AUDIOBOOK_CHAPTERS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audiobook_chapters(
        &self,
        id: AudiobookId,
        page: PageRequest,
    ) -> Result<Page<Chapter>, Error> {
        self.page(AUDIOBOOK_CHAPTERS.request(&[id.as_str()])?, page).await
    }
}
