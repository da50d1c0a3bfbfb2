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

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use http::HeaderValue;
use jiff::Timestamp;
use tokio_util::task::TaskTracker;

use crate::blocking::{blocking, note};
use crate::endpoint::TokenEndpoint;
use crate::grant::{Grant, Record, after};
use crate::store::{Event, Events, StoreError, Stored, TokenLease, TokenStore};
use crate::{Clock, Entropy};

mod error;
mod transaction;

pub use error::{BearerError, Class};

/// A token with less life left than this is not used: the request could arrive too late.
const SKEW: Duration = Duration::from_secs(30);
/// A token is renewed in the background this long before its end, so that nobody waits for it.
const EARLY: Duration = Duration::from_mins(5);
/// Up to this many seconds more, drawn per source, so that many profiles do not renew at once.
const EARLY_JITTER_SECONDS: u64 = 60;
/// A token that was renewed because of a refusal, and is refused again within this time, gets no
/// successor: another refresh would change nothing.
const FORCED: Duration = Duration::from_secs(5);
/// How far a clock may lie behind the moment a token was obtained at before it counts as set back.
const SET_BACK: Duration = Duration::from_secs(5);

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
    flight: Mutex<Option<Flight>>,
    /// When a refusal last led to a refresh.
    forced: Mutex<Option<Timestamp>>,
    /// What was earned but could not be written: its lease is kept until it is.
    unsaved: tokio::sync::Mutex<Option<Unsaved>>,
    tasks: TaskTracker,
}

type Flight = Shared<BoxFuture<'static, Result<(), BearerError>>>;

struct Unsaved {
    lease: Box<dyn TokenLease>,
    record: Record,
}

/// How much life a token has left.
enum Freshness {
    Fresh,
    /// Usable, but worth renewing in the background.
    Early,
    Expired,
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
        let (flight, forced, unsaved) =
            (Mutex::default(), Mutex::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Source {
            store,
            endpoint,
            events,
            clock,
            entropy,
            early,
            flight,
            forced,
            unsaved,
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
        let (generation, grant) = self.0.grant().await?;
        let refused = refused.is_some_and(|header| grant.access.made(header));
        let now = self.0.clock.now();
        match freshness(&grant, now, self.0.early) {
            Freshness::Fresh if !refused => return header(&grant),
            Freshness::Early if !refused => {
                // Its outcome is the next caller's concern: this one has a token that works.
                drop(self.0.refresh(generation));
                return header(&grant);
            }
            _ if refused && !self.0.may_force(now) => return Err(BearerError::RefusedFresh),
            _ => {}
        }
        self.0.refresh(generation).await?;
        let (_, grant) = self.0.grant().await?;
        match freshness(&grant, self.0.clock.now(), self.0.early) {
            Freshness::Expired => Err(BearerError::Clock),
            Freshness::Fresh | Freshness::Early => header(&grant),
        }
    }

    /// Waits until every refresh that was begun has ended. For an orderly shutdown.
    pub async fn settled(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}

impl Source {
    /// Returns the living grant, checked against the addresses that are configured.
    async fn grant(self: &Arc<Self>) -> Result<(u64, Grant), BearerError> {
        let store = Arc::clone(&self.store);
        let stored = match blocking(move || store.load()).await? {
            Err(StoreError::Revoked) => {
                note(&self.events, |events| events.note(&Event::RevokedUse)).await??;
                return Err(BearerError::Revoked);
            }
            other => other?,
        };
        let Some(Stored { generation, record }) = stored else {
            return Err(BearerError::NotSignedIn);
        };
        match record {
            Record::Ended(ended) => Err(BearerError::Ended(ended.ended.reason)),
            Record::Active(grant) => {
                grant.origins.check(self.endpoint.origins())?;
                Ok((generation, grant))
            }
        }
    }

    /// Whether a refusal may lead to a refresh now; notes that it does.
    fn may_force(&self, now: Timestamp) -> bool {
        let mut forced = self.forced.lock().unwrap_or_else(PoisonError::into_inner);
        let recently = forced.is_some_and(|last| last <= now && now < after(last, FORCED));
        if !recently {
            *forced = Some(now);
        }
        !recently
    }

    /// Joins the refresh that is under way, or begins one for the record of `generation`.
    fn refresh(self: &Arc<Self>, generation: u64) -> Flight {
        let mut slot = self.flight.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = slot.as_ref().filter(|flight| flight.peek().is_none()) {
            return flight.clone();
        }
        let task = self.tasks.spawn(transaction::run(Arc::clone(self), generation));
        let flight =
            task.map(|outcome| outcome.unwrap_or(Err(BearerError::Stopped))).boxed().shared();
        *slot = Some(flight.clone());
        flight
    }
}

fn header(grant: &Grant) -> Result<HeaderValue, BearerError> {
    grant.access.header().ok_or(BearerError::Unusable)
}

fn freshness(grant: &Grant, now: Timestamp, early: Duration) -> Freshness {
    // A clock that was set back makes every later moment a guess: renew.
    let before_issue = after(now, SET_BACK) < grant.obtained_at;
    if before_issue || after(now, SKEW) >= grant.expires_at {
        Freshness::Expired
    } else if after(now, early) >= grant.expires_at {
        Freshness::Early
    } else {
        Freshness::Fresh
    }
}
