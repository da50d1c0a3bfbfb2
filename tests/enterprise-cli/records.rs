//! Every command leaves a record in the audit log.

use serde_json::Value;

use crate::bench::Bench;

/// Returns command and outcome of the last record of a command.
fn last(bench: &Bench) -> (String, String, Option<String>) {
    let records = bench.records();
    let record = records.iter().rfind(|entry| entry.kind() == "admin.command").unwrap();
    let text = record.data("command").and_then(Value::as_str).unwrap().to_owned();
    let outcome = record.outcome().unwrap().as_str().to_owned();
    (text, outcome, record.reason().map(str::to_owned))
}

#[tokio::test]
async fn every_command_leaves_its_record() {
    let bench = Bench::signed_in().await;
    assert_eq!(last(&bench), ("login".to_owned(), "ok".to_owned(), None));
    let backup = bench.home().join("../backup.age").to_str().unwrap().to_owned();
    let words = bench.private_file("words", "correct horse battery\n");
    let words = words.to_str().unwrap();
    let runs: [(&str, &[&str]); 45] = [
        ("doctor", &["doctor", "--offline", "--server", "/nonexistent"]),
        ("status", &["status"]),
        ("profiles", &["profiles"]),
        ("setup", &["setup", "--non-interactive"]),
        ("install", &["install", "--list"]),
        ("uninstall", &["uninstall", "cursor", "--dry-run"]),
        ("whoami", &["whoami"]),
        ("refresh", &["refresh"]),
        ("settings show", &["settings", "show"]),
        ("create-profile", &["create-profile", "home"]),
        ("default-profile", &["default-profile", "work"]),
        ("import", &["import", "/nonexistent"]),
        ("rename-profile", &["rename-profile", "home", "house"]),
        ("remove-profile", &["remove-profile", "nobody"]),
        ("audit", &["audit"]),
        ("audit verify", &["audit", "verify"]),
        ("audit key", &["audit", "key"]),
        ("audit show", &["audit", "show", "1"]),
        ("audit prove", &["audit", "prove", "1"]),
        ("audit hash-of", &["audit", "hash-of"]),
        ("audit renew-key", &["audit", "renew-key", "--reason", "none", "--yes"]),
        ("audit report", &["audit", "report"]),
        ("audit query", &["audit", "query"]),
        ("alerts", &["alerts"]),
        ("alerts acknowledge", &["alerts", "acknowledge", "none"]),
        ("alerts close", &["alerts", "close", "none"]),
        ("suspend", &["suspend", "house"]),
        ("resume", &["resume", "house"]),
        ("revoke", &["revoke", "house", "--yes"]),
        ("disable-keychain", &["disable-keychain", "--to", "file"]),
        ("enable-keychain", &["enable-keychain"]),
        ("policy show", &["policy", "show", "work"]),
        ("policy set", &["policy", "set", "work", "--sign-in-every", "30d"]),
        ("vault status", &["vault", "status"]),
        ("vault rotate", &["vault", "rotate"]),
        ("vault verify", &["vault", "verify"]),
        ("vault backup", &["vault", "backup", &backup, "--passphrase-file", words]),
        ("vault restore", &["vault", "restore", &backup, "--passphrase-file", words]),
        ("vault migrate", &["vault", "migrate", "/nonexistent/vault", "--cancel"]),
        ("vault generate-key", &["vault", "generate-key"]),
        ("settings check", &["settings", "check"]),
        ("settings seal-value", &["settings", "seal-value", "client_secret"]),
        ("settings seal", &["settings", "seal"]),
        ("settings unseal", &["settings", "unseal"]),
        ("recover", &["recover", "--key-source", "file"]),
    ];
    for (name, arguments) in runs {
        bench.admin(arguments).await;
        assert_eq!(last(&bench).0, name);
    }
    let run = runs.map(|(name, _)| name);
    for name in names(&enterprise_cli::command(), "") {
        // A sign-in needs a person, a tail has no end, and a page is about the program alone.
        let elsewhere = ["login", "audit tail", "completions", "man"].contains(&name.as_str());
        assert!(elsewhere || run.contains(&name.as_str()), "{name} is not tried here");
    }
}

/// Returns the names of all commands that can be run.
fn names(command: &clap::Command, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for sub in command.get_subcommands() {
        let name = format!("{path}{}", sub.get_name());
        let below = names(sub, &format!("{name} "));
        if !sub.is_subcommand_required_set() {
            found.push(name);
        }
        found.extend(below);
    }
    found
}

#[tokio::test]
async fn a_failure_is_recorded_with_its_cause() {
    let bench = Bench::signed_in().await;
    bench.admin(&["revoke", "work"]).await.expect(6);
    let expected = ("revoke", "refused", "confirmation_required");
    let (name, outcome, reason) = last(&bench);
    assert_eq!(
        (name.as_str(), outcome.as_str(), reason.as_deref()),
        (expected.0, expected.1, Some(expected.2))
    );
    bench.admin(&["enable-keychain"]).await.expect(1);
    let (name, outcome, reason) = last(&bench);
    assert_eq!((name.as_str(), outcome.as_str()), ("enable-keychain", "failed"));
    assert_eq!(reason.as_deref(), Some("keychain_unavailable"));
}

#[tokio::test]
async fn a_vault_that_stays_locked_is_recorded_once() {
    let bench = Bench::signed_in().await;
    std::fs::remove_file(bench.home().join("vault.key")).unwrap();
    let refused = || bench.records().iter().filter(|entry| entry.code() == "SM1303E").count();
    bench.admin(&["profiles"]).await.expect(4);
    assert_eq!(refused(), 1);
    let (name, outcome, reason) = last(&bench);
    assert_eq!((name.as_str(), outcome.as_str()), ("profiles", "failed"));
    assert_eq!(reason.as_deref(), Some("vault_locked"));
}
