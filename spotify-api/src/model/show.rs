//! Shows and episodes.

use serde::{Deserialize, Serialize};

use super::{ExternalUrls, Image, ReleaseDate, lenient};
use crate::id::{EpisodeId, ShowId, SpotifyUri};

/// A show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Show {
    /// The id.
    #[serde(default, deserialize_with = "lenient::id")]
    pub id: Option<ShowId>,
    /// The URI.
    #[serde(default, deserialize_with = "lenient::id")]
    pub uri: Option<SpotifyUri>,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Who publishes it; not sent to restricted apps.
    #[serde(default, deserialize_with = "lenient::text")]
    pub publisher: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub description: Option<String>,
    /// Pictures, the largest first.
    #[serde(default, deserialize_with = "lenient::list")]
    pub images: Vec<Image>,
    /// Links for people.
    #[serde(default)]
    pub external_urls: Option<ExternalUrls>,
    /// How many episodes it has.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub total_episodes: Option<u32>,
}

/// An episode of a show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Episode {
    /// The id.
    #[serde(default, deserialize_with = "lenient::id")]
    pub id: Option<EpisodeId>,
    /// The URI.
    #[serde(default, deserialize_with = "lenient::id")]
    pub uri: Option<SpotifyUri>,
    /// The title; an episode in disguise may have none.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub description: Option<String>,
    /// Length in milliseconds.
    #[serde(default, deserialize_with = "lenient::duration_ms")]
    pub duration_ms: Option<u64>,
    /// Whether it has explicit content.
    #[serde(default)]
    pub explicit: Option<bool>,
    /// Whether it can be played.
    #[serde(default)]
    pub is_playable: Option<bool>,
    /// When it was released.
    #[serde(default)]
    pub release_date: Option<ReleaseDate>,
    /// The languages spoken; a removed episode has a null among them.
    #[serde(default)]
    pub languages: Option<Vec<Option<String>>>,
    /// Where the listener stopped.
    #[serde(default)]
    pub resume_point: Option<ResumePoint>,
    /// Pictures, the largest first.
    #[serde(default, deserialize_with = "lenient::list")]
    pub images: Vec<Image>,
    /// Links for people.
    #[serde(default)]
    pub external_urls: Option<ExternalUrls>,
    /// The show it belongs to.
    #[serde(default)]
    pub show: Option<Show>,
}

/// Where the listener stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResumePoint {
    /// Whether it was played to the end.
    #[serde(default)]
    pub fully_played: Option<bool>,
    /// The position in milliseconds; Spotify was seen to send negative ones.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub resume_position_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n03_a_shows_publisher_may_be_an_object() {
        let show: Show = serde_json::from_str(r#"{"publisher":{"name":"P"},"name":"S"}"#).unwrap();
        assert_eq!((show.publisher, show.name.as_deref()), (None, Some("S")));
        let show: Show = serde_json::from_str(r#"{"publisher":"P"}"#).unwrap();
        assert_eq!(show.publisher.as_deref(), Some("P"));
    }

    #[test]
    fn n32_a_resume_point_may_be_missing_null_or_negative() {
        let point = |json| serde_json::from_str::<Episode>(json).unwrap().resume_point;
        assert_eq!(point("{}"), None);
        assert_eq!(point(r#"{"resume_point":null}"#), None);
        let negative = point(r#"{"resume_point":{"resume_position_ms":-1}}"#).unwrap();
        assert_eq!(negative.resume_position_ms, Some(-1));
    }

    #[test]
    fn n33_a_removed_episode_has_nothing_but_nulls() {
        let episode: Episode = serde_json::from_str(
            r#"{"id":null,"name":null,"duration_ms":null,"languages":[null],"show":null,"images":null}"#,
        )
        .unwrap();
        assert_eq!((episode.id, episode.languages), (None, Some(vec![None])));
    }
}
