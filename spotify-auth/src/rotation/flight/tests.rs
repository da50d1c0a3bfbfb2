//! The decision in the orders that `shuttle` chooses, with a token and a request that are models.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner};

use super::*;
use crate::endpoint::TokenError;
use crate::secret::AccessToken;

/// How many orders each scene is tried in, by each scheduler.
const ORDERS: usize = 400;
const CALLERS: usize = 4;
const EARLY: Duration = Duration::from_mins(5);

fn in_many_orders(scene: impl Fn() + Copy + Send + Sync + 'static) {
    Runner::new(RandomScheduler::new(ORDERS), Config::new()).run(scene);
    // Lets one task stand still while the others do all their work.
    Runner::new(PctScheduler::new(3, ORDERS), Config::new()).run(scene);
}

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    Succeeds,
    Fails,
    /// Its task ends without an outcome, the first time.
    Vanishes,
}

/// A token that is named by a number, and what may renew it.
struct World {
    flights: Arc<Flights>,
    token: AtomicU64,
    life: i64,
    now: i64,
    request: Request,
    under_way: AtomicU64,
    requests: AtomicU64,
}

impl World {
    fn new(now: i64, request: Request) -> Arc<Self> {
        Arc::new(Self {
            flights: Arc::default(),
            token: AtomicU64::new(0),
            life: 3600,
            now,
            request,
            under_way: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        })
    }

    fn token(&self, number: u64) -> Present {
        // The first one was obtained at 0, each later one now.
        let start = if number == 0 { 0 } else { self.now };
        let token = AccessToken::new(format!("token-{number}"));
        Present::living(&token, at(start), at(start + self.life)).unwrap()
    }

    async fn renew(self: Arc<Self>, landing: Landing) {
        assert_eq!(self.under_way.fetch_add(1, SeqCst), 0, "one at a time");
        yield_now().await;
        let number = self.token.load(SeqCst);
        let mut outcome = Ok(());
        if self.token(number).fingerprint == landing.of() {
            let before = self.requests.fetch_add(1, SeqCst);
            yield_now().await;
            match self.request {
                Request::Vanishes if before == 0 => {
                    self.under_way.fetch_sub(1, SeqCst);
                    return;
                }
                Request::Succeeds | Request::Vanishes => self.token.store(number + 1, SeqCst),
                Request::Fails => {
                    let source = Arc::new(TokenError::Unknown("test"));
                    outcome = Err(BearerError::Spotify { source, retry_after: None });
                }
            }
            yield_now().await;
        }
        self.under_way.fetch_sub(1, SeqCst);
        let entropy = Entropy::new(rand_core::UnwrapErr(getrandom::SysRng));
        landing.land(outcome, self.now(), &entropy);
    }

    /// Starts a caller, to whom Spotify refused the token of a number.
    fn caller(
        self: &Arc<Self>,
        refused: Option<u64>,
    ) -> JoinHandle<Result<HeaderValue, BearerError>> {
        let world = Arc::clone(self);
        spawn(async move {
            let refused = refused.map(|number| world.token(number).header);
            world.flights.bearer(&world, refused.as_ref(), EARLY).await
        })
    }

    /// Lets callers ask at once; what they got.
    fn ask(self: &Arc<Self>, refused: Option<u64>) -> Vec<Result<HeaderValue, BearerError>> {
        let callers: Vec<_> = (0..CALLERS).map(|_| self.caller(refused)).collect();
        callers.into_iter().map(|caller| block_on(caller).unwrap()).collect()
    }

    fn requests(&self) -> u64 {
        self.requests.load(SeqCst)
    }
}

impl Renewal for Arc<World> {
    async fn present(&self) -> Result<Present, BearerError> {
        yield_now().await;
        let present = self.token(self.token.load(SeqCst));
        yield_now().await;
        Ok(present)
    }

    fn begin(&self, landing: Landing) {
        drop(spawn(Self::clone(self).renew(landing)));
    }

    fn now(&self) -> Timestamp {
        at(self.now)
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn all_have(world: &World, number: u64, got: &[Result<HeaderValue, BearerError>]) {
    for header in got {
        assert_eq!(header.as_ref().unwrap(), world.token(number).header);
    }
}

#[test]
fn callers_that_find_an_ended_token_share_one_request() {
    in_many_orders(|| {
        let world = World::new(4000, Request::Succeeds);
        all_have(&world, 1, &world.ask(None));
        assert_eq!(world.requests(), 1);
    });
}

#[test]
fn callers_whose_token_is_refused_share_one_request_and_get_its_successor() {
    in_many_orders(|| {
        let world = World::new(10, Request::Succeeds);
        all_have(&world, 1, &world.ask(Some(0)));
        assert_eq!(world.requests(), 1);
    });
}

#[test]
fn a_token_that_is_renewed_early_costs_one_request_and_nobody_waits_for_it() {
    in_many_orders(|| {
        let world = World::new(3400, Request::Succeeds);
        for header in world.ask(None) {
            let header = header.unwrap();
            assert!([0, 1].iter().any(|number| header == world.token(*number).header));
        }
        assert!(world.requests() <= 1, "the rest of it may come after the callers");
    });
}

#[test]
fn a_failure_is_everybodys_and_a_pause_follows() {
    in_many_orders(|| {
        let world = World::new(4000, Request::Fails);
        for outcome in world.ask(None) {
            assert!(matches!(outcome, Err(BearerError::Spotify { .. })), "{outcome:?}");
        }
        assert_eq!(world.requests(), 1);
    });
}

#[test]
fn a_caller_that_gives_up_takes_nothing_from_the_others() {
    in_many_orders(|| {
        let world = World::new(4000, Request::Succeeds);
        let leaving = world.caller(None);
        let others: Vec<_> = (0..CALLERS).map(|_| world.caller(None)).collect();
        leaving.abort();
        let got: Vec<_> = others.into_iter().map(|caller| block_on(caller).unwrap()).collect();
        all_have(&world, 1, &got);
        assert_eq!(world.requests(), 1);
    });
}

#[test]
fn a_request_that_vanishes_keeps_nobody_waiting() {
    in_many_orders(|| {
        let world = World::new(4000, Request::Vanishes);
        for outcome in world.ask(None) {
            let is_told = matches!(outcome, Err(BearerError::Stopped));
            assert!(is_told || outcome.unwrap() == world.token(1).header);
        }
        all_have(&world, 1, &world.ask(None));
        assert_eq!(world.requests(), 2);
    });
}
