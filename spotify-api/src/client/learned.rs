//! What was learned about an app's regime from Spotify's answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    endpoint::{Endpoint, Offer},
    regime::Regime,
};

/// What was learned about which operations an app has.
///
/// It is about the app, not about a person: a server of many people gives the same to the client
/// of each ([`crate::ClientBuilder::share_learned`]). Cheap to clone; clones are the same.
#[derive(Clone, Default)]
pub struct Learned(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Operations whose last answer was a good one.
    present: BTreeSet<&'static str>,
    /// Operations that Spotify refused as if they were missing, and until when that is believed.
    missing: BTreeMap<&'static str, Instant>,
    /// Operations that took only the small page size.
    small_pages: BTreeSet<&'static str>,
}

/// What was learned about an app, to be kept over a restart of the program.
///
/// It names operations by their ids. The times are by the clock of the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LearnedState {
    /// Operations that the app has.
    pub present: BTreeSet<String>,
    /// Operations that the app seems not to have, and until when that is believed.
    pub missing_until: BTreeMap<String, Timestamp>,
    /// Operations whose pages are small for the app.
    pub small_pages: BTreeSet<String>,
}

impl Learned {
    /// Returns what was learned, at `now`.
    pub fn state(&self, now: Timestamp) -> LearnedState {
        let (state, instant) = (self.lock(), Instant::now());
        let time = |until: &Instant| {
            let left = until.checked_duration_since(instant).filter(|left| !left.is_zero())?;
            now.checked_add(left).ok()
        };
        let missing = state.missing.iter();
        LearnedState {
            present: state.present.iter().map(ToString::to_string).collect(),
            missing_until: missing
                .filter_map(|(operation, until)| Some(((*operation).to_owned(), time(until)?)))
                .collect(),
            small_pages: state.small_pages.iter().map(ToString::to_string).collect(),
        }
    }

    /// Adds what was learned before and still holds at `now`. Unknown operations are left out.
    pub fn restore(&self, learned: &LearnedState, now: Timestamp) {
        let known =
            |operation: &String| Endpoint::find(operation).map(|endpoint| endpoint.operation);
        let instant = Instant::now();
        let mut state = self.lock();
        state.present.extend(learned.present.iter().filter_map(known));
        state.small_pages.extend(learned.small_pages.iter().filter_map(known));
        for (operation, until) in &learned.missing_until {
            let left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            if let Some(operation) = known(operation) {
                state.missing.insert(operation, instant + left.min(BELIEVED));
            }
        }
    }

    /// Whether the operation exists, from the table and from experience.
    pub(super) fn offer(&self, endpoint: &Endpoint, regime: Regime) -> Offer {
        match endpoint.status.offered_in(regime) {
            Offer::Unknown if self.lock().present.contains(endpoint.operation) => Offer::Yes,
            Offer::Unknown if self.missing(endpoint) => Offer::No,
            known => known,
        }
    }

    /// Whether Spotify lately refused the operation as if it did not exist.
    pub(super) fn missing(&self, endpoint: &Endpoint) -> bool {
        let until = self.lock().missing.get(endpoint.operation).copied();
        until.is_some_and(|until| until > Instant::now())
    }

    /// Remembers that the operation gave a good answer.
    pub(super) fn present(&self, endpoint: &Endpoint) {
        let mut state = self.lock();
        if state.present.insert(endpoint.operation) {
            state.missing.remove(endpoint.operation);
        }
    }

    /// Remembers that Spotify refused the operation as if it did not exist.
    ///
    /// The same answer can mean "not yours": of an operation that just worked one refusal is not
    /// believed, and of no operation for long.
    pub(super) fn refused(&self, endpoint: &Endpoint) {
        let mut state = self.lock();
        if !state.present.remove(endpoint.operation) {
            state.missing.insert(endpoint.operation, Instant::now() + BELIEVED);
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

impl fmt::Debug for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock().fmt(f)
    }
}

/// How long a refusal is taken as "missing" without asking again.
const BELIEVED: Duration = Duration::from_hours(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::{playlists::ITEMS_OLD, search::SEARCH};

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_believed_for_a_while_unless_the_operation_just_worked() {
        let (learned, old) = (Learned::default(), ITEMS_OLD.endpoint());
        assert_eq!(learned.offer(old, Regime::Auto), Offer::Unknown);
        learned.refused(old);
        assert_eq!(learned.offer(old, Regime::Auto), Offer::No);
        assert_eq!(learned.offer(old, Regime::Extended), Offer::Yes);
        tokio::time::advance(BELIEVED).await;
        assert_eq!(learned.offer(old, Regime::Auto), Offer::Unknown);
        learned.present(old);
        assert_eq!(learned.offer(old, Regime::Auto), Offer::Yes);
        learned.refused(old);
        assert_eq!(learned.offer(old, Regime::Auto), Offer::Unknown);
        learned.refused(old);
        assert_eq!(learned.offer(old, Regime::Auto), Offer::No);
        assert_eq!(learned.offer(old, Regime::DevRestricted), Offer::No);
    }

    #[test]
    fn n54_the_page_size_follows_the_regime_and_experience() {
        let (learned, search) = (Learned::default(), SEARCH.endpoint());
        assert_eq!(learned.largest_page(search, Regime::DevRestricted), Some(10));
        assert_eq!(learned.largest_page(search, Regime::Auto), Some(50));
        learned.small_pages(search);
        assert_eq!(learned.largest_page(search, Regime::Auto), Some(10));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_learned_outlives_the_program_and_what_is_over_does_not() {
        let now: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let (learned, old) = (Learned::default(), ITEMS_OLD.endpoint());
        learned.refused(old);
        learned.present(SEARCH.endpoint());
        learned.small_pages(SEARCH.endpoint());
        let text = serde_json::to_string(&learned.state(now)).unwrap();
        let state: LearnedState = serde_json::from_str(&text).unwrap();
        assert_eq!(state, learned.state(now));

        let later = now + Duration::from_mins(59);
        let restored = Learned::default();
        restored.restore(&state, later);
        assert_eq!(restored.offer(old, Regime::Auto), Offer::No);
        assert_eq!(restored.largest_page(SEARCH.endpoint(), Regime::Auto), Some(10));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(restored.offer(old, Regime::Auto), Offer::Unknown);
        assert_eq!(restored.state(later).missing_until, BTreeMap::new());

        let unknown = r#"{"present":["no-such-operation"],"more":1}"#;
        restored.restore(&serde_json::from_str(unknown).unwrap(), later);
        assert_eq!(restored.state(later).present.len(), 1);
    }
}
