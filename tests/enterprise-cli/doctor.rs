//! `doctor`: each thing that is broken has its own code, and hides no other.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use spotify_auth::session::doctor::Code;
use spotify_sim::Fault;

use crate::bench::{Bench, MASTER_KEY, Ran, SERVER, TestClock, files, write_private};

/// Runs `doctor` over everything, with a server that answers.
async fn doctor(bench: &Bench, arguments: &[&str]) -> Ran {
    let server = bench.server(SERVER);
    let server = ["--server", server.to_str().unwrap()];
    bench
        .admin(&[&["doctor", "--profile", "work", "--json"], &server[..], arguments].concat())
        .await
}

/// Returns the codes of everything that was found.
fn codes(ran: &Ran) -> Vec<String> {
    let found = ran.json()["checks"].as_array().unwrap().clone();
    let findings = found.iter().flat_map(|check| check["findings"].as_array().unwrap().clone());
    findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// Returns the state of a check.
fn state(ran: &Ran, name: &str) -> Value {
    let checks = ran.json()["checks"].as_array().unwrap().clone();
    checks.iter().find(|check| check["check"] == name).unwrap()["state"].clone()
}

#[track_caller]
fn has(ran: &Ran, code: Code) {
    ran.expect(10);
    assert!(codes(ran).iter().any(|found| found == code.as_str()), "{code:?}: {ran:#?}");
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn an_installation_in_order_has_advice_at_most() {
    let mut bench = Bench::signed_in().await;
    bench.set("SPOTIFY_MCP_DEVELOPER_POLICY", "read");
    let ran = doctor(&bench, &[]).await;
    ran.expect(0);
    assert_eq!(ran.json()["sound"], json!(true));
    assert_eq!(codes(&ran), ["only_in_environment", "no_client"]);
    for check in ran.json()["checks"].as_array().unwrap() {
        assert_eq!(check["state"], "ok", "{check}");
    }
    assert_eq!(ran.stderr, "");
}

#[tokio::test]
async fn a_person_reads_what_was_seen_what_is_wrong_and_what_to_do() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["doctor", "--offline", "--server", "/nonexistent"]).await;
    ran.expect(10).shows(&[
        "ok       vault",
        "skipped  accounts   --offline",
        "problem  profile",
        "error no_profile: there is no profile `default`",
        "warning policy_unread",
        "do: read https://developer.spotify.com/policy",
        "error server_not_found",
        "error: 2, warning: 1, advice: 2",
    ]);
}

#[tokio::test]
async fn before_the_first_sign_in_it_says_what_to_do_and_makes_nothing() {
    let mut bench = Bench::new().await;
    bench.unset("SPOTIFY_CLIENT_ID");
    let ran = doctor(&bench, &["--offline", "--fix"]).await;
    has(&ran, Code::NoVault);
    has(&ran, Code::NoApp);
    assert_eq!(state(&ran, "audit_log"), "skipped");
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn wrong_settings_are_found_and_everything_else_is_looked_at() {
    let mut bench = Bench::signed_in().await;
    bench.set("LOG_LEVEL", "loud");
    bench.set("SPOTIFY_REDIRECT_URI", "http://localhost:1/callback");
    let ran = doctor(&bench, &[]).await;
    has(&ran, Code::SettingWrong);
    assert_eq!(codes(&ran).iter().filter(|code| *code == "setting_wrong").count(), 2);
    for check in ["vault", "profile", "web_api", "account"] {
        assert_eq!(state(&ran, check), "ok", "{check}: {ran:#?}");
    }
}

#[tokio::test]
async fn a_sealed_settings_file_that_was_changed_is_found() {
    let bench = Bench::signed_in().await;
    bench.admin(&["default-profile", "work"]).await.expect(0);
    bench.admin(&["settings", "seal"]).await.expect(0);
    bench.private_file("home/config.toml", "profile = \"other\"\n");
    let ran = doctor(&bench, &["--offline"]).await;
    has(&ran, Code::SettingsChanged);
    assert_eq!(state(&ran, "audit_log"), "ok");
    assert_eq!(state(&ran, "server"), "ok");
}

#[tokio::test]
async fn rights_of_others_are_found_and_taken_away() {
    let bench = Bench::signed_in().await;
    let (key, log) = (bench.home().join("vault.key"), bench.home().join("audit"));
    set_mode(&key, 0o644);
    set_mode(&log, 0o777);
    let ran = doctor(&bench, &["--offline"]).await;
    has(&ran, Code::OpenToOthers);
    assert_eq!((mode(&key), mode(&log)), (0o644, 0o777), "looking changes nothing");
    let ran = doctor(&bench, &["--offline", "--fix"]).await;
    assert_eq!(state(&ran, "files"), "ok");
    assert_eq!((mode(&key), mode(&log)), (0o600, 0o700));
    let ran = doctor(&bench, &["--offline"]).await;
    assert!(!codes(&ran).contains(&"open_to_others".to_owned()), "{ran:#?}");
}

#[tokio::test]
async fn a_lost_key_stops_nothing_else() {
    let bench = Bench::signed_in().await;
    std::fs::remove_file(bench.home().join("vault.key")).unwrap();
    let ran = doctor(&bench, &[]).await;
    has(&ran, Code::VaultLocked);
    assert_eq!(state(&ran, "profile"), "skipped");
    assert_eq!(state(&ran, "audit_log"), "ok");
    assert_eq!(state(&ran, "accounts"), "ok");
    assert!(ran.stdout.contains("spotify-admin recover"), "{ran:#?}");
}

#[tokio::test]
async fn damage_and_old_copies_in_the_vault_are_told_apart() {
    let bench = Bench::signed_in().await;
    let records = files(&bench.home().join("vault/subjects"));
    let copies: Vec<_> = records.iter().map(|path| std::fs::read(path).unwrap()).collect();
    bench.admin(&["refresh", "--profile", "work"]).await.expect(0);
    let replaced = |path: &Path, bytes: &[u8]| {
        let mut file = std::fs::File::create(path).unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
    };
    for (path, bytes) in records.iter().zip(&copies) {
        replaced(path, bytes);
    }
    has(&doctor(&bench, &["--offline"]).await, Code::VaultDiffers);
    for path in records.iter().filter(|path| path.extension().is_some_and(|end| end == "rec")) {
        replaced(path, b"no record");
    }
    has(&doctor(&bench, &["--offline"]).await, Code::VaultDamaged);
}

#[tokio::test]
async fn where_a_sign_in_stands_has_a_code() {
    let bench = Bench::signed_in().await;
    bench.admin(&["create-profile", "empty"]).await.expect(0);
    let of =
        async |name: &str| bench.admin(&["doctor", "--offline", "--json", "--profile", name]).await;
    has(&of("empty").await, Code::NotSignedIn);
    has(&of("nobody").await, Code::NoProfile);
    bench.sign_in(&["--profile", "narrow", "--scopes", "user-read-private"]).await;
    has(&of("narrow").await, Code::ScopesMissing);
    bench.admin(&["suspend", "narrow"]).await.expect(0);
    has(&of("narrow").await, Code::Suspended);
    bench.admin(&["revoke", "work", "--yes"]).await.expect(0);
    has(&of("work").await, Code::Revoked);
}

#[tokio::test]
async fn a_sign_in_that_is_due_or_has_ended_is_found() {
    let clock = TestClock::starting(Duration::from_hours(24 * 160));
    let bench = Bench::new().await;
    let session = bench.create(&clock);
    let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
    bench.sign_in_here(&profile).await;
    has(&doctor(&bench, &["--offline"]).await, Code::SignInDue);
    bench.sim.remove_app(spotify_sim::DEFAULT_USER);
    clock.advance(Duration::from_hours(2));
    profile.tokens().unwrap().bearer(None).await.unwrap_err();
    has(&doctor(&bench, &["--offline"]).await, Code::SignInEnded);
}

#[tokio::test]
async fn a_changed_log_and_a_log_that_is_gone_are_found() {
    let bench = Bench::signed_in().await;
    bench.tamper(|text| text.replacen("signin.start", "signin.stork", 1));
    has(&doctor(&bench, &["--offline"]).await, Code::LogChanged);
    let bench = Bench::signed_in().await;
    bench.tamper(|text| format!("{text}{{\"v\":1"));
    has(&doctor(&bench, &["--offline"]).await, Code::LogTorn);
    std::fs::remove_dir_all(bench.home().join("audit")).unwrap();
    has(&doctor(&bench, &["--offline"]).await, Code::LogMissing);
}

#[tokio::test]
async fn signatures_lost_records_and_clocks_are_told_apart() {
    let bench = Bench::signed_in().await;
    bench.tamper(|mut text| {
        text.truncate(text.len() - 20);
        text
    });
    has(&doctor(&bench, &["--offline"]).await, Code::LogSignature);
    let bench = Bench::signed_in().await;
    bench.tamper(|text| {
        text.split_inclusive('\n').filter(|line| !line.contains("\"seq\":4,")).collect()
    });
    has(&doctor(&bench, &["--offline"]).await, Code::LogRecordsMissing);
    let clock = TestClock::starting(Duration::ZERO);
    clock.advance(Duration::from_hours(48));
    let bench = Bench::new().await;
    drop(bench.create(&clock));
    bench.admin(&["profiles"]).await.expect(0);
    has(&doctor(&bench, &["--offline"]).await, Code::LogClock);
}

#[tokio::test]
async fn old_keys_and_acts_without_a_record_are_found() {
    let mut bench = Bench::new().await;
    drop(bench.create(&TestClock::starting(Duration::from_hours(24 * 1000))));
    bench.set("SPOTIFY_MCP_AUDIT_BEFORE", "continue");
    let ran = doctor(&bench, &["--offline"]).await;
    has(&ran, Code::RotationDue);
    assert!(codes(&ran).contains(&Code::ActsUnrecorded.as_str().to_owned()));
}

#[tokio::test]
async fn a_home_directory_that_is_gone_is_made_anew() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    bench.sign_in(&["--profile", "work"]).await;
    let vault = bench.home().with_file_name("vault");
    let vault = vault.to_str().unwrap();
    bench.admin(&["vault", "migrate", vault]).await.expect(0);
    bench.set("SPOTIFY_MCP_VAULT", vault);
    std::fs::remove_dir_all(bench.home()).unwrap();
    has(&doctor(&bench, &["--offline"]).await, Code::DirectoryMissing);
    assert!(!bench.home().exists());
    assert_eq!(state(&doctor(&bench, &["--offline", "--fix"]).await, "files"), "ok");
    assert!(bench.home().exists());
}

#[tokio::test]
async fn accounts_that_are_not_served_and_spent_quotas_are_found() {
    let bench = Bench::signed_in().await;
    let me = |fault: Fault| bench.sim.fault(fault.operation("get-current-users-profile"));
    me(Fault::quota_exceeded(Duration::from_hours(9)));
    has(&doctor(&bench, &[]).await, Code::QuotaClosed);
    me(Fault::answer(403, "text/plain", "User not registered in the Developer Dashboard"));
    has(&doctor(&bench, &[]).await, Code::AccountRefused);
}

/// What no test breaks: it needs another user, a disk that fails, or time between two processes.
const NOT_TRIED: [Code; 6] = [
    Code::OtherOwner,
    Code::NotReadable,
    Code::LogUnreadable,
    Code::VaultUnreadable,
    Code::RotationUnfinished,
    // The clock of a simulator is this machine's; the server's tests have one that stands still.
    Code::ClockSkewed,
];

#[test]
fn every_code_is_tried() {
    let own = include_str!("doctor.rs");
    for code in Code::ALL {
        let name = format!("{code:?}");
        let tried = own.contains(&format!("Code::{name}")) || own.contains(code.as_str());
        assert!(tried || NOT_TRIED.contains(code), "{name} is not tried here");
    }
}

#[tokio::test]
async fn services_that_do_not_answer_and_accounts_that_are_not_served_are_found() {
    let mut bench = Bench::signed_in().await;
    bench.sim.remove_app(spotify_sim::DEFAULT_USER);
    bench.set("SPOTIFY_ACCOUNTS_URL", "http://127.0.0.1:1");
    bench.set("SPOTIFY_API_URL", "http://127.0.0.1:1/v1");
    let ran = doctor(&bench, &[]).await;
    has(&ran, Code::AccountsUnreachable);
    has(&ran, Code::ApiUnreachable);
    // The grant was made elsewhere: its token is sent to nobody else.
    has(&ran, Code::ProfileUnreadable);
    assert_eq!(state(&ran, "clock"), "skipped");
}

#[tokio::test]
async fn a_server_that_is_missing_silent_or_another_version_is_found() {
    let bench = Bench::signed_in().await;
    let with = async |path: &str| {
        bench.admin(&["doctor", "--offline", "--profile", "work", "--json", "--server", path]).await
    };
    has(&with("/nonexistent/spotify-mcp").await, Code::ServerNotFound);
    let script = |text: &str| bench.server(text).to_str().unwrap().to_owned();
    let failing = with(&script("#!/bin/sh\necho 'the vault is locked' >&2\nexit 4\n")).await;
    has(&failing, Code::ServerFailed);
    assert!(failing.stdout.contains("the vault is locked"), "{failing:#?}");
    has(&with(&script("#!/bin/sh\necho hello\n")).await, Code::ServerFailed);
    let other = SERVER.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    has(&with(&script(&other)).await, Code::ServerOtherVersion);
}

#[tokio::test]
async fn clients_that_start_what_is_not_there_are_found() {
    let mut bench = Bench::signed_in().await;
    let user = bench.home().join("../user");
    std::fs::create_dir_all(user.join(".cursor")).unwrap();
    bench.set("HOME", user.to_str().unwrap());
    let entry = json!({ "mcpServers": { "spotify": {
        "command": "/gone/spotify-mcp", "args": ["--profile", "nobody"],
    } } });
    let file = user.join(".cursor/mcp.json");
    write_private(&file, &entry.to_string());
    let ran = doctor(&bench, &["--offline"]).await;
    has(&ran, Code::ClientServerMissing);
    has(&ran, Code::ClientProfileMissing);
    write_private(&file, "{");
    has(&doctor(&bench, &["--offline"]).await, Code::ClientUnreadable);
}

#[tokio::test]
async fn secrets_in_variables_are_advised_against() {
    let mut bench = Bench::signed_in().await;
    bench.set("SPOTIFY_MCP_DEVELOPER_POLICY", "read");
    let key = std::fs::read_to_string(bench.home().join("vault.key")).unwrap();
    bench.set("SPOTIFY_CLIENT_SECRET", "canary-secret");
    let ran = doctor(&bench, &["--offline"]).await;
    assert!(codes(&ran).contains(&"secret_in_environment".to_owned()), "{ran:#?}");
    assert!(!ran.stdout.contains("canary-secret") && !ran.stdout.contains(key.trim()));
}
