//! What the first landed version wrote is opened, verified and used by this one.
//!
//! `fixtures/first-landed` is a home directory as that version left it: a vault with its key in the
//! environment, a profile `work` that is signed in, a profile `home` that was made and revoked, and the log of
//! all that. Nothing in it is anybody's: the account was the local Spotify's.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use spotify_sim::Simulator;

use crate::bench::{Bench, MASTER_KEY};

/// The local Spotify of that day, which the sealed grant belongs to.
const ACCOUNTS: &str = "http://127.0.0.1:40911";
const API: &str = "http://127.0.0.1:40751/v1";

/// An installation as the first version left it.
async fn old() -> Bench {
    let directory = tempfile::tempdir().unwrap();
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/enterprise-cli/fixtures/first-landed");
    copy(&fixture, &directory.path().join("home"));
    let mut bench = Bench::around(directory, Simulator::builder()).await;
    bench.set("SPOTIFY_ACCOUNTS_URL", ACCOUNTS);
    bench.set("SPOTIFY_API_URL", API);
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    bench.unset("SPOTIFY_CLIENT_ID");
    bench
}

/// Copies a directory, for its owner alone: version control keeps no such rights.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

#[tokio::test]
async fn a_log_of_the_first_version_verifies_and_is_read() {
    let bench = old().await;
    bench.admin(&["audit", "verify"]).await.expect(0);
    assert!(bench.records().len() >= 23, "the old records and those of now");
    bench.admin(&["audit", "query", "--code", "SM1002I"]).await.expect(0).shows(&["signin.done"]);
}

#[tokio::test]
async fn a_vault_and_settings_of_the_first_version_open() {
    let bench = old().await;
    bench.admin(&["vault", "verify"]).await.expect(0);
    bench.admin(&["settings", "validate"]).await.expect(0);
    let status = bench.admin(&["status", "--json"]).await;
    status.expect(0);
    let status = status.json();
    assert_eq!(status["profile"]["name"], "work");
    assert_eq!(status["profile"]["state"], "signed_in");
}

#[tokio::test]
async fn an_installation_of_the_first_version_goes_on_in_use() {
    let mut bench = old().await;
    for command in [
        &["suspend", "work"][..],
        &["resume", "work"],
        &["rename-profile", "work", "office"],
        &["vault", "rotate"],
        &["vault", "verify"],
        &["audit", "verify"],
        &["audit", "verify", "--against-vault"],
    ] {
        bench.admin(command).await.expect(0);
    }
    // A sign-in at today's local Spotify, into the same vault.
    bench.set("SPOTIFY_ACCOUNTS_URL", bench.sim.accounts_url().to_owned());
    bench.set("SPOTIFY_API_URL", bench.sim.api_url().to_owned());
    bench.sign_in(&["--profile", "new"]).await;
    bench.admin(&["whoami", "--profile", "new"]).await.expect(0);
    bench.admin(&["revoke", "office", "--yes"]).await.expect(0);
    bench.admin(&["audit", "verify"]).await.expect(0);
}
