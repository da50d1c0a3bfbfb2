//! The closed set of Spotify's scopes.
//!
//! New client ids refuse the whole authorization on one unknown scope, so a scope that Spotify does
//! not know must not be expressible (`developer.spotify.com/documentation/web-api/concepts/scopes`).

use std::{fmt, str::FromStr};

macro_rules! scopes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// A right that a person grants to an app.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Scope {
            const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Returns the scope as it stands in an authorization request.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Says in a few words what the scope allows, for a person who is asked to grant it.
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

scopes! {
    /// Control the Spotify app on the same phone
    AppRemoteControl = "app-remote-control",
    /// Read private playlists
    PlaylistReadPrivate = "playlist-read-private",
    /// Read collaborative playlists
    PlaylistReadCollaborative = "playlist-read-collaborative",
    /// Change public playlists
    PlaylistModifyPublic = "playlist-modify-public",
    /// Change private playlists
    PlaylistModifyPrivate = "playlist-modify-private",
    /// Read the library
    UserLibraryRead = "user-library-read",
    /// Change the library
    UserLibraryModify = "user-library-modify",
    /// Read the subscription and country
    UserReadPrivate = "user-read-private",
    /// Read the e-mail address
    UserReadEmail = "user-read-email",
    /// Read whom the person follows
    UserFollowRead = "user-follow-read",
    /// Change whom the person follows
    UserFollowModify = "user-follow-modify",
    /// Read the top artists and tracks
    UserTopRead = "user-top-read",
    /// Read how far episodes were played
    UserReadPlaybackPosition = "user-read-playback-position",
    /// Read the player's state
    UserReadPlaybackState = "user-read-playback-state",
    /// Read what was played recently
    UserReadRecentlyPlayed = "user-read-recently-played",
    /// Read what is playing
    UserReadCurrentlyPlaying = "user-read-currently-playing",
    /// Control the player
    UserModifyPlaybackState = "user-modify-playback-state",
    /// Upload playlist covers
    UgcImageUpload = "ugc-image-upload",
    /// Play music in a web player
    Streaming = "streaming",
}

impl Scope {
    /// Lists all scopes, each once.
    pub const fn all() -> &'static [Self] {
        Self::ALL
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

impl serde::Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A text that is none of Spotify's scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a scope: the text is none of Spotify's scopes")]
pub struct UnknownScope;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_reads_back_as_itself() {
        assert_eq!(Scope::all().len(), 19);
        for scope in Scope::all() {
            assert_eq!(scope.as_str().parse(), Ok(*scope));
            assert!(!scope.describe().is_empty());
        }
    }

    #[test]
    fn n53_an_unknown_scope_is_refused() {
        assert_eq!("openid".parse::<Scope>(), Err(UnknownScope));
        assert_eq!("Streaming".parse::<Scope>(), Err(UnknownScope));
    }
}
