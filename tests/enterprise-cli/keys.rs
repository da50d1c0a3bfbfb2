//! Where the vault's key lives: `enable-keychain` and `disable-keychain`.

use serde_json::json;

use crate::bench::{Bench, MASTER_KEY, files};

#[tokio::test]
async fn without_a_keychain_nothing_is_changed() {
    let bench = Bench::signed_in().await;
    let before: Vec<_> = files(&bench.home().join("vault"));
    let key = std::fs::read(bench.home().join("vault.key")).unwrap();
    let ran = bench.admin(&["enable-keychain", "--json"]).await;
    ran.expect(1);
    assert_eq!(ran.error_code(), "keychain_unavailable");
    assert!(ran.json()["error"]["message"].as_str().unwrap().contains("no D-Bus session bus"));
    assert_eq!(files(&bench.home().join("vault")), before);
    assert_eq!(std::fs::read(bench.home().join("vault.key")).unwrap(), key);
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["the key file"]);
}

#[tokio::test]
async fn the_key_moves_to_a_passphrase_and_the_file_is_removed() {
    let mut bench = Bench::signed_in().await;
    let file = bench.private_file("passphrase", "correct horse battery\n");
    bench.set("SPOTIFY_MCP_PASSPHRASE_FILE", file.to_str().unwrap());
    let ran = bench.admin(&["disable-keychain", "--to", "passphrase"]).await;
    ran.expect(0).shows(&["now a passphrase", "The old key was removed"]);
    assert!(!bench.home().join("vault.key").exists());
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["a passphrase"]);

    bench.unset("SPOTIFY_MCP_PASSPHRASE_FILE");
    bench.admin(&["status"]).await.expect(4).says(&["no terminal to ask"]);
    let wrong = bench.private_file("wrong", "wrong horse battery\n");
    bench.set("SPOTIFY_MCP_PASSPHRASE_FILE", wrong.to_str().unwrap());
    bench.admin(&["status"]).await.expect(4).says(&["not the key of this vault"]);
}

#[tokio::test]
async fn a_new_passphrase_must_come_from_somewhere_and_be_long_enough() {
    let mut bench = Bench::signed_in().await;
    let ran = bench.admin(&["disable-keychain", "--to", "passphrase"]).await;
    ran.expect(6).says(&["SPOTIFY_MCP_PASSPHRASE_FILE"]);
    let short = bench.private_file("short", "x\n");
    bench.set("SPOTIFY_MCP_PASSPHRASE_FILE", short.to_str().unwrap());
    let ran = bench.admin(&["disable-keychain", "--to", "passphrase", "--json"]).await;
    ran.expect(2);
    assert_eq!(ran.error_code(), "weak_passphrase");
    bench.unset("SPOTIFY_MCP_PASSPHRASE_FILE");
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}

#[tokio::test]
async fn a_passphrase_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut bench = Bench::signed_in().await;
    let file = bench.private_file("passphrase", "correct horse battery\n");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    bench.set("SPOTIFY_MCP_PASSPHRASE_FILE", file.to_str().unwrap());
    let ran = bench.admin(&["disable-keychain", "--to", "passphrase"]).await;
    ran.expect(4).says(&["chmod 600"]);
}

#[tokio::test]
async fn the_key_moves_from_the_environment_to_a_file() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    bench.sign_in(&["--profile", "work"]).await;
    let ran = bench.admin(&["disable-keychain", "--to", "file"]).await;
    ran.expect(0).shows(&["now the key file", "take `SPOTIFY_MCP_MASTER_KEY` out"]);
    bench.admin(&["status"]).await.expect(4).says(&["SPOTIFY_MCP_MASTER_KEY", "unset it"]);
    bench.unset("SPOTIFY_MCP_MASTER_KEY");
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}

#[tokio::test]
async fn a_key_that_is_there_already_stays() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["disable-keychain", "--to", "file", "--json"]).await;
    ran.expect(0);
    assert_eq!(ran.json()["moved"], json!(false));
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}

#[tokio::test]
async fn tokens_can_not_be_kept_in_clear() {
    let bench = Bench::signed_in().await;
    for place in ["plain", "none", "environment"] {
        bench.admin(&["disable-keychain", "--to", place]).await.expect(2);
    }
    bench.admin(&["disable-keychain"]).await.expect(2);
}

#[tokio::test]
async fn a_lost_key_is_replaced_with_the_recovery_code() {
    let bench = Bench::new().await;
    let login = bench.sign_in(&["--profile", "work", "--key-source", "file", "--json"]).await;
    let code = login.json()["recovery_code"].as_str().unwrap().to_owned();
    let key = bench.home().join("vault.key");
    std::fs::remove_file(&key).unwrap();
    bench.admin(&["status"]).await.expect(4).says(&["recover"]);

    let before: Vec<_> = files(&bench.home().join("vault"));
    let wrong = code.replace(['0', '1', '2', '3', '4', '5', '6', '7'], "8");
    for (text, exit) in [("", 2), ("no code", 2), (wrong.as_str(), 2)] {
        let ran = bench.admin_with_input(&["recover", "--key-source", "file"], text).await;
        ran.expect(exit);
        assert!(text.is_empty() || !ran.stderr.contains(text), "the code is not repeated");
        assert!(!key.exists());
        assert_eq!(files(&bench.home().join("vault")), before);
    }
    let ran = bench.admin_with_input(&["recover", "--key-source", "file"], &code).await;
    ran.expect(0).shows(&["the key file", "The lost key opens it no more"]);
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["signed in"]);
    // The code goes on to work.
    std::fs::remove_file(&key).unwrap();
    bench.admin_with_input(&["recover", "--key-source", "file"], &code).await.expect(0);
    let log = std::fs::read_to_string(bench.log_file()).unwrap();
    assert!(!log.contains(&code));
}

#[tokio::test]
async fn a_generated_key_is_printed_once_or_written_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut bench = Bench::new().await;
    let keys = [
        bench.admin(&["vault", "generate-key"]).await,
        bench.admin(&["vault", "generate-key"]).await,
    ];
    assert_ne!(keys[0].stdout, keys[1].stdout);
    let path = bench.home().with_file_name("master.key");
    let out = ["vault", "generate-key", "--out", path.to_str().unwrap()];
    bench.admin(&out).await.expect(0);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    bench.admin(&out).await.expect(1);
    // It opens a vault.
    bench.set("SPOTIFY_MCP_MASTER_KEY", keys[0].stdout.trim());
    bench.sign_in(&["--profile", "work"]).await;
    bench.admin(&["status", "--profile", "work"]).await.expect(0);
}
