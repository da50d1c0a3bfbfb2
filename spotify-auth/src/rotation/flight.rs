//! Who begins a refresh, who joins the one that is under way, and who may have none now.
//!
//! One lock guards the decision, and nothing is awaited or spawned under it. So the decision stands
//! on no runtime, and its tests run it in the orders that a scheduler chooses.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use http::HeaderValue;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::pause::Pause;
use super::present::{Freshness, Present};
use super::{BearerError, FORCED, lock};
use crate::Entropy;
use crate::grant::after;
use crate::secret::Fingerprint;

#[cfg(test)]
mod tests;

/// How often a caller looks again after a refresh. The first look may join a refresh of an older
/// token, and the second may find one that was renewed, but lives a second only.
const LOOKS: usize = 4;

/// What a flight is about: where the token is read, and how it is renewed.
pub(super) trait Renewal: Sync {
    /// Reads the token there is now.
    fn present(&self) -> impl Future<Output = Result<Present, BearerError>> + Send;
    /// Begins to renew a token, beside the caller, and lands with the outcome.
    fn begin(&self, landing: Landing);
    /// Tells the time.
    fn now(&self) -> Timestamp;
}

/// The refreshes of one token source: one at a time, and none while a failure's pause lasts.
#[derive(Default)]
pub(super) struct Flights(Mutex<State>);

#[derive(Default)]
struct State {
    under_way: Option<Flight>,
    /// The token that was renewed last.
    renewed: Option<Fingerprint>,
    /// When a refusal last led to a refresh.
    forced: Option<Timestamp>,
    pause: Option<Pause>,
}

/// An outcome that many wait for.
type Flight = Shared<BoxFuture<'static, Result<(), BearerError>>>;

/// What becomes of whoever wants a token renewed.
enum Boarded {
    /// Wait for this.
    Joined(Flight),
    /// Begin the refresh, and wait for this.
    First(Flight, Landing),
    /// It was renewed since it was looked at.
    Landed,
}

impl Flights {
    /// Returns the header of a token that lives, renewing it first when it has ended or is
    /// `refused`.
    pub(super) async fn bearer(
        self: &Arc<Self>,
        renewal: &impl Renewal,
        refused: Option<&HeaderValue>,
        early: Duration,
    ) -> Result<HeaderValue, BearerError> {
        for _ in 0..LOOKS {
            let present = renewal.present().await?;
            let now = renewal.now();
            let refused = refused.is_some_and(|header| present.made(header));
            let flight = match present.freshness(now, early) {
                Freshness::Fresh if !refused => return Ok(present.header),
                Freshness::Early if !refused => {
                    // Its outcome is the next caller's concern: this one has a token that works.
                    drop(self.refresh(renewal, &present, refused, now));
                    return Ok(present.header);
                }
                Freshness::Fresh | Freshness::Early | Freshness::Expired => {
                    self.refresh(renewal, &present, refused, now)?
                }
            };
            if let Some(flight) = flight {
                flight.await?;
            }
        }
        Err(BearerError::Clock)
    }

    /// Joins the refresh that is under way, or begins one; `None` when there is nothing to wait
    /// for.
    fn refresh(
        self: &Arc<Self>,
        renewal: &impl Renewal,
        present: &Present,
        refused: bool,
        now: Timestamp,
    ) -> Result<Option<Flight>, BearerError> {
        Ok(match self.board(present.fingerprint, refused, now)? {
            Boarded::Joined(flight) => Some(flight),
            Boarded::First(flight, landing) => {
                renewal.begin(landing);
                Some(flight)
            }
            Boarded::Landed => None,
        })
    }

    fn board(
        self: &Arc<Self>,
        of: Fingerprint,
        refused: bool,
        now: Timestamp,
    ) -> Result<Boarded, BearerError> {
        let mut state = lock(&self.0);
        if let Some(flight) = &state.under_way {
            return Ok(Boarded::Joined(flight.clone()));
        }
        if let Some(error) = state.pause.as_ref().and_then(|pause| pause.bars(of, now)) {
            return Err(error);
        }
        if refused && !state.may_force(now) {
            // Its successor may have come between the look and this.
            let is_renewed = state.renewed == Some(of);
            return if is_renewed { Ok(Boarded::Landed) } else { Err(BearerError::RefusedFresh) };
        }
        let (sender, receiver) = oneshot::channel();
        let outcome = receiver.map(|sent| sent.unwrap_or(Err(BearerError::Stopped)));
        let flight = outcome.boxed().shared();
        state.under_way = Some(flight.clone());
        Ok(Boarded::First(flight, Landing { flights: Arc::clone(self), of, sender: Some(sender) }))
    }
}

impl State {
    /// Whether a refusal may lead to a refresh now; notes that it does.
    fn may_force(&mut self, now: Timestamp) -> bool {
        let recently = self.forced.is_some_and(|last| last <= now && now < after(last, FORCED));
        if !recently {
            self.forced = Some(now);
        }
        !recently
    }
}

/// The end of a refresh. Dropped without an outcome, because its task ended, it lets the next
/// caller begin another one.
pub(super) struct Landing {
    flights: Arc<Flights>,
    of: Fingerprint,
    sender: Option<oneshot::Sender<Result<(), BearerError>>>,
}

impl Landing {
    /// Returns the token that is to be renewed.
    pub(super) fn of(&self) -> Fingerprint {
        self.of
    }

    /// Ends the refresh, pauses after a failure, and tells everyone who waits.
    pub(super) fn land(
        mut self,
        outcome: Result<(), BearerError>,
        now: Timestamp,
        entropy: &Entropy,
    ) {
        let mut state = lock(&self.flights.0);
        state.under_way = None;
        state.renewed = outcome.is_ok().then_some(self.of);
        state.pause = (outcome.as_ref().err())
            .and_then(|error| Pause::after(error, self.of, state.pause.as_ref(), now, entropy));
        drop(state);
        if let Some(sender) = self.sender.take() {
            // Nobody may be waiting any more.
            drop(sender.send(outcome));
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if self.sender.is_some() {
            lock(&self.flights.0).under_way = None;
        }
    }
}
