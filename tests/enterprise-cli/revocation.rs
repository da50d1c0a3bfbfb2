//! `revoke`.

use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, TestClock};

/// The person who signs in at the local Spotify.
const USER: &str = "simone";
const NAME: &str = "Simone Tester";

#[tokio::test]
async fn a_revocation_erases_the_tokens_and_says_what_it_cannot_do() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["revoke", "work", "--yes"]).await;
    ran.expect(0).shows(&["Revoked the profile `work`", "https://www.spotify.com/account/apps/"]);
    ran.shows(&["Spotify has no way to revoke a token", "Backups"]);
    bench.admin(&["status", "--profile", "work"]).await.expect(3).shows(&["revoked"]);
}

#[tokio::test]
async fn revoking_again_is_no_error() {
    let bench = Bench::signed_in().await;
    let first = bench.admin(&["revoke", "work", "--yes", "--json"]).await.json();
    assert_eq!(first["already_revoked"], json!(false));
    // Nothing is left to be confirmed.
    let second = bench.admin(&["revoke", "work", "--json"]).await;
    second.expect(0);
    assert_eq!(second.json()["already_revoked"], json!(true));
    assert_eq!(second.json()["revoked_at"], first["revoked_at"]);
}

#[tokio::test]
async fn without_a_terminal_it_must_be_confirmed_beforehand() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["revoke", "work"]).await;
    ran.expect(6).says(&["can't be undone", "--yes"]);
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["revoke", "work", "--dry-run"]).await;
    ran.expect(0).shows(&["Would erase", "Nothing was changed"]);
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
    assert!(bench.records().iter().all(|entry| entry.kind() != "profile.revoke"));
}

#[tokio::test]
async fn a_running_program_is_refused_from_then_on() {
    let bench = Bench::signed_in().await;
    let session = bench.session(&TestClock::starting(Duration::ZERO));
    let tokens = session.profile(Some(&"work".parse().unwrap())).unwrap().tokens().unwrap();
    tokens.bearer(None).await.unwrap();
    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
    let error = tokens.bearer(None).await.unwrap_err();
    assert_eq!(error.to_string(), "the profile was revoked");
}

#[tokio::test]
async fn a_profile_whose_sign_in_has_ended_can_be_revoked() {
    let clock = TestClock::starting(Duration::from_hours(2));
    let bench = Bench::new().await;
    let session = bench.create(&clock);
    let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
    bench.sign_in_here(&profile).await;
    bench.sim.remove_app(spotify_sim::DEFAULT_USER);
    clock.advance(Duration::from_hours(1));
    profile.tokens().unwrap().bearer(None).await.unwrap_err();
    let status = bench.admin(&["status", "--profile", "work"]).await;
    status.expect(3).shows(&["ended", "login --profile work"]);
    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
}

#[tokio::test]
async fn whose_account_it_was_is_readable_until_the_revocation_and_the_log_stays_whole() {
    let bench = Bench::signed_in().await;
    let records = bench.records();
    let account = records.iter().find(|entry| entry.kind() == "signin.account").unwrap();
    assert!(account.data("user").is_some() && account.data("name").is_some());
    let log = std::fs::read_to_string(bench.log_file()).unwrap();
    assert!(!log.contains(USER) && !log.contains(NAME), "nobody is named");

    let number = account.seq().to_string();
    let show = ["audit", "show", number.as_str()];
    bench.admin(&show).await.expect(0).shows(&[USER, NAME]);
    let json = bench.admin(&[&show[..], &["--json"]].concat()).await.json();
    assert_eq!(json["personal"], json!({ "user": USER, "name": NAME }));

    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
    let ran = bench.admin(&show).await;
    ran.expect(0).shows(&["not readable"]);
    assert!(!ran.stdout.contains(USER) && !ran.stdout.contains(NAME));
    let json = bench.admin(&[&show[..], &["--json"]].concat()).await.json();
    assert_eq!(json["personal"], json!({ "user": null, "name": null }));
    bench.admin(&["audit", "verify"]).await.expect(0);
    bench.admin(&["audit", "show", "100000"]).await.expect(5);
}
