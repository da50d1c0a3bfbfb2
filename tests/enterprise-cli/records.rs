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
    let runs: [(&str, &[&str]); 15] = [
        ("status", &["status"]),
        ("profiles", &["profiles"]),
        ("create-profile", &["create-profile", "home"]),
        ("audit", &["audit"]),
        ("audit verify", &["audit", "verify"]),
        ("audit key", &["audit", "key"]),
        ("audit prove", &["audit", "prove", "1"]),
        ("audit hash-of", &["audit", "hash-of"]),
        ("alerts", &["alerts"]),
        ("suspend", &["suspend", "home"]),
        ("resume", &["resume", "home"]),
        ("revoke", &["revoke", "home", "--yes"]),
        ("disable-keychain", &["disable-keychain", "--to", "file"]),
        ("enable-keychain", &["enable-keychain"]),
        ("recover", &["recover", "--key-source", "file"]),
    ];
    for (name, arguments) in runs {
        bench.admin(arguments).await;
        assert_eq!(last(&bench).0, name);
    }
    let run = runs.map(|(name, _)| name);
    for command in enterprise_cli::command().get_subcommands() {
        let name = command.get_name();
        assert!(name == "login" || run.contains(&name), "{name} is not tried here");
    }
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
