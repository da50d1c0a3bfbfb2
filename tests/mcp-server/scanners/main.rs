//! Offline scanners of MCP servers on the real program: what they find is nothing.
//!
//! A component suite: `cargo xtask test` provides the scanners, and says in `SPOTIFY_TEST_SCANNER` and
//! `SPOTIFY_TEST_FUZZER` which interpreter has them.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails as a test does"
)]

#[path = "../clients/bench.rs"]
mod bench;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Map, Value, json};

use crate::bench::{Bench, component};

/// The real program in an installation, with all toolsets.
fn program(bench: &Bench) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotify-mcp"));
    let toolsets: Vec<_> =
        mcp_server::tools::Toolset::ALL.iter().map(|toolset| toolset.as_str()).collect();
    command.arg("--toolsets").arg(toolsets.join(","));
    command.env_clear().envs(&bench.variables);
    command
}

/// Asks the program for a list, as a client does.
fn list(bench: &Bench, method: &str) -> Value {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let request =
        json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": { "_meta": meta } });
    let mut program = program(bench);
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{request}").unwrap();
    let output = child.wait_with_output().unwrap();
    let line = output.stdout.split(|byte| *byte == b'\n').next().unwrap();
    serde_json::from_slice::<Value>(line).unwrap()["result"].clone()
}

/// A program that a Python package brings.
fn beside(bench: &Bench, variable: &str, name: &str) -> Command {
    let mut command = Command::new(Path::new(&component(variable)).with_file_name(name));
    command.current_dir(bench.home.path()).env("HOME", bench.home.path());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scanner_finds_no_threat_in_any_description() {
    let bench = Bench::signed_in().await;
    for (what, least) in [("tools", 40), ("prompts", 5), ("resources", 4)] {
        let listed = bench.home.path().join(format!("{what}.json"));
        let mut file = std::fs::File::create(&listed).unwrap();
        file.write_all(list(&bench, &format!("{what}/list")).to_string().as_bytes()).unwrap();
        let mut scanner = beside(&bench, "SPOTIFY_TEST_SCANNER", "mcp-scanner");
        scanner.args(["--analyzers", "yara", "--raw", "static", &format!("--{what}")]).arg(listed);
        let output = scanner.output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let rows: Vec<Value> = told
            .find('[')
            .and_then(|start| serde_json::from_str(told.get(start..)?).ok())
            .unwrap_or_else(|| panic!("{told}\n{}", String::from_utf8_lossy(&output.stderr)));
        assert!(rows.len() >= least, "{told}");
        for row in rows {
            assert_eq!(
                (&row["status"], &row["is_safe"]),
                (&"completed".into(), &true.into()),
                "{row}"
            );
        }
    }
    assert_eq!(bench.spotify.count("get-a-list-of-current-users-playlists"), 0);
}

/// Whether an input has what a tool asks for, and nothing else: then it is no malformed one.
fn well_formed(tool: &Value, input: &Map<String, Value>) -> bool {
    let schema = &tool["inputSchema"];
    let required = schema["required"].as_array().into_iter().flatten();
    input.keys().all(|name| schema["properties"].get(name).is_some())
        && required.filter_map(Value::as_str).all(|name| input.contains_key(name))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fuzzer_finds_nothing_but_calls_that_are_in_order() {
    let bench = Bench::signed_in().await;
    let tools = list(&bench, "tools/list")["tools"].clone();
    let results = bench.home.path().join("results");
    let mut fuzzer = beside(&bench, "SPOTIFY_TEST_FUZZER", "mcp-fuzzer");
    let endpoint = format!("{} --read-only", env!("CARGO_BIN_EXE_spotify-mcp"));
    fuzzer.args([
        "--mode",
        "tools",
        "--phase",
        "both",
        "--protocol",
        "stdio",
        "--endpoint",
        &endpoint,
    ]);
    fuzzer.args(["--runs", "5", "--seed", "7", "--no-network", "--security-audit", "--output-dir"]);
    let output = fuzzer.arg(&results).envs(&bench.variables).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("tool(s) fuzzed"), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let findings = std::fs::read(results.join("findings.json")).unwrap();
    let findings: Value = serde_json::from_slice(&findings).unwrap();
    for finding in findings["findings"].as_array().unwrap() {
        // It takes every input of its own for an attack, also those that the schema allows.
        assert_eq!(finding["category"], "accepted_malformed", "{finding}");
        let tool = tools.as_array().unwrap().iter().find(|tool| tool["name"] == finding["target"]);
        let input = finding["evidence"]["input"].as_object().unwrap();
        assert!(well_formed(tool.unwrap(), input), "{finding}");
    }
}
