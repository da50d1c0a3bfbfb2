//! What others rely on, as snapshots: every help text, the shape of every JSON answer.

use serde_json::Value;

use crate::bench::Bench;

#[test]
fn help_of_every_command() {
    fn collect(command: &clap::Command, path: &str, texts: &mut Vec<(String, String)>) {
        let path = format!("{path}{}", command.get_name());
        let mut shown = command.clone().bin_name(path.clone()).term_width(100);
        texts.push((path.replace(' ', "-"), shown.render_long_help().to_string()));
        for sub in command.get_subcommands() {
            collect(sub, &format!("{path} "), texts);
        }
    }
    let mut command = enterprise_cli::command();
    command.build();
    let mut texts = Vec::new();
    collect(&command, "", &mut texts);
    for (name, text) in texts {
        let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(format!("help-{name}"), text);
    }
}

#[tokio::test]
async fn json_of_every_command() {
    let bench = Bench::new().await;
    let login = bench.sign_in(&["--json", "--profile", "work", "--key-source", "file"]).await;
    insta::assert_json_snapshot!("json-login", shape(&login.json()));
    let backup = bench.home().join("../backup.age").to_str().unwrap().to_owned();
    let words = bench.private_file("words", "correct horse battery\n");
    let words = words.to_str().unwrap();
    let cache = bench.private_file(".cache", r#"{"refresh_token":"canary-old"}"#);
    let cache = cache.to_str().unwrap();
    let server = bench.server(crate::bench::SERVER);
    let server = server.to_str().unwrap();
    for (name, arguments) in [
        ("status", &["status", "--profile", "work"][..]),
        ("doctor", &["doctor", "--profile", "work", "--offline", "--server", server]),
        ("setup", &["setup", "--non-interactive"]),
        ("install-list", &["install", "--list"]),
        (
            "install-dry-run",
            &[
                "install",
                "zed",
                "--server",
                "/bin/sh",
                "--dry-run",
                "--file",
                "/nonexistent/settings.json",
            ],
        ),
        ("profiles", &["profiles"]),
        ("whoami", &["whoami", "--profile", "work"]),
        ("refresh", &["refresh", "--profile", "work"]),
        ("default-profile", &["default-profile", "work"]),
        ("create-profile", &["create-profile", "home"]),
        ("suspend", &["suspend", "home"]),
        ("resume", &["resume", "home"]),
        ("revoke-dry-run", &["revoke", "home", "--dry-run"]),
        ("revoke", &["revoke", "home", "--yes"]),
        ("import", &["import", cache, "--profile", "imported", "--offline"]),
        ("rename-profile", &["rename-profile", "work", "office"]),
        ("rename-profile-back", &["rename-profile", "office", "work"]),
        ("remove-profile", &["remove-profile", "home", "--yes"]),
        ("vault-generate-key", &["vault", "generate-key"]),
        ("audit-verify", &["audit", "verify"]),
        ("audit-report", &["audit", "report", "--since", "2020-01-01", "--until", "2020-01-02"]),
        ("alerts", &["alerts"]),
        ("enable-keychain", &["enable-keychain"]),
        ("disable-keychain", &["disable-keychain", "--to", "file"]),
        ("policy-set", &["policy", "set", "work", "--sign-in-every", "30d"]),
        ("policy-show", &["policy", "show", "work"]),
        ("vault-status", &["vault", "status"]),
        ("vault-rotate", &["vault", "rotate"]),
        ("vault-verify", &["vault", "verify"]),
        ("vault-backup", &["vault", "backup", &backup, "--passphrase-file", words]),
        ("vault-restore", &["vault", "restore", &backup, "--passphrase-file", words]),
        ("settings-seal", &["settings", "seal"]),
        ("settings-check", &["settings", "check"]),
        ("error-confirmation", &["revoke", "work"]),
        ("error-usage", &["revoke", "--no-such-flag"]),
    ] {
        let ran = bench.admin(&[arguments, &["--json"]].concat()).await;
        insta::assert_json_snapshot!(format!("json-{name}"), shape(&ran.json()));
        assert_eq!(ran.stderr, "", "{name}");
    }
}

/// Replaces what differs from run to run by what it is.
fn shape(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), of_field(name, value))).collect()
        }
        other => other.clone(),
    }
}

fn of_field(name: &str, value: &Value) -> Value {
    match (name, value) {
        (_, Value::Null) => Value::Null,
        ("bytes" | "deadline_days" | "records" | "signed", Value::Number(_)) => "[number]".into(),
        ("recovery_code" | "key" | "head" | "chain" | "seen" | "verdict", Value::String(_)) => {
            format!("[{name}]").into()
        }
        ("vault", Value::String(id)) if !id.contains('/') => "[vault]".into(),
        ("command" | "SPOTIFY_MCP_HOME", Value::String(_)) => "[path]".into(),
        (_, Value::String(text)) if text.parse::<jiff::Timestamp>().is_ok() => "[time]".into(),
        (_, Value::String(text)) if text.contains("/home/") || text.contains("/tmp/") => {
            let end = text.rsplit('/').next().unwrap_or_default();
            let start = text.split('/').next().unwrap_or_default();
            format!("{start}[home]/{end}").into()
        }
        (_, value) => shape(value),
    }
}
