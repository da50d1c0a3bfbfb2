//! No other process may look into the server, not even one of the same user.
//!
//! Root may look at everything, so there all of it runs as somebody else. To open `/proc/PID/mem`
//! takes the right to attach to the process, to open `/proc/PID/environ` the right to read it
//! (ptrace(2), "Ptrace access mode checking"). With the first goes `PTRACE_ATTACH`, with the second
//! whatever secret the environment holds.

use std::{
    os::unix::fs::{MetadataExt as _, chown},
    path::Path,
    process::Stdio,
};

use serde_json::json;
use spotify_sim::{DEFAULT_USER, Simulator};
use tokio::process::Command;

use crate::{
    bench::{Bench, scopes},
    client::{Client, LATEST},
};

/// The user whom every system has and who owns nothing.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Returns a command that is not root's.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.env_clear().kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Whether another process of the same user can open a file of a process.
async fn can_open(process: u32, file: &str) -> bool {
    let mut shell = command(Path::new("/bin/sh"));
    shell.args(["-c", "exec < \"$0\"", &format!("/proc/{process}/{file}")]);
    shell.status().await.unwrap().success()
}

/// Whether the system lets any process attach to another of the same user that is not its child.
fn attaching_is_usual() -> bool {
    std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope")
        .map_or(true, |scope| scope.trim() == "0")
}

#[tokio::test]
async fn no_process_of_the_same_user_can_look_into_the_server() {
    let plain = command(Path::new("/bin/cat")).spawn().unwrap();
    let id = plain.id().unwrap();
    assert!(can_open(id, "environ").await, "a process that does nothing about it can be read");
    assert_eq!(can_open(id, "mem").await, attaching_is_usual());

    let bench = Bench::new(Simulator::builder()).await;
    let scopes = scopes();
    let token = bench.sim.grant(DEFAULT_USER, &scopes.split(' ').collect::<Vec<_>>());
    let place = tempfile::tempdir().unwrap();
    let program = place.path().join("spotify-mcp");
    // Where the other user can reach it.
    let built = Path::new(env!("CARGO_BIN_EXE_spotify-mcp"));
    std::fs::hard_link(built, &program)
        .or_else(|_| std::fs::copy(built, &program).map(drop))
        .unwrap();
    if is_root() {
        chown(place.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let mut server = command(&program);
    server.envs(bench.environment()).env("SPOTIFY_MCP_HOME", place.path().join("home"));
    server.env("SPOTIFY_MCP_MASTER_KEY", "").env("SPOTIFY_REFRESH_TOKEN", token.refresh_token);
    let mut server = server.spawn().unwrap();
    let client = Client::new(server.stdout.take().unwrap(), server.stdin.take().unwrap());
    let mut client = client.begin(LATEST).await;
    client.ok("get_playlists", json!({})).await;
    let id = server.id().unwrap();
    for file in ["mem", "environ"] {
        assert!(!can_open(id, file).await, "{file}");
    }
    client.close().await;
    assert!(server.wait().await.unwrap().success());
}
