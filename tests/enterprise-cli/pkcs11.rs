//! A vault whose key a real PKCS#11 token seals: `SoftHSM2`, with a fresh token for each test.
//!
//! `VAULT_PKCS11_MODULE` names the library, else Debian's.

#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails as a test does"
)]

#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod bench;
#[cfg(test)]
#[path = "../audit/schema.rs"]
mod schema;
#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod terminal_bench;

use std::process::Command;

use serde_json::json;

use crate::bench::Bench;

/// An installation whose programs find a new token, and its PIN in a file.
async fn with_token() -> Bench {
    let mut bench = Bench::new().await;
    let tokens = bench.home().with_file_name("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    let config = bench.private_file("softhsm2.conf", &text);
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "office"])
        .args(["--so-pin", "12345678", "--pin", "1234"])
        .env("SOFTHSM2_CONF", &config)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let pin = bench.private_file("pin", "1234\n");
    bench.set("SOFTHSM2_CONF", config.to_str().unwrap());
    bench.set("SPOTIFY_MCP_PKCS11_MODULE", module());
    bench.set("SPOTIFY_MCP_PKCS11_TOKEN", "office");
    bench.set("SPOTIFY_MCP_PKCS11_PIN_FILE", pin.to_str().unwrap());
    bench
}

#[expect(clippy::disallowed_methods, reason = "the test run says which library")]
fn module() -> String {
    std::env::var("VAULT_PKCS11_MODULE")
        .unwrap_or_else(|_| "/usr/lib/softhsm/libsofthsm2.so".to_owned())
}

#[tokio::test]
async fn a_vault_is_made_and_opened_with_a_token_and_needs_its_pin() {
    let mut bench = with_token().await;
    bench.sign_in(&["--profile", "work", "--key-source", "pkcs11"]).await;
    assert!(!bench.home().join("vault.key").exists());
    // The vault remembers the token; only the PIN is asked for.
    bench.unset("SPOTIFY_MCP_PKCS11_MODULE");
    bench.unset("SPOTIFY_MCP_PKCS11_TOKEN");
    let status = bench.admin(&["status", "--profile", "work", "--json"]).await;
    assert_eq!(status.expect(0).json()["key_source"]["kind"], json!("pkcs11"));
    let wrong = bench.private_file("wrong", "4321\n");
    bench.set("SPOTIFY_MCP_PKCS11_PIN_FILE", wrong.to_str().unwrap());
    let ran = bench.admin(&["status", "--json"]).await;
    assert_eq!(ran.expect(4).error_code(), "vault_locked");
    assert!(!ran.stdout.contains("4321"));
    bench.unset("SPOTIFY_MCP_PKCS11_PIN_FILE");
    bench.admin(&["status"]).await.expect(4).says(&["SPOTIFY_MCP_PKCS11_PIN_FILE"]);
    bench.admin(&["audit", "verify"]).await.expect(0);
}

#[tokio::test]
async fn the_key_moves_onto_a_token_and_away_from_it() {
    let bench = with_token().await;
    bench.sign_in(&["--profile", "work", "--key-source", "file"]).await;
    let ran = bench.admin(&["disable-keychain", "--to", "pkcs11", "--json"]).await;
    assert_eq!(ran.expect(0).json()["key_source"]["kind"], json!("pkcs11"));
    assert!(!bench.home().join("vault.key").exists());
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
    // Again: another key is sealed by the same key of the token.
    bench.admin(&["disable-keychain", "--to", "pkcs11"]).await.expect(0);
    bench.admin(&["disable-keychain", "--to", "file"]).await.expect(0);
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["the key file"]);
}

#[tokio::test]
async fn a_token_that_is_not_there_is_a_locked_vault_and_the_recovery_code_opens_it() {
    let bench = with_token().await;
    let login =
        bench.sign_in(&["--profile", "work", "--key-source", "pkcs11", "--json"]).await.json();
    let code = login["recovery_code"].as_str().unwrap().to_owned();
    std::fs::remove_dir_all(bench.home().with_file_name("tokens")).unwrap();
    let ran = bench.admin(&["status", "--json"]).await;
    assert_eq!(ran.expect(4).error_code(), "vault_locked");
    bench.admin_with_input(&["recover", "--key-source", "file"], &code).await.expect(0);
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_file_the_pin_is_asked_for_at_the_terminal() {
    let mut bench = with_token().await;
    bench.sign_in(&["--profile", "work", "--key-source", "file"]).await;
    bench.unset("SPOTIFY_MCP_PKCS11_PIN_FILE");
    for arguments in [["disable-keychain", "--to", "pkcs11"], ["status", "--profile", "work"]] {
        let mut terminal = terminal_bench::Terminal::run_in_session(&bench, &arguments);
        terminal.until("PIN of the token office: ").await;
        terminal.answer("1234");
        let (code, stdout) = terminal.finish().await;
        assert_eq!(code, 0, "{stdout}");
    }
    let mut terminal = terminal_bench::Terminal::run_in_session(&bench, &["status"]);
    terminal.until("PIN of the token office: ").await;
    terminal.answer("4321");
    assert_eq!(terminal.finish().await.0, 4);
}
