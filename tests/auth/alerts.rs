//! Each rule finds what it is for, and nothing else.

use std::time::Duration;

use spotify_auth::session::alerts;

use crate::bench::Bench;

const DAY: Duration = Duration::from_hours(24);

fn found(bench: &Bench) -> Vec<&'static str> {
    let directory = bench.home.path().join("audit");
    alerts::findings(&directory, bench.now())
        .unwrap()
        .into_iter()
        .map(|alert| alert.finding.rule)
        .collect()
}

#[tokio::test]
async fn a_healthy_installation_has_no_finding() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    bench.advance(Duration::from_hours(2));
    profile.tokens().unwrap().bearer(None).await.unwrap();
    assert_eq!(found(&bench), Vec::<&str>::new());
}

#[tokio::test]
async fn a_deadline_within_thirty_days_is_found_until_the_next_sign_in() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    bench.advance(DAY * 150);
    assert_eq!(found(&bench), Vec::<&str>::new());
    bench.advance(DAY * 3);
    assert_eq!(found(&bench), ["TOKEN-DEADLINE"]);
    bench.sign_in(&profile).await.unwrap();
    assert_eq!(found(&bench), Vec::<&str>::new());
}

#[tokio::test]
async fn a_grant_that_ends_early_is_found() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    bench.sim.remove_app(spotify_sim::DEFAULT_USER);
    bench.advance(Duration::from_hours(1));
    profile.tokens().unwrap().bearer(None).await.unwrap_err();
    assert_eq!(found(&bench), ["GRANT-ENDED-EARLY"]);
}

#[tokio::test]
async fn the_use_of_a_revoked_profile_is_found() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    session.revoke(Some(profile.name())).unwrap();
    assert_eq!(found(&bench), Vec::<&str>::new());
    tokens.bearer(None).await.unwrap_err();
    assert_eq!(found(&bench), ["REVOKED-USE"]);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test changes the log as an intruder would")]
async fn a_broken_chain_is_found() {
    let bench = Bench::new().await;
    let (session, _profile) = bench.signed_in().await;
    drop(session);
    let directory = bench.home.path().join("audit");
    let mut segments = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
    let segment = segments.find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap();
    let text = std::fs::read_to_string(&segment).unwrap();
    std::fs::write(&segment, text.replacen("signin.done", "signin.fail", 1)).unwrap();
    assert_eq!(found(&bench).first(), Some(&"CHAIN-BROKEN"));
}
