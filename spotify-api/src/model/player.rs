//! What plays, where, and what played before.

use std::collections::BTreeSet;

use super::{ExternalUrls, Playable, Track, macros::model, open::open_enum};
use crate::id::{DeviceId, SpotifyUri};

model! {
    /// What plays, on which device and how. While nothing plays there is none (N13).
    pub struct PlaybackState {
        /// The device.
        pub device: Option<Device>,
        /// Whether and what is repeated.
        pub repeat_state: Option<RepeatMode>,
        /// Whether the order is shuffled.
        pub shuffle_state: Option<bool>,
        /// Whether Spotify mixes recommendations in; undocumented.
        pub smart_shuffle: Option<bool>,
        /// What it is played from, if from something (N17).
        pub context: Option<PlaybackContext>,
        /// When the state last changed, in milliseconds since 1970.
        pub timestamp: Option<i64>,
        /// The position in milliseconds; unknown for a moment after a skip (N15).
        pub progress_ms: Option<u64>,
        /// Whether it plays now.
        pub is_playing: Option<bool>,
        /// What plays; none during an advertisement or a private session (N16).
        pub item: Option<Playable>,
        /// What kind of thing plays.
        pub currently_playing_type: Option<PlayingType>,
        /// What cannot be done now.
        pub actions: Option<Actions>,
    }

    /// What plays and what comes next.
    pub struct Queue {
        /// What plays.
        pub currently_playing: Option<Playable>,
        /// What comes next, as Spotify tells it; the end may repeat (N45).
        pub queue: Vec<Option<Playable>>,
    }

    /// What a track or episode is played from.
    pub struct PlaybackContext {
        /// What kind of thing it is.
        "type" => pub kind: Option<ContextType>,
        /// Its URI.
        pub uri: Option<SpotifyUri>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// Its address in the Web API.
        pub href: Option<String>,
    }

    /// A track that was played.
    pub struct PlayHistory {
        /// The track.
        pub track: Option<Track>,
        /// When, as `YYYY-MM-DDTHH:MM:SS.sssZ`.
        pub played_at: Option<String>,
        /// What it was played from, if from something (N17).
        pub context: Option<PlaybackContext>,
    }

    /// The devices that can play.
    pub struct Devices {
        /// The devices.
        pub devices: Vec<Device>,
    }

    /// A device that can play.
    pub struct Device {
        /// The id; a device without one cannot be addressed (N14).
        pub id: Option<DeviceId>,
        /// The name that its owner gave it.
        pub name: Option<String>,
        /// What it is.
        "type" => pub kind: Option<DeviceType>,
        /// Whether it plays, or would play next.
        pub is_active: Option<bool>,
        /// Whether it is in a private session.
        pub is_private_session: Option<bool>,
        /// Whether it takes no commands from the Web API.
        pub is_restricted: Option<bool>,
        /// The volume, 0 to 100.
        pub volume_percent: Option<u32>,
        /// Whether its volume can be set.
        pub supports_volume: Option<bool>,
    }

    /// What can be done with the player now, by what cannot.
    pub struct Actions {
        /// What cannot be done.
        pub disallows: Option<Disallows>,
        /// Interrupting; documented, not sent.
        pub interrupting_playback: Option<bool>,
        /// Pausing; documented, not sent.
        pub pausing: Option<bool>,
        /// Resuming; documented, not sent.
        pub resuming: Option<bool>,
        /// Seeking; documented, not sent.
        pub seeking: Option<bool>,
        /// Skipping to the next; documented, not sent.
        pub skipping_next: Option<bool>,
        /// Skipping to the one before; documented, not sent.
        pub skipping_prev: Option<bool>,
        /// Repeating the context; documented, not sent.
        pub toggling_repeat_context: Option<bool>,
        /// Shuffling; documented, not sent.
        pub toggling_shuffle: Option<bool>,
        /// Repeating the track; documented, not sent.
        pub toggling_repeat_track: Option<bool>,
        /// Moving to another device; documented, not sent.
        pub transferring_playback: Option<bool>,
    }

    /// What cannot be done with the player now: `true` forbids, absent allows.
    pub struct Disallows {
        /// Interrupting.
        pub interrupting_playback: Option<bool>,
        /// Pausing.
        pub pausing: Option<bool>,
        /// Resuming.
        pub resuming: Option<bool>,
        /// Seeking.
        pub seeking: Option<bool>,
        /// Skipping to the next.
        pub skipping_next: Option<bool>,
        /// Skipping to the one before.
        pub skipping_prev: Option<bool>,
        /// Repeating the context.
        pub toggling_repeat_context: Option<bool>,
        /// Shuffling.
        pub toggling_shuffle: Option<bool>,
        /// Repeating the track.
        pub toggling_repeat_track: Option<bool>,
        /// Moving to another device.
        pub transferring_playback: Option<bool>,
    }
}

/// What plays, in the shape of the playback state. Spotify documents all its fields and mostly sends
/// none about the device, repeating and shuffling. While nothing plays there is none (N13).
pub type CurrentlyPlaying = PlaybackState;

impl Queue {
    /// Iterates over what comes next, each thing once: the end of the queue repeats (N45).
    ///
    /// What the listener queued twice also comes once. Entries without a URI are left out.
    pub fn distinct(&self) -> impl Iterator<Item = &Playable> {
        let mut seen = BTreeSet::new();
        let next = self.queue.iter().flatten();
        next.filter(move |playable| playable.uri().is_some_and(|uri| seen.insert(uri)))
    }
}

open_enum! {
    /// Whether and what is repeated.
    RepeatMode {
        /// Nothing.
        Off = "off",
        /// The track or episode.
        Track = "track",
        /// The whole context.
        Context = "context",
    }
}

open_enum! {
    /// What kind of thing plays.
    PlayingType {
        /// A track.
        Track = "track",
        /// An episode.
        Episode = "episode",
        /// An advertisement.
        Ad = "ad",
        /// Something Spotify does not name.
        Unknown = "unknown",
    }
}

open_enum! {
    /// What kind of thing is played from.
    ContextType {
        /// An album.
        Album = "album",
        /// An artist.
        Artist = "artist",
        /// A playlist.
        Playlist = "playlist",
        /// A show.
        Show = "show",
        /// An audiobook.
        Audiobook = "audiobook",
        /// The saved tracks.
        Collection = "collection",
        /// The saved episodes.
        CollectionYourEpisodes = "collectionyourepisodes",
    }
}

open_enum! {
    /// What a device is.
    DeviceType {
        /// A computer.
        Computer = "Computer",
        /// A tablet.
        Tablet = "Tablet",
        /// A smartphone.
        Smartphone = "Smartphone",
        /// A smartwatch.
        Smartwatch = "Smartwatch",
        /// A loudspeaker.
        Speaker = "Speaker",
        /// A television set.
        Tv = "TV",
        /// An audio-video receiver.
        Avr = "AVR",
        /// A set-top box.
        Stb = "STB",
        /// An audio dongle.
        AudioDongle = "AudioDongle",
        /// A game console.
        GameConsole = "GameConsole",
        /// A Chromecast for video.
        CastVideo = "CastVideo",
        /// A Chromecast for audio.
        CastAudio = "CastAudio",
        /// A car.
        Automobile = "Automobile",
        /// Something Spotify does not name.
        Unknown = "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::CursorPage;

    fn read<T: DeserializeOwned>(json: &str) -> T {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn n14_a_device_without_id_is_read() {
        let sonos: Device = read(r#"{"id":null,"name":"Sonos","type":"Speaker"}"#);
        assert_eq!((sonos.id, sonos.kind), (None, Some(DeviceType::Speaker)));
    }

    #[test]
    fn n15_the_position_may_be_unknown_while_it_plays() {
        let state: PlaybackState = read(r#"{"is_playing":true,"progress_ms":null}"#);
        assert_eq!((state.is_playing, state.progress_ms), (Some(true), None));
    }

    #[test]
    fn n16_an_advertisement_has_no_item() {
        let state: CurrentlyPlaying =
            read(r#"{"item":null,"currently_playing_type":"ad","is_playing":true}"#);
        assert_eq!((state.item, state.currently_playing_type), (None, Some(PlayingType::Ad)));
        let state: CurrentlyPlaying = read(r#"{"currently_playing_type":"hologram"}"#);
        assert_eq!(state.currently_playing_type.unwrap().as_str(), "hologram");
    }

    #[test]
    fn n17_there_may_be_no_context() {
        assert_eq!(read::<PlaybackState>(r#"{"context":null}"#).context, None);
        assert_eq!(read::<PlayHistory>(r#"{"context":null,"track":null}"#).context, None);
    }

    #[test]
    fn n18_cursors_may_be_null_or_hold_nulls() {
        let empty: CursorPage<PlayHistory> =
            read(r#"{"items":[],"next":null,"cursors":null,"limit":20}"#);
        assert_eq!(empty.cursors, None);
        let last: CursorPage<PlayHistory> = read(r#"{"items":[],"cursors":{"after":null}}"#);
        assert_eq!(last.cursors.unwrap().after, None);
    }

    #[test]
    fn n26_device_types_are_read_in_any_case_and_unknown_ones_kept() {
        let kind = |word: &str| word.parse::<DeviceType>().unwrap();
        assert_eq!((kind("TV"), kind("Tv")), (DeviceType::Tv, DeviceType::Tv));
        assert_eq!((kind("AVR"), kind("Stb")), (DeviceType::Avr, DeviceType::Stb));
        assert_eq!(kind("Smartwatch"), DeviceType::Smartwatch);
        assert_eq!(kind("Fridge"), DeviceType::Other("Fridge".to_owned()));
    }

    #[test]
    fn n27_context_types_are_an_open_set() {
        let kind = |json: &str| read::<PlaybackContext>(json).kind.unwrap();
        assert_eq!(kind(r#"{"type":"collection"}"#), ContextType::Collection);
        let episodes = r#"{"type":"collectionyourepisodes"}"#;
        assert_eq!(kind(episodes), ContextType::CollectionYourEpisodes);
        assert_eq!(kind(r#"{"type":"mix"}"#).as_str(), "mix");
    }

    #[test]
    fn n45_a_queue_that_repeats_itself_names_each_thing_once_on_request() {
        let track = |id| format!(r#"{{"type":"track","uri":"spotify:track:{id}"}}"#);
        let (a, b) = (track("6rqhFgbbKwnb9MLmUQDhG6"), track("11dFghVXANMlKmJXsNCbNl"));
        let queue: Queue = read(&format!(r#"{{"queue":[{a},{b},{a},null,{b},{{}}]}}"#));
        assert_eq!((queue.queue.len(), queue.distinct().count()), (6, 2));
    }
}
