//! Rate limit and quota, both off unless a size is given.
//!
//! Spotify publishes neither number, so there is no faithful default.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

/// How long a call counts against the rate limit.
const WINDOW: Duration = Duration::from_secs(30);
/// How long an exhausted bucket stays closed; Spotify's `Retry-After` suggests a day.
const QUOTA_PAUSE: Duration = Duration::from_hours(24);

/// Why a call comes too early, and in how many seconds it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooMany {
    InWindow { retry_after: u64 },
    InQuota { retry_after: u64 },
}

/// Counts calls.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Calls per app in 30 seconds.
    pub(crate) window: Option<usize>,
    /// Calls per bucket until it closes for a day; one developer account owns all apps.
    pub(crate) quota: Option<u64>,
    calls: BTreeMap<String, VecDeque<Timestamp>>,
    buckets: BTreeMap<&'static str, Bucket>,
}

#[derive(Debug, Default)]
struct Bucket {
    used: u64,
    closed_until: Option<Timestamp>,
}

impl Usage {
    /// Counts one call of an app to an operation, unless it comes too early.
    pub(crate) fn count(
        &mut self,
        client_id: &str,
        bucket: Option<&'static str>,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        self.count_in_window(client_id, now)?;
        match bucket {
            Some(bucket) => self.count_in_quota(bucket, now),
            None => Ok(()),
        }
    }

    fn count_in_window(&mut self, client_id: &str, now: Timestamp) -> Result<(), TooMany> {
        let Some(size) = self.window else { return Ok(()) };
        let calls = self.calls.entry(client_id.to_owned()).or_default();
        while calls.front().is_some_and(|&call| later(call, WINDOW) <= now) {
            calls.pop_front();
        }
        if calls.len() >= size {
            let free = calls.front().map_or(now, |&oldest| later(oldest, WINDOW));
            return Err(TooMany::InWindow { retry_after: seconds_until(free, now) });
        }
        calls.push_back(now);
        Ok(())
    }

    fn count_in_quota(&mut self, bucket: &'static str, now: Timestamp) -> Result<(), TooMany> {
        let Some(size) = self.quota else { return Ok(()) };
        let bucket = self.buckets.entry(bucket).or_default();
        if let Some(until) = bucket.closed_until {
            if now < until {
                return Err(TooMany::InQuota { retry_after: seconds_until(until, now) });
            }
            *bucket = Bucket::default();
        }
        if bucket.used >= size {
            let until = later(now, QUOTA_PAUSE);
            bucket.closed_until = Some(until);
            return Err(TooMany::InQuota { retry_after: seconds_until(until, now) });
        }
        bucket.used += 1;
        Ok(())
    }
}

fn later(start: Timestamp, by: Duration) -> Timestamp {
    start.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Returns whole seconds, at least one.
fn seconds_until(end: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(end.duration_since(now).as_secs()).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn the_window_rolls() {
        let mut usage = Usage { window: Some(2), ..Usage::default() };
        let at = |seconds| later(Clock::START, Duration::from_secs(seconds));
        assert_eq!(usage.count("app", None, at(0)), Ok(()));
        assert_eq!(usage.count("app", None, at(10)), Ok(()));
        let refused = Err(TooMany::InWindow { retry_after: 10 });
        assert_eq!(usage.count("app", None, at(20)), refused);
        assert_eq!(usage.count("other", None, at(20)), Ok(()));
        assert_eq!(usage.count("app", None, at(30)), Ok(()));
    }

    #[test]
    fn an_exhausted_bucket_closes_for_a_day_and_leaves_others_open() {
        let mut usage = Usage { quota: Some(1), ..Usage::default() };
        assert_eq!(usage.count("app", Some("search"), Clock::START), Ok(()));
        let refused = Err(TooMany::InQuota { retry_after: 86_400 });
        assert_eq!(usage.count("app", Some("search"), Clock::START), refused);
        assert_eq!(usage.count("app", Some("me"), Clock::START), Ok(()));
        let next_day = later(Clock::START, Duration::from_hours(24));
        assert_eq!(usage.count("app", Some("search"), next_day), Ok(()));
    }
}
