//! Tracks.

use super::{Album, Artist, ExternalIds, ExternalUrls, Market, Restriction, macros::model};
use crate::id::{SpotifyUri, TrackId};

model! {
    /// A track; those inside of an album lack `album` and what follows it.
    pub struct Track {
        /// The id; local files have none.
        pub id: Option<TrackId>,
        /// The URI; local files have a [`SpotifyUri::Local`].
        pub uri: Option<SpotifyUri>,
        /// The title.
        pub name: Option<String>,
        /// Who made it.
        pub artists: Vec<Artist>,
        /// Length in milliseconds.
        pub duration_ms: Option<u64>,
        /// Whether it has explicit lyrics.
        pub explicit: Option<bool>,
        /// The disc it is on, from 1.
        pub disc_number: Option<u32>,
        /// Its number on the disc, from 1.
        pub track_number: Option<u32>,
        /// Whether it is a file on the listener's own disk.
        pub is_local: Option<bool>,
        /// Whether it can be played in the market that was asked for.
        pub is_playable: Option<bool>,
        /// The track that was asked for, when Spotify answers with another one.
        pub linked_from: Option<LinkedFrom>,
        restrictions: Option<Restriction>,
        restriction: Option<Restriction>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// A short sample; deprecated by Spotify.
        pub preview_url: Option<String>,
        /// Markets in which it is available; not sent to restricted apps.
        pub available_markets: Option<Vec<Market>>,
        /// The album it is on.
        pub album: Option<Album>,
        /// Numbers that identify it elsewhere.
        pub external_ids: Option<ExternalIds>,
        /// Popularity, 0 to 100; not sent to restricted apps.
        pub popularity: Option<u32>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `track`.
        "type" => pub kind: Option<String>,
    }
}

impl Track {
    /// Why the track cannot be played, whichever of its two names Spotify used.
    pub fn restrictions(&self) -> Option<&Restriction> {
        self.restrictions.as_ref().or(self.restriction.as_ref())
    }

    /// Whether the track is a file on the listener's own disk.
    pub fn is_local(&self) -> bool {
        self.is_local == Some(true) || matches!(self.uri, Some(SpotifyUri::Local(_)))
    }
}

model! {
    /// The track that was asked for, when Spotify answers with another one.
    pub struct LinkedFrom {
        /// Its id, if Spotify gives one.
        pub id: Option<TrackId>,
        /// Its URI.
        pub uri: Option<SpotifyUri>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `track`.
        "type" => pub kind: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(json: &str) -> Track {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn n19_linked_from_may_be_null_or_have_no_id() {
        assert_eq!(track(r#"{"linked_from":null}"#).linked_from, None);
        let linked = track(r#"{"linked_from":{"id":null,"uri":null}}"#).linked_from.unwrap();
        assert_eq!((linked.id, linked.uri), (None, None));
    }

    #[test]
    fn n20_a_local_file_has_no_ids() {
        let local = track(
            r#"{"id":null,"href":null,"name":"My Song","type":"track","is_local":true,
                "uri":"spotify:local:Band::My+Song:188","duration_ms":{"totalMilliseconds":188000},
                "artists":[{"id":null,"name":"Band","uri":null,"href":null,"type":"artist"}],
                "album":{"id":null,"href":null,"uri":null,"name":"","album_type":null,
                         "release_date":null,"release_date_precision":null,"images":[],"artists":[]}}"#,
        );
        assert!(local.is_local());
        assert_eq!(local.id, None);
        assert_eq!(local.duration_ms, Some(188_000));
        assert!(matches!(local.uri, Some(SpotifyUri::Local(_))));
    }

    #[test]
    fn n24_booleans_named_track_and_episode_do_not_disturb_a_track() {
        assert_eq!(
            track(r#"{"name":"A","track":true,"episode":false}"#).name.as_deref(),
            Some("A")
        );
    }

    #[test]
    fn n01_a_tracks_numbers_may_be_floats() {
        let track = track(r#"{"duration_ms":2345.0,"track_number":2.0,"disc_number":1.0}"#);
        assert_eq!(
            (track.duration_ms, track.track_number, track.disc_number),
            (Some(2345), Some(2), Some(1))
        );
    }

    #[test]
    fn n34_and_n47_missing_and_undocumented_fields_are_no_error() {
        let track = track(r#"{"is_externally_hosted":false,"birthdate":"x","smart_shuffle":{}}"#);
        assert_eq!((track.is_playable, track.explicit), (None, None));
    }
}
