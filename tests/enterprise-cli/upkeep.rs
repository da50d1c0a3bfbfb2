//! `vault` and `settings`: looking after an installation.

use serde_json::json;

use crate::bench::{Bench, files};

/// Makes a backup with a passphrase; returns the file and the arguments that open it.
async fn backed_up(bench: &Bench) -> [String; 3] {
    let file = bench.home().with_file_name("backup.age").to_str().unwrap().to_owned();
    let words = bench.private_file("words", "correct horse battery\n");
    let arguments = [file, "--passphrase-file".to_owned(), words.to_str().unwrap().to_owned()];
    let [file, flag, words] = arguments.each_ref().map(String::as_str);
    bench.admin(&["vault", "backup", file, flag, words]).await.expect(0).shows(&["read it back"]);
    arguments
}

#[tokio::test]
async fn keys_are_rotated_and_the_status_shows_it() {
    let bench = Bench::signed_in().await;
    for (arguments, term) in [
        (&["vault", "rotate"][..], 2),
        (&["vault", "rotate", "--reach", "compromised"], 3),
        (&["vault", "rotate", "--reach", "next-write"], 4),
    ] {
        let ran = bench.admin(&[arguments, &["--json"]].concat()).await;
        assert_eq!(ran.expect(0).json()["term"], json!(term), "{arguments:?}");
    }
    let status = bench.admin(&["vault", "status", "--json"]).await.expect(0).json();
    assert_eq!((&status["rotating"], &status["damaged"]), (&json!(true), &json!([])));
    bench.admin(&["vault", "status"]).await.expect(0).shows(&["vault rotate --finish", "retired"]);
    let ran = bench.admin(&["vault", "rotate", "--finish", "--json"]).await;
    assert_eq!(ran.expect(0).json()["complete"], json!(true));
    let status = bench.admin(&["vault", "status", "--json"]).await.expect(0).json();
    assert_eq!(status["rotating"], json!(false));
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}

#[tokio::test]
async fn a_record_that_was_changed_is_named_and_a_backup_puts_it_back() {
    let bench = Bench::signed_in().await;
    bench.admin(&["vault", "verify"]).await.expect(0).shows(&["records open"]);
    let [file, flag, words] = backed_up(&bench).await;
    let all = files(&bench.home().join("vault"));
    let records = all.iter().filter(|path| path.extension().is_some_and(|end| end == "rec"));
    for path in records {
        let mut bytes = std::fs::read(path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        overwrite(path, &bytes);
    }
    let ran = bench.admin(&["vault", "verify", "--json"]).await;
    assert_eq!(ran.expect(30).json()["sound"], json!(false));
    bench.admin(&["vault", "status"]).await.expect(30).shows(&["damaged:"]);
    let again = file.replace("backup", "another");
    let ran = bench.admin(&["vault", "backup", &again, &flag, &words, "--json"]).await;
    ran.expect(1);
    assert_eq!(ran.error_code(), "damaged");
    bench.admin(&["vault", "restore", &file, &flag, &words]).await.expect(0);
    bench.admin(&["vault", "verify"]).await.expect(0);
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}

#[tokio::test]
async fn a_backup_opens_with_its_passphrase_and_the_vault_s_key_or_recovery_code_alone() {
    let bench = Bench::new().await;
    let login = bench.sign_in(&["--profile", "work", "--key-source", "file", "--json"]).await;
    let code = login.json()["recovery_code"].as_str().unwrap().to_owned();
    let [file, flag, words] = backed_up(&bench).await;
    let ran = bench.admin(&["vault", "backup", &file, &flag, &words, "--json"]).await;
    ran.expect(6);
    assert_eq!(ran.error_code(), "backup_exists");
    std::fs::remove_dir_all(bench.home()).unwrap();
    let wrong = bench.private_file("wrong", "wrong horse battery\n");
    let ran = bench.admin(&["vault", "restore", &file, &flag, wrong.to_str().unwrap()]).await;
    ran.expect(4).says(&["another identity or passphrase"]);
    bench.admin(&["vault", "restore", &file, &flag, &words]).await.expect(4).says(&["vault.key"]);
    let restore = ["vault", "restore", &file, &flag, &words, "--recovery-code"];
    bench.admin_with_input(&restore, &code).await.expect(0).shows(&["spotify-admin recover"]);
    bench.admin_with_input(&["recover", "--key-source", "file"], &code).await.expect(0);
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["signed in"]);
    bench.admin(&["vault", "restore", "/nonexistent", &flag, &words]).await.expect(5);
    bench.admin(&["vault", "backup", "/tmp/x", "--recipient", "age1nonsense"]).await.expect(2);
    bench.admin(&["vault", "backup", "/tmp/x"]).await.expect(2).says(&["--passphrase-file"]);
}

#[tokio::test]
async fn a_vault_that_moved_is_found_where_the_settings_say() {
    let bench = Bench::signed_in().await;
    let to = bench.home().with_file_name("moved").to_str().unwrap().to_owned();
    bench.admin(&["vault", "migrate", "relative"]).await.expect(2);
    let ran = bench.admin(&["vault", "migrate", &to]).await;
    ran.expect(0).shows(&[&format!("vault = \"{to}\"")]);
    let ran = bench.admin(&["status", "--json"]).await;
    ran.expect(5);
    assert_eq!(ran.error_code(), "vault_moved");
    bench.private_file("home/config.toml", &format!("vault = \"{to}\"\n"));
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&[&to]);
    bench.admin(&["vault", "verify"]).await.expect(0);
}

#[tokio::test]
async fn a_sealed_settings_file_is_refused_once_it_changes_until_it_is_sealed_again() {
    let bench = Bench::signed_in().await;
    bench.private_file("home/config.toml", "log_level = \"warn\"\n");
    bench.admin(&["settings", "check"]).await.expect(0).shows(&["not sealed"]);
    bench.admin(&["settings", "seal"]).await.expect(0);
    bench.admin(&["settings", "check"]).await.expect(0).shows(&["as it was sealed"]);
    bench.private_file("home/config.toml", "log_level = \"error\"\n");
    let ran = bench.admin(&["profiles", "--json"]).await;
    ran.expect(6);
    assert_eq!(ran.error_code(), "settings_changed");
    bench.admin(&["settings", "check"]).await.expect(6);
    bench.admin(&["settings", "seal"]).await.expect(0);
    bench.admin(&["profiles"]).await.expect(0);
    bench.private_file("home/config.toml", "");
    bench.admin(&["settings", "unseal"]).await.expect(0);
    bench.admin(&["profiles"]).await.expect(0);
}

#[tokio::test]
async fn a_sealed_value_serves_as_the_secret_and_is_shown_nowhere_in_clear() {
    let mut bench = Bench::new().await;
    let secret = bench.sim.client_secret();
    let id = bench.sim.client_id().to_owned();
    bench.admin(&["settings", "seal-value", "client_secret"]).await.expect(5);
    bench.sign_in(&["--profile", "plain", "--key-source", "file"]).await;
    let seal = ["settings", "seal-value", "client_secret"];
    bench.admin(&["settings", "seal-value", "client_id"]).await.expect(2);
    bench.admin_with_input(&seal, "\n").await.expect(2);
    let ran = bench.admin_with_input(&seal, &format!("{secret}\n")).await;
    let line = ran.expect(0).stdout.clone();
    assert!(line.starts_with("client_secret = \"sealed:v1:") && !line.contains(&secret), "{line}");
    bench.unset("SPOTIFY_CLIENT_ID");
    bench.private_file("home/config.toml", &format!("client_id = \"{id}\"\n{line}"));
    bench.admin(&["settings", "check"]).await.expect(0);
    bench.sign_in(&["--profile", "with-secret"]).await;
    bench.private_file(
        "home/config.toml",
        &format!("client_id = \"{id}\"\n{}", line.replace("v1:", "v1:A")),
    );
    bench.admin(&["settings", "check"]).await.expect(2).says(&["SPOTIFY_CLIENT_SECRET"]);
    let log = std::fs::read_to_string(bench.log_file()).unwrap();
    assert!(!log.contains(&secret));
}

fn overwrite(path: &std::path::Path, bytes: &[u8]) {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new().write(true).truncate(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}
