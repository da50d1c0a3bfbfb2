//! The official conformance suite, against an offer of the tests on the program's own HTTP stack.
//!
//! The names of the things on offer, and what they must do, are the suite's. No failure is expected.
//! A component suite: `cargo xtask test` provides Node.js and the suite, and says where they are in
//! `SPOTIFY_TEST_NODE` and `SPOTIFY_TEST_CONFORMANCE`.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails as a test does"
)]

#[path = "../clients/bench.rs"]
mod bench;
mod content;
mod prompts;
mod questions;
mod resources;
mod tools;

use std::process::{Command, Output};

use mcp_server::{
    offer::Offer,
    serve::Ready,
    transport::http::{Endpoint, PATH},
};
use spotify_auth::{
    secret::AccessToken,
    session::{Context, Session, Settings},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, component};

/// What the test issued.
const TOKEN: &str = "issued-by-the-test";

fn offer() -> Offer {
    let offer = Offer::new("Things that the conformance suite calls.").logging();
    prompts::offer(resources::offer(questions::offer(tools::offer(offer))))
}

/// Runs the suite with the requirements of a protocol version.
async fn suite(url: String, version: &'static str, results: std::path::PathBuf) -> Output {
    let mut command = Command::new(component("SPOTIFY_TEST_NODE"));
    let preloaded =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/mcp-server/conformance/bearer.mjs");
    command.arg("--import").arg(preloaded).arg(component("SPOTIFY_TEST_CONFORMANCE"));
    command.args(["server", "--url", &url, "--requirements", version, "-o"]).arg(results);
    command.env("SPOTIFY_TEST_TOKEN", TOKEN).env("NO_COLOR", "1");
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

async fn conforms(version: &'static str) {
    let bench = Bench::signed_in().await;
    bench.spotify.clear_requests();
    let settings = Settings::load(&bench.variables).unwrap();
    let session = Session::open(settings, Context::system("tests", "0.0.0", None)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endpoint = Endpoint::new(AccessToken::new(TOKEN)).origins([format!("http://{address}")]);
    let ready = Ready::offering(&session, None, offer()).unwrap();
    let stop = CancellationToken::new();
    let output = tokio::select! {
        ended = ready.serve_http(listener, endpoint, stop) => panic!("{ended:?}"),
        output = suite(format!("http://{address}{PATH}"), version, bench.home.path().join("results")) => output,
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(bench.spotify.requests().len(), 0, "the suite is about the protocol");
    let summary = told.lines().rev().take(60).filter(|line| line.contains("passed"));
    assert!(summary.count() > 0, "the suite says nothing: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_2025_11_25_requires_is_met() {
    conforms("2025-11-25").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_2026_07_28_requires_is_met() {
    conforms("2026-07-28").await;
}
