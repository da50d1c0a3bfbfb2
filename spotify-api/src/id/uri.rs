//! `spotify:` URIs of every kind.

use std::{fmt, str::FromStr};

use super::{
    AlbumId, ArtistId, AudiobookId, ChapterId, EpisodeId, LONGEST, LocalUri, ParseIdError,
    PlaylistId, ShowId, TrackId, UserId, link, text_serde,
};

/// A resource of Spotify, named by its URI.
///
/// `FromStr` also takes `open.spotify.com` links. `Display` gives the URI. The legacy form
/// `spotify:user:{user}:playlist:{id}` is read as the playlist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SpotifyUri {
    /// A track.
    Track(TrackId),
    /// An album.
    Album(AlbumId),
    /// An artist.
    Artist(ArtistId),
    /// A playlist.
    Playlist(PlaylistId),
    /// A show.
    Show(ShowId),
    /// An episode.
    Episode(EpisodeId),
    /// An audiobook.
    Audiobook(AudiobookId),
    /// A chapter of an audiobook.
    Chapter(ChapterId),
    /// A user.
    User(UserId),
    /// The saved tracks, or another part of the library, of a user or of whoever asks.
    Collection {
        /// Whose library; `None` for the one who asks.
        owner: Option<UserId>,
        /// Which part of it, like `your-episodes`; `None` for the saved tracks.
        part: Option<String>,
    },
    /// A file on the listener's own disk.
    Local(LocalUri),
}

impl SpotifyUri {
    /// Returns the resource's name in URIs, like `track`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Track(_) => TrackId::KIND,
            Self::Album(_) => AlbumId::KIND,
            Self::Artist(_) => ArtistId::KIND,
            Self::Playlist(_) => PlaylistId::KIND,
            Self::Show(_) => ShowId::KIND,
            Self::Episode(_) => EpisodeId::KIND,
            Self::Audiobook(_) => AudiobookId::KIND,
            Self::Chapter(_) => ChapterId::KIND,
            Self::User(_) => UserId::KIND,
            Self::Collection { .. } => "collection",
            Self::Local(_) => "local",
        }
    }

    /// Whether a playlist can take the resource through the Web API: tracks and episodes.
    pub const fn fits_playlist(&self) -> bool {
        matches!(self, Self::Track(_) | Self::Episode(_))
    }

    /// Whether the player can play the resource as a whole.
    pub const fn is_context(&self) -> bool {
        matches!(
            self,
            Self::Album(_)
                | Self::Artist(_)
                | Self::Audiobook(_)
                | Self::Collection { .. }
                | Self::Playlist(_)
                | Self::Show(_)
        )
    }

    /// Reads a resource of the given kind with a bare base62 id.
    pub(super) fn of_kind(kind: &str, id: &str) -> Result<Self, ParseIdError> {
        Ok(match kind {
            TrackId::KIND => Self::Track(TrackId::bare(id)?),
            AlbumId::KIND => Self::Album(AlbumId::bare(id)?),
            ArtistId::KIND => Self::Artist(ArtistId::bare(id)?),
            PlaylistId::KIND => Self::Playlist(PlaylistId::bare(id)?),
            ShowId::KIND => Self::Show(ShowId::bare(id)?),
            EpisodeId::KIND => Self::Episode(EpisodeId::bare(id)?),
            AudiobookId::KIND => Self::Audiobook(AudiobookId::bare(id)?),
            ChapterId::KIND => Self::Chapter(ChapterId::bare(id)?),
            UserId::KIND => Self::User(UserId::from_encoded(id)?),
            _ => return Err(ParseIdError::UnknownKind),
        })
    }

    /// Reads a part of a library; the owner stands in it percent-encoded.
    pub(super) fn collection(
        owner: Option<&str>,
        part: Option<&str>,
    ) -> Result<Self, ParseIdError> {
        let owner = owner.map(UserId::from_encoded).transpose()?;
        let part = part.map(plain).transpose()?;
        Ok(Self::Collection { owner, part })
    }

    /// Reads a URI that is written as `Display` writes it.
    pub(crate) fn exact(text: &str) -> Option<Self> {
        let (kind, id) = text.strip_prefix("spotify:")?.split_once(':')?;
        // Ids of 22 characters have only one form; the others are compared.
        match Self::of_kind(kind, id) {
            Ok(uri) if kind != UserId::KIND => Some(uri),
            _ => text.parse().ok().filter(|uri: &Self| uri.to_string() == text),
        }
    }

    fn from_uri(rest: &str, whole: &str) -> Result<Self, ParseIdError> {
        let parts: Vec<&str> = rest.split(':').collect();
        match parts.as_slice() {
            ["local", ..] => whole.parse().map(Self::Local),
            ["collection"] => Self::collection(None, None),
            ["collection", part] => Self::collection(None, Some(part)),
            ["user", user, "collection"] => Self::collection(Some(user), None),
            ["user", user, "collection", part] => Self::collection(Some(user), Some(part)),
            ["user", user, "playlist", id] => {
                UserId::from_encoded(user)?;
                PlaylistId::bare(id).map(Self::Playlist)
            }
            [kind, id] => Self::of_kind(kind, id),
            _ => Err(ParseIdError::UnknownKind),
        }
    }
}

/// The part of a collection: lower-case words as Spotify writes them.
fn plain(part: &str) -> Result<String, ParseIdError> {
    let fits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| part.to_owned()).ok_or(ParseIdError::UnknownKind)
}

impl FromStr for SpotifyUri {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ParseIdError::Empty);
        }
        if text.len() > LONGEST {
            return Err(ParseIdError::TooLong);
        }
        match text.strip_prefix("spotify:") {
            Some(rest) => Self::from_uri(rest, text),
            None => link::parse(text),
        }
    }
}

impl fmt::Display for SpotifyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Track(id) => write!(f, "spotify:{kind}:{id}"),
            Self::Album(id) => write!(f, "spotify:{kind}:{id}"),
            Self::Artist(id) => write!(f, "spotify:{kind}:{id}"),
            Self::Playlist(id) => write!(f, "spotify:{kind}:{id}"),
            Self::Show(id) => write!(f, "spotify:{kind}:{id}"),
            Self::Episode(id) => write!(f, "spotify:{kind}:{id}"),
            Self::Audiobook(id) => write!(f, "spotify:{kind}:{id}"),
            Self::Chapter(id) => write!(f, "spotify:{kind}:{id}"),
            Self::User(id) => write!(f, "spotify:{kind}:{}", id.encoded()),
            Self::Collection { owner, part } => {
                f.write_str("spotify:")?;
                if let Some(owner) = owner {
                    write!(f, "user:{}:", owner.encoded())?;
                }
                f.write_str(kind)?;
                part.as_ref().map_or(Ok(()), |part| write!(f, ":{part}"))
            }
            Self::Local(uri) => uri.fmt(f),
        }
    }
}

text_serde!(SpotifyUri);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "37i9dQZF1DXcBWIGoYBM5M";

    #[test]
    fn every_kind_of_uri_reads_back_as_itself() {
        for text in [
            format!("spotify:track:{ID}"),
            format!("spotify:album:{ID}"),
            format!("spotify:artist:{ID}"),
            format!("spotify:playlist:{ID}"),
            format!("spotify:show:{ID}"),
            format!("spotify:episode:{ID}"),
            format!("spotify:audiobook:{ID}"),
            format!("spotify:chapter:{ID}"),
            "spotify:user:smedjan".to_owned(),
            "spotify:user:smedjan:collection".to_owned(),
            "spotify:user:smedjan:collection:artist".to_owned(),
            "spotify:collection".to_owned(),
            "spotify:collection:your-episodes".to_owned(),
            "spotify:local:a:b:c:12".to_owned(),
        ] {
            assert_eq!(text.parse::<SpotifyUri>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_legacy_playlist_uri_is_read_as_the_playlist() {
        let uri: SpotifyUri = format!("spotify:user:x:playlist:{ID}").parse().unwrap();
        assert_eq!(uri.to_string(), format!("spotify:playlist:{ID}"));
    }

    #[test]
    fn a_uri_of_an_unknown_kind_is_refused() {
        for text in ["spotify:", "spotify:genre:rock", "spotify:track", "spotify:a:b:c:d:e"] {
            assert_eq!(text.parse::<SpotifyUri>(), Err(ParseIdError::UnknownKind), "{text}");
        }
        assert_eq!("spotify:user:".parse::<SpotifyUri>(), Err(ParseIdError::Empty));
        assert_eq!("spotify:track:..".parse::<SpotifyUri>(), Err(ParseIdError::NotBase62));
    }

    proptest! {
        #[test]
        fn every_uri_that_is_read_is_written_as_one_that_reads_the_same(
            kind in "track|album|artist|playlist|show|episode|audiobook|chapter|user|local|collection",
            id in "[0-9A-Za-z]{22}|[^\\p{Cc}]{0,12}",
            owner in "(user:[^\\p{Cc}:]{1,8}:)?",
            rest in "(:[a-z0-9+%-]{0,6}){0,3}",
        ) {
            if let Ok(uri) = format!("spotify:{owner}{kind}:{id}{rest}").parse::<SpotifyUri>() {
                prop_assert_eq!(uri.to_string().parse(), Ok(uri));
            }
        }

        #[test]
        fn every_resource_reads_back_from_its_uri_and_its_link(
            kind in "track|album|artist|playlist|show|episode|audiobook|chapter",
            id in "[0-9A-Za-z]{22}",
            decoration in "(/intl-[a-z]{2}|/embed|/user/[a-z]{1,5})?",
        ) {
            let uri = format!("spotify:{kind}:{id}");
            prop_assert_eq!(uri.parse::<SpotifyUri>().unwrap().to_string(), &*uri);
            // Only playlists stand below their user.
            if kind == "playlist" || !decoration.starts_with("/user") {
                let link = format!("https://open.spotify.com{decoration}/{kind}/{id}?si=x#y");
                prop_assert_eq!(link.parse::<SpotifyUri>().unwrap().to_string(), uri);
            }
        }
    }
}
