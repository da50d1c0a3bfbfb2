//! `alerts`, with each of its rules.

use std::time::Duration;

use serde_json::json;
use spotify_sim::{DEFAULT_USER, Rotation};

use crate::bench::{Bench, Ran, TestClock};

const DAY: Duration = Duration::from_hours(24);

fn rules(ran: &Ran) -> Vec<String> {
    let json = ran.json();
    let alerts = json["alerts"].as_array().unwrap().iter();
    alerts.map(|alert| alert["rule"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_healthy_installation_has_nothing_to_look_at() {
    let bench = Bench::signed_in().await;
    bench.admin(&["alerts"]).await.expect(0).shows(&["Nothing to look at."]);
    assert_eq!(bench.admin(&["alerts", "--json"]).await.json(), json!({"alerts": []}));
}

#[tokio::test]
async fn a_deadline_that_nears_is_found() {
    let bench = Bench::new().await;
    let session = bench.create(&TestClock::starting(DAY * 170));
    let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
    bench.sign_in_here(&profile).await;
    let ran = bench.admin(&["alerts", "--json"]).await;
    ran.expect(10);
    assert_eq!(rules(&ran), ["TOKEN-DEADLINE"]);
    assert_eq!(ran.json()["alerts"][0]["profile"], json!("work"));
    let ran = bench.admin(&["alerts"]).await;
    ran.expect(10).shows(&["TOKEN-DEADLINE", "the sign-in of `work` ends on", "do: sign in again"]);
    bench.sign_in(&["--profile", "work", "--scopes", "user-read-private"]).await;
    bench.admin(&["alerts"]).await.expect(0);
}

#[tokio::test]
async fn a_sign_in_that_ended_early_is_found() {
    let clock = TestClock::starting(Duration::from_hours(2));
    let bench = Bench::new().await;
    let session = bench.create(&clock);
    let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
    bench.sign_in_here(&profile).await;
    bench.sim.remove_app(DEFAULT_USER);
    clock.advance(Duration::from_hours(1));
    profile.tokens().unwrap().bearer(None).await.unwrap_err();
    let ran = bench.admin(&["alerts", "--json"]).await;
    ran.expect(10);
    assert_eq!(rules(&ran), ["GRANT-ENDED-EARLY"]);
}

#[tokio::test]
async fn a_refresh_without_rotation_is_found_where_the_policy_requires_it() {
    let clock = TestClock::starting(Duration::from_hours(20));
    let bench = Bench::new().await;
    let session = bench.create(&clock);
    let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
    bench.sign_in_here(&profile).await;
    let tokens = profile.tokens().unwrap();
    let refresh = || async {
        clock.advance(Duration::from_hours(1));
        tokens.bearer(None).await.unwrap();
    };
    let found = || async {
        let ran = bench.admin(&["alerts", "--json"]).await;
        rules(&ran).iter().filter(|rule| *rule == "TOKEN-NOT-ROTATED").count()
    };
    refresh().await;
    assert_eq!(found().await, 0, "nobody asked for it");
    bench.admin(&["policy", "set", "work", "--rotation", "required"]).await.expect(0);
    refresh().await;
    refresh().await;
    assert_eq!(found().await, 1, "one, however often");
    bench.sim.set_rotation(Rotation::Always);
    refresh().await;
    assert_eq!(found().await, 0, "it was rotated");
    bench.admin(&["policy", "set", "work", "--rotation", "any"]).await.expect(0);
    let ran = bench.admin(&["alerts", "--json"]).await;
    assert!(rules(&ran).contains(&"POLICY-OFF".to_owned()), "the demand was given up");
}

#[tokio::test]
async fn the_use_of_a_revoked_profile_is_found() {
    let bench = Bench::signed_in().await;
    let session = bench.session(&TestClock::starting(Duration::ZERO));
    let tokens = session.profile(Some(&"work".parse().unwrap())).unwrap().tokens().unwrap();
    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
    bench.admin(&["alerts"]).await.expect(0);
    tokens.bearer(None).await.unwrap_err();
    let ran = bench.admin(&["alerts", "--json"]).await;
    ran.expect(10);
    assert_eq!(rules(&ran), ["REVOKED-USE"]);
}

#[tokio::test]
async fn a_broken_chain_is_found() {
    let bench = Bench::signed_in().await;
    bench.tamper(|text| text.replacen("signin.done", "signin.fail", 1));
    let ran = bench.admin(&["alerts", "--json"]).await;
    ran.expect(10);
    assert_eq!(rules(&ran), ["CHAIN-BROKEN"]);
    assert_eq!(ran.json()["alerts"][0]["severity"], json!("critical"));
}

#[tokio::test]
async fn a_log_whose_signed_end_was_cut_off_is_found() {
    let bench = Bench::signed_in().await;
    bench.admin(&["alerts"]).await.expect(0);
    bench.tamper(|text| {
        let (kept, _) = text.trim_end().rsplit_once('\n').unwrap();
        format!("{kept}\n")
    });
    bench.admin(&["audit", "verify"]).await.expect(21);
    let ran = bench.admin(&["alerts", "--json"]).await;
    ran.expect(10);
    assert_eq!(rules(&ran), ["AUDIT-TAMPER"]);
    assert_eq!(ran.json()["alerts"][0]["severity"], json!("critical"));
}

#[tokio::test]
async fn where_it_can_not_look_it_does_not_say_that_all_is_well() {
    let bench = Bench::new().await;
    let ran = bench.admin(&["alerts", "--json"]).await;
    ran.expect(2);
    assert_eq!(ran.error_code(), "audit_log");
}

#[tokio::test]
async fn a_finding_is_told_until_somebody_closes_it() {
    let bench = Bench::signed_in().await;
    let session = bench.session(&TestClock::starting(Duration::ZERO));
    let tokens = session.profile(Some(&"work".parse().unwrap())).unwrap().tokens().unwrap();
    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
    tokens.bearer(None).await.unwrap_err();
    let opened = || bench.records().iter().filter(|entry| entry.kind() == "finding.open").count();
    let alert = bench.admin(&["alerts", "--json"]).await.json()["alerts"][0].clone();
    assert_eq!((alert["state"].clone(), opened()), (json!("new"), 1));
    let key = alert["key"].as_str().unwrap();
    bench.admin(&["alerts", "acknowledge", key, "--note", "I look"]).await.expect(0);
    let ran = bench.admin(&["alerts", "--json"]).await;
    assert_eq!(ran.expect(10).json()["alerts"][0]["state"], json!("acknowledged"));
    bench.admin(&["alerts", "--severity", "critical"]).await.expect(0);
    bench.admin(&["alerts", "close", key]).await.expect(0);
    bench.admin(&["alerts"]).await.expect(0);
    assert_eq!(opened(), 1, "it stands in the log once");
    bench.admin(&["alerts", "close", key]).await.expect(5).says(&["no finding"]);
}
