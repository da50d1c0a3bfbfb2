//! What was earned is kept: when the disk fails, when somebody writes without a lease, when an old
//! copy is put back.

use std::iter::repeat_with;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use spotify_auth::app::App;
use spotify_auth::endpoint::TokenEndpoint;
use spotify_auth::grant::{EndReason, Grant, Record};
use spotify_auth::origins::Origins;
use spotify_auth::rotation::BearerError;
use spotify_auth::secret::{AccessToken, RefreshToken};
use spotify_auth::store::StoreError;
use spotify_auth::{Clock, Entropy, Policy, TokenSource};
use spotify_sim::{DEFAULT_USER, Fault, Rotation, Service, Simulator};

use crate::memory_store::{Heard, MemoryStore, disk_error};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A source over a store in memory, and the Spotify that it renews at.
pub(crate) struct Rig {
    pub(crate) sim: Simulator,
    pub(crate) store: MemoryStore,
    pub(crate) heard: Heard,
    pub(crate) tokens: TokenSource,
    now: Arc<AtomicI64>,
}

impl Rig {
    pub(crate) async fn new(rotation: Rotation) -> Self {
        let sim = Simulator::builder().rotation(rotation).start().await;
        let now = Arc::new(AtomicI64::new(sim.clock().now().as_second()));
        let (store, heard) = (MemoryStore::default(), Heard::default());
        let tokens = source(&sim, &store, &heard, &now);
        let rig = Self { sim, store, heard, tokens, now };
        rig.store.put(&Record::Active(rig.grant()));
        rig
    }

    /// Returns a new grant of the person.
    pub(crate) fn grant(&self) -> Grant {
        grant(&self.sim, self.now())
    }

    /// Returns another source over the same store, as another process has one.
    pub(crate) fn other(&self) -> TokenSource {
        source(&self.sim, &self.store, &self.heard, &self.now)
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.sim.advance(by);
        self.advance_here(by);
    }

    pub(crate) fn advance_here(&self, by: Duration) {
        self.now.fetch_add(i64::try_from(by.as_secs()).unwrap(), Ordering::SeqCst);
    }

    /// Moves the clock of this machine back.
    pub(crate) fn set_back(&self, by: Duration) {
        self.now.fetch_sub(i64::try_from(by.as_secs()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn requests(&self) -> usize {
        self.sim.count("token")
    }
}

fn grant(sim: &Simulator, now: Timestamp) -> Grant {
    let tokens = sim.grant(DEFAULT_USER, &["user-read-private"]);
    let url = |text: &str| text.parse().unwrap();
    Grant {
        access: AccessToken::new(tokens.access_token),
        refresh: RefreshToken::new(tokens.refresh_token),
        scopes: "user-read-private".parse().unwrap(),
        obtained_at: now,
        expires_at: now + jiff::SignedDuration::from_hours(1),
        authorized_at: now,
        rotated_at: None,
        marked: None,
        app: App { id: sim.client_id().parse().unwrap(), secret: None },
        origins: Origins::loopback(url(sim.accounts_url()), url(sim.api_url())).unwrap(),
    }
}

fn source(
    sim: &Simulator,
    store: &MemoryStore,
    heard: &Heard,
    now: &Arc<AtomicI64>,
) -> TokenSource {
    let url = |text: &str| text.parse().unwrap();
    let origins = Origins::loopback(url(sim.accounts_url()), url(sim.api_url())).unwrap();
    let now = Arc::clone(now);
    TokenSource::new(
        Arc::new(store.clone()),
        TokenEndpoint::new(origins).unwrap(),
        Arc::new(heard.clone()),
        Clock::new(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap()),
        entropy(),
    )
}

/// Returns the sources of many profiles of one program, each with a token of the same age.
pub(crate) async fn many(number: usize) -> (Simulator, Vec<TokenSource>) {
    let sim = Simulator::builder().start().await;
    let url = |text: &str| text.parse().unwrap();
    let origins = Origins::loopback(url(sim.accounts_url()), url(sim.api_url())).unwrap();
    let endpoint = TokenEndpoint::new(origins).unwrap();
    let clock = sim.clock();
    let sources = (0..number).map(|_| {
        let (store, clock) = (MemoryStore::default(), clock.clone());
        store.put(&Record::Active(grant(&sim, clock.now())));
        let clock = Clock::new(move || clock.now());
        let events = Arc::new(Heard::default());
        TokenSource::new(Arc::new(store), endpoint.clone(), events, clock, entropy())
    });
    let sources = sources.collect();
    (sim, sources)
}

pub(crate) fn entropy() -> Entropy {
    Entropy::new(rand_core::UnwrapErr(getrandom::SysRng))
}

#[tokio::test]
async fn a_rotated_token_that_cannot_be_written_is_served_from_memory_and_written_later() {
    let rig = Rig::new(Rotation::Always).await;
    let old = rig.tokens.bearer(None).await.unwrap();
    rig.advance(HOUR);
    rig.store.refuse(repeat_with(disk_error).take(6));
    assert!(matches!(rig.tokens.bearer(None).await, Err(BearerError::Unsaved(_))));
    assert_eq!(rig.store.refused(), 3, "three tries");
    assert!(rig.tokens.is_degraded());

    // The next caller gets the token that only the memory has; nobody asks Spotify again, and
    // nobody else gets at the token that is spent.
    let new = rig.tokens.bearer(None).await.unwrap();
    assert_ne!(new, old);
    assert_eq!(rig.tokens.bearer(None).await.unwrap(), new);
    assert_eq!(rig.requests(), 1);

    rig.store.mend();
    rig.tokens.settled().await;
    assert!(!rig.tokens.is_degraded());
    assert_eq!(rig.other().bearer(None).await.unwrap(), new);
    assert_eq!(rig.requests(), 1);
    assert_eq!(rig.heard.all(), ["unsaved true", "refreshed"]);
}

#[tokio::test]
async fn a_lease_that_is_held_for_a_token_in_memory_keeps_others_from_the_spent_one() {
    let rig = Rig::new(Rotation::Always).await;
    rig.advance(HOUR);
    rig.store.refuse(repeat_with(disk_error).take(3));
    rig.tokens.bearer(None).await.unwrap_err();
    // Another process waits; once the disk works, it adopts what the first one earned.
    let other = rig.other();
    let (theirs, ours) = tokio::join!(other.bearer(None), async {
        tokio::task::yield_now().await;
        rig.tokens.settled().await;
        rig.tokens.bearer(None).await
    });
    assert_eq!(theirs.unwrap(), ours.unwrap());
    assert_eq!(rig.requests(), 1, "the old refresh token was used once");
}

#[tokio::test]
async fn a_lost_lock_is_taken_anew_and_the_earned_token_is_written() {
    let rig = Rig::new(Rotation::Always).await;
    rig.advance(HOUR);
    rig.store.refuse([StoreError::Conflict]);
    let new = rig.tokens.bearer(None).await.unwrap();
    assert!(!rig.tokens.is_degraded());
    assert_eq!(rig.other().bearer(None).await.unwrap(), new);
    assert_eq!(rig.requests(), 1);
}

#[tokio::test]
async fn a_revocation_beats_a_token_that_could_not_be_written() {
    let rig = Rig::new(Rotation::Always).await;
    rig.advance(HOUR);
    rig.store.refuse([disk_error(), StoreError::Revoked]);
    assert!(matches!(rig.tokens.bearer(None).await, Err(BearerError::Revoked)));
    assert!(!rig.tokens.is_degraded(), "nothing of it is kept");
}

#[tokio::test]
async fn a_refused_grant_that_somebody_replaced_without_a_lease_is_adopted() {
    let rig = Rig::new(Rotation::Never).await;
    rig.sim.remove_app(DEFAULT_USER);
    rig.advance(HOUR);
    let winner = rig.grant();
    let expected = winner.access.header().unwrap();
    let slow = Fault::delay(Duration::from_millis(200));
    rig.sim.fault(slow.on(Service::Accounts).path("/api/token"));
    let (got, ()) = tokio::join!(rig.tokens.bearer(None), async {
        while rig.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        rig.store.put(&Record::Active(winner));
    });
    assert_eq!(got.unwrap(), expected);
    assert_eq!(rig.requests(), 1);
    assert!(rig.heard.all().is_empty(), "{:?}", rig.heard.all());
}

#[tokio::test]
async fn a_record_older_than_one_seen_before_is_told_of() {
    let rig = Rig::new(Rotation::Never).await;
    rig.tokens.bearer(None).await.unwrap();
    let backup = rig.store.backup();
    rig.advance(HOUR);
    rig.tokens.bearer(None).await.unwrap();
    rig.store.restore(backup);
    rig.tokens.bearer(None).await.unwrap();
    assert_eq!(rig.heard.all(), ["refreshed", "rolled back 2 1", "refreshed"]);
}

#[tokio::test]
async fn each_mark_before_the_deadline_is_told_once() {
    let rig = Rig::new(Rotation::Always).await;
    rig.advance(DAY * 145);
    for _ in 0..71 {
        rig.advance(DAY / 2);
        // Several programs share the profile; together they tell once.
        rig.other().bearer(None).await.unwrap();
        rig.tokens.bearer(None).await.unwrap();
    }
    let marks: Vec<_> =
        rig.heard.all().into_iter().filter(|text| text.starts_with("deadline")).collect();
    assert_eq!(marks, ["deadline 30", "deadline 14", "deadline 7", "deadline 1"]);
    rig.advance(DAY);
    let error = rig.tokens.bearer(None).await.unwrap_err();
    assert!(matches!(error, BearerError::Ended(EndReason::Expired)), "{error:?}");
}

#[tokio::test]
async fn a_policy_ends_a_sign_in_and_reaches_a_source_that_runs() {
    let rig = Rig::new(Rotation::Never).await;
    rig.tokens.bearer(None).await.unwrap();
    let policy = Policy { sign_in_every: Some(DAY), ..Policy::default() };
    rig.store.set_policy(policy);
    rig.tokens.bearer(None).await.unwrap();
    rig.advance(DAY);
    let error = rig.tokens.bearer(None).await.unwrap_err();
    assert!(matches!(error, BearerError::Ended(EndReason::Policy)), "{error:?}");
    assert_eq!(rig.requests(), 0, "Spotify is not asked");
    assert_eq!(rig.store.refresh_token(), None, "the tokens are erased");
    assert_eq!(rig.heard.all(), ["ended policy false"]);
}

#[tokio::test]
async fn a_policy_renews_tokens_more_often_than_they_end() {
    let rig = Rig::new(Rotation::Never).await;
    let renew_tokens_after = Some(Duration::from_mins(10));
    rig.store.set_policy(Policy { renew_tokens_after, ..Policy::default() });
    let old = rig.tokens.bearer(None).await.unwrap();
    rig.advance(Duration::from_mins(10));
    assert_eq!(rig.tokens.bearer(None).await.unwrap(), old, "nobody waits for it");
    rig.tokens.settled().await;
    assert_ne!(rig.tokens.bearer(None).await.unwrap(), old);
    assert_eq!(rig.requests(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_a_day_either_way_costs_one_request() {
    for forwards in [true, false] {
        let rig = Rig::new(Rotation::Always).await;
        rig.tokens.bearer(None).await.unwrap();
        if forwards {
            rig.advance_here(DAY);
        } else {
            rig.set_back(DAY);
        }
        for _ in 0..3 {
            rig.tokens.bearer(None).await.unwrap();
        }
        assert_eq!(rig.requests(), 1, "forwards: {forwards}");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_while_a_token_is_renewed_loses_nothing() {
    let rig = Rig::new(Rotation::Always).await;
    rig.advance(HOUR);
    let slow = Fault::delay(Duration::from_millis(100));
    rig.sim.fault(slow.on(Service::Accounts).path("/api/token"));
    let (got, ()) = tokio::join!(rig.tokens.bearer(None), async {
        while rig.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        rig.advance_here(DAY);
    });
    got.unwrap();
    assert!(rig.requests() <= 2, "{}", rig.requests());
    rig.tokens.bearer(None).await.unwrap();
}
