//! Chapters of audiobooks.

use super::endpoints;
use crate::{
    Client, Error,
    endpoint::{MARKET, METADATA, required},
    id::ChapterId,
    model::{Chapter, Chapters},
};

endpoints! {
    /// Gets a chapter.
    CHAPTER: Chapter = Endpoint::get("/chapters/{id}", "get-a-chapter")
        .query(&[MARKET])
        .policies(METADATA);
    /// Gets several chapters.
    CHAPTERS: Chapters = Endpoint::get("/chapters", "get-several-chapters")
        .query(&[required("ids").most(50), MARKET])
        .replaced_by("get-a-chapter")
        .policies(METADATA);
}

impl Client {
    /// Gets a chapter. Operation: [`CHAPTER`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn chapter(&self, id: ChapterId) -> Result<Chapter, Error> {
        self.call(CHAPTER.request(&[id.as_str()])?).await
    }

    /// Gets chapters in the order given; `None` for those that Spotify does not have.
    ///
    /// Asks for 50 at a time with [`CHAPTERS`] where the app has it, else for each with
    /// [`CHAPTER`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn chapters(&self, ids: &[ChapterId]) -> Result<Vec<Option<Chapter>>, Error> {
        self.several(ids, &CHAPTER, &CHAPTERS, |answer| answer.chapters).await
    }
}
