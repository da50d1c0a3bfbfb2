//! Arguments that name things of Spotify: parsed once, at the edge.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use spotify_api::id::{SpotifyUri, TrackId};

/// The longest id, URI or link that is taken, in characters.
const LONGEST: usize = 512;
/// How many wrong entries of a list are told at once.
const TOLD: usize = 5;

/// An argument that names one thing by its id, URI or link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id<T>(pub T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T> JsonSchema for Id<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text()
    }
}

/// An argument that names tracks and episodes, `MOST` at most, by their ids, URIs or links. A bare id
/// is a track's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uris<const MOST: usize = 1000>(pub Vec<SpotifyUri>);

impl<'de, const MOST: usize> Deserialize<'de> for Uris<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        list(deserializer, playable).map(Self)
    }
}

/// An argument that names things of any kind, `MOST` at most, by their URIs or links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Things<const MOST: usize>(pub Vec<SpotifyUri>);

impl<'de, const MOST: usize> Deserialize<'de> for Things<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let thing =
            |text: &str| text.trim().parse::<SpotifyUri>().map_err(|error| error.to_string());
        list(deserializer, thing).map(Self)
    }
}

/// Reads a list of texts, and names every wrong one by its index.
fn list<'de, D: Deserializer<'de>>(
    deserializer: D,
    read: impl Fn(&str) -> Result<SpotifyUri, String>,
) -> Result<Vec<SpotifyUri>, D::Error> {
    let texts = Vec::<Cow<'de, str>>::deserialize(deserializer)?;
    let mut uris = Vec::with_capacity(texts.len());
    let mut wrong = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match read(text) {
            Ok(uri) => uris.push(uri),
            Err(problem) => wrong.push(format!("entry {index}: {problem}")),
        }
    }
    if wrong.is_empty() {
        return Ok(uris);
    }
    let more = wrong.len().saturating_sub(TOLD);
    wrong.truncate(TOLD);
    if more > 0 {
        wrong.push(format!("and {more} more entries"));
    }
    Err(D::Error::custom(wrong.join("; ")))
}

fn playable(text: &str) -> Result<SpotifyUri, String> {
    let text = text.trim();
    if !text.contains([':', '/']) {
        return text.parse::<TrackId>().map(SpotifyUri::Track).map_err(|error| error.to_string());
    }
    let uri: SpotifyUri =
        text.parse().map_err(|error: spotify_api::id::ParseIdError| error.to_string())?;
    if uri.fits_playlist() {
        Ok(uri)
    } else {
        Err(format!("a playlist takes tracks and episodes, and this is of kind {}", uri.kind()))
    }
}

macro_rules! list_schema {
    ($($name:ident),+) => {$(
        impl<const MOST: usize> JsonSchema for $name<MOST> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "array", "items": text(), "minItems": 1, "maxItems": MOST })
            }
        }
    )+};
}

list_schema!(Uris, Things);

fn text() -> Schema {
    json_schema!({ "type": "string", "maxLength": LONGEST })
}

#[cfg(test)]
mod tests {
    use spotify_api::id::AlbumId;

    use super::*;

    const ID: &str = "6rqhFgbbKwnb9MLmUQDhG6";

    fn uris(texts: &[&str]) -> Result<Vec<String>, String> {
        let read: Result<Uris, _> = serde_json::from_value(serde_json::json!(texts));
        read.map(|uris| uris.0.iter().map(ToString::to_string).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn ids_uris_and_links_are_taken_and_a_bare_id_is_a_track() {
        let track = format!("spotify:track:{ID}");
        let link = format!("https://open.spotify.com/track/{ID}?si=x");
        let episode = format!("spotify:episode:{ID}");
        assert_eq!(
            uris(&[ID, &track, &link, &episode]).unwrap(),
            [track.clone(), track.clone(), track, episode]
        );
    }

    #[test]
    fn every_wrong_entry_is_named_by_its_index() {
        let album = format!("spotify:album:{ID}");
        let error = uris(&[ID, "nonsense", &album]).unwrap_err();
        assert!(error.starts_with("entry 1: "), "{error}");
        assert!(error.contains("entry 2: a playlist takes tracks and episodes"), "{error}");
        assert!(!error.contains("nonsense"), "{error}");
        assert!(uris(&["x"; 9]).unwrap_err().ends_with("and 4 more entries"));
    }

    #[test]
    fn an_id_of_another_kind_is_refused_with_both_kinds_named() {
        let read = serde_json::from_value::<Id<AlbumId>>(format!("spotify:track:{ID}").into());
        let error = read.unwrap_err().to_string();
        assert!(error.contains("track") && error.contains("album"), "{error}");
    }
}
