//! Tracks.

use super::endpoints;
use crate::{
    Client, Error,
    endpoint::{MARKET, METADATA_AND_MODELS, required},
    id::TrackId,
    model::{Track, Tracks},
};

endpoints! {
    /// Gets a track.
    TRACK: Track = Endpoint::get("/tracks/{id}", "get-track")
        .query(&[MARKET])
        .policies(METADATA_AND_MODELS);
    /// Gets several tracks.
    TRACKS: Tracks = Endpoint::get("/tracks", "get-several-tracks")
        .query(&[required("ids").most(50), MARKET])
        .replaced_by("get-track")
        .policies(METADATA_AND_MODELS);
}

impl Client {
    /// Gets a track. Operation: [`TRACK`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn track(&self, id: TrackId) -> Result<Track, Error> {
        self.call(TRACK.request(&[id.as_str()])?).await
    }

    /// Gets tracks in the order given; `None` for those that Spotify does not have.
    ///
    /// Asks for 50 at a time with [`TRACKS`] where the app has it, else for each with
    /// [`TRACK`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn tracks(&self, ids: &[TrackId]) -> Result<Vec<Option<Track>>, Error> {
        self.several(ids, &TRACK, &TRACKS, |answer| answer.tracks).await
    }
}
