//! `create-profile`, `profiles` and `status`.

use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, TestClock};

#[tokio::test]
async fn a_profile_can_be_made_before_anybody_signs_in() {
    let bench = Bench::signed_in().await;
    bench.admin(&["create-profile", "home"]).await.expect(0).shows(&["login --profile home"]);
    let profiles = bench.admin(&["profiles", "--json"]).await.json();
    assert_eq!(profiles["profiles"][1]["name"], json!("home"));
    assert_eq!(profiles["profiles"][1]["state"], json!("not_signed_in"));
    bench.admin(&["status", "--profile", "home"]).await.expect(3).shows(&["not signed in"]);
    bench.sign_in(&["--profile", "home"]).await;
    bench.admin(&["status", "--profile", "home"]).await.expect(0);
}

#[tokio::test]
async fn a_name_is_used_once() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["create-profile", "work", "--json"]).await;
    ran.expect(6);
    assert_eq!(ran.error_code(), "profile_exists");
}

#[tokio::test]
async fn a_bad_name_is_refused_with_the_rule() {
    let bench = Bench::new().await;
    let long = "x".repeat(33);
    for name in ["", "my work", "../work", "-work", "w\u{f6}rk", &long] {
        let ran = bench.admin(&["create-profile", "--", name]).await;
        ran.expect(2).says(&["a profile name is 1 to 32"]);
    }
    for word in ["audit", "verify", "all"] {
        let ran = bench.admin(&["create-profile", word]).await;
        ran.expect(2).says(&["is a word of the command line"]);
    }
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn a_table_names_everything_of_a_profile_but_its_tokens() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["profiles"]).await;
    ran.expect(0).shows(&[
        "NAME",
        "STATE",
        "SCOPES",
        "ACCESS TOKEN",
        "SIGN IN AGAIN BY",
        "CREATED",
        "KEY",
    ]);
    ran.shows(&["work", "signed in", "ends in ", "in 18", "file"]);
    assert_eq!(ran.stdout.lines().count(), 2);
    assert_eq!(ran.stderr, "");
}

#[tokio::test]
async fn status_tells_the_deadline_the_key_and_the_log() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["status", "--profile", "work"]).await;
    ran.expect(0).shows(&["signed in", "sign in again by", " days)", "the key file", "intact"]);
    let json = bench.admin(&["status", "--profile", "work", "--json"]).await.json();
    assert_eq!(json["signed_in"], json!(true));
    assert_eq!(json["audit_log"]["state"], json!("intact"));
    ran.shows(&["before an act: refuse, after: refuse, of reads: refuse"]);
    assert!((178..=184).contains(&json["profile"]["deadline_days"].as_i64().unwrap()), "{json}");
}

#[tokio::test]
async fn before_the_first_sign_in_status_says_what_to_do() {
    let bench = Bench::new().await;
    bench.admin(&["status"]).await.expect(3).shows(&["spotify-admin login"]);
    assert!(!bench.home().exists(), "looking makes nothing");
    let ran = bench.admin(&["profiles", "--json"]).await;
    ran.expect(5);
    assert_eq!(ran.error_code(), "no_vault");
}

#[tokio::test]
async fn the_profile_of_the_settings_is_the_default_one() {
    let mut bench = Bench::signed_in().await;
    bench.admin(&["status"]).await.expect(3).shows(&["no; run"]);
    bench.set("SPOTIFY_MCP_PROFILE", "work");
    bench.admin(&["status"]).await.expect(0).shows(&["work"]);
    let profiles = bench.admin(&["profiles", "--json"]).await.json();
    assert_eq!(profiles["profiles"][0]["default"], json!(true));
}

#[tokio::test]
async fn an_unknown_profile_is_not_found() {
    let bench = Bench::signed_in().await;
    for arguments in [
        &["status", "--profile", "nobody"][..],
        &["revoke", "nobody", "--yes"],
        &["audit", "nobody"],
    ] {
        let ran = bench.admin(arguments).await;
        ran.expect(5).says(&["there is no profile `nobody`"]);
    }
}

#[tokio::test]
async fn a_damaged_record_hides_no_other_profile() {
    let bench = Bench::signed_in().await;
    let before = crate::bench::files(&bench.home().join("vault/subjects"));
    bench.sign_in(&["--profile", "other"]).await;
    for path in crate::bench::files(&bench.home().join("vault/subjects")) {
        if !before.contains(&path) && path.extension().is_some_and(|end| end == "rec") {
            let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(100).unwrap();
        }
    }
    let profiles = bench.admin(&["profiles", "--json"]).await;
    profiles.expect(0);
    let profiles = profiles.json();
    assert_eq!(profiles["profiles"][0]["state"], json!("signed_in"));
    assert_eq!(profiles["profiles"][1]["state"], json!("unreadable"));
    assert!(profiles["profiles"][1]["problem"].is_string());
    bench.admin(&["revoke", "other", "--yes"]).await.expect(0);
}

#[tokio::test]
async fn a_profile_keeps_its_sign_in_and_its_records_under_another_name() {
    let bench = Bench::signed_in().await;
    bench.admin(&["default-profile", "work"]).await.expect(0);
    let before = bench.admin(&["audit", "work", "--json"]).await.stdout.lines().count();
    let ran =
        bench.admin(&["rename-profile", "work", "office", "--reason", "we moved", "--json"]).await;
    ran.expect(0);
    assert_eq!(ran.json()["settings_file_changed"], json!(true));
    // The settings file names the new one.
    bench.admin(&["status"]).await.expect(0).shows(&["office", "signed in"]);
    bench.admin(&["status", "--profile", "work"]).await.expect(5);
    assert!(bench.admin(&["audit", "office", "--json"]).await.stdout.lines().count() >= before);
    let commands = bench.records();
    let renamed = commands.iter().find(|entry| {
        entry.data("command").is_some_and(|name| name.as_str() == Some("rename-profile"))
    });
    assert_eq!(renamed.unwrap().data("why").unwrap().as_str(), Some("we moved"));
}

#[tokio::test]
async fn a_name_that_is_used_or_looks_like_another_is_no_new_name() {
    let bench = Bench::signed_in().await;
    bench.admin(&["create-profile", "home"]).await.expect(0);
    bench.admin(&["rename-profile", "home", "work"]).await.expect(6);
    bench.admin(&["rename-profile", "home", "w0rk"]).await.expect(6).says(&["easily taken for"]);
    bench.admin(&["rename-profile", "nobody", "else"]).await.expect(5);
    // Its own name does not stand in the way.
    bench.admin(&["rename-profile", "work", "w0rk"]).await.expect(0);
    bench.admin(&["revoke", "home", "--yes"]).await.expect(0);
    bench.admin(&["rename-profile", "home", "house"]).await.expect(3).says(&["was revoked"]);
}

#[tokio::test]
async fn nothing_is_left_of_a_removed_profile_but_its_records() {
    let bench = Bench::signed_in().await;
    let id = bench.records().iter().find_map(|entry| entry.profile().map(str::to_owned)).unwrap();
    bench.admin(&["remove-profile", "work"]).await.expect(6).says(&["--yes", "can't be undone"]);
    bench.admin(&["remove-profile", "work", "--dry-run"]).await.expect(0).shows(&["Nothing was"]);
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
    let ran = bench.admin(&["remove-profile", "work", "--yes", "--json"]).await;
    ran.expect(0);
    assert_eq!(ran.json()["removed"], json!(true));
    assert_eq!(bench.admin(&["profiles", "--json"]).await.json()["profiles"], json!([]));
    bench.admin(&["remove-profile", "work", "--yes"]).await.expect(5);
    assert!(bench.records().iter().any(|entry| entry.profile() == Some(&id)));
    bench.admin(&["vault", "verify"]).await.expect(0);
    bench.admin(&["audit", "verify", "--against-vault"]).await.expect(0);
    // The name is free again.
    bench.admin(&["create-profile", "work"]).await.expect(0);
}

#[tokio::test]
async fn a_removal_that_was_cut_off_after_the_revocation_is_finished_by_the_next() {
    let bench = Bench::signed_in().await;
    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
    bench.admin(&["remove-profile", "work", "--yes"]).await.expect(0).shows(&["Removed"]);
    assert_eq!(bench.admin(&["profiles", "--json"]).await.json()["profiles"], json!([]));
}

#[tokio::test]
async fn a_check_ends_with_a_code_of_its_own_for_each_thing_that_needs_a_look() {
    let clock = TestClock::starting(Duration::from_hours(24 * 160));
    let bench = Bench::new().await;
    let session = bench.create(&clock);
    let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
    bench.sign_in_here(&profile).await;
    drop(session);
    let status = ["status", "--profile", "work"];
    bench.admin(&status).await.expect(0);
    bench.admin(&[&status[..], &["--check"]].concat()).await.expect(10);
    let bench = Bench::signed_in().await;
    bench.admin(&[&status[..], &["--check"]].concat()).await.expect(0);
    bench.tamper(|text| text.replacen("signin.start", "signin.stork", 1));
    bench.admin(&status).await.expect(0);
    bench.admin(&[&status[..], &["--check"]].concat()).await.expect(20);
}
