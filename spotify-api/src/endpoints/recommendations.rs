//! Recommendations. Closed to newer apps.

mod attribute;

use std::collections::BTreeMap;

pub use self::attribute::Attribute;
use self::attribute::{Bound, RECOMMENDATION_ARGUMENTS};
use super::endpoints;
use crate::{
    Client, Error,
    endpoint::MODELS,
    id::{ArtistId, TrackId},
    model::{Genres, Recommendations},
};

endpoints! {
    /// Recommends tracks.
    RECOMMENDATIONS: Recommendations = Endpoint::get("/recommendations", "get-recommendations")
        .query(RECOMMENDATION_ARGUMENTS)
        .closed_2024()
        .one_page(20, 100)
        .policies(MODELS);
    /// Lists the genres that recommendations can start from.
    GENRE_SEEDS: Genres =
        Endpoint::get("/recommendations/available-genre-seeds", "get-recommendation-genres")
        .closed_2024();
}

/// What to start recommendations from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seed {
    /// An artist.
    Artist(ArtistId),
    /// A track.
    Track(TrackId),
    /// A genre out of [`Client::genre_seeds`].
    Genre(String),
}

/// What to recommend.
///
/// ```
/// use spotify_api::endpoints::recommendations::{Attribute, RecommendationQuery, Seed};
///
/// let query = RecommendationQuery::from_seeds([Seed::Genre("folk".to_owned())])
///     .target(Attribute::Tempo, 96.0)
///     .max(Attribute::Energy, 0.5)
///     .limit(10);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RecommendationQuery {
    seeds: Vec<Seed>,
    limit: Option<u32>,
    bounds: BTreeMap<(Attribute, Bound), f64>,
}

impl RecommendationQuery {
    /// Starts from one to five seeds.
    pub fn from_seeds(seeds: impl IntoIterator<Item = Seed>) -> Self {
        Self { seeds: seeds.into_iter().collect(), limit: None, bounds: BTreeMap::new() }
    }

    /// Asks for this many tracks, 1 to 100. Default: 20.
    #[must_use]
    pub const fn limit(mut self, tracks: u32) -> Self {
        self.limit = Some(tracks);
        self
    }

    /// Leaves out tracks with a smaller value.
    #[must_use]
    pub fn min(self, attribute: Attribute, value: f64) -> Self {
        self.bound(attribute, Bound::Min, value)
    }

    /// Leaves out tracks with a larger value.
    #[must_use]
    pub fn max(self, attribute: Attribute, value: f64) -> Self {
        self.bound(attribute, Bound::Max, value)
    }

    /// Prefers tracks with a value near to this one.
    #[must_use]
    pub fn target(self, attribute: Attribute, value: f64) -> Self {
        self.bound(attribute, Bound::Target, value)
    }

    fn bound(mut self, attribute: Attribute, bound: Bound, value: f64) -> Self {
        self.bounds.insert((attribute, bound), value);
        self
    }

    /// Lists the seeds of one kind, separated by commas; `None` if there are none.
    fn seeds(&self, of_kind: impl Fn(&Seed) -> Option<&str>) -> Option<String> {
        let seeds: Vec<&str> = self.seeds.iter().filter_map(of_kind).collect();
        (!seeds.is_empty()).then(|| seeds.join(","))
    }
}

impl Client {
    /// Recommends tracks. Operation: [`RECOMMENDATIONS`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] without seeds, with more than five, or with a value that
    /// is no finite number.
    pub async fn recommendations(
        &self,
        query: &RecommendationQuery,
    ) -> Result<Recommendations, Error> {
        let argument =
            |problem| Error::Argument { operation: RECOMMENDATIONS.endpoint().operation, problem };
        if !(1..=5).contains(&query.seeds.len()) {
            return Err(argument("another number of seeds than one to five"));
        }
        let artists = query.seeds(|seed| match seed {
            Seed::Artist(id) => Some(id.as_str()),
            _ => None,
        });
        let tracks = query.seeds(|seed| match seed {
            Seed::Track(id) => Some(id.as_str()),
            _ => None,
        });
        let genres = query.seeds(|seed| match seed {
            Seed::Genre(name) => Some(name.as_str()),
            _ => None,
        });
        let mut request = RECOMMENDATIONS
            .request(&[])?
            .query_opt("seed_artists", artists.as_ref())
            .query_opt("seed_tracks", tracks.as_ref())
            .query_opt("seed_genres", genres.as_ref())
            .query_opt("limit", query.limit.as_ref());
        for ((attribute, bound), value) in &query.bounds {
            if !value.is_finite() {
                return Err(argument("a value that is no number"));
            }
            request = request.query(attribute.argument(*bound), value);
        }
        self.call(request).await
    }

    /// Lists the genres that recommendations can start from. Operation: [`GENRE_SEEDS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn genre_seeds(&self) -> Result<Vec<String>, Error> {
        Ok(self.call(GENRE_SEEDS.request(&[])?).await?.genres)
    }
}
