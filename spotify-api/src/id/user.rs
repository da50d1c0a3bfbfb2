//! The id of a user: opaque, not base62.

use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{LONGEST, ParseIdError, SpotifyUri, text_serde};

/// What stays as it is in a URI or a path: RFC 3986 section 2.3, unreserved characters.
pub(crate) const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The id of a user: any non-empty text.
///
/// Old names hold `#`, `+`, `!` and accents, so the id is percent-encoded as one segment wherever it
/// enters a path or URI. Parses a bare id, a URI or a link; `Display` gives the bare id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

impl UserId {
    /// The resource's name in URIs and links.
    pub const KIND: &'static str = "user";

    /// Returns the bare id, not encoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the URI of the user.
    pub fn uri(&self) -> SpotifyUri {
        SpotifyUri::User(self.clone())
    }

    /// Returns the link that opens the user's profile in Spotify's apps.
    pub fn url(&self) -> String {
        format!("https://open.spotify.com/user/{}", self.encoded())
    }

    pub(crate) fn encoded(&self) -> impl fmt::Display + '_ {
        utf8_percent_encode(&self.0, SEGMENT)
    }

    /// Takes an id as it stands in a JSON answer.
    ///
    /// # Errors
    /// The id is empty, too long, or one that would change the path it is put into.
    pub fn bare(text: &str) -> Result<Self, ParseIdError> {
        if text.is_empty() {
            return Err(ParseIdError::Empty);
        }
        if text.len() > LONGEST {
            return Err(ParseIdError::TooLong);
        }
        // URL parsers drop dot segments even when they are percent-encoded.
        if matches!(text, "." | "..") || text.chars().any(char::is_control) {
            return Err(ParseIdError::UnusableUser);
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes an id as it stands in a URI or link.
    pub(super) fn from_encoded(text: &str) -> Result<Self, ParseIdError> {
        let decoded =
            percent_decode_str(text).decode_utf8().map_err(|_| ParseIdError::UnusableUser)?;
        Self::bare(&decoded)
    }
}

impl FromStr for UserId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if !(text.starts_with("spotify:") || text.contains("://")) {
            return Self::bare(text);
        }
        match text.parse::<SpotifyUri>()? {
            SpotifyUri::User(id) => Ok(id),
            other => Err(ParseIdError::OtherKind { expected: Self::KIND, found: other.kind() }),
        }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(UserId);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn n49_user_ids_hold_any_characters_and_are_encoded_as_one_segment() {
        let user: UserId = "jané#1+2!/x".parse().unwrap();
        assert_eq!(user.as_str(), "jané#1+2!/x");
        assert_eq!(user.uri().to_string(), "spotify:user:jan%C3%A9%231%2B2%21%2Fx");
        assert_eq!(user.url().parse::<UserId>().unwrap(), user);
    }

    #[test]
    fn ids_that_would_change_a_path_are_refused() {
        for text in [".", "..", "a\nb", "spotify:user:%2E%2E"] {
            assert_eq!(text.parse::<UserId>(), Err(ParseIdError::UnusableUser), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_user_id_round_trips_through_its_uri(text in "[^\\p{Cc}]{1,30}") {
            if let Ok(user) = UserId::bare(&text) {
                for text in [user.uri().to_string(), user.url()] {
                    let read: UserId = text.parse().unwrap();
                    prop_assert_eq!(&read, &user);
                }
            }
        }
    }
}
