//! `check_setup`.

use mcp_server::tools::{Selection, Toolset};
use serde_json::{Value, json};

use crate::bench::Bench;

fn selection() -> Selection {
    Selection { toolsets: [Toolset::Records].into(), ..Selection::default() }
}

#[tokio::test]
async fn what_is_wrong_with_the_setup_is_told_by_its_codes_and_without_a_path() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::usual().await;
    let settings = bench.home.path().join("config.toml");
    drop(std::fs::File::create(&settings).unwrap());
    std::fs::set_permissions(&settings, std::fs::Permissions::from_mode(0o666)).unwrap();
    let (mut client, _serving) = bench.serve_selection(&selection()).await;
    let setup = client.ok("check_setup", json!({})).await;
    assert_eq!(setup["sound"], json!(false));
    let codes = |check: &str| {
        let checks = setup["checks"].as_array().unwrap();
        let found = checks.iter().find(|row| row["check"] == check).unwrap();
        let findings = found["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|finding| finding["code"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(codes("files"), ["open_to_others"]);
    // The clock of this test stands still.
    assert_eq!(codes("clock"), ["clock_skewed"]);
    for sound in ["audit_log", "profile", "accounts", "web_api", "account"] {
        assert!(codes(sound).is_empty(), "{sound}: {setup}");
    }
    assert!(!setup.to_string().contains(bench.home.path().to_str().unwrap()), "{setup}");
}

#[tokio::test]
async fn a_revoked_profile_is_one_of_the_findings() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve_selection(&selection()).await;
    bench.revoke();
    let setup = client.ok("check_setup", json!({})).await;
    assert!(setup.to_string().contains("\"revoked\""), "{setup}");
}
