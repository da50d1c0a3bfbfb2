//! How many requests at a time, and none before Spotify allows the next.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use crate::error::Error;

/// The limits that requests of a client share.
///
/// The rate limit counts all requests of an app; the quota counts groups of operations, of which
/// only the one that was refused is known to be closed.
#[derive(Debug)]
pub(super) struct Budget {
    slots: Semaphore,
    closed: Mutex<Closed>,
}

#[derive(Debug, Default)]
struct Closed {
    all_until: Option<Instant>,
    until: BTreeMap<&'static str, Instant>,
}

impl Budget {
    pub(super) fn new(concurrency: usize) -> Self {
        Self { slots: Semaphore::new(concurrency), closed: Mutex::default() }
    }

    /// Waits for one of the places for requests.
    pub(super) async fn slot(&self) -> SemaphorePermit<'_> {
        self.slots.acquire().await.expect("the semaphore is never closed")
    }

    /// Returns why the operation must not be asked for yet, with the time that is left.
    pub(super) fn closed(&self, operation: &'static str) -> Option<Error> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let left = |until: Option<Instant>| {
            until.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero())
        };
        if let Some(left) = left(closed.until.get(operation).copied()) {
            return Some(Error::QuotaExceeded { operation, retry_after: Some(left) });
        }
        let left = left(closed.all_until)?;
        Some(Error::RateLimited { operation, retry_after: Some(left) })
    }

    /// Remembers a wait that Spotify asked for.
    pub(super) fn learn(&self, error: &Error) {
        let Some(until) = error.retry_after().and_then(|wait| Instant::now().checked_add(wait))
        else {
            return;
        };
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            Error::RateLimited { .. } => closed.all_until = closed.all_until.max(Some(until)),
            Error::QuotaExceeded { operation, .. } => {
                closed.until.insert(operation, until);
            }
            _ => {}
        }
    }
}

/// A wait in whole seconds, rounded up, as people and `Retry-After` count it.
pub(super) const fn whole_seconds(wait: Duration) -> Duration {
    let extra = if wait.subsec_nanos() > 0 { 1 } else { 0 };
    Duration::from_secs(wait.as_secs().saturating_add(extra))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rate_limit_closes_all_operations_and_a_quota_only_its_own() {
        let budget = Budget::new(1);
        let wait = Some(Duration::from_secs(5));
        budget.learn(&Error::QuotaExceeded { operation: "a", retry_after: wait });
        assert!(matches!(budget.closed("a"), Some(Error::QuotaExceeded { .. })));
        assert!(budget.closed("b").is_none());
        budget.learn(&Error::RateLimited { operation: "a", retry_after: wait });
        tokio::time::advance(Duration::from_secs(2)).await;
        let left = budget.closed("b").unwrap();
        assert_eq!(left.retry_after(), Some(Duration::from_secs(3)));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(budget.closed("a").is_none() && budget.closed("b").is_none());
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), Duration::from_secs(1));
        assert_eq!(whole_seconds(Duration::from_secs(2)), Duration::from_secs(2));
    }
}
