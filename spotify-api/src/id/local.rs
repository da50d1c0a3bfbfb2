//! The URI of a file on the listener's own disk.

use std::{fmt, str::FromStr};

use percent_encoding::percent_decode_str;

use super::{LONGEST, ParseIdError, text_serde};

/// The URI of a local file: `spotify:local:{artist}:{album}:{title}:{seconds}`.
///
/// Each of the first three parts may be empty. Local files cannot be added to a playlist through the
/// Web API (`developer.spotify.com/documentation/web-api/concepts/playlists`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalUri {
    text: String,
    seconds: Option<u32>,
}

impl LocalUri {
    /// Returns the artist, if the URI names one.
    pub fn artist(&self) -> Option<String> {
        self.part(0)
    }

    /// Returns the album, if the URI names one.
    pub fn album(&self) -> Option<String> {
        self.part(1)
    }

    /// Returns the title, if the URI names one.
    pub fn title(&self) -> Option<String> {
        self.part(2)
    }

    /// Returns the length in seconds, if the URI names one.
    pub fn seconds(&self) -> Option<u32> {
        self.seconds
    }

    fn part(&self, index: usize) -> Option<String> {
        let part = self.text.strip_prefix(PREFIX)?.split(':').nth(index)?;
        let spaced = part.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8_lossy().into_owned();
        (!decoded.is_empty()).then_some(decoded)
    }
}

impl FromStr for LocalUri {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > LONGEST {
            return Err(ParseIdError::TooLong);
        }
        let rest = text.strip_prefix(PREFIX).ok_or(ParseIdError::NotLocal)?;
        let mut parts = rest.split(':').skip(3);
        let seconds = match (parts.next(), parts.next()) {
            (Some(""), None) => None,
            (Some(number), None) => Some(number.parse().map_err(|_| ParseIdError::NotLocal)?),
            _ => return Err(ParseIdError::NotLocal),
        };
        Ok(Self { text: text.to_owned(), seconds })
    }
}

impl fmt::Display for LocalUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_serde!(LocalUri);

const PREFIX: &str = "spotify:local:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n20_local_uris_keep_empty_parts_and_decode_plus_as_space() {
        let uri: LocalUri = "spotify:local:The+Caf%C3%A9s::My+Song:188".parse().unwrap();
        assert_eq!(uri.artist().as_deref(), Some("The Cafés"));
        assert_eq!(uri.album(), None);
        assert_eq!(uri.title().as_deref(), Some("My Song"));
        assert_eq!(uri.seconds(), Some(188));
        assert_eq!(uri.to_string(), "spotify:local:The+Caf%C3%A9s::My+Song:188");
    }

    #[test]
    fn a_local_uri_without_its_four_parts_is_refused() {
        for text in ["spotify:local:a:b:c", "spotify:local:a:b:c:d", "spotify:local:a:b:c:1:2"] {
            assert_eq!(text.parse::<LocalUri>(), Err(ParseIdError::NotLocal), "{text}");
        }
    }
}
