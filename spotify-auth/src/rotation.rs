//! The refresh transaction: one request per expired token, persisted before use.
//!
//! However many tasks and processes ask at once, one of them renews the token while it holds the
//! record's lease, and the others adopt what it wrote. Room for the answer is reserved before the
//! request is sent, so that a full disk is found while nothing is spent; the answer is sealed
//! before anyone may use it. A transaction once begun ends by itself: it does not depend on the
//! caller that started it.
//!
//! The record is read from the store for each request. That costs microseconds, and it makes a
//! revocation by another process take effect at once.
//!
//! - `flight`: who begins a refresh, and who joins it.
//! - `present`: the token there is, and how much life it has left.
//! - `transaction`: one refresh, from the lease to the sealed answer.
//! - `keep`: writing what was earned, also when the disk does not take it.
//! - `pause`: who waits how long after a failure.
//! - [`app`]: the token of an app without a person.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use tokio_util::task::TaskTracker;

use crate::blocking::{blocking, note};
use crate::endpoint::TokenEndpoint;
use crate::grant::Record;
use crate::secret::Fingerprint;
use crate::store::{Event, Events, StoreError, Stored, TokenStore};
use crate::{Clock, Entropy};

pub mod app;
mod error;
mod flight;
mod keep;
mod pause;
mod present;
mod transaction;

pub use app::AppTokens;
pub use error::{BearerError, Class};

use flight::{Flights, Landing, Renewal};
use keep::Unsaved;
use present::Present;

/// A token is renewed in the background this long before its end, so that nobody waits for it.
const EARLY: Duration = Duration::from_mins(5);
/// Up to this many seconds more, drawn per source, so that many profiles do not renew at once.
const EARLY_JITTER_SECONDS: u64 = 60;
/// A token that was renewed because of a refusal, and is refused again within this time, gets no
/// successor: another refresh would change nothing.
const FORCED: Duration = Duration::from_secs(5);

/// Hands out the bearer token of one profile and keeps it fresh.
#[derive(Clone)]
pub struct TokenSource(Arc<Source>);

struct Source {
    store: Arc<dyn TokenStore>,
    endpoint: TokenEndpoint,
    events: Arc<dyn Events>,
    clock: Clock,
    entropy: Entropy,
    early: Duration,
    flights: Arc<Flights>,
    /// What was earned but could not be written: its lease is kept until it is. Held by whoever
    /// refreshes, so that a process does one thing at a time to the record.
    unsaved: tokio::sync::Mutex<Option<Unsaved>>,
    /// The token of `unsaved`, to serve meanwhile, and the one on disk that it stands for.
    authority: Mutex<Option<(Fingerprint, Present)>>,
    /// The highest generation that was read.
    seen: AtomicU64,
    tasks: TaskTracker,
}

impl TokenSource {
    /// Serves the grant that `store` keeps, renewing it at `endpoint`.
    pub fn new(
        store: Arc<dyn TokenStore>,
        endpoint: TokenEndpoint,
        events: Arc<dyn Events>,
        clock: Clock,
        entropy: Entropy,
    ) -> Self {
        let early = EARLY + Duration::from_secs(entropy.below(EARLY_JITTER_SECONDS));
        Self(Arc::new(Source {
            store,
            endpoint,
            events,
            clock,
            entropy,
            early,
            flights: Arc::default(),
            unsaved: tokio::sync::Mutex::default(),
            authority: Mutex::default(),
            seen: AtomicU64::new(0),
            tasks: TaskTracker::new(),
        }))
    }

    /// Returns an `Authorization` header, renewing the token first when it has ended.
    ///
    /// `refused` is the header that Spotify just answered 401 to, if any: when the present token
    /// is another one, someone has renewed it already, and it is returned as it is.
    ///
    /// # Errors
    /// See [`BearerError`]; [`BearerError::class`] says what to do.
    pub async fn bearer(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue, BearerError> {
        self.0.flights.bearer(&self.0, refused, self.0.early).await
    }

    /// Whether a renewed token is in memory only, because the store did not take it. The program
    /// that holds it should not be ended.
    pub fn is_degraded(&self) -> bool {
        lock(&self.0.authority).is_some()
    }

    /// Waits until every refresh that was begun has ended, and tries once more to write what could
    /// not be written. For an orderly shutdown.
    pub async fn settled(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
        if let Err(error) = keep::write_down(&self.0).await {
            tracing::error!(%error, "a renewed token was not written to the vault");
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}

impl Renewal for Arc<Source> {
    /// Returns the token there is now, checked against the addresses that are configured.
    async fn present(&self) -> Result<Present, BearerError> {
        let store = Arc::clone(&self.store);
        let stored = match blocking(move || store.load()).await? {
            Err(StoreError::Revoked) => {
                *lock(&self.authority) = None;
                note(&self.events, |events| events.note(&Event::RevokedUse)).await??;
                return Err(BearerError::Revoked);
            }
            Err(StoreError::Suspended) => {
                note(&self.events, |events| events.note(&Event::SuspendedUse)).await??;
                return Err(BearerError::Suspended);
            }
            other => other?,
        };
        let Some(Stored { generation, written_at, record, policy }) = stored else {
            return Err(BearerError::NotSignedIn);
        };
        self.notice(generation).await?;
        let grant = match record {
            Record::Ended(ended) => return Err(BearerError::Ended(ended.ended.reason)),
            Record::Active(grant) => grant,
        };
        grant.origins.check(self.endpoint.origins())?;
        let kept = lock(&self.authority).clone();
        if let Some((_, kept)) = kept.filter(|(of, _)| *of == grant.access.fingerprint()) {
            return Ok(kept);
        }
        Present::of(&grant, &policy, written_at, self.clock.now()).ok_or(BearerError::Unusable)
    }

    fn begin(&self, landing: Landing) {
        self.tasks.spawn(transaction::run(Self::clone(self), landing));
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Source {
    /// Tells of a record that is older than one that was read before: a copy was put back.
    async fn notice(self: &Arc<Self>, found: u64) -> Result<(), BearerError> {
        let seen = self.seen.swap(found, Ordering::Relaxed);
        if found < seen {
            note(&self.events, move |events| events.note(&Event::RolledBack { seen, found }))
                .await??;
        }
        Ok(())
    }
}

/// None of these values has an invariant that a panic elsewhere could have broken.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
