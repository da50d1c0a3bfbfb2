//! The conversation of the demo, through the official SDKs of Python and TypeScript, in both eras.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::bench::{Bench, component};

/// A client of an SDK, which takes calls as lines.
struct Talk {
    program: Child,
    calls: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Talk {
    fn start(mut command: Command, bench: &Bench, mode: &str) -> Self {
        command.arg(mode).arg(env!("CARGO_BIN_EXE_spotify-mcp"));
        // These clients have nobody to ask.
        command.arg("--allow-unconfirmed");
        command.env_clear().envs(&bench.variables).kill_on_drop(true);
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let calls = program.stdin.take().unwrap();
        let answers = BufReader::new(program.stdout.take().unwrap()).lines();
        Self { program, calls, answers }
    }

    async fn answer(&mut self) -> Value {
        let line = self.answers.next_line().await.unwrap().expect("the client ended early");
        serde_json::from_str(&line).unwrap()
    }

    async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let call = json!({ "tool": tool, "arguments": arguments });
        self.calls.write_all(format!("{call}\n").as_bytes()).await.unwrap();
        self.answer().await
    }

    /// Calls a tool that must succeed; returns its structured content.
    async fn ok(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.call(tool, arguments).await;
        assert_eq!(answer["failed"], false, "{tool}: {answer}");
        assert!(!answer["text"][0].as_str().unwrap().is_empty(), "{tool}");
        answer["data"].clone()
    }

    async fn end(mut self) {
        drop(self.calls);
        assert!(self.program.wait().await.unwrap().success());
    }
}

fn python() -> Command {
    let mut command = Command::new(component("SPOTIFY_TEST_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/mcp-server/clients/talk.py"));
    command
}

fn typescript() -> Command {
    let mut command = Command::new(component("SPOTIFY_TEST_NODE"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/mcp-server/clients/talk.mjs"));
    command.arg(component("SPOTIFY_TEST_TYPESCRIPT_SDK"));
    command
}

/// Has the conversation of the demo.
async fn converse(client: Command, mode: &str) {
    let bench = Bench::signed_in().await;
    let mut talk = Talk::start(client, &bench, mode);
    let hello = talk.answer().await;
    let version = if mode == "legacy" { "2025-11-25" } else { mode };
    assert_eq!(hello["version"], version);
    assert!(hello["tools"].as_array().unwrap().iter().any(|name| name == "search_tracks"));

    let query = json!({ "query": "artist:\"The Paper Lanterns\"", "limit": 5 });
    let found = talk.ok("search_tracks", query).await;
    let uris: Vec<_> = (0..3).map(|place| found["items"][place]["uri"].clone()).collect();
    let made = talk.ok("create_playlist", json!({ "name": "Evening" })).await;
    let playlist = made["uri"].clone();
    talk.ok("add_tracks_to_playlist", json!({ "playlist": playlist, "tracks": uris })).await;
    talk.ok("remove_tracks_from_playlist", json!({ "playlist": playlist, "tracks": [uris[0]] }))
        .await;
    let read = talk.ok("get_playlist", json!({ "playlist": playlist })).await;
    let rows = read["items"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| &row["uri"]).collect::<Vec<_>>(), [&uris[1], &uris[2]]);
    let id = playlist.as_str().unwrap().trim_start_matches("spotify:playlist:");
    assert_eq!(bench.spotify.playlist_titles(id).unwrap().len(), 2);
    let track = talk.ok("get_track_details", json!({ "track": uris[1] })).await;
    let artist = json!({ "artist": track["artists"][0]["uri"] });
    assert_eq!(talk.ok("get_artist_details", artist).await["name"], "The Paper Lanterns");

    let refused = talk.call("get_track_details", json!({ "track": 7 })).await;
    assert_eq!((&refused["failed"], &refused["data"]), (&true.into(), &Value::Null));
    talk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_sdk_has_the_conversation_of_the_demo() {
    for mode in ["legacy", "2026-07-28"] {
        converse(python(), mode).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_sdk_has_the_conversation_of_the_demo() {
    for mode in ["legacy", "2026-07-28"] {
        converse(typescript(), mode).await;
    }
}
