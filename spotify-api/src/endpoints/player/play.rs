//! Starting to play.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::PLAY;
use crate::{Client, Error, answer::Done, id::SpotifyUri};

/// What to play, and from where on.
///
/// ```
/// use std::time::Duration;
/// use spotify_api::{endpoints::player::Play, id::AlbumId};
///
/// let album: AlbumId = "spotify:album:5ht7ItJgpBH7W6vJ5BqpPr".parse().unwrap();
/// let third_track = Play::context(album).from_entry(2).at(Duration::from_secs(30));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Play {
    what: What,
    from: Option<From>,
    at: Option<Duration>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum What {
    #[default]
    Paused,
    Context(SpotifyUri),
    Entries(Vec<SpotifyUri>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    Entry(u32),
    Uri(SpotifyUri),
}

impl Play {
    /// Goes on with what was paused.
    pub fn resume() -> Self {
        Self::default()
    }

    /// Plays an album, artist, audiobook, playlist, show or collection.
    pub fn context(uri: impl Into<SpotifyUri>) -> Self {
        Self { what: What::Context(uri.into()), ..Self::default() }
    }

    /// Plays tracks and episodes, in this order.
    pub fn entries(uris: impl IntoIterator<Item = SpotifyUri>) -> Self {
        Self { what: What::Entries(uris.into_iter().collect()), ..Self::default() }
    }

    /// Begins with the entry at this place, from 0. An artist has no places.
    #[must_use]
    pub fn from_entry(mut self, place: u32) -> Self {
        self.from = Some(From::Entry(place));
        self
    }

    /// Begins with this entry. An artist has none.
    #[must_use]
    pub fn from_uri(mut self, uri: impl Into<SpotifyUri>) -> Self {
        self.from = Some(From::Uri(uri.into()));
        self
    }

    /// Begins at this position in the first entry.
    #[must_use]
    pub const fn at(mut self, position: Duration) -> Self {
        self.at = Some(position);
        self
    }

    /// Returns the body of the request, or what is wrong.
    fn body(&self) -> Result<Option<Value>, &'static str> {
        let mut body = Map::new();
        match &self.what {
            What::Paused if self.from.is_some() => return Err("a first entry of nothing"),
            What::Paused => {}
            What::Context(uri) if !uri.is_context() => {
                return Err("a context that is a single track, episode, chapter or user");
            }
            What::Context(SpotifyUri::Artist(_)) if self.from.is_some() => {
                return Err("a first entry of an artist");
            }
            What::Context(uri) => {
                body.insert("context_uri".to_owned(), json!(uri));
            }
            What::Entries(uris) if uris.is_empty() => return Err("an empty list of entries"),
            What::Entries(uris) if !uris.iter().all(SpotifyUri::fits_playlist) => {
                return Err("something other than tracks and episodes");
            }
            What::Entries(uris) => {
                body.insert("uris".to_owned(), json!(uris));
            }
        }
        match &self.from {
            Some(From::Entry(place)) => {
                body.insert("offset".to_owned(), json!({ "position": place }));
            }
            Some(From::Uri(uri)) => {
                body.insert("offset".to_owned(), json!({ "uri": uri }));
            }
            None => {}
        }
        if let Some(at) = self.at {
            body.insert("position_ms".to_owned(), json!(super::command::milliseconds(at)));
        }
        Ok((!body.is_empty()).then_some(Value::Object(body)))
    }
}

impl Client {
    /// Starts or resumes playing. Operation: [`PLAY`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] for what cannot be played, and for a first entry of
    /// nothing or of an artist.
    pub async fn play(&self, what: &Play) -> Result<(), Error> {
        let operation = PLAY.endpoint().operation;
        let body = what.body().map_err(|problem| Error::Argument { operation, problem })?;
        let request = PLAY.request(&[])?;
        let request = match body {
            Some(body) => request.body(body),
            None => request,
        };
        self.call(request).await.map(|Done| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(kind: &str) -> SpotifyUri {
        format!("spotify:{kind}:5ht7ItJgpBH7W6vJ5BqpPr").parse().unwrap()
    }

    #[test]
    fn the_body_holds_what_was_said_and_nothing_else() {
        assert_eq!(Play::resume().body(), Ok(None));
        let position = Play::resume().at(Duration::from_millis(1500)).body();
        assert_eq!(position, Ok(Some(json!({ "position_ms": 1500 }))));
        let album = Play::context(uri("album")).from_entry(2).body();
        let expected = json!({ "context_uri": uri("album"), "offset": { "position": 2 } });
        assert_eq!(album, Ok(Some(expected)));
        let entries = Play::entries([uri("track"), uri("episode")]).from_uri(uri("episode")).body();
        let expected = json!({
            "uris": [uri("track"), uri("episode")],
            "offset": { "uri": uri("episode") },
        });
        assert_eq!(entries, Ok(Some(expected)));
    }

    #[test]
    fn what_cannot_be_played_is_refused() {
        for play in [
            Play::context(uri("track")),
            Play::context(uri("artist")).from_entry(0),
            Play::entries([]),
            Play::entries([uri("album")]),
            Play::resume().from_entry(1),
        ] {
            assert!(play.body().is_err(), "{play:?}");
        }
    }
}
