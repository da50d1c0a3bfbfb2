//! The official MCP inspector's command line on the real binary.
//!
//! A component suite: `cargo xtask test` provides Node.js and the inspector, and says where they
//! are in `SPOTIFY_TEST_NODE` and `SPOTIFY_TEST_INSPECTOR`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::collections::BTreeMap;
use std::process::{Command, Output};

use serde_json::Value;
use spotify_auth::session::{Context, KeyChoice, Session, Settings};
use spotify_sim::Simulator;
use tempfile::TempDir;

/// The vault's key of these tests; it protects nothing.
const KEY: &str = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE=";

struct Bench {
    _spotify: Simulator,
    home: TempDir,
    variables: BTreeMap<String, String>,
}

impl Bench {
    /// Makes an installation and signs in.
    async fn signed_in() -> Self {
        let spotify = Simulator::builder().start().await;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("installation");
        let variables = BTreeMap::from(
            [
                ("SPOTIFY_MCP_HOME", folder.to_str().unwrap()),
                ("SPOTIFY_MCP_MASTER_KEY", KEY),
                ("SPOTIFY_CLIENT_ID", spotify.client_id()),
                ("SPOTIFY_ACCOUNTS_URL", spotify.accounts_url()),
                ("SPOTIFY_API_URL", spotify.api_url()),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let settings = Settings::load(&variables).unwrap();
        let context = Context::system("tests", "0.0.0", None);
        let (session, _) = Session::create(settings, context, KeyChoice::Environment).unwrap();
        let profile = session.create_profile(&"default".parse().unwrap()).unwrap();
        let desk = profile.sign_ins("user-read-private".parse().unwrap()).unwrap();
        let begun = desk.begin().await.unwrap();
        let redirect = spotify.approve(begun.url.as_str()).await.unwrap();
        redirect.follow().await.unwrap();
        begun.finished().await.unwrap();
        Self { _spotify: spotify, home, variables }
    }

    /// Runs the inspector on the server, off the run time's threads.
    async fn inspect(&self, arguments: &[&str]) -> Output {
        let mut command = inspector();
        command.env("HOME", self.home.path());
        command.env("MCP_CATALOG_PATH", self.home.path().join("catalogue.json"));
        command.arg("--cli").arg(env!("CARGO_BIN_EXE_spotify-mcp")).args(arguments);
        for (name, value) in &self.variables {
            command.arg("-e").arg(format!("{name}={value}"));
        }
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "the test command says where the programs are")]
fn inspector() -> Command {
    let path = |name| {
        std::env::var_os(name)
            .unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test`"))
    };
    let mut command = Command::new(path("SPOTIFY_TEST_NODE"));
    command.arg(path("SPOTIFY_TEST_INSPECTOR"));
    command
}

fn json(output: &Output) -> Value {
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{stdout}\n{stderr}", output.status);
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"))
}

/// Returns the result inside what the inspector prints, with or without an envelope.
fn result(output: &Output) -> Value {
    let value = json(output);
    value.get("result").cloned().unwrap_or(value)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_inspector_lists_the_tools_and_finds_no_fault_in_their_schemas() {
    let bench = Bench::signed_in().await;
    for era in ["legacy", "modern"] {
        let arguments =
            ["--protocol-era", era, "--method", "tools/list", "--strict", "--format", "json"];
        let listed = result(&bench.inspect(&arguments).await);
        let tools = listed["tools"].as_array().unwrap();
        assert_eq!(tools.len(), 12, "{era}: {listed}");
        assert!(tools.iter().any(|tool| tool["name"] == "search_tracks"), "{era}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_inspector_calls_search_tracks() {
    let bench = Bench::signed_in().await;
    for era in ["legacy", "modern"] {
        let called = bench
            .inspect(&[
                "--protocol-era",
                era,
                "--method",
                "tools/call",
                "--tool-name",
                "search_tracks",
                "--tool-arg",
                "query=Midnight Ferry",
                "--format",
                "json",
            ])
            .await;
        let found = result(&called);
        assert_eq!(
            found["structuredContent"]["tracks"][0]["name"], "Midnight Ferry",
            "{era}: {found}"
        );
    }
}
