//! What the server costs beside a bare rmcp server (`examples/bare.rs`), and beside the bare exchange
//! of a search: `cargo xtask bench mcp`.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench that cannot go on stops, and its report is its product"
)]

#[expect(dead_code, reason = "only the tests of clients look for components")]
#[path = "../../tests/mcp-server/clients/bench.rs"]
mod bench;
#[expect(dead_code, reason = "the turns here are of programs, not of functions")]
#[path = "../../tests/bench/measure.rs"]
mod measure;
#[path = "mcp/program.rs"]
mod program;

use std::{
    env::current_exe,
    path::PathBuf,
    process::{self, Command},
    time::Duration,
};

use serde_json::{Value, json};
use spotify_api::model::SearchResults;
use tokio::runtime::Runtime;

use self::{
    bench::Bench,
    measure::{Row, duration, timed},
    program::Program,
};

/// How often a program is started.
const STARTS: usize = 15;
/// How many calls are measured, in turns.
const TURNS: usize = 10;
const CALLS: usize = 300;

fn main() {
    let runtime = Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::signed_in());
    let pinned = pin(process::id());
    measure::print(
        &format!("Beside a bare rmcp server{}", if pinned { ", on one core" } else { "" }),
        &[starts(&bench), memory(&bench)].into_iter().chain(nothing(&bench)).collect::<Vec<_>>(),
    );
    let mut ours = Program::start(&mut ours(&bench));
    measure::print(
        "A search of ten tracks, Spotify answering at once",
        &[search(&bench, &runtime, &mut ours)],
    );
    sizes(&mut ours);
    stampede(&bench, &mut ours);
}

/// Keeps a process on one core, where the system can do that.
fn pin(id: u32) -> bool {
    let pinned = Command::new("taskset").args(["-cp", "0", &id.to_string()]).output();
    pinned.is_ok_and(|output| output.status.success())
}

fn ours(bench: &Bench) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotify-mcp"));
    command.env_clear().envs(&bench.variables).env("SPOTIFY_API_REGIME", "dev_restricted");
    command
}

/// The example stands beside this program's folder.
fn bare() -> Command {
    let own: PathBuf = current_exe().unwrap();
    let folder = own.parent().and_then(|deps| deps.parent()).unwrap();
    Command::new(folder.join("examples/bare"))
}

fn starts(bench: &Bench) -> Row {
    let first = |mut command: Command| {
        let mut started = None;
        let took = timed(&mut || {
            let mut program = Program::start(&mut command);
            program.ask("server/discover", json!({}));
            started = Some(program);
        });
        drop(started);
        took
    };
    let turns: Vec<_> = (0..STARTS).map(|_| (first(ours(bench)), first(bare()))).collect();
    row("start to the first answer", &turns, 50, Some(2.0))
}

fn memory(bench: &Bench) -> Row {
    let after_list = |mut command: Command| {
        let mut program = Program::start(&mut command);
        program.ask("tools/list", json!({}));
        program.memory()
    };
    let (ours, bare) = (after_list(ours(bench)), after_list(bare()));
    Row {
        work: "memory after the list of tools".to_owned(),
        ours: format!("{:.1} MiB", ours / 1024.0),
        baseline: format!("{:.1} MiB bare", bare / 1024.0),
        ratio: Some(ours / bare),
        goal: Some(3.0),
    }
}

/// A call that asks Spotify for nothing; ours is written to the audit log.
fn nothing(bench: &Bench) -> [Row; 2] {
    let (mut ours, mut bare) = (Program::start(&mut ours(bench)), Program::start(&mut bare()));
    let (preview, none) = (json!({ "lines": ["a - b"], "dry_run": true }), json!({}));
    let mut turns = Vec::with_capacity(TURNS * CALLS);
    for _ in 0..TURNS {
        let ours: Vec<_> = (0..CALLS)
            .map(|_| timed(&mut || drop(ours.call("resolve_tracks", &preview))))
            .collect();
        let bare = (0..CALLS).map(|_| timed(&mut || drop(bare.call("nothing", &none))));
        turns.extend(ours.into_iter().zip(bare));
    }
    [
        row("a call that does nothing, median", &turns, 50, Some(2.0)),
        row("a call that does nothing, 99th of 100", &turns, 99, None),
    ]
}

fn search(bench: &Bench, runtime: &Runtime, ours: &mut Program) -> Row {
    let token = bench.spotify.grant_all().access_token;
    let http = reqwest::Client::builder().build().unwrap();
    let bare = |offset: usize| {
        let url =
            format!("{}/search?q=a&type=track&limit=10&offset={offset}", bench.spotify.api_url());
        let request = http.get(url).bearer_auth(&token);
        runtime.block_on(async {
            let body = request.send().await.unwrap().bytes().await.unwrap();
            serde_json::from_slice::<SearchResults>(&body).unwrap()
        })
    };
    let mut turns = Vec::new();
    for offset in 0..CALLS {
        // Each page is another: the program keeps what it has read.
        let arguments = json!({ "query": "a", "limit": 10, "offset": offset });
        let our = timed(&mut || drop(ours.call("search_tracks", &arguments)));
        turns.push((our, timed(&mut || drop(bare(offset)))));
    }
    Row {
        baseline: format!("{} bare", duration(nth(turns.iter().map(|turn| turn.1), 50))),
        ..row("search_tracks, audited", &turns, 50, Some(1.3))
    }
}

fn sizes(ours: &mut Program) {
    let list = ours.ask("tools/list", json!({}));
    let found = ours.call("search_tracks", &json!({ "query": "paper" }));
    let found: Value = serde_json::from_str(&found).unwrap();
    let result = found.get("result").unwrap();
    let text = result.pointer("/content/0/text").and_then(Value::as_str).unwrap();
    let structured = result.get("structuredContent").unwrap().to_string();
    println!("\nSizes");
    println!("  the whole answer to tools/list: {} B", list.len());
    println!("  twenty tracks: {} B as text, {} B structured", text.len(), structured.len());
}

/// Ten calls at once on a token that Spotify takes no longer.
fn stampede(bench: &Bench, ours: &mut Program) {
    bench.spotify.set_latency(Duration::from_millis(100));
    bench.spotify.expire_access_tokens();
    bench.spotify.clear_requests();
    let took = timed(&mut || {
        for number in 0..10 {
            let arguments = json!({ "query": format!("e {number}"), "limit": 10 });
            ours.send("tools/call", json!({ "name": "search_tracks", "arguments": arguments }));
        }
        for _ in 0..10 {
            ours.receive();
        }
    });
    let renewals = bench.spotify.count("token");
    println!("\nTen searches on an expired token, 100 ms until each answer");
    println!("  {} in all (goal 350 ms), {renewals} renewals (goal 1)", duration(took));
}

/// Makes a line of the report of the median, or another hundredth, of both sides.
fn row(work: &str, turns: &[(Duration, Duration)], hundredth: usize, goal: Option<f64>) -> Row {
    let ours = nth(turns.iter().map(|turn| turn.0), hundredth);
    let bare = nth(turns.iter().map(|turn| turn.1), hundredth);
    Row {
        work: work.to_owned(),
        ours: duration(ours),
        baseline: format!("{} bare", duration(bare)),
        ratio: Some(ours.as_secs_f64() / bare.as_secs_f64()),
        goal,
    }
}

fn nth(times: impl Iterator<Item = Duration>, hundredth: usize) -> Duration {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times.get(times.len() * hundredth / 100).copied().unwrap_or_default()
}
