//! The kinds of things that have an id and a URI.

/// A kind of thing, playlists aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Album,
    Artist,
    Audiobook,
    Chapter,
    Episode,
    Show,
    Track,
    User,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Album,
        Self::Artist,
        Self::Audiobook,
        Self::Chapter,
        Self::Episode,
        Self::Show,
        Self::Track,
        Self::User,
    ];

    /// Returns the word that stands in URIs.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Album => "album",
            Self::Artist => "artist",
            Self::Audiobook => "audiobook",
            Self::Chapter => "chapter",
            Self::Episode => "episode",
            Self::Show => "show",
            Self::Track => "track",
            Self::User => "user",
        }
    }

    /// Finds the kind that a word of a URI means.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
