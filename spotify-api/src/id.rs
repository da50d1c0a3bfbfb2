//! Ids, URIs and links of Spotify's resources.
//!
//! Each resource has its own id type, so that an album cannot be passed where a track is meant. All
//! of them parse a bare id, a `spotify:` URI and an `open.spotify.com` link, and refuse what needs a
//! network hop (short links) or belongs to somebody else's host.

mod link;
mod local;
mod opaque;
mod uri;
mod user;

use std::{fmt, str::FromStr};

pub(crate) use self::user::SEGMENT;
pub use self::{
    local::LocalUri,
    opaque::{CategoryId, DeviceId},
    uri::SpotifyUri,
    user::UserId,
};

/// Longest text that is looked at; no id, URI or link of Spotify comes near it.
const LONGEST: usize = 2048;
/// Length of a base62 id.
const LENGTH: usize = 22;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident = $kind:literal via $variant:ident;)+) => {$(
        $(#[doc = $doc])+
        ///
        /// 22 base62 characters. Parses a bare id, a URI or a link; `Display` gives the bare id.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Base62);

        impl $name {
            /// The resource's name in URIs and links.
            pub const KIND: &'static str = $kind;

            /// Returns the bare id.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// Returns the URI of the resource.
            pub const fn uri(self) -> SpotifyUri {
                SpotifyUri::$variant(self)
            }

            /// Returns the link that opens the resource in Spotify's apps.
            pub fn url(self) -> String {
                format!("https://open.spotify.com/{}/{}", $kind, self.as_str())
            }

            pub(crate) fn bare(text: &str) -> Result<Self, ParseIdError> {
                Base62::parse(text).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let text = text.trim();
                if !looks_like_reference(text) {
                    return Self::bare(text);
                }
                match text.parse::<SpotifyUri>()? {
                    SpotifyUri::$variant(id) => Ok(id),
                    other => Err(ParseIdError::OtherKind { expected: $kind, found: other.kind() }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.as_str())
            }
        }

        impl From<$name> for SpotifyUri {
            fn from(id: $name) -> Self {
                id.uri()
            }
        }

        text_serde!($name);
    )+};
}

/// Serialises by `Display` and deserialises by `FromStr`, without an intermediate `String`.
macro_rules! text_serde {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a Spotify id, URI or link for ", stringify!($name)))
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}
pub(crate) use text_serde;

ids! {
    /// The id of a track.
    TrackId = "track" via Track;
    /// The id of an album.
    AlbumId = "album" via Album;
    /// The id of an artist.
    ArtistId = "artist" via Artist;
    /// The id of a playlist.
    PlaylistId = "playlist" via Playlist;
    /// The id of a show.
    ShowId = "show" via Show;
    /// The id of an episode.
    EpisodeId = "episode" via Episode;
    /// The id of an audiobook.
    AudiobookId = "audiobook" via Audiobook;
    /// The id of an audiobook's chapter.
    ChapterId = "chapter" via Chapter;
}

/// Why a text is not the id, URI or link that was asked for.
///
/// The message says what to do instead. It holds no more of the refused text than its host name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdError {
    /// Nothing was given.
    #[error("read a Spotify id: it is empty")]
    Empty,
    /// The text is longer than any id, URI or link.
    #[error("read a Spotify id: the text has more than 2048 bytes")]
    TooLong,
    /// The id has the wrong length or a character outside of `0-9 A-Z a-z`.
    #[error(
        "read a Spotify id: an id has 22 characters out of 0-9, A-Z and a-z, like 6rqhFgbbKwnb9MLmUQDhG6"
    )]
    NotBase62,
    /// The text names another resource than the one that is needed.
    #[error("read a Spotify id: this is of kind {found}, but a {expected} is needed")]
    OtherKind {
        /// What is needed.
        expected: &'static str,
        /// What was given.
        found: &'static str,
    },
    /// The URI or link names no kind of resource that is known here.
    #[error("read a Spotify URI: it must look like spotify:track:6rqhFgbbKwnb9MLmUQDhG6")]
    UnknownKind,
    /// The link leads to its target only through a redirect.
    #[error(
        "read a Spotify link: {host} is a short link; open it in a browser and give the open.spotify.com address it leads to"
    )]
    ShortLink {
        /// The link's host.
        host: String,
    },
    /// The link does not belong to Spotify.
    #[error("read a Spotify link: its host must be open.spotify.com, not {host}")]
    ForeignHost {
        /// The link's host.
        host: String,
    },
    /// The link's host is right, but it names no resource.
    #[error(
        "read a Spotify link: it must look like https://open.spotify.com/track/6rqhFgbbKwnb9MLmUQDhG6"
    )]
    UnknownLink,
    /// The user id is `.` or `..`, or holds a control character.
    #[error("read a Spotify user id: it is \".\" or \"..\" or holds a control character")]
    UnusableUser,
    /// The id is `.` or `..`, or holds a control character.
    #[error("read a Spotify id: it is \".\" or \"..\" or holds a control character")]
    Unusable,
    /// A `spotify:local:` URI without its four parts.
    #[error("read a local file's URI: it must look like spotify:local:artist:album:title:180")]
    NotLocal,
}

/// 22 ASCII characters out of `0-9 A-Z a-z`.
///
/// Values above 2^128-1 are accepted: only the server knows which ids exist.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Base62([u8; LENGTH]);

impl Base62 {
    fn parse(text: &str) -> Result<Self, ParseIdError> {
        if text.is_empty() {
            return Err(ParseIdError::Empty);
        }
        let bytes: [u8; LENGTH] =
            text.as_bytes().try_into().map_err(|_| ParseIdError::NotBase62)?;
        // Without an early exit, so that all bytes are checked at once.
        if bytes.iter().fold(true, |fits, byte| fits & byte.is_ascii_alphanumeric()) {
            Ok(Self(bytes))
        } else {
            Err(ParseIdError::NotBase62)
        }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII letters and digits pass `parse`")
    }
}

/// Whether the text claims to be a URI or link rather than a bare id.
fn looks_like_reference(text: &str) -> bool {
    text.contains([':', '/']) || text.len() > LONGEST
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use proptest::prelude::*;

    use super::*;

    const ID: &str = "6rqhFgbbKwnb9MLmUQDhG6";

    #[test]
    fn an_id_parses_from_itself_its_uri_and_its_link() {
        for text in [
            ID.to_owned(),
            format!("  {ID}\n"),
            format!("spotify:track:{ID}"),
            format!("https://open.spotify.com/track/{ID}?si=abc"),
        ] {
            assert_eq!(text.parse::<TrackId>().unwrap().as_str(), ID, "{text}");
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused_with_both_kinds_named() {
        let error = format!("spotify:album:{ID}").parse::<TrackId>().unwrap_err();
        assert_eq!(error, ParseIdError::OtherKind { expected: "track", found: "album" });
        assert!(error.to_string().contains("album") && error.to_string().contains("track"));
    }

    #[test]
    fn a_text_that_is_no_id_is_refused() {
        assert_eq!("".parse::<TrackId>(), Err(ParseIdError::Empty));
        assert_eq!("short".parse::<TrackId>(), Err(ParseIdError::NotBase62));
        assert_eq!("6rqhFgbbKwnb9MLmUQDh-6".parse::<TrackId>(), Err(ParseIdError::NotBase62));
        assert_eq!("a".repeat(5000).parse::<TrackId>(), Err(ParseIdError::TooLong));
        assert_eq!("é".repeat(11).parse::<TrackId>(), Err(ParseIdError::NotBase62));
    }

    #[test]
    fn an_id_is_a_plain_string_in_json() {
        let id: TrackId = serde_json::from_str(&format!("\"{ID}\"")).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{ID}\""));
    }

    proptest! {
        #[test]
        fn every_base62_id_round_trips_through_uri_and_link(id in "[0-9A-Za-z]{22}") {
            let playlist: PlaylistId = id.parse().unwrap();
            prop_assert_eq!(playlist.to_string(), id);
            prop_assert_eq!(playlist.uri().to_string().parse::<PlaylistId>().unwrap(), playlist);
            prop_assert_eq!(playlist.url().parse::<PlaylistId>().unwrap(), playlist);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,80}") {
            black_box(text.parse::<TrackId>()).ok();
            black_box(text.parse::<SpotifyUri>()).ok();
            black_box(text.parse::<UserId>()).ok();
            black_box(format!("spotify:{text}").parse::<SpotifyUri>()).ok();
            black_box(format!("https://open.spotify.com/{text}").parse::<SpotifyUri>()).ok();
        }
    }
}
