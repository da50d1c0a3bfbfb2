//! The reasons that Spotify gives beside an error's message.

use std::fmt;

macro_rules! reasons {
    ($($(#[$docs:meta])* $name:ident = $code:literal,)+) => {
        /// Why Spotify refuses, in its own code: mostly of player commands.
        ///
        /// The list is Spotify's as clients have seen it; it is open.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$docs])* $name,)+
            /// A reason that this crate does not know.
            Other(Box<str>),
        }

        impl Reason {
            /// The reasons that this crate knows, each once.
            pub const KNOWN: &[Self] = &[$(Self::$name,)+];

            /// Returns Spotify's code.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $code,)+
                    Self::Other(code) => code,
                }
            }
        }
    };
}

reasons! {
    /// There is no track before this one.
    NoPrevTrack = "NO_PREV_TRACK",
    /// There is no track after this one.
    NoNextTrack = "NO_NEXT_TRACK",
    /// The context has no such track.
    NoSpecificTrack = "NO_SPECIFIC_TRACK",
    /// Playback is paused already.
    AlreadyPaused = "ALREADY_PAUSED",
    /// Playback is not paused.
    NotPaused = "NOT_PAUSED",
    /// Nothing plays on the device itself.
    NotPlayingLocally = "NOT_PLAYING_LOCALLY",
    /// No track is playing.
    NotPlayingTrack = "NOT_PLAYING_TRACK",
    /// No album, artist or playlist is playing.
    NotPlayingContext = "NOT_PLAYING_CONTEXT",
    /// What is playing has no end, so that the command has no meaning.
    EndlessContext = "ENDLESS_CONTEXT",
    /// What is playing does not allow the command.
    ContextDisallow = "CONTEXT_DISALLOW",
    /// The same is playing already.
    AlreadyPlaying = "ALREADY_PLAYING",
    /// Too many tracks were started in a short time.
    RateLimited = "RATE_LIMITED",
    /// The device does not let itself be controlled from outside.
    RemoteControlDisallow = "REMOTE_CONTROL_DISALLOW",
    /// The device cannot be controlled.
    DeviceNotControllable = "DEVICE_NOT_CONTROLLABLE",
    /// The device's volume cannot be set.
    VolumeControlDisallow = "VOLUME_CONTROL_DISALLOW",
    /// No device is playing, and none was named.
    NoActiveDevice = "NO_ACTIVE_DEVICE",
    /// The account needs Spotify Premium.
    PremiumRequired = "PREMIUM_REQUIRED",
    /// The app's quota is used up.
    QuotaExceeded = "QUOTA_EXCEEDED",
    /// Spotify does not know either.
    Unknown = "UNKNOWN",
}

impl From<&str> for Reason {
    fn from(code: &str) -> Self {
        let known = Self::KNOWN.iter().find(|known| known.as_str() == code);
        known.cloned().unwrap_or_else(|| Self::Other(code.into()))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_as_itself_and_a_new_one_is_kept() {
        for known in Reason::KNOWN {
            assert_eq!(
                (&Reason::from(known.as_str()), known.to_string().as_str()),
                (known, known.as_str())
            );
        }
        assert_eq!(Reason::from("NO_ACTIVE_DEVICE"), Reason::NoActiveDevice);
        assert_eq!(Reason::from("SOMETHING_NEW"), Reason::Other("SOMETHING_NEW".into()));
    }
}
