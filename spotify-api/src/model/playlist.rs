//! Playlists and their entries.

use std::borrow::Cow;

use super::{
    ExternalUrls, Followers, Image, Playable, SnapshotId, User, decode_entities,
    macros::{had, model},
};
use crate::{
    id::{PlaylistId, SpotifyUri},
    page::Page,
};

model! {
    /// A playlist; those in a list carry only a count instead of their entries.
    pub struct Playlist {
        /// The id.
        pub id: Option<PlaylistId>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// The name.
        pub name: Option<String>,
        /// The description, with Spotify's HTML entities; see [`Playlist::plain_description`].
        pub description: Option<String>,
        /// Whose playlist it is.
        pub owner: Option<User>,
        /// Whether it shows on the owner's profile. This is no access control, and Spotify was seen to
        /// report private playlists as public (N48).
        pub public: Option<bool>,
        /// Whether others may change it.
        pub collaborative: Option<bool>,
        /// Its version.
        pub snapshot_id: Option<SnapshotId>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// Followers.
        pub followers: Option<Followers>,
        items: Option<Page<PlaylistItem>>,
        tracks: Option<Page<PlaylistItem>>,
        /// A colour; undocumented.
        pub primary_color: Option<String>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `playlist`.
        "type" => pub kind: Option<String>,
    }
}

impl Playlist {
    /// Returns what Spotify tells about the entries, whichever of their two names it used (N22).
    pub fn contents(&self) -> Contents<'_> {
        match self.items.as_ref().or(self.tracks.as_ref()) {
            Some(page) if page.items.is_empty() && !had(page, "items") => {
                Contents::Ref(Reference { total: page.total })
            }
            Some(page) => Contents::Page(page),
            None => Contents::Withheld,
        }
    }

    /// Returns the description as plain text, its HTML entities decoded. It is untrusted text.
    pub fn plain_description(&self) -> Option<Cow<'_, str>> {
        self.description.as_deref().map(decode_entities)
    }
}

/// What an answer tells about the entries of a playlist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Contents<'a> {
    /// The first page of them.
    Page(&'a Page<PlaylistItem>),
    /// Only how many there are.
    Ref(Reference),
    /// Nothing: restricted apps see only playlists of their user (N23). Not an empty playlist.
    Withheld,
}

impl Contents<'_> {
    /// Returns how many entries the playlist has, if Spotify tells.
    pub const fn total(&self) -> Option<u32> {
        match self {
            Self::Page(page) => page.total,
            Self::Ref(reference) => reference.total,
            Self::Withheld => None,
        }
    }
}

/// How many entries a playlist has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The number of entries.
    pub total: Option<u32>,
}

model! {
    /// An entry of a playlist.
    pub struct PlaylistItem {
        /// When it was added, `YYYY-MM-DDTHH:MM:SSZ`; very old entries have none.
        pub added_at: Option<String>,
        /// Who added it; very old entries have none.
        pub added_by: Option<User>,
        /// Whether it is a file on the listener's own disk.
        pub is_local: Option<bool>,
        item: Option<Playable>,
        track: Option<Playable>,
        /// A colour; undocumented.
        pub primary_color: Option<String>,
        /// A moving picture of the entry; undocumented.
        pub video_thumbnail: Option<VideoThumbnail>,
    }

    /// A moving picture of a playlist's entry; undocumented.
    pub struct VideoThumbnail {
        /// Where it is; mostly null.
        pub url: Option<String>,
    }
}

impl PlaylistItem {
    /// Returns the track or episode, whichever of its two names Spotify used (N22).
    ///
    /// `None` when it is gone from the catalogue.
    pub fn playable(&self) -> Option<&Playable> {
        self.item.as_ref().or(self.track.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playlist(json: &str) -> Playlist {
        serde_json::from_str(json).unwrap()
    }

    fn names(playlist: &Playlist) -> Vec<Option<&str>> {
        let Contents::Page(page) = playlist.contents() else { panic!("no page") };
        page.present().map(|item| item.playable().and_then(Playable::name)).collect()
    }

    #[test]
    fn n22_both_names_of_the_entries_may_come_at_once_and_the_newer_wins() {
        let both = playlist(
            r#"{"tracks":{"items":[{"track":{"name":"old","type":"track"}}],"total":1},
                "items":{"items":[{"track":{"name":"old","type":"track"},
                                   "item":{"name":"new","type":"track"}}],"total":1}}"#,
        );
        assert_eq!(names(&both), [Some("new")]);
        let old = playlist(r#"{"tracks":{"items":[{"track":{"name":"old","type":"track"}}]}}"#);
        assert_eq!(names(&old), [Some("old")]);
    }

    #[test]
    fn n23_withheld_contents_are_told_from_a_count_and_from_an_empty_page() {
        assert_eq!(playlist(r#"{"name":"A"}"#).contents(), Contents::Withheld);
        assert_eq!(playlist(r#"{"items":{"href":"x","total":7}}"#).contents().total(), Some(7));
        let empty = playlist(r#"{"items":{"items":null,"total":0}}"#);
        assert!(matches!(empty.contents(), Contents::Page(page) if page.items.is_empty()));
    }

    #[test]
    fn n10_a_playlists_images_may_be_null() {
        assert!(playlist(r#"{"images":null}"#).images.is_empty());
    }

    #[test]
    fn n21_who_added_an_entry_and_when_may_be_unknown() {
        let item = |json| serde_json::from_str::<PlaylistItem>(json).unwrap();
        let old =
            item(r#"{"added_at":null,"added_by":{"id":"","uri":"spotify:user:"},"track":null}"#);
        assert_eq!((old.added_at.as_ref(), old.playable()), (None, None));
        assert_eq!(old.added_by.unwrap().id, None);
        assert_eq!(item(r#"{"added_by":null}"#).added_by, None);
    }

    #[test]
    fn n36_a_playlists_visibility_may_be_unknown() {
        assert_eq!(playlist(r#"{"public":null}"#).public, None);
    }

    #[test]
    fn n47_undocumented_fields_are_ignored() {
        let known =
            playlist(r##"{"primary_color":"#fff","name":"A","video_thumbnail":{"url":null}}"##);
        assert_eq!(known.name.as_deref(), Some("A"));
    }

    #[test]
    fn n51_a_description_is_decoded_for_display_only() {
        let quoted = playlist(r#"{"description":"It&#x27;s &quot;on&quot;"}"#);
        assert_eq!(quoted.description.as_deref(), Some("It&#x27;s &quot;on&quot;"));
        assert_eq!(quoted.plain_description().as_deref(), Some("It's \"on\""));
    }
}
