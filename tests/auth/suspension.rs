//! Suspending, resuming, and what an operator asks of a profile.

use std::time::Duration;

use spotify_auth::Policy;
use spotify_auth::grant::EndReason;
use spotify_auth::policy::Environment;
use spotify_auth::rotation::{BearerError, Class};
use spotify_auth::session::{OpenError, ProfileError, Status};
use spotify_auth::sign_in::SignInError;
use spotify_auth::store::StoreError;
use spotify_sim::{Fault, Rotation, Service};

use crate::bench::{Bench, desk};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_running_program_refuses_while_its_profile_is_suspended_and_goes_on_afterwards() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    let before = tokens.bearer(None).await.unwrap();

    let admin = bench.open().unwrap();
    assert!(admin.suspend(Some(profile.name())).unwrap().changed);
    assert!(!admin.suspend(Some(profile.name())).unwrap().changed, "again changes nothing");
    let error = tokens.bearer(None).await.unwrap_err();
    assert!(matches!(error, BearerError::Suspended), "{error:?}");
    assert_eq!(error.class(), Class::Fatal);
    assert!(matches!(profile.status().unwrap(), Status::Suspended { .. }));
    assert!(matches!(profile.tokens(), Err(ProfileError::Suspended { .. })));

    // It outlives every program, and is undone by any.
    drop(admin);
    let admin = bench.open().unwrap();
    assert!(admin.resume(Some(profile.name())).unwrap().changed);
    assert_eq!(tokens.bearer(None).await.unwrap(), before);
    assert_eq!(bench.sim.count("token"), 1, "the sign-in; nothing was asked since");
    for (code, times) in [("SM1203I", 4), ("SM1204I", 2), ("SM1108W", 1)] {
        assert_eq!(bench.logged(code), times, "{code}");
    }
}

#[tokio::test]
async fn a_refresh_under_way_keeps_what_it_earned_when_its_profile_is_suspended() {
    let bench = Bench::new().await;
    bench.sim.set_rotation(Rotation::Always);
    let (session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.advance(HOUR);
    let slow = Fault::delay(Duration::from_millis(100));
    bench.sim.fault(slow.on(Service::Accounts).path("/api/token"));
    let (outcome, ()) = tokio::join!(tokens.bearer(None), async {
        while bench.sim.count("token") < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        session.suspend(Some(profile.name())).unwrap();
    });
    assert!(matches!(outcome, Err(BearerError::Suspended)), "{outcome:?}");
    session.resume(Some(profile.name())).unwrap();
    tokens.bearer(None).await.unwrap();
    assert_eq!(bench.sim.count("token"), 2, "the refresh that was under way served");
}

#[tokio::test]
async fn nobody_signs_in_to_a_suspended_profile() {
    let bench = Bench::new().await;
    let (session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    session.suspend(Some(profile.name())).unwrap();
    let error = desk.complete(redirect.location()).await.unwrap_err();
    assert!(matches!(error, SignInError::Store(StoreError::Suspended)), "{error:?}");
    assert_eq!(bench.sim.count("token"), 0, "no code is spent");
    assert!(matches!(profile.status().unwrap(), Status::Suspended { .. }));
}

#[tokio::test]
async fn a_suspended_profile_can_be_revoked_and_a_revoked_one_not_suspended() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    session.suspend(Some(profile.name())).unwrap();
    assert!(session.revoke(Some(profile.name())).unwrap().is_complete());
    for outcome in [session.suspend(Some(profile.name())), session.resume(Some(profile.name()))] {
        assert!(matches!(outcome, Err(OpenError::Profile(ProfileError::Revoked { .. }))));
    }
}

#[tokio::test]
async fn a_policy_reaches_a_running_program_and_its_environment_is_shown() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    let policy = Policy {
        sign_in_every: Some(HOUR * 24),
        environment: Environment::Production,
        ..Policy::default()
    };
    let admin = bench.open().unwrap();
    admin.set_policy(Some(profile.name()), policy.clone()).unwrap();
    assert_eq!(profile.policy().unwrap(), policy);
    let Status::SignedIn(status) = profile.status().unwrap() else { panic!("signed in") };
    assert_eq!(status.deadline.to_string(), "2026-11-03T09:00:00Z");
    bench.advance(HOUR * 24);
    let error = tokens.bearer(None).await.unwrap_err();
    assert!(matches!(error, BearerError::Ended(EndReason::Policy)), "{error:?}");

    let impossible = Policy { sign_in_every: Some(Duration::ZERO), ..Policy::default() };
    assert!(matches!(
        admin.set_policy(Some(profile.name()), impossible),
        Err(OpenError::Policy(_))
    ));
}
