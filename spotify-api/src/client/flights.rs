//! Equal reads that are under way at the same time share one request.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::{BoxFuture, FutureExt as _, Shared, WeakShared};

/// The reads under way, by what they ask for.
///
/// Nobody leads: whoever waits for a flight carries it on, and it ends when its result is there or
/// the last one stops waiting. All who wait get the same result, an error like an answer: they
/// asked the same question at the same time, and asking it once more for each of them would strike
/// a Spotify that is already in trouble as often as there are callers.
pub(super) struct Flights<K, T>(Arc<Mutex<State<K, T>>>);

struct State<K, T> {
    under_way: BTreeMap<K, (u64, WeakShared<BoxFuture<'static, T>>)>,
    next: u64,
}

/// A flight, and whether somebody else began it.
pub(super) struct Boarding<T: Clone> {
    pub(super) flight: Shared<BoxFuture<'static, T>>,
    pub(super) joined: bool,
}

impl<K, T> Flights<K, T>
where
    K: Ord + Clone + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// Joins the flight of this key, or begins it.
    ///
    /// The future that is begun keeps its landing until it ends. It is boxed by the caller, for it
    /// is large, and each layer around it would copy it once more.
    pub(super) fn board(
        &self,
        key: K,
        begin: impl FnOnce(Landing<K, T>) -> BoxFuture<'static, T>,
    ) -> Boarding<T> {
        let mut state = lock(&self.0);
        if let Some(flight) = state.under_way.get(&key).and_then(|(_, weak)| weak.upgrade()) {
            return Boarding { flight, joined: true };
        }
        let number = state.next;
        state.next = number.wrapping_add(1);
        let landing = Landing { flights: Arc::clone(&self.0), key: key.clone(), number };
        let flight = begin(landing).shared();
        if let Some(weak) = flight.downgrade() {
            state.under_way.insert(key, (number, weak));
        }
        Boarding { flight, joined: false }
    }

    /// Lets nobody join the flights under way any more; those on board get their results.
    pub(super) fn close_gates(&self) {
        lock(&self.0).under_way.clear();
    }

    #[cfg(test)]
    fn under_way(&self) -> usize {
        lock(&self.0).under_way.len()
    }
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { under_way: BTreeMap::new(), next: 0 })))
    }
}

/// Forgets a flight when it ends, however it ends.
pub(super) struct Landing<K: Ord, T> {
    flights: Arc<Mutex<State<K, T>>>,
    key: K,
    number: u64,
}

impl<K: Ord, T> Landing<K, T> {
    /// What the flight asks for.
    pub(super) fn key(&self) -> &K {
        &self.key
    }
}

impl<K: Ord, T> Drop for Landing<K, T> {
    fn drop(&mut self) {
        let mut state = lock(&self.flights);
        // A later flight may have the key by now.
        if state.under_way.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            state.under_way.remove(&self.key);
        }
    }
}

fn lock<K, T>(state: &Mutex<State<K, T>>) -> MutexGuard<'_, State<K, T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        task::{Context, Poll, Waker},
    };

    use futures_util::{FutureExt as _, future::pending};
    use proptest::prelude::*;
    use tokio::sync::oneshot;

    use super::*;

    type Numbers = Flights<u8, Result<u32, u32>>;

    fn begin(
        flights: &Numbers,
        key: u8,
        work: impl Future<Output = Result<u32, u32>> + Send + 'static,
    ) -> Boarding<Result<u32, u32>> {
        flights.board(key, |landing| {
            Box::pin(async move {
                let _landing = landing;
                work.await
            })
        })
    }

    #[test]
    fn whoever_began_a_flight_may_leave_it_to_the_others() {
        let flights = Numbers::default();
        let (end, ended) = oneshot::channel();
        let first = begin(&flights, 1, async { Ok(ended.await.unwrap()) });
        let second = begin(&flights, 1, async { Err(0) });
        assert!(!first.joined && second.joined);
        assert_eq!(first.flight.clone().now_or_never(), None);
        drop(first);
        end.send(7).unwrap();
        assert_eq!(second.flight.now_or_never(), Some(Ok(7)));
        assert_eq!(flights.under_way(), 0);
    }

    #[test]
    fn a_flight_that_all_have_left_is_stopped_at_once() {
        let (flights, on_board) = (Numbers::default(), Arc::new(()));
        let held = Arc::clone(&on_board);
        let first = begin(&flights, 1, async move {
            pending::<()>().await;
            drop(held);
            Ok(0)
        });
        let second = begin(&flights, 1, async { Err(0) });
        drop((first, second));
        assert_eq!((Arc::strong_count(&on_board), flights.under_way()), (1, 0));
        assert!(!begin(&flights, 1, async { Ok(1) }).joined);
    }

    #[test]
    fn nobody_joins_a_flight_that_ended_or_whose_gates_are_closed() {
        let flights = Numbers::default();
        assert_eq!(begin(&flights, 1, async { Ok(1) }).flight.now_or_never(), Some(Ok(1)));
        let (end, ended) = oneshot::channel();
        let early = begin(&flights, 1, async { Ok(ended.await.unwrap()) });
        assert!(!early.joined);
        flights.close_gates();
        let late = begin(&flights, 1, pending());
        assert!(!late.joined);
        end.send(2).unwrap();
        assert_eq!(early.flight.now_or_never(), Some(Ok(2)));
        // The end of the early one does not take the late one's place.
        assert!(begin(&flights, 1, pending()).joined);
    }

    /// What the callers of a few keys do, in any order.
    #[derive(Debug, Clone)]
    enum Act {
        Board(u8),
        Poll(usize),
        Leave(usize),
        End(usize, bool),
        CloseGates,
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            4 => (0..3_u8).prop_map(Act::Board),
            4 => any::<usize>().prop_map(Act::Poll),
            3 => any::<usize>().prop_map(Act::Leave),
            3 => (any::<usize>(), any::<bool>()).prop_map(|(at, good)| Act::End(at, good)),
            1 => Just(Act::CloseGates),
        ]
    }

    proptest! {
        /// Model: every caller of a flight gets the result that the flight was ended with, no key
        /// has two flights that can be joined, and nothing is left when all callers are gone.
        #[test]
        fn callers_that_come_and_go_in_any_order_get_the_result_of_their_flight(
            acts in proptest::collection::vec(act(), 1..120)
        ) {
            let flights = Numbers::default();
            let begun = Arc::new(AtomicU32::new(0));
            let alive = Arc::new(AtomicU32::new(0));
            let mut ends: Vec<Option<oneshot::Sender<bool>>> = Vec::new();
            let mut results: Vec<Option<Result<u32, u32>>> = Vec::new();
            let mut joinable: BTreeMap<u8, u32> = BTreeMap::new();
            let mut callers: Vec<(u8, u32, Shared<BoxFuture<'static, _>>)> = Vec::new();
            let mut cx = Context::from_waker(Waker::noop());
            for act in acts {
                match act {
                    Act::Board(key) => {
                        let (end, ended) = oneshot::channel();
                        let (begun, alive) = (Arc::clone(&begun), Arc::clone(&alive));
                        let number = u32::try_from(ends.len()).unwrap();
                        let boarding = flights.board(key, |landing| {
                            begun.fetch_add(1, Ordering::Relaxed);
                            alive.fetch_add(1, Ordering::Relaxed);
                            let alive = Alive(alive);
                            Box::pin(async move {
                                let _on_board = (landing, alive);
                                if ended.await.unwrap() { Ok(number) } else { Err(number) }
                            })
                        });
                        let expected = joinable.get(&key).copied();
                        prop_assert_eq!(boarding.joined, expected.is_some());
                        let number = expected.unwrap_or(number);
                        if !boarding.joined {
                            ends.push(Some(end));
                            results.push(None);
                            joinable.insert(key, number);
                        }
                        callers.push((key, number, boarding.flight));
                    }
                    Act::Poll(at) if !callers.is_empty() => {
                        let at = at % callers.len();
                        let (key, number, flight) = &mut callers[at];
                        let result = results[*number as usize];
                        match (flight.poll_unpin(&mut cx), result) {
                            (Poll::Ready(got), Some(result)) => {
                                prop_assert_eq!(got, result);
                                if joinable.get(key) == Some(number) {
                                    joinable.remove(key);
                                }
                                drop(callers.swap_remove(at));
                            }
                            (Poll::Pending, None) => {}
                            (got, result) => prop_assert!(false, "{got:?}, not {result:?}"),
                        }
                    }
                    Act::Leave(at) if !callers.is_empty() => {
                        let at = at % callers.len();
                        let (key, number, _) = callers.swap_remove(at);
                        let last = !callers.iter().any(|(_, other, _)| *other == number);
                        if last && joinable.get(&key) == Some(&number) {
                            joinable.remove(&key);
                        }
                    }
                    Act::End(at, good) if !ends.is_empty() => {
                        let at = at % ends.len();
                        if let Some(end) = ends[at].take() {
                            let number = u32::try_from(at).unwrap();
                            // Nobody may be left to hear it.
                            end.send(good).ok();
                            results[at] = Some(if good { Ok(number) } else { Err(number) });
                        }
                    }
                    Act::CloseGates => {
                        flights.close_gates();
                        joinable.clear();
                    }
                    Act::Poll(_) | Act::Leave(_) | Act::End(..) => {}
                }
            }
            prop_assert_eq!(begun.load(Ordering::Relaxed) as usize, ends.len());
            drop(callers);
            prop_assert_eq!((flights.under_way(), alive.load(Ordering::Relaxed)), (0, 0));
        }
    }

    struct Alive(Arc<AtomicU32>);

    impl Drop for Alive {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
