//! Tracks.

use super::endpoints;
use crate::{Client, Error, endpoint::Endpoint, id::TrackId, model::Track};

endpoints! {
    /// Gets a track.
    TRACK: Track = Endpoint::get("/tracks/{id}", "get-track");
}

impl Client {
    /// Gets a track.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn track(&self, id: TrackId) -> Result<Track, Error> {
        self.call(TRACK.request(&[id.as_str()])?).await
    }
}
