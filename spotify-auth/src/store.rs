//! Where one profile's grant is kept, and who is told what happens to it.
//!
//! [`TokenStore`] and [`Events`] let the OAuth and rotation logic run without this workspace's
//! vault and audit log. Their methods may block on files and locks; the callers here run them on
//! blocking threads.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::grant::{EndReason, Grant, Record, RecordError};
use crate::policy::{Policy, TokenRotation};

/// Keeps the grant of one profile.
pub trait TokenStore: Send + Sync {
    /// Returns what is kept now; `None` before the first sign-in.
    ///
    /// # Errors
    /// See [`StoreError`]. An outage is never reported as `None`.
    fn load(&self) -> Result<Option<Stored>, StoreError>;

    /// Takes the only right to change the record, across processes, for as long as the lease
    /// lives.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another holder did not let go within `wait`.
    fn lease(&self, wait: Duration) -> Result<Box<dyn TokenLease>, StoreError>;
}

/// The only right to change a record. Let go when dropped.
pub trait TokenLease: Send {
    /// Returns what is kept now.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn load(&mut self) -> Result<Option<Stored>, StoreError>;

    /// Makes sure that a commit will find room, before a token is spent to earn it.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn prepare(&mut self) -> Result<(), StoreError>;

    /// Replaces the record; when this returns, the new one survives a crash. Returns its
    /// generation.
    ///
    /// # Errors
    /// The old record stays, and the commit may be tried again.
    fn commit(&mut self, record: &Record) -> Result<u64, StoreError>;
}

/// A record as it is kept.
#[derive(Debug)]
pub struct Stored {
    /// How often it was written: grows by one with each commit.
    pub generation: u64,
    /// When it was written.
    pub written_at: Timestamp,
    /// The record.
    pub record: Record,
    /// What the operator asks of the profile.
    pub policy: Policy,
}

/// Why a store can't do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The profile was revoked: its keys are gone.
    #[error("the profile was revoked")]
    Revoked,
    /// The profile was suspended; it can be resumed.
    #[error("the profile is suspended")]
    Suspended,
    /// Another process holds the lease.
    #[error("another process is changing this profile")]
    Busy,
    /// The record was changed by someone who does not hold the lease: this lease is of no more use.
    #[error("the profile's record was changed by someone without its lease")]
    Conflict,
    /// The record can't be read.
    #[error("reading the profile's record")]
    Malformed(#[source] Arc<RecordError>),
    /// The store can't be read or written.
    #[error("{doing}")]
    Failed {
        /// What was being done.
        doing: &'static str,
        /// What the store said.
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether another try of the same can't come to something else.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Revoked | Self::Malformed(_))
    }
}

impl From<RecordError> for StoreError {
    fn from(error: RecordError) -> Self {
        Self::Malformed(Arc::new(error))
    }
}

/// Hears what happens to a grant.
pub trait Events: Send + Sync {
    /// Takes note of an event. When it returns, the note is durable.
    ///
    /// # Errors
    /// What could not be noted is not done, or not used: the caller fails.
    fn note(&self, event: &Event<'_>) -> Result<(), EventError>;
}

/// An event could not be noted.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the audit log could not be written")]
pub struct EventError(#[source] pub Arc<dyn Error + Send + Sync>);

/// What can happen to a grant. Secrets are lent, so that a listener can make references of them.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A person asked to sign in.
    SignInStarted,
    /// A person signed in.
    SignedIn {
        /// The new grant.
        grant: &'a Grant,
        /// The record's generation.
        generation: u64,
        /// From the redirect to the sealed record.
        took: Duration,
    },
    /// A sign-in came to nothing.
    SignInFailed {
        /// One word for the cause.
        reason: &'static str,
    },
    /// The access token was renewed.
    Refreshed {
        /// What was spent.
        old: &'a Grant,
        /// What came of it.
        new: &'a Grant,
        /// The record's generation.
        generation: u64,
        /// How many requests it took.
        attempts: u32,
        /// From the first request to the sealed record.
        took: Duration,
        /// Whether another refresh token is asked for with each refresh.
        rotation: TokenRotation,
    },
    /// The access token could not be renewed; the grant may be in order.
    RefreshFailed {
        /// The grant that was tried.
        grant: &'a Grant,
        /// One word for the cause.
        reason: &'static str,
        /// How many requests were made.
        attempts: u32,
    },
    /// Spotify refused the grant; its tokens were erased.
    GrantEnded {
        /// The grant that ended.
        grant: &'a Grant,
        /// Why.
        reason: EndReason,
        /// Whether it ended before its six months were over.
        early: bool,
    },
    /// A renewed token could not be written; it is served from memory until it is.
    Unsaved {
        /// The grant that only the memory has.
        grant: &'a Grant,
        /// Whether its refresh token replaced the one that is still written.
        rotated: bool,
    },
    /// Spotify replaced a refresh token that stands where nothing can be kept.
    NotKept {
        /// The grant, which lives in this process only.
        grant: &'a Grant,
    },
    /// A grant nears the day by which the person must sign in again. Told once for each mark.
    DeadlineNears {
        /// The grant.
        grant: &'a Grant,
        /// The mark that was passed: at most this many days are left.
        days: u16,
        /// The day itself.
        deadline: Timestamp,
    },
    /// The record is older than what this program saw before: a copy was put back.
    RolledBack {
        /// The generation seen before.
        seen: u64,
        /// The generation found now.
        found: u64,
    },
    /// A token was asked for, but the profile is revoked.
    RevokedUse,
    /// A token was asked for, but the profile is suspended.
    SuspendedUse,
}
