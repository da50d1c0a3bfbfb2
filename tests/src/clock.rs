//! The simulator's own time.
//!
//! Nothing in the simulator reads the machine's clock: tokens expire when a test says that time
//! has passed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{Span, Timestamp, ToSpan as _, tz::TimeZone};
use tokio::time::Instant;

/// A clock that stands still until it is moved, shared by all its clones.
///
/// It starts at a fixed instant. With [`Clock::ticking`] it also follows the run time's clock,
/// for a simulator that serves people.
#[derive(Debug, Clone)]
pub struct Clock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    now: Timestamp,
    running_since: Option<Instant>,
}

impl Clock {
    /// The instant at which a simulator starts unless it is told otherwise: 2026-11-02T09:00:00Z.
    pub const START: Timestamp = Timestamp::constant(1_793_610_000, 0);

    /// Creates a clock that shows `now` until it is moved.
    pub fn fixed(now: Timestamp) -> Self {
        Self { state: Arc::new(Mutex::new(State { now, running_since: None })) }
    }

    /// Creates a clock that shows `now` and runs on from there.
    pub fn ticking(now: Timestamp) -> Self {
        let running_since = Some(Instant::now());
        Self { state: Arc::new(Mutex::new(State { now, running_since })) }
    }

    /// Returns the simulated time.
    pub fn now(&self) -> Timestamp {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let ran = state.running_since.map_or(Duration::ZERO, |start| start.elapsed());
        state.now.checked_add(ran).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock forward.
    ///
    /// It stops at the last instant that a [`Timestamp`] can hold.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.now.checked_add(by).unwrap_or(Timestamp::MAX);
    }
}

/// Returns the instant at which a grant of `authorized_at` dies: six calendar months later.
///
/// Source: Spotify, blog of 2026-06-18, "Refresh token expiration".
pub(crate) fn six_months_after(authorized_at: Timestamp) -> Timestamp {
    add_span(authorized_at, 6.months())
}

fn add_span(start: Timestamp, span: Span) -> Timestamp {
    start
        .to_zoned(TimeZone::UTC)
        .checked_add(span)
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_is_the_documented_instant() {
        assert_eq!(Clock::START.to_string(), "2026-11-02T09:00:00Z");
    }

    #[test]
    fn clones_of_a_clock_move_together() {
        let clock = Clock::fixed(Clock::START);
        let other = clock.clone();
        clock.advance(Duration::from_secs(90));
        assert_eq!(other.now().duration_since(Clock::START).as_secs(), 90);
    }

    #[test]
    fn six_months_are_calendar_months() {
        assert_eq!(six_months_after(Clock::START).to_string(), "2027-05-02T09:00:00Z");
    }
}
