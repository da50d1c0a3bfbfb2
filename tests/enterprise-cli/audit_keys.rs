//! `audit key`, `audit prove`, `audit hash-of`, and what `audit verify` compares a log with.

use std::fs::File;
use std::io::Write as _;

use serde_json::json;
use spotify_audit::{Proof, PublicKey};

use crate::bench::{Bench, MASTER_KEY, files};

async fn key(bench: &Bench) -> String {
    let ran = bench.admin(&["audit", "key"]).await;
    ran.expect(0);
    ran.stdout.trim().to_owned()
}

/// The last note of the log's file of checkpoints.
fn checkpoint(bench: &Bench) -> String {
    let notes = std::fs::read_to_string(bench.home().join("audit/checkpoints")).unwrap();
    let parts: Vec<_> = notes.split_inclusive("\n\n").collect();
    parts[parts.len() - 2..].concat().trim_end().to_owned() + "\n"
}

#[tokio::test]
async fn a_log_is_checked_with_the_key_that_was_handed_over() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    bench.sign_in(&["--profile", "work"]).await;
    let key = key(&bench).await;
    assert_eq!(key, self::key(&bench).await, "it stays the same");
    let ran = bench.admin(&["audit", "verify"]).await;
    ran.expect(0).shows(&["are signed, checked with the vault's key"]);
    bench.unset("SPOTIFY_MCP_MASTER_KEY");
    let ran = bench.admin(&["audit", "verify"]).await;
    ran.expect(0).shows(&["the log's own key, which nobody vouches for"]);
    let given = bench.admin(&["audit", "verify", "--key", &key, "--json"]).await;
    assert_eq!(given.expect(0).json()["checked_with"], json!("given"));
    let other = Bench::signed_in().await;
    let stranger = self::key(&other).await;
    let ran = bench.admin(&["audit", "verify", "--key", &stranger]).await;
    ran.expect(21).shows(&["not what was signed"]);
    bench.admin(&["audit", "verify", "--key", "no key"]).await.expect(2);
    bench.admin(&["audit", "key"]).await.expect(4);
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_told_by_a_checkpoint_that_was_kept() {
    let bench = Bench::signed_in().await;
    bench.admin(&["profiles"]).await.expect(0);
    let anchor = bench.private_file("anchor", &checkpoint(&bench));
    let anchor = anchor.to_str().unwrap();
    bench.admin(&["audit", "verify", "--anchor", anchor]).await.expect(0);
    // Log and checkpoints are put back to what they were.
    let notes = bench.home().join("audit/checkpoints");
    bench.tamper(|text| text.lines().take(3).flat_map(|line| [line, "\n"]).collect());
    std::fs::remove_file(notes).unwrap();
    let ran = bench.admin(&["audit", "verify", "--anchor", anchor]).await;
    ran.expect(22).shows(&["not the one that was saved elsewhere", "cut off"]);
    let nothing = bench.private_file("nothing", "nothing");
    let ran = bench.admin(&["audit", "verify", "--anchor", nothing.to_str().unwrap()]).await;
    ran.expect(2).says(&["no checkpoint"]);
}

#[tokio::test]
async fn an_older_copy_of_a_sealed_record_is_told() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["audit", "verify", "--against-vault"]).await;
    ran.expect(0).shows(&["are those that the log knows"]);
    let records = files(&bench.home().join("vault/subjects"));
    let copies: Vec<_> = records.iter().map(|path| std::fs::read(path).unwrap()).collect();
    bench.admin(&["create-profile", "home"]).await.expect(0);
    for (path, copy) in records.iter().zip(copies) {
        let mut file = File::options().write(true).truncate(true).open(path).unwrap();
        file.write_all(&copy).unwrap();
    }
    let ran = bench.admin(&["audit", "verify", "--against-vault"]).await;
    ran.expect(26).shows(&["an older copy was put back"]);
}

#[tokio::test]
async fn a_proof_shows_that_a_record_is_in_the_log() {
    let bench = Bench::signed_in().await;
    let key = PublicKey::parse(&key(&bench).await).unwrap();
    let json = bench.admin(&["audit", "prove", "3", "--json"]).await.json();
    let proof = Proof::parse(json["proof"].as_str().unwrap()).unwrap();
    assert!(proof.proves(json["line"].as_str().unwrap().as_bytes(), &key));
    let ran = bench.admin(&["audit", "prove", "3"]).await;
    ran.expect(0).shows(&["c2sp.org/tlog-proof"]).says(&["\"seq\":3,"]);
    bench.admin(&["audit", "prove", "100000"]).await.expect(5).says(&["no checkpoint covers it"]);
}

#[tokio::test]
async fn a_token_that_was_seen_elsewhere_is_found_in_the_log() {
    let bench = Bench::signed_in().await;
    let issued = bench.sim.issued_secrets();
    let refresh = issued.iter().find(|secret| secret.kind == spotify_sim::SecretKind::RefreshToken);
    let token = format!("{}\n", refresh.unwrap().value);
    let ran = bench.admin_with_input(&["audit", "hash-of"], &token).await;
    ran.expect(0).shows(&["a token of `work`"]);
    let ran = bench.admin_with_input(&["audit", "hash-of"], "AQD-of-somebody-else\n").await;
    ran.expect(5).shows(&["no such token"]);
    let ran = bench.admin_with_input(&["audit", "hash-of", "--json"], &token).await;
    assert!(ran.json()["reference"].as_str().unwrap().starts_with("hmac-sha256:k1:"));
    assert!(!ran.stdout.contains(token.trim()));
}
