//! Shows and episodes.

use super::{Copyright, ExternalUrls, Image, Market, ReleaseDate, Restriction, macros::model};
use crate::{
    id::{EpisodeId, ShowId, SpotifyUri},
    page::Page,
};

model! {
    /// A show.
    pub struct Show {
        /// The id.
        pub id: Option<ShowId>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// The name.
        pub name: Option<String>,
        /// Who publishes it; not sent to restricted apps.
        pub publisher: Option<String>,
        /// What it is about.
        pub description: Option<String>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// How many episodes it has.
        pub total_episodes: Option<u32>,
        /// What it is about, with HTML tags.
        pub html_description: Option<String>,
        /// Whether it has explicit content.
        pub explicit: Option<bool>,
        /// Whether it is hosted outside of Spotify.
        pub is_externally_hosted: Option<bool>,
        /// The languages spoken, as ISO 639 codes.
        pub languages: Option<Vec<Option<String>>>,
        /// The type of its media, like `audio`.
        pub media_type: Option<String>,
        /// Who holds the rights.
        pub copyrights: Option<Vec<Copyright>>,
        /// Markets in which it is available; not sent to restricted apps.
        pub available_markets: Option<Vec<Market>>,
        /// The first page of its episodes; simplified shows have none.
        pub episodes: Option<Page<Episode>>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `show`.
        "type" => pub kind: Option<String>,
    }
}

model! {
    /// An episode of a show.
    pub struct Episode {
        /// The id.
        pub id: Option<EpisodeId>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// The title; an episode in disguise may have none.
        pub name: Option<String>,
        /// What it is about.
        pub description: Option<String>,
        /// Length in milliseconds.
        pub duration_ms: Option<u64>,
        /// Whether it has explicit content.
        pub explicit: Option<bool>,
        /// Whether it can be played.
        pub is_playable: Option<bool>,
        /// When it was released.
        pub release_date: Option<ReleaseDate>,
        /// The languages spoken; a removed episode has a null among them.
        pub languages: Option<Vec<Option<String>>>,
        /// Where the listener stopped.
        pub resume_point: Option<ResumePoint>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        show: Option<Show>,
        // An episode in the shape of a track has its show where a track has its album (N25).
        album: Option<Show>,
        restrictions: Option<Restriction>,
        restriction: Option<Restriction>,
        /// What it is about, with HTML tags.
        pub html_description: Option<String>,
        /// How precise Spotify says `release_date` is.
        pub release_date_precision: Option<String>,
        /// The language spoken; deprecated by Spotify.
        pub language: Option<String>,
        /// Whether it is hosted outside of Spotify.
        pub is_externally_hosted: Option<bool>,
        /// A short sample; deprecated by Spotify.
        pub audio_preview_url: Option<String>,
        /// Markets in which it is available; only in the shape of a track.
        pub available_markets: Option<Vec<Market>>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `episode`.
        "type" => pub kind: Option<String>,
    }
}

model! {
    /// Where the listener stopped.
    pub struct ResumePoint {
        /// Whether it was played to the end.
        pub fully_played: Option<bool>,
        /// The position in milliseconds; Spotify was seen to send negative ones.
        pub resume_position_ms: Option<i64>,
    }
}

impl Episode {
    /// Returns the show it belongs to, also that of an episode in the shape of a track (N25).
    pub fn show(&self) -> Option<&Show> {
        self.show.as_ref().or(self.album.as_ref())
    }

    /// Why the episode cannot be played, whichever of its two names Spotify used (N30).
    pub fn restrictions(&self) -> Option<&Restriction> {
        self.restrictions.as_ref().or(self.restriction.as_ref())
    }

    /// Whether this is what is left of a removed episode: an object without id, name and URI (N33).
    pub fn is_tombstone(&self) -> bool {
        self.id.is_none() && self.uri.is_none() && self.name.is_none()
    }
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
