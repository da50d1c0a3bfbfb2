//! How many requests of an app at a time, and none before Spotify allows the next.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use crate::{endpoint::Endpoint, error::Error};

/// The limits that all clients of one Spotify app share.
///
/// Spotify counts the rate limit per app, and the quota of an app in Development Mode per
/// developer account; a server of many people gives the same limits to the client of each
/// ([`crate::ClientBuilder::share_limits`]). Cheap to clone; clones are the same limits.
///
/// ```
/// use jiff::Timestamp;
/// use spotify_api::{AppLimits, LimitState};
///
/// # fn kept() -> LimitState { LimitState::default() }
/// // At the start of a program: what was closed when it ended is still closed.
/// let now: Timestamp = "2026-11-21T12:00:00Z".parse()?;
/// let limits = AppLimits::new(AppLimits::CONCURRENCY);
/// limits.restore(&kept(), now);
/// // At its end, or after an answer of status 429:
/// let to_keep = serde_json::to_string(&limits.state(now))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The rate limit closes all operations of the app. The quota counts groups of operations that
/// Spotify does not publish: a group is taken to be the operations of one path, like `/search` or
/// `/artists/{id}/albums`. Measured sizes of the quota differ between paths of one resource, and a
/// group that is cut too small costs one more refusal, while one that is cut too large would refuse
/// calls that work.
#[derive(Clone)]
pub struct AppLimits(Arc<Inner>);

struct Inner {
    slots: Semaphore,
    concurrency: usize,
    closed: Mutex<Closed>,
}

#[derive(Debug, Default)]
struct Closed {
    all_until: Option<Instant>,
    until: BTreeMap<String, Instant>,
}

/// Until when an app's operations are closed, to be kept over a restart of the program.
///
/// The times are Spotify's waits by the clock of the caller. See [`AppLimits::state`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LimitState {
    /// Until when the rate limit closes all operations.
    pub rate_limited_until: Option<Timestamp>,
    /// Until when the quota closes operations, by their path: `/artists/{id}/albums`.
    pub quotas_exceeded_until: BTreeMap<String, Timestamp>,
}

impl AppLimits {
    /// How many requests are under way at the same time unless the caller says otherwise.
    pub const CONCURRENCY: usize = 4;

    /// Begins with nothing closed and room for so many requests at a time; 0 counts as 1.
    pub fn new(concurrency: usize) -> Self {
        let concurrency = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let slots = Semaphore::new(concurrency);
        Self(Arc::new(Inner { slots, concurrency, closed: Mutex::default() }))
    }

    /// Returns how many requests may be under way at the same time.
    pub fn concurrency(&self) -> usize {
        self.0.concurrency
    }

    /// Returns what is closed at `now`. It changes with each answer of status 429.
    pub fn state(&self, now: Timestamp) -> LimitState {
        let closed = self.lock();
        let instant = Instant::now();
        let time = |until: Instant| {
            let left = until.checked_duration_since(instant).filter(|left| !left.is_zero())?;
            Some(now.checked_add(left).unwrap_or(Timestamp::MAX))
        };
        LimitState {
            rate_limited_until: closed.all_until.and_then(time),
            quotas_exceeded_until: closed
                .until
                .iter()
                .filter_map(|(path, until)| Some((path.clone(), time(*until)?)))
                .collect(),
        }
    }

    /// Closes what was closed in `state` and is not over at `now`. Opens nothing.
    pub fn restore(&self, state: &LimitState, now: Timestamp) {
        let instant = Instant::now();
        let until = |time: Timestamp| {
            let left = Duration::try_from(time.duration_since(now)).ok()?;
            instant.checked_add(left)
        };
        let mut closed = self.lock();
        closed.close_all(state.rate_limited_until.and_then(until));
        for (path, time) in &state.quotas_exceeded_until {
            if let Some(until) = until(*time) {
                closed.close(path, until);
            }
        }
    }

    /// Waits for one of the places for requests. Dropping the permit makes room.
    pub(super) async fn slot(&self) -> SemaphorePermit<'_> {
        self.0.slots.acquire().await.expect("the semaphore is never closed")
    }

    /// Returns why the operation must not be asked for yet, with the time that is left.
    pub(super) fn closed(&self, endpoint: &Endpoint) -> Option<Error> {
        let Endpoint { operation, path, .. } = *endpoint;
        let closed = self.lock();
        if closed.all_until.is_none() && closed.until.is_empty() {
            return None;
        }
        let now = Instant::now();
        let left = |until: Option<Instant>| {
            until.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero())
        };
        if let Some(left) = left(closed.until.get(path).copied()) {
            return Some(Error::QuotaExceeded { operation, retry_after: Some(left) });
        }
        let left = left(closed.all_until)?;
        Some(Error::RateLimited { operation, retry_after: Some(left) })
    }

    /// Remembers a wait that Spotify asked for.
    pub(super) fn learn(&self, endpoint: &Endpoint, error: &Error) {
        let limit = matches!(error, Error::RateLimited { .. } | Error::QuotaExceeded { .. });
        let Some(wait) = error.retry_after().filter(|_| limit) else { return };
        let now = Instant::now();
        let until = now.checked_add(wait).unwrap_or_else(|| now + FOREVER);
        let mut closed = self.lock();
        closed.until.retain(|_, until| *until > now);
        if matches!(error, Error::QuotaExceeded { .. }) {
            closed.close(endpoint.path, until);
        } else {
            closed.close_all(Some(until));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Closed> {
        self.0.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Closed {
    fn close_all(&mut self, until: Option<Instant>) {
        self.all_until = self.all_until.max(until);
    }

    fn close(&mut self, path: &str, until: Instant) {
        let known = self.until.entry(path.to_owned()).or_insert(until);
        *known = until.max(*known);
    }
}

impl Default for AppLimits {
    fn default() -> Self {
        Self::new(Self::CONCURRENCY)
    }
}

impl fmt::Debug for AppLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.0.slots.available_permits();
        f.debug_struct("AppLimits").field("free", &free).finish_non_exhaustive()
    }
}

/// A wait in whole seconds, rounded up, as people and `Retry-After` count it.
pub(super) const fn whole_seconds(wait: Duration) -> Duration {
    let extra = if wait.subsec_nanos() > 0 { 1 } else { 0 };
    Duration::from_secs(wait.as_secs().saturating_add(extra))
}

/// A wait beyond any clock.
const FOREVER: Duration = Duration::from_hours(24 * 365 * 30);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::{search::SEARCH, tracks::TRACK};

    const QUOTA: Error = Error::QuotaExceeded {
        operation: "search",
        retry_after: Some(Duration::from_secs(86_207)),
    };

    const RATE: Error =
        Error::RateLimited { operation: "search", retry_after: Some(Duration::from_secs(5)) };

    #[tokio::test(start_paused = true)]
    async fn a_rate_limit_closes_all_operations_and_a_quota_only_those_of_its_path() {
        let (limits, search, track) = (AppLimits::default(), SEARCH.endpoint(), TRACK.endpoint());
        limits.learn(search, &QUOTA);
        assert!(matches!(limits.closed(search), Some(Error::QuotaExceeded { .. })));
        assert!(limits.closed(track).is_none());
        limits.learn(search, &RATE);
        tokio::time::advance(Duration::from_secs(2)).await;
        let left = limits.closed(track).unwrap();
        assert_eq!(left.retry_after(), Some(Duration::from_secs(3)));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(limits.closed(track).is_none() && limits.closed(search).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_and_shorter_wait_does_not_shorten_an_earlier_one() {
        let (limits, search) = (AppLimits::default(), SEARCH.endpoint());
        limits.learn(search, &QUOTA);
        let short = Some(Duration::from_secs(1));
        limits.learn(search, &Error::QuotaExceeded { operation: "search", retry_after: short });
        assert_eq!(limits.closed(search).unwrap().retry_after(), QUOTA.retry_after());
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_beyond_any_clock_is_not_forgotten() {
        let (limits, search) = (AppLimits::default(), SEARCH.endpoint());
        let longest = Some(Duration::from_secs(u64::MAX));
        limits.learn(search, &Error::QuotaExceeded { operation: "search", retry_after: longest });
        assert!(limits.closed(search).is_some());
        let state = limits.state(Timestamp::MAX);
        assert_eq!(state.quotas_exceeded_until.get("/search"), Some(&Timestamp::MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_closed_stays_closed_over_a_restart_until_its_time() {
        let (limits, search) = (AppLimits::default(), SEARCH.endpoint());
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        assert_eq!(limits.state(now), LimitState::default());
        limits.learn(search, &QUOTA);
        limits.learn(search, &RATE);
        let kept = serde_json::to_string(&limits.state(now)).unwrap();
        assert_eq!(
            kept,
            r#"{"rate_limited_until":"2026-11-21T12:00:05Z","quotas_exceeded_until":{"/search":"2026-11-22T11:56:47Z"}}"#
        );
        let state: LimitState = serde_json::from_str(&kept).unwrap();
        let restarted = AppLimits::default();
        restarted.restore(&state, "2026-11-21T12:00:07Z".parse().unwrap());
        let left = restarted.closed(search).unwrap();
        assert_eq!(left.retry_after(), Some(Duration::from_secs(86_200)));
        assert!(restarted.closed(TRACK.endpoint()).is_none());
        let tomorrow = AppLimits::default();
        tomorrow.restore(&state, "2026-11-22T11:56:47Z".parse().unwrap());
        assert!(tomorrow.closed(search).is_none());
    }

    #[test]
    fn a_state_of_another_version_is_read_as_far_as_it_goes() {
        let state: LimitState = serde_json::from_str(r#"{"later":1}"#).unwrap();
        assert_eq!(state, LimitState::default());
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), Duration::from_secs(1));
        assert_eq!(whole_seconds(Duration::from_secs(2)), Duration::from_secs(2));
    }
}
