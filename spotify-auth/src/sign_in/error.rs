//! Why a sign-in came to nothing.

use std::sync::Arc;

use crate::blocking::Stopped;
use crate::endpoint::TokenError;
use crate::loopback::LoopbackError;
use crate::oauth::{RedirectParseError, RedirectRefused};
use crate::store::{EventError, StoreError};

/// Why a sign-in came to nothing. Cheap to copy, because the browser and the waiting program are
/// told the same.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// What was given is no answer.
    #[error(transparent)]
    NotAnAnswer(#[from] RedirectParseError),
    /// No sign-in waits for this answer.
    #[error(
        "no sign-in waits for this answer: it was used already, or five minutes are over; start again"
    )]
    NotPending,
    /// A bare code does not say which sign-in it belongs to.
    #[error(
        "more than one sign-in waits; paste the whole address that the browser ended at, not only the code"
    )]
    WhichOne,
    /// The person or Spotify refused.
    #[error("{0}")]
    Refused(RedirectRefused),
    /// The five minutes are over.
    #[error("the sign-in was not finished within five minutes; start again")]
    TimedOut,
    /// A newer sign-in took the place.
    #[error("newer sign-ins took the place of this one; use the newest link")]
    Replaced,
    /// The listener could not start.
    #[error(transparent)]
    Listener(Arc<LoopbackError>),
    /// The code could not be exchanged.
    #[error("{0}")]
    Exchange(Arc<TokenError>),
    /// Spotify sent no refresh token.
    #[error("Spotify sent no refresh token, so the sign-in would last an hour only; start again")]
    NoRefreshToken,
    /// The grant could not be kept.
    #[error("{0}; nothing was kept of the sign-in")]
    Store(StoreError),
    /// The audit log could not be written.
    #[error(transparent)]
    Audit(#[from] EventError),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopped,
}

impl SignInError {
    /// Returns the cause as one word, as it stands in records.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotAnAnswer(_) => "not_an_answer",
            Self::NotPending => "not_pending",
            Self::WhichOne => "ambiguous",
            Self::Refused(RedirectRefused::AccessDenied) => "access_denied",
            Self::Refused(_) => "refused",
            Self::TimedOut => "timed_out",
            Self::Replaced => "replaced",
            Self::Listener(_) => "listener",
            Self::Exchange(error) => match error.as_ref() {
                TokenError::Refused(_) => "invalid_grant",
                TokenError::App(_) => "app_refused",
                TokenError::Busy { .. } => "spotify_busy",
                TokenError::NotSent(_) => "not_reachable",
                _ => "outcome_unknown",
            },
            Self::NoRefreshToken => "no_refresh_token",
            Self::Store(StoreError::Revoked) => "revoked",
            Self::Store(_) => "store",
            Self::Audit(_) => "audit",
            Self::Stopped => "stopped",
        }
    }
}

impl From<LoopbackError> for SignInError {
    fn from(error: LoopbackError) -> Self {
        Self::Listener(Arc::new(error))
    }
}

impl From<TokenError> for SignInError {
    fn from(error: TokenError) -> Self {
        Self::Exchange(Arc::new(error))
    }
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Stopped> for SignInError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}
