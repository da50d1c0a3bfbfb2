//! Why no token can be handed out.

use std::sync::Arc;
use std::time::Duration;

use crate::blocking::Stopped;
use crate::endpoint::TokenError;
use crate::grant::EndReason;
use crate::origins::OriginMismatch;
use crate::store::{EventError, StoreError};

/// Why no token can be handed out. Cheap to copy, because waiters share one outcome.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BearerError {
    /// The profile has no grant yet.
    #[error("nobody has signed in with this profile yet")]
    NotSignedIn,
    /// The grant is over.
    #[error("the sign-in has ended: {0}")]
    Ended(EndReason),
    /// The profile was revoked.
    #[error("the profile was revoked")]
    Revoked,
    /// The profile is suspended until someone resumes it.
    #[error("the profile is suspended; `spotify-admin resume` ends that")]
    Suspended,
    /// The grant belongs to another address.
    #[error(transparent)]
    Origin(#[from] OriginMismatch),
    /// Spotify could not be asked, or did not answer in time.
    #[error("renewing the access token")]
    Spotify {
        /// What the last request came to.
        #[source]
        source: Arc<TokenError>,
        /// When Spotify said to ask again.
        retry_after: Option<Duration>,
    },
    /// Spotify refused the app.
    #[error("renewing the access token")]
    App(#[source] Arc<TokenError>),
    /// The record can't be read or written.
    #[error("using the sealed record of the profile")]
    Store(#[source] StoreError),
    /// A token was renewed, but its record could not be written yet; it is kept in memory and the
    /// write is tried again at the next use.
    #[error("a renewed token could not be written to the vault yet")]
    Unsaved(#[source] StoreError),
    /// The audit log could not be written.
    #[error(transparent)]
    Audit(#[from] EventError),
    /// Spotify refuses a token that it issued seconds ago.
    #[error("Spotify refuses a token that it issued seconds ago")]
    RefusedFresh,
    /// The renewed token has ended already.
    #[error("the renewed token has ended already; check this machine's clock")]
    Clock,
    /// The token can't stand in a header.
    #[error("the kept token can't be sent; sign in again")]
    Unusable,
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopped,
}

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// A person must sign in.
    NeedsSignIn,
    /// It may work later, at the earliest after this long.
    Transient(Option<Duration>),
    /// Someone must change something.
    Fatal,
}

impl BearerError {
    /// Returns what to do about the error.
    pub fn class(&self) -> Class {
        match self {
            Self::NotSignedIn | Self::Ended(_) | Self::Revoked | Self::Unusable => {
                Class::NeedsSignIn
            }
            Self::Spotify { retry_after, .. } => Class::Transient(*retry_after),
            Self::Store(StoreError::Busy)
            | Self::Unsaved(_)
            | Self::RefusedFresh
            | Self::Stopped => Class::Transient(None),
            Self::Suspended
            | Self::Origin(_)
            | Self::App(_)
            | Self::Store(_)
            | Self::Audit(_)
            | Self::Clock => Class::Fatal,
        }
    }
}

impl From<StoreError> for BearerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Revoked => Self::Revoked,
            StoreError::Suspended => Self::Suspended,
            other => Self::Store(other),
        }
    }
}

impl From<Stopped> for BearerError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}
