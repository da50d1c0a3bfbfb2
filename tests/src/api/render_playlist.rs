//! Playlists as JSON: what differs most between the regimes.

use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::{
    paging::Page,
    render::{View, encode_segment, images, object, put, seconds},
};
use crate::{
    accounts::user::SPOTIFY,
    catalogue::Index,
    playlists::{Content, Entry, LocalFile, Playlist},
    regime::Regime,
};

/// Which of the two names an endpoint was called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// `/playlists/{id}/items`, entries with `item`.
    Items,
    /// `/playlists/{id}/tracks`, entries with `track`.
    Tracks,
}

impl Naming {
    const fn segment(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Tracks => "tracks",
        }
    }

    /// The fields of a playlist that hold its contents under a regime.
    const fn of(regime: Regime) -> &'static [Self] {
        match regime {
            Regime::Extended => &[Self::Tracks],
            Regime::DevLegacy => &[Self::Tracks, Self::Items],
            Regime::DevRestricted => &[Self::Items],
        }
    }
}

/// The items that a playlist object holds at once.
const EMBEDDED_ITEMS: usize = 100;

impl View<'_> {
    /// Returns whether the contents are shown to the caller.
    pub(super) fn shows_contents(&self, playlist: &Playlist) -> bool {
        self.regime.has_old_fields()
            || self.viewer.is_some_and(|viewer| playlist.is_editable_by(viewer))
    }

    /// Returns whether the playlist is one of Spotify's own, which apps in Development Mode do
    /// not get since November 2024.
    pub(super) fn hides(&self, playlist: &Playlist) -> bool {
        playlist.owner == SPOTIFY && self.regime.is_development()
    }

    pub(super) fn simple_playlist(&self, playlist: &Playlist) -> Value {
        let mut shown = self.playlist_head(playlist);
        if self.shows_contents(playlist) {
            for naming in Naming::of(self.regime) {
                let segment = naming.segment();
                let href = format!("{}/playlists/{}/{segment}", self.api, playlist.id);
                let reference = json!({ "href": href, "total": playlist.entries().len() });
                put(&mut shown, segment, reference);
            }
        }
        shown
    }

    pub(super) fn playlist(&self, playlist: &Playlist) -> Value {
        let mut shown = self.playlist_head(playlist);
        if self.regime.has_old_fields() {
            let followers = json!({ "href": null, "total": playlist.followers.len() });
            put(&mut shown, "followers", followers);
        }
        if self.shows_contents(playlist) {
            for naming in Naming::of(self.regime) {
                let page = Page::first(EMBEDDED_ITEMS);
                put(&mut shown, naming.segment(), self.playlist_page(playlist, *naming, page));
            }
        }
        shown
    }

    pub(super) fn playlist_page(&self, playlist: &Playlist, naming: Naming, page: Page) -> Value {
        let base = format!("{}/playlists/{}/{}", self.api, playlist.id, naming.segment());
        page.render(playlist.entries().iter(), &base, &[], |entry| self.entry(entry, naming))
    }

    /// The picture that somebody chose, which has no dimensions (N11), or one of the contents.
    #[expect(clippy::unused_self, reason = "pictures are part of how a view shows a playlist")]
    pub(super) fn cover(&self, playlist: &Playlist) -> Value {
        match &playlist.cover {
            Some(name) => {
                let url = format!("https://image-cdn-ak.spotifycdn.com/image/{name}");
                json!([{ "height": null, "url": url, "width": null }])
            }
            None if playlist.entries().is_empty() => json!([]),
            None => images(&playlist.id),
        }
    }

    fn playlist_head(&self, playlist: &Playlist) -> Value {
        let id = &playlist.id;
        json!({
            "collaborative": playlist.collaborative,
            "description": playlist.description.as_deref().unwrap_or_default(),
            "external_urls": { "spotify": format!("https://open.spotify.com/playlist/{id}") },
            "href": format!("{}/playlists/{id}", self.api),
            "id": id,
            "images": self.cover(playlist),
            "name": playlist.name,
            "owner": self.owner(&playlist.owner),
            "primary_color": null,
            "public": playlist.public,
            "snapshot_id": playlist.snapshot(),
            "type": "playlist",
            "uri": format!("spotify:playlist:{id}"),
        })
    }

    fn entry(&self, entry: &Entry, naming: Naming) -> Value {
        let content = self.entry_content(&entry.content);
        let mut shown = object([
            ("added_at", json!(seconds(entry.added_at))),
            ("added_by", self.user_reference(&entry.added_by)),
            ("is_local", json!(matches!(entry.content, Content::Local(_)))),
            ("primary_color", Value::Null),
            ("video_thumbnail", json!({ "url": null })),
        ]);
        let both = self.regime == Regime::DevLegacy;
        if both || naming == Naming::Tracks {
            put(&mut shown, "track", content.clone());
        }
        if both || naming == Naming::Items {
            put(&mut shown, "item", content);
        }
        shown
    }

    /// What a playlist holds, with two flags that say what it is (N24); `track` here is no track.
    fn entry_content(&self, content: &Content) -> Value {
        let (mut shown, track) = match content {
            Content::Episode(index) if !self.episodes_asked => {
                (self.disguised_episode(*index), false)
            }
            Content::Episode(_) => (self.content(content), false),
            Content::Track(_) => (self.content(content), true),
            Content::Local(_) => return self.content(content),
        };
        put(&mut shown, "episode", !track);
        put(&mut shown, "track", track);
        shown
    }

    /// What a device plays.
    pub(super) fn content(&self, content: &Content) -> Value {
        match content {
            Content::Track(index) => self.track(*index),
            Content::Episode(index) => self.episode(*index),
            Content::Local(file) => local_track(file),
        }
    }

    /// An episode in the shape of a track, for clients that do not ask for episodes (N25).
    fn disguised_episode(&self, index: Index) -> Value {
        let episode = self.catalogue.episode(index);
        let show = self.catalogue.show(episode.show);
        let link = |kind: &str, id: &str| json!({ "spotify": format!("https://open.spotify.com/{kind}/{id}") });
        json!({
            "album": {
                "album_type": null,
                "artists": [],
                "external_urls": link("show", &show.id),
                "href": format!("{}/shows/{}", self.api, show.id),
                "id": show.id,
                "images": images(&show.id),
                "name": show.name,
                "release_date": null,
                "release_date_precision": null,
                "total_tracks": null,
                "type": "show",
                "uri": format!("spotify:show:{}", show.id),
            },
            "artists": [{
                "external_urls": link("show", &show.id),
                "href": format!("{}/shows/{}", self.api, show.id),
                "id": show.id,
                "name": null,
                "type": show.name,
                "uri": format!("spotify:show:{}", show.id),
            }],
            "disc_number": 0,
            "duration_ms": episode.duration_ms,
            "explicit": false,
            "external_ids": { "spotify": format!("spotify:episode:{}", episode.id) },
            "external_urls": link("episode", &episode.id),
            "href": format!("{}/episodes/{}", self.api, episode.id),
            "id": episode.id,
            "is_local": false,
            "name": episode.name,
            "preview_url": null,
            "track_number": 0,
            "type": "episode",
            "uri": format!("spotify:episode:{}", episode.id),
        })
    }
}

/// A local file: a track without an id, known by its tags (N20).
fn local_track(file: &LocalFile) -> Value {
    let tag = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let uri = format!(
        "spotify:local:{}:{}:{}:{}",
        tag(&file.artist),
        tag(&file.album),
        tag(&file.title),
        file.seconds
    );
    json!({
        "album": {
            "album_type": null,
            "artists": [],
            "available_markets": [],
            "external_urls": {},
            "href": null,
            "id": null,
            "images": [],
            "name": file.album,
            "release_date": null,
            "release_date_precision": null,
            "type": "album",
            "uri": null,
        },
        "artists": [{
            "external_urls": {},
            "href": null,
            "id": null,
            "name": file.artist,
            "type": "artist",
            "uri": null,
        }],
        "available_markets": [],
        "disc_number": 0,
        "duration_ms": file.seconds * 1_000,
        "explicit": false,
        "external_ids": {},
        "external_urls": {},
        "href": null,
        "id": null,
        "is_local": true,
        "name": file.title,
        "popularity": 0,
        "preview_url": null,
        "track_number": 0,
        "type": "track",
        "uri": uri,
    })
}

/// Returns where the list of a user's playlists claims to be, which is not where it was asked for
/// (N42).
pub(super) fn list_url(api: &str, user: &str) -> String {
    format!("{api}/users/{}/playlists", encode_segment(user))
}
