//! What Spotify computed from the sound of tracks. Closed to newer apps.

use super::endpoints;
use crate::{
    Client, Error,
    endpoint::{MODELS, required},
    id::TrackId,
    model::{AudioAnalysis, AudioFeatures, AudioFeaturesList},
};

endpoints! {
    /// Gets the audio features of a track.
    FEATURES: AudioFeatures = Endpoint::get("/audio-features/{id}", "get-audio-features")
        .closed_2024()
        .policies(MODELS);
    /// Gets the audio features of several tracks.
    SEVERAL_FEATURES: AudioFeaturesList =
        Endpoint::get("/audio-features", "get-several-audio-features")
        .query(&[required("ids").most(100)])
        .closed_2024()
        .policies(MODELS);
    /// Gets the audio analysis of a track.
    ANALYSIS: AudioAnalysis = Endpoint::get("/audio-analysis/{id}", "get-audio-analysis")
        .closed_2024();
}

impl Client {
    /// Gets the audio features of a track. Operation: [`FEATURES`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audio_features(&self, id: TrackId) -> Result<AudioFeatures, Error> {
        self.call(FEATURES.request(&[id.as_str()])?).await
    }

    /// Gets the audio features of tracks in the order given, 100 at a time; `None` for those that
    /// Spotify does not have. Operation: [`SEVERAL_FEATURES`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audio_features_of(
        &self,
        ids: &[TrackId],
    ) -> Result<Vec<Option<AudioFeatures>>, Error> {
        self.several(ids, &FEATURES, &SEVERAL_FEATURES, |answer| answer.audio_features).await
    }

    /// Gets the audio analysis of a track: some hundred KB. Operation: [`ANALYSIS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audio_analysis(&self, id: TrackId) -> Result<AudioAnalysis, Error> {
        self.call(ANALYSIS.request(&[id.as_str()])?).await
    }
}
