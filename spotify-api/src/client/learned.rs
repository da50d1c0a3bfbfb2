//! What the client learned about the regime from Spotify's answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::endpoint::{Endpoint, Offer};
use crate::regime::Regime;

/// What was learned, per operation.
#[derive(Debug, Default)]
pub(super) struct Learned(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Operations that gave a good answer once.
    present: BTreeSet<&'static str>,
    /// Operations that Spotify refused as removed, and until when that is believed.
    removed: BTreeMap<&'static str, Instant>,
    /// Operations that took only the small page size.
    small_pages: BTreeSet<&'static str>,
}

impl Learned {
    /// Whether the operation exists, from the table and from experience.
    pub(super) fn offer(&self, endpoint: &Endpoint, regime: Regime) -> Offer {
        let state = self.lock();
        match endpoint.status.offered_in(regime) {
            Offer::Unknown if state.present.contains(endpoint.operation) => Offer::Yes,
            Offer::Unknown => match state.removed.get(endpoint.operation) {
                Some(until) if *until > Instant::now() => Offer::No,
                _ => Offer::Unknown,
            },
            known => known,
        }
    }

    /// Whether Spotify lately refused the operation as if it did not exist.
    pub(super) fn missing(&self, endpoint: &Endpoint) -> bool {
        let removed = self.lock().removed.get(endpoint.operation).copied();
        removed.is_some_and(|until| until > Instant::now())
    }

    /// Remembers that the operation gave a good answer.
    pub(super) fn present(&self, endpoint: &Endpoint) {
        let mut state = self.lock();
        if state.present.insert(endpoint.operation) {
            state.removed.remove(endpoint.operation);
        }
    }

    /// Remembers that Spotify refused the operation as removed, unless it is known to exist.
    ///
    /// The same answer can mean "not yours", so it is believed for a while only.
    pub(super) fn removed(&self, endpoint: &Endpoint) {
        let mut state = self.lock();
        if !state.present.contains(endpoint.operation) {
            state.removed.insert(endpoint.operation, Instant::now() + BELIEVED);
        }
    }

    /// Returns the largest page size that the operation takes; `None` if it has no pages.
    pub(super) fn largest_page(&self, endpoint: &Endpoint, regime: Regime) -> Option<u32> {
        let paging = endpoint.paging?;
        let small = self.lock().small_pages.contains(endpoint.operation);
        Some(if small { paging.max } else { paging.max_in(regime) })
    }

    /// Remembers that the operation takes only the small page size.
    pub(super) fn small_pages(&self, endpoint: &Endpoint) {
        self.lock().small_pages.insert(endpoint.operation);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a refusal is taken as "removed" without asking again.
const BELIEVED: Duration = Duration::from_hours(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::{playlists::ITEMS_OLD, search::SEARCH};

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_believed_for_a_while_unless_the_operation_worked_before() {
        let learned = Learned::default();
        let old = ITEMS_OLD.endpoint();
        assert_eq!(learned.offer(old, Regime::Auto), Offer::Unknown);
        learned.removed(old);
        assert_eq!(learned.offer(old, Regime::Auto), Offer::No);
        assert_eq!(learned.offer(old, Regime::Extended), Offer::Yes);
        tokio::time::advance(BELIEVED).await;
        assert_eq!(learned.offer(old, Regime::Auto), Offer::Unknown);
        learned.present(old);
        learned.removed(old);
        assert_eq!(learned.offer(old, Regime::Auto), Offer::Yes);
        assert_eq!(learned.offer(old, Regime::DevRestricted), Offer::No);
    }

    #[test]
    fn n54_the_page_size_follows_the_regime_and_experience() {
        let learned = Learned::default();
        let search = SEARCH.endpoint();
        assert_eq!(learned.largest_page(search, Regime::DevRestricted), Some(10));
        assert_eq!(learned.largest_page(search, Regime::Auto), Some(50));
        learned.small_pages(search);
        assert_eq!(learned.largest_page(search, Regime::Auto), Some(10));
    }
}
