//! Keys that a supervisor hands over: an inherited descriptor, a credential of systemd.

use std::process::Stdio;

use tokio::process::Command;

use crate::bench::{Bench, MASTER_KEY, Ran};

/// Has `command` inherit a descriptor with the key, and says its number.
fn with_key(command: &mut Command, key: &std::path::Path) {
    // A shell opens it, as a supervisor does: what Rust opens is closed in children.
    let program = command.as_std().get_program().to_owned();
    let arguments: Vec<_> = command.as_std().get_args().map(ToOwned::to_owned).collect();
    let variables: Vec<_> = command
        .as_std()
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "exec 7<\"$KEY\"; exec \"$0\" \"$@\""]).arg(program).args(arguments);
    shell.env_clear().envs(variables).env("KEY", key);
    shell.env("SPOTIFY_MCP_MASTER_KEY_FD", "7");
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    *command = shell;
}

#[tokio::test]
async fn a_vault_is_made_and_opened_with_a_key_on_an_inherited_descriptor() {
    let mut bench = Bench::new().await;
    let key = bench.private_file("key", &format!("{MASTER_KEY}\n"));
    let mut command = bench.command(&["login", "--profile", "work", "--key-source", "descriptor"]);
    with_key(&mut command, &key);
    bench.sign_in_with(&mut command).await.expect(0);
    let mut command = bench.command(&["status", "--profile", "work", "--json"]);
    with_key(&mut command, &key);
    let ran = Ran::of(command.output().await.unwrap());
    assert_eq!(ran.expect(0).json()["key_source"]["kind"], "descriptor");
    // Without the descriptor, with one that is not there, and with another source.
    bench.admin(&["status"]).await.expect(4).says(&["SPOTIFY_MCP_MASTER_KEY_FD"]);
    bench.set("SPOTIFY_MCP_MASTER_KEY_FD", "77");
    bench.admin(&["status"]).await.expect(4).says(&["not open"]);
    bench.unset("SPOTIFY_MCP_MASTER_KEY_FD");
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    bench.admin(&["status"]).await.expect(4).says(&["unset it"]);
    bench.admin(&["audit", "verify"]).await.expect(0);
}

#[tokio::test]
async fn a_vault_is_made_and_opened_with_a_credential_and_the_key_moves_on() {
    let mut bench = Bench::new().await;
    let ran = bench.admin(&["login", "--key-source", "credential"]).await;
    ran.expect(4).says(&["LoadCredentialEncrypted"]);
    let key = bench.private_file("spotify-mcp-master-key", &format!("{MASTER_KEY}\n"));
    bench.set("CREDENTIALS_DIRECTORY", key.parent().unwrap().to_str().unwrap());
    bench.sign_in(&["--profile", "work", "--key-source", "credential"]).await;
    let status = bench.admin(&["status", "--profile", "work", "--json"]).await;
    assert_eq!(status.expect(0).json()["key_source"]["kind"], "credential");
    let ran = bench.admin(&["disable-keychain", "--to", "file"]).await;
    ran.expect(0).shows(&["opens it no more"]);
    bench.admin(&["disable-keychain", "--to", "credential"]).await.expect(0);
    let again = bench.admin(&["disable-keychain", "--to", "credential"]).await;
    again.expect(0).shows(&["already"]);
    std::fs::remove_file(key).unwrap();
    bench.admin(&["status"]).await.expect(4);
}
