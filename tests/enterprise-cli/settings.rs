//! Settings that are wrong.

use std::os::unix::ffi::OsStrExt as _;

use crate::bench::{Bench, Ran};

#[tokio::test]
async fn all_problems_are_reported_at_once_and_no_value_is_repeated() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_CLIENT_ID", "not an id \u{1f511}");
    bench.set("SPOTIFY_MCP_MASTER_KEY", "secret-looking-value");
    bench.set("SPOTIFY_MCP_PROFILE", "Not A Name");
    bench.set("LOG_LEVEL", "loud");
    bench.set("DEPLOYMENT_ENVIRONMENT", "somewhere");
    bench.set("SPOTIFY_REDIRECT_URI", "http://localhost:1/callback");
    let ran = bench.admin(&["status"]).await;
    ran.expect(2).says(&[
        "SPOTIFY_CLIENT_ID",
        "SPOTIFY_MCP_MASTER_KEY",
        "SPOTIFY_MCP_PROFILE",
        "LOG_LEVEL",
        "DEPLOYMENT_ENVIRONMENT",
        "SPOTIFY_REDIRECT_URI",
        "example",
    ]);
    for value in ["not an id", "secret-looking-value", "Not A Name", "loud"] {
        assert!(!ran.stderr.contains(value), "{ran:#?}");
    }
    assert_eq!(ran.stdout, "");
}

#[tokio::test]
async fn another_host_than_loopback_is_refused_before_any_request() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_ACCOUNTS_URL", "https://accounts.example.org");
    let ran = bench.admin(&["login", "--key-source", "file", "--json"]).await;
    ran.expect(2);
    assert_eq!(ran.error_code(), "settings");
    assert!(bench.sim.requests().is_empty() && !bench.home().exists());
}

#[tokio::test]
async fn a_local_spotify_is_refused_in_production() {
    let mut bench = Bench::new().await;
    bench.set("DEPLOYMENT_ENVIRONMENT", "production");
    bench.admin(&["status"]).await.expect(2).says(&["SPOTIFY_API_URL", "production"]);
}

#[tokio::test]
async fn a_secret_in_the_settings_file_is_refused() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.home()).unwrap();
    bench.private_file("home/config.toml", "client_secret = \"canary-in-a-file\"\n");
    let ran = bench.admin(&["status"]).await;
    ran.expect(2).says(&["SPOTIFY_CLIENT_SECRET", "it stands in clear"]);
    assert!(!ran.stderr.contains("canary-in-a-file"));
}

#[tokio::test]
async fn a_variable_that_is_no_text_is_one_of_the_problems() {
    let mut bench = Bench::new().await;
    bench.set("LOG_LEVEL", "loud");
    let mut command = bench.command(&["status"]);
    command.env("SPOTIFY_MCP_PROFILE", std::ffi::OsStr::from_bytes(b"\xff"));
    let ran = Ran::of(command.output().await.unwrap());
    ran.expect(2).says(&["SPOTIFY_MCP_PROFILE: it is not UTF-8", "LOG_LEVEL"]);
}

#[tokio::test]
async fn a_wrong_command_line_is_one_json_value_too() {
    let bench = Bench::new().await;
    let ran = bench.admin(&["profilse", "--json"]).await;
    ran.expect(2);
    assert_eq!(ran.error_code(), "usage");
    let ran = bench.admin(&["profilse"]).await;
    ran.expect(2).says(&["profiles"]);
}

#[tokio::test]
async fn help_and_version_need_no_right_settings() {
    let mut bench = Bench::new().await;
    bench.set("LOG_LEVEL", "loud");
    bench.admin(&["--help"]).await.expect(0).shows(&["Exit codes:"]);
    bench.admin(&["--version"]).await.expect(0).shows(&[env!("CARGO_PKG_VERSION")]);
}
