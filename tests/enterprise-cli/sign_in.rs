//! `login`, with and without a browser.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use spotify_sim::{DEFAULT_USER, Simulator};

use crate::bench::{Bench, MASTER_KEY, files};

const FILE: [&str; 2] = ["--key-source", "file"];

#[tokio::test]
async fn the_browser_comes_back_by_itself() {
    let bench = Bench::new().await;
    let ran = bench.sign_in(&["--profile", "work", "--key-source", "file"]).await;
    ran.shows(&["Signed in as", "work", "sign in again by", "mcpServers"]);
    ran.shows(&["\"--profile\",\"work\""]);
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["signed in"]);
}

#[tokio::test]
async fn the_recovery_code_is_shown_once_with_what_it_is_for() {
    let bench = Bench::new().await;
    let first = bench.sign_in(&FILE).await;
    first.says(&["recovery code", "when its key is lost"]);
    let code = |text: &str| text.lines().any(|line| line.trim().split('-').count() == 14);
    assert!(code(&first.stderr) && !code(&first.stdout), "{first:#?}");
    let second = bench.sign_in(&[]).await;
    assert!(!code(&second.stderr) && !code(&second.stdout), "{second:#?}");
}

#[tokio::test]
async fn programs_get_the_recovery_code_as_a_field() {
    let bench = Bench::new().await;
    let ran = bench.sign_in(&["--json", "--key-source", "file"]).await;
    let code = ran.json()["recovery_code"].as_str().unwrap().to_owned();
    assert_eq!(code.split('-').count(), 14);
    assert!(!ran.stderr.contains(&code));
    assert_eq!(bench.sign_in(&["--json"]).await.json().get("recovery_code"), None);
}

#[tokio::test]
async fn a_recovery_code_is_not_lost_with_the_sign_in() {
    let bench = Bench::new().await;
    let waiting = bench.login(&["--json", "--key-source", "file"]).await.unwrap();
    bench.sim.refuse(&waiting.address).await.unwrap().follow().await.unwrap();
    let ran = waiting.finish().await;
    ran.expect(3);
    assert_eq!(ran.error_code(), "access_denied");
    assert_eq!(ran.json()["recovery_code"].as_str().unwrap().split('-').count(), 14);
}

#[tokio::test]
async fn the_address_of_the_redirect_can_be_pasted() {
    let bench = Bench::new().await;
    let mut waiting = bench.login(&["--paste", "--key-source", "file"]).await.unwrap();
    let redirect = bench.sim.approve(&waiting.address).await.unwrap();
    waiting.paste(redirect.location()).await;
    waiting.finish().await.expect(0).shows(&["Signed in"]);
}

#[tokio::test]
async fn a_redirect_address_elsewhere_means_pasting() {
    let redirect = "https://example.org/callback";
    let mut bench = Bench::with(Simulator::builder().redirect_uri(redirect)).await;
    bench.set("SPOTIFY_REDIRECT_URI", redirect);
    let mut waiting = bench.login(&FILE).await.unwrap();
    let redirect = bench.sim.approve(&waiting.address).await.unwrap();
    waiting.paste(&redirect.code().unwrap()).await;
    waiting.finish().await.expect(0).says(&["paste"]);
}

#[tokio::test]
async fn what_was_pasted_wrongly_can_be_pasted_again() {
    let bench = Bench::new().await;
    let mut waiting = bench.login(&["--paste", "--key-source", "file"]).await.unwrap();
    waiting.paste("http://127.0.0.1/callback?code=x&state=of-another-sign-in").await;
    waiting.until("no sign-in waits for this answer").await;
    waiting.paste("http://127.0.0.1/callback").await;
    waiting.until("neither `code` nor `error`").await;
    let redirect = bench.sim.approve(&waiting.address).await.unwrap();
    waiting.paste(redirect.location()).await;
    waiting.finish().await.expect(0);
}

#[tokio::test]
async fn a_wrong_state_and_no_more_input_end_the_sign_in() {
    let bench = Bench::new().await;
    let mut waiting = bench.login(&["--json", "--paste", "--key-source", "file"]).await.unwrap();
    let redirect = bench.sim.approve(&waiting.address).await.unwrap();
    let code = redirect.code().unwrap();
    waiting.paste(&format!("http://127.0.0.1/callback?code={code}&state=wrong")).await;
    waiting.end_input();
    let ran = waiting.finish().await;
    ran.expect(3);
    assert_eq!(ran.error_code(), "not_pending");
    assert_eq!(bench.sim.count("token"), 0, "the code was not spent");
}

#[tokio::test]
async fn nothing_pasted_ends_the_sign_in() {
    let bench = Bench::new().await;
    let mut waiting = bench.login(&["--paste", "--key-source", "file"]).await.unwrap();
    waiting.end_input();
    waiting.finish().await.expect(3).says(&["nothing was pasted", "hint: "]);
}

#[tokio::test]
async fn a_refusal_on_spotifys_page_is_told_plainly() {
    let bench = Bench::new().await;
    let waiting = bench.login(&FILE).await.unwrap();
    let (_, page) = bench.sim.refuse(&waiting.address).await.unwrap().follow().await.unwrap();
    assert!(page.contains("did not work"), "{page}");
    waiting.finish().await.expect(3).says(&["refused on Spotify's page", "login` again"]);
    bench.admin(&["status"]).await.expect(3);
}

#[tokio::test]
async fn a_refusal_can_be_pasted_too() {
    let bench = Bench::new().await;
    let mut waiting = bench.login(&["--paste", "--key-source", "file"]).await.unwrap();
    let redirect = bench.sim.refuse(&waiting.address).await.unwrap();
    waiting.paste(redirect.location()).await;
    waiting.finish().await.expect(3).says(&["refused on Spotify's page"]);
}

#[tokio::test]
async fn an_interrupted_sign_in_ends_in_order() {
    let bench = Bench::new().await;
    let mut waiting = bench.login(&["--json", "--key-source", "file"]).await.unwrap();
    waiting.until("Waiting for the browser").await;
    waiting.interrupt();
    let ran = waiting.finish().await;
    assert_eq!(ran.error_code(), "interrupted");
    assert!(ran.json()["recovery_code"].is_string());
}

#[tokio::test]
async fn without_a_terminal_a_first_sign_in_needs_a_key_source() {
    let bench = Bench::new().await;
    let ran = bench.login(&[]).await.err().unwrap();
    ran.expect(2).says(&["give `--key-source`", "keychain` does not work here: ", "no D-Bus"]);
    ran.says(&["file` works: ", "not against anyone who can read your files"]);
    ran.says(&["environment` does not work here: ", "passphrase` does not work here: "]);
    assert!(!bench.home().exists(), "nothing was made");
}

#[tokio::test]
async fn a_master_key_in_the_environment_is_a_choice() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    let ran = bench.sign_in(&["--json"]).await;
    assert_eq!(ran.json()["key_source"]["kind"], json!("environment"));
    assert!(!bench.home().join("vault.key").exists());

    bench.unset("SPOTIFY_MCP_MASTER_KEY");
    let ran = bench.admin(&["status", "--json"]).await;
    ran.expect(4);
    assert_eq!(ran.error_code(), "vault_locked");
    bench.set("SPOTIFY_MCP_MASTER_KEY", "zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzAE=");
    let ran = bench.admin(&["status", "--json"]).await;
    ran.expect(4);
    assert_eq!(ran.error_code(), "wrong_key");
}

#[tokio::test]
async fn a_key_that_is_not_there_makes_no_vault() {
    let bench = Bench::new().await;
    let ran = bench.login(&["--key-source", "environment"]).await.err().unwrap();
    ran.expect(2).says(&["`SPOTIFY_MCP_MASTER_KEY` is not set", "openssl rand -base64 32"]);
    let ran = bench.login(&["--key-source", "passphrase"]).await.err().unwrap();
    ran.expect(6).says(&["SPOTIFY_MCP_PASSPHRASE_FILE"]);
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn a_passphrase_comes_from_its_file() {
    let mut bench = Bench::new().await;
    let file = bench.private_file("passphrase", "correct horse battery\n");
    bench.set("SPOTIFY_MCP_PASSPHRASE_FILE", file.to_str().unwrap());
    bench.sign_in(&["--key-source", "passphrase"]).await;
    bench.admin(&["status"]).await.expect(0).shows(&["a passphrase"]);
}

#[tokio::test]
async fn two_choices_of_a_key_source_are_an_error() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    let ran = bench.login(&FILE).await.err().unwrap();
    ran.expect(2).says(&["SPOTIFY_MCP_MASTER_KEY", "`environment`"]);
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn a_keychain_that_does_not_work_makes_no_vault() {
    let bench = Bench::new().await;
    let ran = bench.login(&["--json", "--key-source", "keychain"]).await.err().unwrap();
    ran.expect(1);
    assert_eq!(ran.error_code(), "keychain_unavailable");
    assert!(!bench.home().join("vault").exists());
}

#[tokio::test]
async fn a_key_source_is_for_a_new_vault() {
    let bench = Bench::signed_in().await;
    let ran = bench.login(&["--key-source", "environment"]).await.err().unwrap();
    ran.expect(6).says(&["is for a new vault", "disable-keychain"]);
}

#[tokio::test]
async fn without_an_app_no_vault_is_made() {
    let mut bench = Bench::new().await;
    bench.unset("SPOTIFY_CLIENT_ID");
    let ran = bench.login(&FILE).await.err().unwrap();
    ran.expect(2).says(&["SPOTIFY_CLIENT_ID", "https://developer.spotify.com/dashboard"]);
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn an_app_that_differs_later_is_an_error() {
    let mut bench = Bench::signed_in().await;
    bench.set("SPOTIFY_CLIENT_ID", "another-app");
    let ran = bench.login(&["--json", "--profile", "work"]).await.err().unwrap();
    ran.expect(2);
    assert_eq!(ran.error_code(), "other_app");
    bench.unset("SPOTIFY_CLIENT_ID");
    bench.sign_in(&["--profile", "work"]).await;
}

#[tokio::test]
async fn another_spotify_is_refused_before_any_request() {
    let mut bench = Bench::signed_in().await;
    let elsewhere = Bench::new().await;
    bench.set("SPOTIFY_ACCOUNTS_URL", elsewhere.sim.accounts_url());
    bench.set("SPOTIFY_API_URL", elsewhere.sim.api_url());
    let ran = bench.login(&["--json", "--profile", "work"]).await.err().unwrap();
    ran.expect(6);
    assert_eq!(ran.error_code(), "other_origin");
    assert!(elsewhere.sim.requests().is_empty());
}

#[tokio::test]
async fn a_revoked_name_gets_a_new_profile() {
    let bench = Bench::signed_in().await;
    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
    bench.sign_in(&["--profile", "work"]).await;
    let profiles = bench.admin(&["profiles", "--json"]).await.json();
    let states: Vec<_> =
        profiles["profiles"].as_array().unwrap().iter().map(|p| &p["state"]).collect();
    assert_eq!(states, ["revoked", "signed_in"]);
}

#[tokio::test]
async fn the_scopes_can_be_chosen_and_unknown_ones_are_refused() {
    let bench = Bench::new().await;
    let scopes = ["--json", "--key-source", "file", "--scopes", "user-top-read,user-read-private"];
    let ran = bench.sign_in(&scopes).await;
    assert_eq!(ran.json()["scopes"], json!(["user-read-private", "user-top-read"]));
    let ran = bench.admin(&["login", "--scopes", "everything"]).await;
    ran.expect(2).says(&["Spotify has no scope `everything`"]);
}

#[tokio::test]
async fn an_account_that_the_app_may_not_serve_is_told_at_once() {
    let bench = Bench::new().await;
    bench.sim.disallow(DEFAULT_USER);
    let ran = bench.sign_in(&["--json", "--key-source", "file"]).await;
    let json = ran.json();
    assert_eq!(json["account"], json!(null));
    assert!(json["account_problem"].as_str().unwrap().contains("list of users"), "{json}");
}

#[tokio::test]
async fn nobody_else_may_read_what_is_kept() {
    let bench = Bench::signed_in().await;
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bench.home()), 0o700);
    for path in files(&bench.home()) {
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()) & 0o077, 0, "{}", path.display());
    }
}

#[tokio::test]
async fn a_home_that_others_may_write_to_is_refused() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.home()).unwrap();
    std::fs::set_permissions(bench.home(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let ran = bench.login(&["--json", "--key-source", "file"]).await.err().unwrap();
    ran.expect(1);
    assert_eq!(ran.error_code(), "home");
    assert!(!bench.home().join("vault").exists());
}

#[tokio::test]
async fn the_address_is_shown_as_a_qr_code_when_asked() {
    let bench = Bench::new().await;
    for (arguments, shown) in [(&["--qr"][..], true), (&[], false)] {
        let mut all = vec!["--no-browser", "--profile", "work"];
        if !bench.home().exists() {
            all.extend(["--key-source", "file"]);
        }
        all.extend(arguments);
        let mut waiting = bench.login(&all).await.unwrap();
        waiting.until("Waiting for the browser").await;
        bench.approve(&waiting.address).await;
        let ran = waiting.finish().await;
        ran.expect(0);
        let blocks =
            ran.stderr.lines().filter(|line| line.starts_with("\u{2588}\u{2588}\u{2588}\u{2588}"));
        assert_eq!(blocks.count() > 20, shown, "{}", ran.stderr);
    }
}
