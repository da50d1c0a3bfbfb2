//! Taking access away.

use spotify_auth::rotation::BearerError;
use spotify_auth::session::{OpenError, ProfileError, RegistryError, Status};
use spotify_auth::sign_in::SignInError;

use crate::bench::{Bench, desk};

#[tokio::test]
async fn a_running_program_refuses_at_once_when_another_revokes() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    tokens.bearer(None).await.unwrap();

    let admin = bench.open().unwrap();
    let revoked = admin.revoke(Some(profile.name())).unwrap();
    assert!(!revoked.again);
    assert_eq!(revoked.records, 1);

    let error = tokens.bearer(None).await.unwrap_err();
    assert!(matches!(error, BearerError::Revoked), "{error:?}");
    assert!(matches!(profile.status().unwrap(), Status::Revoked { .. }));
    assert_eq!(bench.logged("SM1202I"), 2, "intent and outcome");
    assert_eq!(bench.logged("SM1104E"), 1, "the use afterwards");
}

#[tokio::test]
async fn revoking_again_is_no_error_and_erases_nothing_more() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let first = session.revoke(Some(profile.name())).unwrap();
    let second = session.revoke(Some(profile.name())).unwrap();
    assert!(second.again);
    assert_eq!(second.records, 0);
    assert_eq!(second.entry.revoked_at, first.entry.revoked_at);
}

#[tokio::test]
async fn a_sign_in_under_way_does_not_bring_a_revoked_profile_back() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    session.revoke(Some(profile.name())).unwrap();
    let error = desk.complete(redirect.location()).await.unwrap_err();
    assert!(matches!(error, SignInError::Store(_)), "{error:?}");
    assert!(matches!(profile.status().unwrap(), Status::Revoked { .. }));
}

#[tokio::test]
async fn a_name_is_free_again_after_revocation_but_the_old_profile_stays_dead() {
    let bench = Bench::new().await;
    let (session, old) = bench.signed_in().await;
    assert!(matches!(
        session.create_profile(old.name()),
        Err(OpenError::Registry(RegistryError::Exists(_)))
    ));
    session.revoke(Some(old.name())).unwrap();
    assert!(matches!(
        session.profile(Some(old.name())).unwrap().tokens(),
        Err(ProfileError::Revoked { .. })
    ));
    let new = session.create_profile(old.name()).unwrap();
    assert_ne!(new.id(), old.id());
    bench.sign_in(&new).await.unwrap();
    assert!(matches!(
        session.profile(Some(old.name())).unwrap().status().unwrap(),
        Status::SignedIn(_)
    ));
    assert!(matches!(old.status().unwrap(), Status::Revoked { .. }));
    assert_eq!(session.profiles().unwrap().len(), 2);
}

#[tokio::test]
async fn an_unknown_profile_is_named() {
    let bench = Bench::new().await;
    let session = bench.create();
    let error = session.profile(Some(&"nobody".parse().unwrap())).unwrap_err().to_string();
    assert!(error.contains("`nobody`") && error.contains("create-profile"), "{error}");
}
