//! Arguments that name things of Spotify: parsed once, at the edge.

use std::{borrow::Cow, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use spotify_api::id::{AlbumId, ArtistId, ParseIdError, PlaylistId, SpotifyUri, TrackId};

/// The longest id, URI or link that is taken, in characters.
const LONGEST: usize = 512;
/// How many lines of text are taken in a call.
const LINES: usize = 200;
/// How many wrong entries of a list are told at once.
const TOLD: usize = 5;

/// An argument that names one thing by its id, URI or link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id<T>(pub T);

impl<'de, T: FromStr<Err = ParseIdError>> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|error| D::Error::custom(explained(&error, &text)))
    }
}

/// Says what is wrong with an id, and what a plain fix would be. Of the text itself it tells how long
/// it is and no more.
fn explained(error: &ParseIdError, text: &str) -> String {
    let hint = match error {
        ParseIdError::OtherKind { found, .. } => taken_by(found),
        ParseIdError::NotBase62 => {
            let length = bare(text).chars().count();
            (15..=30).contains(&length).then(|| format!("this one has {length}"))
        }
        _ => None,
    };
    hint.map_or_else(|| error.to_string(), |hint| format!("{error}; {hint}"))
}

/// Names the tool that takes things of a kind.
fn taken_by(kind: &str) -> Option<String> {
    let tool = match kind {
        TrackId::KIND => "get_track_details",
        AlbumId::KIND => "get_album_details",
        ArtistId::KIND => "get_artist_details",
        PlaylistId::KIND => "get_playlist",
        _ => return None,
    };
    Some(format!("{tool} takes it"))
}

/// Returns what stands where the id is in a URI, a link or by itself.
pub(crate) fn bare(text: &str) -> &str {
    let text = text.trim().split(['?', '#']).next().unwrap_or_default();
    text.trim_end_matches('/').rsplit([':', '/']).next().unwrap_or_default()
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

/// An argument that names tracks and episodes by their ids, URIs or links, or by lines as people write
/// them. A bare id is a track's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracks(pub Vec<Named>);

/// What names a track or episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// Its URI.
    Uri(SpotifyUri),
    /// A line such as "Artist - Title".
    Line(String),
}

impl<'de> Deserialize<'de> for Tracks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tracks = list(deserializer, named)?;
        let lines = tracks.iter().filter(|track| matches!(track, Named::Line(_))).count();
        if lines > LINES {
            let problem = format!("{lines} entries are lines of text; {LINES} are taken at a time");
            return Err(D::Error::custom(problem));
        }
        Ok(Self(tracks))
    }
}

/// An argument that names things of any kind, `MOST` at most, by their URIs or links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Things<const MOST: usize>(pub Vec<SpotifyUri>);

impl<'de, const MOST: usize> Deserialize<'de> for Things<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let thing =
            |text: &str| text.trim().parse::<SpotifyUri>().map_err(|error| explained(&error, text));
        list(deserializer, thing).map(Self)
    }
}

/// Reads a list of texts, and names every wrong one by its index.
fn list<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<Cow<'de, str>>::deserialize(deserializer)?;
    let mut things = Vec::with_capacity(texts.len());
    let mut wrong = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match read(text) {
            Ok(thing) => things.push(thing),
            Err(problem) => wrong.push(format!("entry {index}: {problem}")),
        }
    }
    if wrong.is_empty() {
        return Ok(things);
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
        return text.parse().map(SpotifyUri::Track).map_err(|error| explained(&error, text));
    }
    let uri: SpotifyUri = text.parse().map_err(|error| explained(&error, text))?;
    if uri.fits_playlist() {
        return Ok(uri);
    }
    let problem =
        format!("a playlist takes tracks and episodes, and this is of kind {}", uri.kind());
    Err(taken_by(uri.kind()).map_or_else(|| problem.clone(), |hint| format!("{problem}; {hint}")))
}

/// Takes what is no id, URI or link, nor looks like one with a slip, as a line of text.
fn named(text: &str) -> Result<Named, String> {
    let text = text.trim();
    let address = ["spotify:", "http://", "https://", "open.spotify.com/"];
    if address.iter().any(|start| text.starts_with(start)) || like_an_id(text) {
        return playable(text).map(Named::Uri);
    }
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(Named::Line(text.to_owned()))
}

/// Whether a text is of letters and digits only, about as many as an id has.
fn like_an_id(text: &str) -> bool {
    (20..=24).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_digit())
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

impl JsonSchema for Tracks {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Tracks".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Uris::<1000>::json_schema(generator)
    }
}

fn text() -> Schema {
    json_schema!({ "type": "string", "maxLength": LONGEST })
}

#[cfg(test)]
mod tests {
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
    fn what_is_no_address_is_a_line_and_an_address_with_a_slip_is_refused() {
        let read = |text: &str| serde_json::from_value::<Tracks>(serde_json::json!([text]));
        for uri in [ID, "spotify:track:6rqhFgbbKwnb9MLmUQDhG6"] {
            assert!(matches!(read(uri).unwrap().0[0], Named::Uri(_)), "{uri}");
        }
        for line in ["AC/DC: Thunderstruck", "Northbound", " by paper lanterns (2019)", "99"] {
            assert_eq!(read(line).unwrap().0, [Named::Line(line.trim().to_owned())]);
        }
        for wrong in ["6rqhFgbbKwnb9MLmUQDhG", "spotify:track:x", "https://open.spotify.com/", " "]
        {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.starts_with("entry 0: "), "{wrong}: {error}");
        }
        let many = serde_json::json!(vec!["a - b"; 201]);
        let error = serde_json::from_value::<Tracks>(many).unwrap_err().to_string();
        assert!(error.contains("200 are taken at a time"), "{error}");
    }

    #[test]
    fn an_id_of_another_kind_is_refused_with_both_kinds_named() {
        let read = serde_json::from_value::<Id<AlbumId>>(format!("spotify:track:{ID}").into());
        let error = read.unwrap_err().to_string();
        assert!(error.contains("track") && error.contains("album"), "{error}");
        assert!(error.ends_with("; get_track_details takes it"), "{error}");
    }

    #[test]
    fn an_id_that_is_too_short_or_too_long_is_told_its_length() {
        let link = format!("https://open.spotify.com/intl-de/album/{ID}x?si=1");
        let short = ID.trim_start_matches('6');
        for (wrong, told) in [(short, "; this one has 21"), (&link, "; this one has 23")] {
            let read = serde_json::from_value::<Id<AlbumId>>(wrong.into());
            let error = read.unwrap_err().to_string();
            assert!(error.ends_with(told), "{error}");
        }
        let error = serde_json::from_value::<Id<AlbumId>>("x".into()).unwrap_err().to_string();
        assert!(!error.contains("this one"), "{error}");
    }
}
