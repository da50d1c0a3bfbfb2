//! Episodes of shows.

use super::endpoints;
use crate::{
    Client, Error,
    endpoint::{MARKET, METADATA, required},
    id::EpisodeId,
    model::{Episode, Episodes},
    scope::Scope::UserReadPlaybackPosition,
};

endpoints! {
    /// Gets an episode.
    EPISODE: Episode = Endpoint::get("/episodes/{id}", "get-an-episode")
        .query(&[MARKET])
        .scopes(&[UserReadPlaybackPosition])
        .policies(METADATA);
    /// Gets several episodes.
    EPISODES: Episodes = Endpoint::get("/episodes", "get-multiple-episodes")
        .query(&[required("ids").most(50), MARKET])
        .scopes(&[UserReadPlaybackPosition])
        .replaced_by("get-an-episode")
        .policies(METADATA);
}

impl Client {
    /// Gets an episode. Operation: [`EPISODE`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn episode(&self, id: EpisodeId) -> Result<Episode, Error> {
        self.call(EPISODE.request(&[id.as_str()])?).await
    }

    /// Gets episodes in the order given; `None` for those that Spotify does not have.
    ///
    /// Asks for 50 at a time with [`EPISODES`] where the app has it, else for each with
    /// [`EPISODE`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn episodes(&self, ids: &[EpisodeId]) -> Result<Vec<Option<Episode>>, Error> {
        self.several(ids, &EPISODE, &EPISODES, |answer| answer.episodes).await
    }
}
