//! The vault's key in a real Secret Service.
//!
//! Run inside `dbus-run-session` with the login collection unlocked (as `cargo xtask test` does),
//! one test at a time.

#![cfg(target_os = "linux")]
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
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod terminal_bench;

use serde_json::json;

use crate::bench::Bench;
use crate::terminal_bench::Terminal;

/// An installation on the bus that this test was started on.
#[expect(clippy::disallowed_methods, reason = "the bus is where the suite's runner says")]
async fn installation() -> Bench {
    let mut bench = Bench::new().await;
    bench.set("DBUS_SESSION_BUS_ADDRESS", std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap());
    bench
}

#[tokio::test]
async fn the_key_moves_into_the_keychain_and_out_again() {
    let bench = installation().await;
    bench.sign_in(&["--profile", "work", "--key-source", "file"]).await;
    let ran = bench.admin(&["enable-keychain"]).await;
    ran.expect(0).shows(&["now the keychain entry", "The old key was removed"]);
    assert!(!bench.home().join("vault.key").exists());
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["keychain entry"]);
    let again = bench.admin(&["enable-keychain", "--json"]).await;
    assert_eq!(again.expect(0).json()["moved"], json!(false));

    let ran = bench.admin(&["disable-keychain", "--to", "file", "--json"]).await;
    assert_eq!(ran.expect(0).json()["previous_key_source"]["kind"], json!("keychain"));
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["the key file"]);
}

#[tokio::test]
async fn a_first_sign_in_at_a_terminal_proposes_the_keychain() {
    let bench = installation().await;
    let mut terminal = Terminal::run(&bench, &["login"]);
    terminal.until("Enter for `keychain`").await;
    terminal.answer("");
    terminal.until("paste the address that it ends at").await;
    bench.approve(&terminal.address()).await;
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0);
    assert!(stdout.contains("keychain entry"), "{stdout}");
    assert!(!bench.home().join("vault.key").exists());
}

#[tokio::test]
async fn the_keychain_can_be_declined_for_a_key_file() {
    let bench = installation().await;
    let mut terminal = Terminal::run(&bench, &["login"]);
    terminal.until("Enter for `keychain`").await;
    terminal.answer("file");
    terminal.until("paste the address that it ends at").await;
    bench.approve(&terminal.address()).await;
    assert_eq!(terminal.finish().await.0, 0);
    assert!(bench.home().join("vault.key").exists());
}

#[tokio::test]
async fn a_keychain_without_the_key_is_a_locked_vault() {
    let mut bench = installation().await;
    bench.sign_in(&["--profile", "work", "--key-source", "keychain"]).await;
    bench.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let ran = bench.admin(&["status", "--json"]).await;
    assert_eq!(ran.expect(4).error_code(), "vault_locked");
    bench.admin(&["audit", "verify"]).await.expect(0);
}
