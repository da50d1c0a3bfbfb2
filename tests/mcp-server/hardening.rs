//! The real program among others on its machine: what it keeps in memory, what a crash leaves, who
//! tells it that its profile is gone, and a container's environment in the place of a vault.

use std::{os::unix::process::ExitStatusExt as _, path::Path, time::Duration};

use serde_json::json;
use spotify_sim::{DEFAULT_USER, Rotation, Simulator};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::{
    bench::{Bench, scopes},
    client::LATEST,
};

/// How long something may take on a busy machine that takes half a second on another.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn an_idle_server_learns_that_another_program_revoked_its_profile_and_says_so_when_asked() {
    let bench = Bench::usual().await;
    let (client, mut child) = bench.child(&[], &[]);
    let mut client = client.begin(LATEST).await;
    client.ok("get_playlists", json!({})).await;
    let audit = bench.home.path().join("audit");
    let forgotten = || text_of(&audit).contains("SM1208I");
    assert!(!forgotten());
    bench.revoke();
    // It looks every half second; a busy machine gets some more.
    soon(forgotten).await;
    client.fails("get_playlists", json!({})).await;
    // It says so after the log does, so its end must not come between.
    let mut errors = BufReader::new(child.0.stderr.take().unwrap()).lines();
    let said =
        async { while !errors.next_line().await.unwrap().unwrap().contains("was revoked") {} };
    tokio::time::timeout(PATIENCE, said).await.expect("it says so");
    client.close().await;
    assert_eq!(child.ended().await.0, Some(0));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_server_s_memory_holds_no_refresh_token_and_after_a_revocation_no_token_at_all() {
    let builder = Simulator::builder().token_prefix("canary").rotation(Rotation::Always);
    let bench = Bench::signed_in_with(builder, &scopes()).await;
    bench.sim.expire_access_tokens();
    let (client, child) = bench.child(&[], &[]);
    let mut client = client.begin(LATEST).await;
    client.ok("get_playlists", json!({})).await;
    let process = child.0.id().unwrap();
    let Ok(memory) = memory(process) else {
        // Whoever is not root can't look at all: see `untraceable`.
        #[expect(clippy::disallowed_methods, reason = "in CI nothing may be left out")]
        let ci = std::env::var_os("CI").is_some();
        assert!(!ci, "looking into the server's memory needs root");
        println!("SKIPPED: looking into the server's memory needs root");
        client.close().await;
        return;
    };
    assert!(memory.contains("get_playlists"), "the look finds what is there");
    let secrets = bench.sim.issued_secrets();
    assert!(secrets.len() > 4, "both grants are among them");
    for secret in &secrets {
        let found = memory.matches(&secret.value).count();
        // An open connection keeps the last request that was written to it until the next one.
        let most = usize::from(secret.kind == spotify_sim::SecretKind::AccessToken);
        assert!(found <= most, "{:?} stands there {found} times", secret.kind);
    }
    bench.revoke();
    soon(|| {
        let memory = self::memory(process).unwrap();
        !secrets.iter().any(|secret| memory.contains(&secret.value))
    })
    .await;
    client.close().await;
}

/// Waits until something is so.
async fn soon(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it comes to be so");
}

/// Returns what a process can write to in its memory, as text: a search in it is quick.
#[cfg(target_os = "linux")]
fn memory(process: u32) -> std::io::Result<String> {
    use std::{fmt::Write as _, fs::File, os::unix::fs::FileExt as _};

    let maps = std::fs::read_to_string(format!("/proc/{process}/maps"))?;
    let memory = File::open(format!("/proc/{process}/mem"))?;
    let mut all = String::new();
    for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
        let range = line.split_once(' ').and_then(|(range, _)| range.split_once('-')).unwrap();
        let [start, end] = [range.0, range.1].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        // Some regions, the kernel's own, can't be read.
        if memory.read_exact_at(&mut bytes, start).is_ok() {
            write!(all, "{}", String::from_utf8_lossy(&bytes)).unwrap();
        }
    }
    Ok(all)
}

#[tokio::test]
async fn a_crash_of_the_server_leaves_no_core_file() {
    let bench = Bench::usual().await;
    // The caller allows core files as large as they get; the program does not.
    let ran = |program: &str| {
        let mut command = tokio::process::Command::new("/bin/sh");
        command.args(["-c", "ulimit -c unlimited; exec \"$0\""]).arg(program);
        command.env_clear().envs(bench.environment()).current_dir(bench.home.path());
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        command.kill_on_drop(true);
        command.spawn().unwrap()
    };
    let mut child = ran(env!("CARGO_BIN_EXE_spotify-mcp"));
    let client =
        crate::client::Client::new(child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let mut client = client.begin(LATEST).await;
    client.ok("get_playlists", json!({})).await;
    let id = child.id().unwrap().to_string();
    let sent = tokio::process::Command::new("kill").args(["-s", "ABRT", &id]).status().await;
    assert!(sent.unwrap().success());
    let status = child.wait().await.unwrap();
    assert_eq!(status.signal(), Some(6));
    assert!(!status.core_dumped());
    assert!(!has_core(bench.home.path()));
}

/// Returns the text files of a log, also while a program writes to it.
fn text_of(directory: &Path) -> String {
    let files = std::fs::read_dir(directory).unwrap();
    files.filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok()).collect()
}

fn has_core(directory: &Path) -> bool {
    let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    names.into_iter().any(|name| name.to_string_lossy().starts_with("core"))
}

#[tokio::test]
async fn a_container_without_a_vault_is_served_from_its_environment_and_nothing_is_kept() {
    for from_a_file in [false, true] {
        let builder = Simulator::builder().token_prefix("canary").rotation(Rotation::Always);
        let bench = Bench::new(builder).await;
        let scopes = scopes();
        let scopes: Vec<_> = scopes.split(' ').collect();
        let token = bench.sim.grant(DEFAULT_USER, &scopes).refresh_token;
        let place = tempfile::tempdir().unwrap();
        let home = place.path().join("home");
        let file = bench.private_file("token", &format!("{token}\n"));
        let given = if from_a_file {
            ("SPOTIFY_REFRESH_TOKEN_FILE", file.to_str().unwrap())
        } else {
            ("SPOTIFY_REFRESH_TOKEN", token.as_str())
        };
        let more =
            [("SPOTIFY_MCP_HOME", home.to_str().unwrap()), ("SPOTIFY_MCP_MASTER_KEY", ""), given];
        let (client, child) = bench.child(&[], &more);
        let mut client = client.begin(LATEST).await;
        client.ok("get_playlists", json!({})).await;
        client.ok("get_auth_status", json!({})).await;
        client.close().await;
        let (code, errors) = child.ended().await;
        assert_eq!(code, Some(0), "{errors}");
        let kept: Vec<_> = std::fs::read_dir(&home).unwrap().collect();
        assert_eq!(kept.len(), 1, "the audit log alone: {kept:?}");
        let log = std::fs::read_dir(home.join("audit")).unwrap();
        let log: String =
            log.filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok()).collect();
        assert!(log.contains("SM1109W"), "a replaced token that can't be kept is told");
        assert!(!log.contains("canary") && !errors.contains("canary"));
    }
}
