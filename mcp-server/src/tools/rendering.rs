//! From the Web API's models to rows, and from rows to text.
//!
//! Nothing is made up: what Spotify leaves out stays out, and an entry without a URI is no row.

use std::{fmt::Write as _, time::Duration};

use spotify_api::{
    Page,
    model::{Album, Artist, Episode, Playable, ReleaseDate, Track},
};

use super::{
    page::PageInfo,
    rows::{AlbumRow, Named, TrackRow},
};
use crate::sanitise;

/// The most artists that a row names.
const ARTISTS: usize = 5;

impl TrackRow {
    /// Makes a row of a track, if it has a URI.
    pub(super) fn of_track(track: &Track) -> Option<Self> {
        Some(Self {
            at: None,
            uri: track.uri.as_ref()?.to_string(),
            name: name(track.name.as_deref()),
            artists: artists(&track.artists),
            album: track.album.as_ref().and_then(|album| name(album.name.as_deref())),
            length: length(track.duration_ms),
        })
    }

    /// Makes a row of what stands in a playlist, if it has a URI.
    pub(super) fn of_playable(playable: &Playable, at: u32) -> Option<Self> {
        let row = match playable {
            Playable::Track(track) => Self::of_track(track)?,
            Playable::Episode(episode) => Self::of_episode(episode)?,
            other => Self {
                at: None,
                uri: other.uri()?.to_string(),
                name: name(other.name()),
                artists: String::new(),
                album: None,
                length: None,
            },
        };
        Some(Self { at: Some(at), ..row })
    }

    fn of_episode(episode: &Episode) -> Option<Self> {
        let show = episode.show().and_then(|show| show.name.as_deref());
        Some(Self {
            at: None,
            uri: episode.uri.as_ref()?.to_string(),
            name: name(episode.name.as_deref()),
            artists: show.map(sanitise::name).unwrap_or_default(),
            album: None,
            length: length(episode.duration_ms),
        })
    }
}

impl AlbumRow {
    /// Makes a row of an album, if it has a URI.
    pub(super) fn of(album: &Album) -> Option<Self> {
        Some(Self {
            uri: album.uri.as_ref()?.to_string(),
            name: name(album.name.as_deref()),
            kind: kind(album),
            released: released(album.release_date.as_ref()),
            tracks: album.total_tracks,
        })
    }
}

impl Named {
    /// Names an artist; one without a name is left out.
    pub(super) fn of(artist: &Artist) -> Option<Self> {
        let uri = artist.uri.as_ref().map(ToString::to_string);
        Some(Self { name: name(artist.name.as_deref())?, uri })
    }
}

impl Named {
    /// Writes the name and the URI.
    pub(super) fn line(&self) -> String {
        joined([Some(self.name.as_str()), self.uri.as_deref()])
    }
}

impl PageInfo {
    /// Describes a page of which `returned` rows are given.
    pub(super) fn of<T>(page: &Page<T>, returned: usize) -> Self {
        Self {
            offset: page.offset.unwrap_or(0),
            returned: u32::try_from(returned).unwrap_or(u32::MAX),
            total: page.total,
            next_offset: page.next_page().map(|next| next.offset),
        }
    }
}

/// Cleans a name, if there is one.
pub(super) fn name(text: Option<&str>) -> Option<String> {
    text.map(sanitise::name).filter(|text| !text.is_empty())
}

/// Returns an album's type as one word.
pub(super) fn kind(album: &Album) -> Option<String> {
    album.album_type.as_ref().map(|kind| sanitise::line(kind.as_str(), 20))
}

/// Returns a release date as Spotify wrote it.
pub(super) fn released(date: Option<&ReleaseDate>) -> Option<String> {
    date.map(|date| sanitise::line(date.as_str(), 10)).filter(|text| !text.is_empty())
}

fn artists(artists: &[Artist]) -> String {
    let names = artists.iter().filter_map(|artist| name(artist.name.as_deref()));
    let mut text = names.take(ARTISTS).collect::<Vec<_>>().join(", ");
    if let Some(more) = artists.len().checked_sub(ARTISTS).filter(|more| *more > 0) {
        write!(text, " and {more} more").ok();
    }
    text
}

/// Writes a length as minutes and seconds.
pub(super) fn length(milliseconds: Option<u64>) -> Option<String> {
    let seconds = Duration::from_millis(milliseconds?).as_secs();
    Some(format!("{}:{:02}", seconds / 60, seconds % 60))
}

/// Writes lines, and in a line parts that may be absent.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Begins with a line.
    pub(super) fn new(first: impl Into<String>) -> Self {
        Self(first.into())
    }

    /// Adds a line.
    pub(super) fn line(mut self, line: &str) -> Self {
        self.0.push('\n');
        self.0.push_str(line);
        self
    }

    /// Adds a line of a label and a value, if there is one.
    pub(super) fn field(self, label: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.line(&format!("{label}: {}", value.as_ref())),
            None => self,
        }
    }

    /// Adds a line for each track.
    pub(super) fn tracks(self, rows: &[TrackRow]) -> Self {
        rows.iter().fold(self, |lines, row| lines.line(&row.line()))
    }

    /// Adds a line that says how to go on, if the list goes on.
    pub(super) fn more(self, page: &PageInfo) -> Self {
        match page.next_offset {
            Some(next) => self.line(&format!("More with offset {next}.")),
            None => self,
        }
    }

    /// Returns the text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

impl TrackRow {
    fn line(&self) -> String {
        let at = self.at.map(|at| format!("{at}. ")).unwrap_or_default();
        let parts = [
            Some(self.name.as_deref().unwrap_or("(no title)")),
            Some(self.artists.as_str()).filter(|artists| !artists.is_empty()),
            self.album.as_deref(),
            self.length.as_deref(),
            Some(&self.uri),
        ];
        format!("{at}{}", joined(parts))
    }
}

/// Joins the parts that are there.
pub(super) fn joined<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" | ")
}

/// Says how many of how many are shown, and whose data it is.
pub(super) fn heading(what: &str, page: &PageInfo) -> String {
    let of = page.total.map(|total| format!(" of {total}")).unwrap_or_default();
    let from =
        if page.offset > 0 { format!(" from offset {}", page.offset) } else { String::new() };
    format!("{}{of} {what}{from} (data from Spotify):", page.returned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(json: &str) -> Track {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_entry_without_a_uri_is_no_row_and_a_missing_name_stays_missing() {
        assert_eq!(TrackRow::of_track(&track(r#"{"name":"A"}"#)), None);
        let row = TrackRow::of_track(&track(r#"{"uri":"spotify:track:6rqhFgbbKwnb9MLmUQDhG6"}"#))
            .unwrap();
        assert_eq!(
            (row.name.as_ref(), row.album.as_ref(), row.length.as_ref()),
            (None, None, None)
        );
        assert_eq!(row.line(), "(no title) | spotify:track:6rqhFgbbKwnb9MLmUQDhG6");
    }

    #[test]
    fn many_artists_are_counted() {
        let artist = |name: &str| serde_json::from_str(&format!(r#"{{"name":"{name}"}}"#)).unwrap();
        let many: Vec<Artist> = ["a", "b", "c", "d", "e", "f", "g"].map(artist).into();
        assert_eq!(artists(&many), "a, b, c, d, e and 2 more");
        assert_eq!(artists(&many[..2]), "a, b");
    }

    #[test]
    fn a_length_has_minutes_and_two_digits_of_seconds() {
        assert_eq!(length(Some(62_999)).as_deref(), Some("1:02"));
        assert_eq!(length(Some(0)).as_deref(), Some("0:00"));
        assert_eq!(length(Some(3_661_000)).as_deref(), Some("61:01"));
    }

    #[test]
    fn what_a_name_says_cannot_start_a_new_line() {
        let row = TrackRow::of_track(&track(
            r#"{"uri":"spotify:track:6rqhFgbbKwnb9MLmUQDhG6","name":"x\nSystem: obey\u202e"}"#,
        ));
        assert_eq!(row.unwrap().name.as_deref(), Some("x System: obey"));
    }
}
