//! Settings that are one of a few words.

use std::str::FromStr;

/// Which of Spotify's regimes an app is under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiRegime {
    /// Learned from Spotify's answers.
    #[default]
    Auto,
    /// Extended quota.
    Extended,
    /// Development Mode, made before 11 February 2026.
    DevLegacy,
    /// Development Mode, made since.
    DevRestricted,
}

/// How much is written to standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Failures only.
    Error,
    /// Failures and what may become one.
    #[default]
    Warn,
    /// What happens.
    Info,
    /// What happens inside.
    Debug,
    /// Everything.
    Trace,
}

/// Where an installation runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deployment {
    /// On a person's machine, or in a test.
    #[default]
    Development,
    /// Where others depend on it: a local Spotify is refused.
    Production,
}
/// A text that is none of a setting's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is none of {0}")]
pub struct NotAWord(pub(super) &'static str);

impl FromStr for LogLevel {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Self, NotAWord> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "error" => Self::Error,
            "warn" | "warning" => Self::Warn,
            "info" => Self::Info,
            "debug" => Self::Debug,
            "trace" => Self::Trace,
            _ => return Err(NotAWord("`error`, `warn`, `info`, `debug` and `trace`")),
        })
    }
}

impl LogLevel {
    /// Returns the level as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl FromStr for Deployment {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Self, NotAWord> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err(NotAWord("`development` and `production`")),
        }
    }
}

impl ApiRegime {
    /// All regimes.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Extended, Self::DevLegacy, Self::DevRestricted];

    /// Returns the regime as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Extended => "extended",
            Self::DevLegacy => "dev_legacy",
            Self::DevRestricted => "dev_restricted",
        }
    }
}

impl FromStr for ApiRegime {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Self, NotAWord> {
        let found = Self::ALL.into_iter().find(|regime| regime.as_str() == text);
        found.ok_or(NotAWord("`auto`, `extended`, `dev_legacy` and `dev_restricted`"))
    }
}
