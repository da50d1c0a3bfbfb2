//! `create-profile`, `profiles` and `status`.

use serde_json::json;

use crate::bench::Bench;

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
