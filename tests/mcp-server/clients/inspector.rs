//! The official inspector's command line, in both eras.

use std::process::{Command, Output};

use serde_json::Value;

use crate::bench::{Bench, component};

fn inspector() -> Command {
    let mut command = Command::new(component("SPOTIFY_TEST_NODE"));
    command.arg(component("SPOTIFY_TEST_INSPECTOR"));
    command
}

/// Runs the inspector on the server, off the run time's threads.
async fn inspect(bench: &Bench, arguments: &[&str]) -> Output {
    let mut command = inspector();
    command.env("HOME", bench.home.path());
    command.env("MCP_CATALOG_PATH", bench.home.path().join("catalogue.json"));
    command.arg("--cli").arg(env!("CARGO_BIN_EXE_spotify-mcp")).args(arguments);
    for (name, value) in &bench.variables {
        command.arg("-e").arg(format!("{name}={value}"));
    }
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
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
        let listed = result(&inspect(&bench, &arguments).await);
        let tools = listed["tools"].as_array().unwrap();
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert!(names.len() >= 12 && names.contains(&"search_tracks"), "{era}: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_inspector_lists_and_reads_resources_and_prompts() {
    let bench = Bench::signed_in().await;
    for era in ["legacy", "modern"] {
        for (method, what, least) in [
            ("resources/list", "resources", 4),
            ("resources/templates/list", "resourceTemplates", 3),
            ("prompts/list", "prompts", 5),
        ] {
            let arguments = ["--protocol-era", era, "--method", method, "--format", "json"];
            let listed = result(&inspect(&bench, &arguments).await);
            assert!(listed[what].as_array().unwrap().len() >= least, "{era}: {listed}");
        }
        let uri = "spotify-mcp:playback";
        let read =
            ["--protocol-era", era, "--method", "resources/read", "--uri", uri, "--format", "json"];
        let read = result(&inspect(&bench, &read).await);
        assert_eq!(read["contents"][0]["uri"], uri, "{era}: {read}");
        let get = [
            "--protocol-era",
            era,
            "--method",
            "prompts/get",
            "--prompt-name",
            "tidy_playlist",
            "--prompt-args",
            "playlist=Morning Run",
            "--format",
            "json",
        ];
        let get = result(&inspect(&bench, &get).await);
        let text = get["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.contains("\"Morning Run\""), "{era}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_inspector_calls_search_tracks() {
    let bench = Bench::signed_in().await;
    for era in ["legacy", "modern"] {
        let called = inspect(
            &bench,
            &[
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
            ],
        )
        .await;
        let found = result(&called);
        assert_eq!(
            found["structuredContent"]["items"][0]["name"], "Midnight Ferry",
            "{era}: {found}"
        );
    }
}
