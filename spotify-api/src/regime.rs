//! The regimes of the Web API that exist side by side.

use std::{fmt, str::FromStr};

/// Which of Spotify's regimes an app is under.
///
/// Spotify does not say; under [`Regime::Auto`] the client learns from the answers
/// (`developer.spotify.com/documentation/web-api/concepts/quota-modes`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Regime {
    /// Learn from the answers.
    #[default]
    Auto,
    /// Extended Quota: all operations, all fields, the old limits.
    Extended,
    /// Development Mode of an app from before 2026-02-11: old and new names side by side.
    DevLegacy,
    /// Development Mode of a newer app: 48 operations, reduced fields, small limits.
    DevRestricted,
}

impl Regime {
    /// All regimes, each once.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Extended, Self::DevLegacy, Self::DevRestricted];

    /// Returns the regime's name in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Extended => "extended",
            Self::DevLegacy => "dev_legacy",
            Self::DevRestricted => "dev_restricted",
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Regime {
    type Err = UnknownRegime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|regime| regime.as_str() == text).ok_or(UnknownRegime)
    }
}

/// A text that names no regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a regime: it is one of auto, extended, dev_legacy and dev_restricted")]
pub struct UnknownRegime;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_regime_reads_back_as_itself_and_the_error_names_them_all() {
        for regime in Regime::ALL {
            assert_eq!(regime.to_string().parse(), Ok(regime));
            assert!(UnknownRegime.to_string().contains(regime.as_str()));
        }
        assert_eq!("Extended".parse::<Regime>(), Err(UnknownRegime));
    }
}
