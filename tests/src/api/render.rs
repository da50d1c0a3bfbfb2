//! Catalogue items as JSON, with the fields that the caller's regime has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::paging::Page;
use crate::{
    accounts::user::User,
    catalogue::{Album, Artist, Catalogue, Index, Track},
    random::Random,
    regime::Regime,
};

/// For whom something is rendered.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) regime: Regime,
    /// The base URL of the API.
    pub(super) api: &'a str,
    pub(super) catalogue: &'a Catalogue,
    pub(super) users: &'a BTreeMap<String, User>,
    /// The user who asks, if any.
    pub(super) viewer: Option<&'a str>,
    /// Where the caller is: the user's country, or else the market that the request names.
    pub(super) market: Option<&'a str>,
    /// Whether the request named a market: availability is then said with `is_playable`.
    pub(super) in_market: bool,
    /// Whether the client says that it knows episodes.
    pub(super) episodes_asked: bool,
    /// How far the user has listened to episodes and chapters, by id and in milliseconds, if the
    /// app may know.
    pub(super) positions: Option<&'a BTreeMap<String, u64>>,
}

/// The tracks that an album object holds at once.
const EMBEDDED_TRACKS: usize = 50;

/// Adds a field to an object.
pub(super) fn put(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(fields) = object {
        fields.insert(name.to_owned(), value.into());
    }
}

/// The fields that everything with an id has.
fn identity(api: &str, kind: &str, id: &str, name: &str) -> Value {
    json!({
        "external_urls": { "spotify": format!("https://open.spotify.com/{kind}/{id}") },
        "href": format!("{api}/{kind}s/{id}"),
        "id": id,
        "name": name,
        "type": kind,
        "uri": format!("spotify:{kind}:{id}"),
    })
}

/// Three sizes of a cover.
pub(super) fn images(of: &str) -> Value {
    let hash = Random::of(of).hex(24);
    let image = |size: u32, prefix: &str| {
        json!({
            "url": format!("https://i.scdn.co/image/{prefix}{hash}"),
            "height": size,
            "width": size,
        })
    };
    json!([
        image(640, "ab67616d0000b273"),
        image(300, "ab67616d00001e02"),
        image(64, "ab67616d00004851"),
    ])
}

impl View<'_> {
    /// Returns whether something that is sold in these markets can be had where the caller is.
    pub(super) fn has(&self, markets: &[&str]) -> bool {
        self.market.is_some_and(|market| markets.contains(&market))
    }

    pub(super) fn identity(&self, kind: &str, id: &str, name: &str) -> Value {
        identity(self.api, kind, id, name)
    }

    fn simple_artists(&self, artists: &[Index]) -> Value {
        let artists = artists.iter().map(|&index| {
            let artist = self.catalogue.artist(index);
            self.identity("artist", &artist.id, &artist.name)
        });
        artists.collect()
    }

    /// Says where something can be played, in the way that the request asks for.
    fn availability(&self, object: &mut Value, markets: &[&str]) {
        if self.in_market {
            put(object, "is_playable", self.has(markets));
            if !self.has(markets) {
                put(object, "restrictions", json!({ "reason": "market" }));
            }
        } else if self.regime.has_old_fields() {
            put(object, "available_markets", markets);
        }
    }

    /// Finds the recording to show for a track: its twin where only that can be played.
    ///
    /// Source: Spotify, "Track Relinking".
    fn relinked(&self, index: Index) -> Index {
        let markets = |index| self.catalogue.album(self.catalogue.track(index).album).markets;
        match self.catalogue.track(index).twin {
            Some(twin)
                if self.in_market && !self.has(markets(index)) && self.has(markets(twin)) =>
            {
                twin
            }
            _ => index,
        }
    }

    /// The track that was asked for, when another is shown.
    fn linked_from(&self, object: &mut Value, asked: Index) {
        if self.regime.has_old_fields() {
            let mut link = self.identity("track", &self.catalogue.track(asked).id, "");
            if let Value::Object(fields) = &mut link {
                fields.remove("name");
            }
            put(object, "linked_from", link);
        }
    }

    pub(super) fn artist(&self, index: Index) -> Value {
        let artist: &Artist = self.catalogue.artist(index);
        let mut object = self.identity("artist", &artist.id, &artist.name);
        put(&mut object, "images", images(&artist.id));
        put(&mut object, "genres", artist.genres.clone());
        if self.regime.has_old_fields() {
            put(&mut object, "followers", json!({ "href": null, "total": artist.followers }));
            put(&mut object, "popularity", artist.popularity);
        }
        object
    }

    pub(super) fn simple_album(&self, index: Index) -> Value {
        let album: &Album = self.catalogue.album(index);
        let mut object = self.identity("album", &album.id, &album.name);
        put(&mut object, "album_type", album.kind);
        put(&mut object, "artists", self.simple_artists(&album.artists));
        put(&mut object, "images", images(&album.id));
        put(&mut object, "release_date", album.release_date.clone());
        put(&mut object, "release_date_precision", album.precision());
        put(&mut object, "total_tracks", album.tracks.len());
        self.availability(&mut object, album.markets);
        object
    }

    /// An album in an artist's list, which says how the artist takes part in it.
    pub(super) fn discography_album(&self, index: Index, group: &str) -> Value {
        let mut object = self.simple_album(index);
        if self.regime.has_old_fields() {
            put(&mut object, "album_group", group);
        }
        object
    }

    pub(super) fn album(&self, index: Index) -> Value {
        let album = self.catalogue.album(index);
        let mut object = self.simple_album(index);
        put(&mut object, "tracks", self.album_tracks(index, Page::first(EMBEDDED_TRACKS)));
        let year = album.release_date.get(..4).unwrap_or_default();
        put(
            &mut object,
            "copyrights",
            json!([
                { "text": format!("{year} {}", album.label), "type": "C" },
                { "text": format!("{year} {}", album.label), "type": "P" },
            ]),
        );
        put(&mut object, "external_ids", json!({ "upc": album.upc }));
        // Always empty, in every regime.
        put(&mut object, "genres", json!([]));
        if self.regime.has_old_fields() {
            put(&mut object, "label", album.label.clone());
            put(&mut object, "popularity", album.popularity);
        }
        object
    }

    pub(super) fn album_tracks(&self, index: Index, page: Page) -> Value {
        let album = self.catalogue.album(index);
        let base = format!("{}/albums/{}/tracks", self.api, album.id);
        page.render(album.tracks.iter(), &base, &[], |&track| self.simple_track(track))
    }

    pub(super) fn simple_track(&self, asked: Index) -> Value {
        let index = self.relinked(asked);
        let track: &Track = self.catalogue.track(index);
        let mut object = self.identity("track", &track.id, &track.name);
        put(&mut object, "artists", self.simple_artists(&track.artists));
        put(&mut object, "disc_number", track.disc);
        put(&mut object, "duration_ms", track.duration_ms);
        put(&mut object, "explicit", track.explicit);
        put(&mut object, "is_local", false);
        put(&mut object, "preview_url", Value::Null);
        put(&mut object, "track_number", track.number);
        self.availability(&mut object, self.catalogue.album(track.album).markets);
        if index != asked {
            self.linked_from(&mut object, asked);
        }
        object
    }

    pub(super) fn track(&self, asked: Index) -> Value {
        let track = self.catalogue.track(self.relinked(asked));
        let mut object = self.simple_track(asked);
        put(&mut object, "album", self.simple_album(track.album));
        put(&mut object, "external_ids", json!({ "isrc": track.isrc }));
        if self.regime.has_old_fields() {
            put(&mut object, "popularity", track.popularity);
        }
        object
    }

    /// A user as others see them; ids are percent-encoded where they stand in a URL.
    pub(super) fn user_reference(&self, id: &str) -> Value {
        let encoded = encode_segment(id);
        json!({
            "external_urls": { "spotify": format!("https://open.spotify.com/user/{encoded}") },
            "href": format!("{}/users/{encoded}", self.api),
            "id": id,
            "type": "user",
            "uri": format!("spotify:user:{encoded}"),
        })
    }

    /// A user with the name that others see.
    pub(super) fn owner(&self, id: &str) -> Value {
        let mut object = self.user_reference(id);
        let known = self.users.get(id).map(|user| user.display_name.as_str());
        put(&mut object, "display_name", known.unwrap_or("Spotify"));
        object
    }
}

/// Writes a text as one segment of a path.
pub(super) fn encode_segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Returns an object with only the named fields.
pub(super) fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// `YYYY-MM-DDTHH:MM:SSZ`.
pub(super) fn seconds(time: Timestamp) -> String {
    format!("{time:.0}")
}
