//! The first five minutes of a new user: one `setup` at a terminal, a sign-in in a real browser, and
//! an AI client that starts the server and plays music.
//!
//! `cargo xtask test` says where Node.js, Playwright and axe are; the server must lie beside the
//! program, which a build of the workspace brings about.

#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails as a test does"
)]

#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod bench;
#[cfg(test)]
#[path = "../audit/schema.rs"]
mod schema;
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod terminal_bench;

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::bench::{Bench, Ran};
use crate::terminal_bench::Terminal;

/// Where Debian has it.
const CHROMIUM: &str = "/usr/bin/chromium";

/// A new user's machine: a home directory in which Cursor has run once.
async fn new_machine() -> (Bench, tempfile::TempDir) {
    let server = Path::new(env!("CARGO_BIN_EXE_spotify-admin")).with_file_name("spotify-mcp");
    assert!(server.is_file(), "{} is missing: run `cargo build --workspace`", server.display());
    let mut bench = Bench::new().await;
    bench.unset("SPOTIFY_CLIENT_ID");
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".cursor")).unwrap();
    bench.set("HOME", home.path().to_str().unwrap());
    (bench, home)
}

/// Opens an address in Chromium and decides; returns what the page is that it ends at.
async fn browse(address: &str, decision: &str) -> Value {
    let screenshot = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{decision}.png"));
    let mut command = Command::new(component("SPOTIFY_TEST_NODE"));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/enterprise-cli/browser.mjs"));
    command.arg(component("SPOTIFY_TEST_PLAYWRIGHT")).arg(component("SPOTIFY_TEST_AXE"));
    command.args([CHROMIUM, address, decision]).arg(screenshot).kill_on_drop(true);
    let ran = Ran::of(command.output().await.unwrap());
    ran.expect(0).json()
}

/// Returns where a component is.
#[expect(clippy::disallowed_methods, reason = "the test command says where the programs are")]
fn component(variable: &str) -> OsString {
    std::env::var_os(variable)
        .unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test`"))
}

#[track_caller]
fn assert_accessible(page: &Value) {
    assert_eq!(page["violations"], json!([]), "{page}");
    assert!(page["checked"].as_u64().unwrap() > 5, "{page}");
    assert_eq!(page["fetched"], json!([]), "{page}");
    assert_eq!(page["language"], "en");
    assert!(!page["title"].as_str().unwrap().is_empty());
}

/// An AI client that has started a server.
struct Client {
    _server: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Client {
    /// Starts the server as the client's configuration says. Where Spotify is stands in no
    /// configuration: only a local one needs it.
    fn start(bench: &Bench, entry: &Value) -> Self {
        let mut command = bench.command_of(entry["command"].as_str().unwrap());
        command.env_remove("SPOTIFY_MCP_HOME").env_remove("SPOTIFY_CLIENT_ID");
        command.args(entry["args"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()));
        for (name, value) in entry["env"].as_object().into_iter().flatten() {
            command.env(name, value.as_str().unwrap());
        }
        let mut server = command.stdin(Stdio::piped()).spawn().unwrap();
        let input = server.stdin.take().unwrap();
        let output = BufReader::new(server.stdout.take().unwrap()).lines();
        Self { _server: server, input, output }
    }

    async fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        self.say(&request).await;
        let line = self.output.next_line().await.unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["result"].clone()
    }

    async fn say(&mut self, message: &Value) {
        self.input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        assert_ne!(answer["isError"], true, "{answer}");
        answer["structuredContent"].clone()
    }
}

#[tokio::test]
async fn one_setup_leads_from_a_clean_machine_to_an_ai_client_that_plays_music() {
    let (bench, home) = new_machine().await;
    let mut terminal = Terminal::run(&bench, &["setup"]);
    terminal.until("[y/N]").await;
    terminal.answer("yes");
    terminal.until("Client id:").await;
    terminal.answer(bench.sim.client_id());
    terminal.until("Put the server into Cursor? [Y/n]").await;
    terminal.answer("");
    terminal.until("Enter for `file`").await;
    terminal.answer("");
    terminal.until("paste the address that it ends at").await;
    let page = browse(&terminal.address(), "approve").await;
    assert_eq!(page["heading"], "You are signed in to Spotify");
    assert_accessible(&page);
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("Cursor starts the server"), "{stdout}");

    let configuration = std::fs::read_to_string(home.path().join(".cursor/mcp.json")).unwrap();
    let configuration: Value = serde_json::from_str(&configuration).unwrap();
    let mut client = Client::start(&bench, &configuration["mcpServers"]["spotify"]);
    let about = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "cursor", "version": "3" } });
    assert_eq!(client.ask("initialize", about).await["protocolVersion"], "2025-11-25");
    client.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    client.call("play", json!({ "what": "midnight ferry", "device": "Desk" })).await;
    let playing = client.call("get_playback", json!({})).await;
    assert_eq!(playing["state"], "playing", "{playing}");
    assert_eq!(playing["device"]["name"], "Desk");
}

#[tokio::test]
async fn a_refusal_ends_at_a_page_that_says_so() {
    let (bench, _home) = new_machine().await;
    let id = bench.sim.client_id().to_owned();
    bench
        .admin(&["setup", "--non-interactive", "--policy-read", "--client-id", &id])
        .await
        .expect(3);
    let mut terminal = Terminal::run(&bench, &["login", "--key-source", "file"]);
    terminal.until("paste the address that it ends at").await;
    let page = browse(&terminal.address(), "refuse").await;
    assert_accessible(&page);
    let text = page["text"].as_str().unwrap();
    assert!(text.contains("refused on Spotify's page"), "{text}");
    assert_eq!(terminal.finish().await.0, 3);
}
