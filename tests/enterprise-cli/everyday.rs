//! The small commands of every day.

use crate::bench::Bench;

#[tokio::test]
async fn whoami_asks_spotify_and_says_why_an_account_can_not_be_used() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["whoami", "--profile", "work", "--json"]).await;
    ran.expect(0);
    assert_eq!(ran.json()["profile"], "work");
    assert!(ran.json()["account"]["id"].is_string(), "{}", ran.stdout);
    bench.admin(&["create-profile", "empty"]).await.expect(0);
    bench.admin(&["whoami", "--profile", "empty"]).await.expect(3).says(&["spotify-admin status"]);
}

#[tokio::test]
async fn refresh_renews_a_token_that_has_not_ended_and_says_until_when() {
    let bench = Bench::signed_in().await;
    let exchanges = || bench.records().iter().filter(|entry| entry.code() == "SM1101I").count();
    assert_eq!(exchanges(), 0);
    let ran = bench.admin(&["refresh", "--profile", "work"]).await;
    ran.expect(0).shows(&["was renewed; it ends in"]);
    assert_eq!(exchanges(), 1);
    bench.admin(&["create-profile", "empty"]).await.expect(0);
    bench.admin(&["refresh", "--profile", "empty"]).await.expect(3).says(&["spotify-admin login"]);
}

#[tokio::test]
async fn the_default_profile_stands_in_the_settings_file_and_must_be_there() {
    let mut bench = Bench::signed_in().await;
    bench.admin(&["status"]).await.expect(3);
    bench.admin(&["default-profile", "work"]).await.expect(0).shows(&["from now on"]);
    bench.admin(&["status"]).await.expect(0);
    bench.admin(&["default-profile", "work"]).await.expect(0).shows(&["already"]);
    bench.admin(&["default-profile", "nobody"]).await.expect(5);
    bench.set("SPOTIFY_MCP_PROFILE", "work");
    bench.admin(&["default-profile", "work"]).await.expect(6).says(&["SPOTIFY_MCP_PROFILE"]);
}

#[tokio::test]
async fn settings_are_shown_with_their_origin_and_without_secrets() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_CLIENT_SECRET", "canary-secret");
    let ran = bench.admin(&["settings", "show", "--json"]).await;
    ran.expect(0);
    assert!(!ran.stdout.contains("canary-secret"), "{}", ran.stdout);
    let json = ran.json();
    let of = |name: &str| {
        let found = json.as_array().unwrap().iter().find(|row| row["name"] == name);
        found.unwrap().clone()
    };
    assert_eq!(of("SPOTIFY_CLIENT_ID")["origin"], "environment");
    assert_eq!(of("SPOTIFY_CLIENT_SECRET")["value"], serde_json::Value::Null);
    assert_eq!(of("LOG_LEVEL")["origin"], "default");
    bench.admin(&["settings", "show"]).await.expect(0).shows(&["set, not shown"]);
    // What other programs call it.
    bench.admin(&["config", "show", "--origin"]).await.expect(0).shows(&["set, not shown"]);
    bench.admin(&["config", "validate"]).await.expect(5);
}

#[tokio::test]
async fn completions_and_manual_pages_are_made_of_the_command_line() {
    let bench = Bench::new().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = bench.admin(&["completions", shell]).await;
        ran.expect(0).shows(&["default-profile", "non-interactive"]);
    }
    let script = bench.admin(&["completions", "bash"]).await.stdout;
    let checked = bench.private_file("completions.bash", &script);
    let bash = tokio::process::Command::new("bash").arg("-n").arg(checked).status().await.unwrap();
    assert!(bash.success());
    bench.admin(&["man"]).await.expect(0).shows(&[".TH", "spotify\\-admin"]);
    bench
        .admin(&["man", "vault", "rotate"])
        .await
        .expect(0)
        .shows(&[".TH spotify-admin-vault-rotate"]);
    bench.admin(&["man", "nothing"]).await.expect(2).says(&["spotify-admin --help"]);
}
