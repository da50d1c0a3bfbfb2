//! Limits that clients of one app share, and that outlive a restart.

use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use spotify_api::{
    AppLimits, Error, LimitState,
    client::BuildError,
    endpoints::{playlists::NewPlaylist, search::SearchQuery},
};
use spotify_sim::{Fault, Regime};

use crate::{
    secure_server::client,
    server::{Server, answer},
    support::Setup,
};

const QUOTA: Duration = Duration::from_secs(86_207);

fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn winter() -> SearchQuery {
    SearchQuery::tracks("winter")
}

#[tokio::test]
async fn what_one_person_is_told_to_wait_all_people_of_the_app_wait() {
    let limits = AppLimits::default();
    let setup = Setup::with(Regime::Extended, |b| b.share_limits(&limits)).await;
    let other = Setup::with(Regime::Extended, |b| b.share_limits(&limits)).await;
    let alone = Setup::in_regime(Regime::Extended).await;
    setup.sim.fault(Fault::quota_exceeded(QUOTA).operation("search"));
    setup.client.search(&winter()).await.unwrap_err();
    let error = other.client.search(&winter()).await.unwrap_err();
    assert!(matches!(error, Error::QuotaExceeded { .. }), "{error}");
    assert_eq!((error.retry_after(), other.sim.requests().len()), (Some(QUOTA), 0));
    other.client.me().await.unwrap();
    alone.client.search(&winter()).await.unwrap();
}

#[tokio::test]
async fn a_restart_does_not_open_what_is_closed() {
    let setup = Setup::with(Regime::Extended, |builder| builder.clock(noon)).await;
    assert_eq!(setup.client.limits(), Some(LimitState::default()));
    setup.sim.fault(Fault::quota_exceeded(QUOTA).operation("search"));
    setup.client.search(&winter()).await.unwrap_err();
    let state = setup.client.limits().unwrap();
    let kept = serde_json::to_vec(&state).unwrap();
    for (later, open) in [(Duration::from_hours(1), false), (Duration::from_hours(24), true)] {
        let state = serde_json::from_slice(&kept).unwrap();
        let now = move || noon() + later;
        let again = Setup::with(Regime::Extended, |b| b.clock(now).limits(state)).await;
        let result = again.client.search(&winter()).await;
        assert_eq!((result.is_ok(), again.sim.count("search")), (open, usize::from(open)));
        if let Err(error) = result {
            assert_eq!(error.retry_after(), QUOTA.checked_sub(later));
        }
    }
}

#[test]
fn limits_of_an_earlier_run_need_a_clock() {
    let builder = || client("http://127.0.0.1:1/v1");
    let error = builder().limits(LimitState::default()).build().unwrap_err();
    assert!(matches!(error, BuildError::NoClock), "{error}");
    assert_eq!(builder().build().unwrap().limits(), None);
}

#[tokio::test]
async fn a_date_to_wait_for_is_read_by_the_clock_that_was_given() {
    let head = "retry-after: Sat, 21 Nov 2026 12:00:42 GMT\r\n";
    let limited = || answer("429 Too Many Requests", head, b"");
    let server = Server::with(limited(), |builder| builder.clock(noon)).await;
    for _ in 0..2 {
        let error = server.client.me().await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(42)));
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_change_that_is_given_up_frees_its_place() {
    let setup = Setup::with(Regime::Extended, |builder| builder.concurrency(1)).await;
    setup.sim.fault(Fault::delay(Duration::from_secs(20)).operation("create-playlist"));
    let new = NewPlaylist::private("x");
    let mut change = Box::pin(setup.client.create_playlist(&new));
    while setup.sim.count("create-playlist") == 0 {
        assert!(change.as_mut().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(change);
    setup.client.me().await.unwrap();
    assert_eq!(setup.statuses("create-playlist"), [0]);
}
