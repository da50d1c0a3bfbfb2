//! Unique values stand as tokens, codes, verifiers and secrets; the whole path is walked at the
//! most verbose level, failures included; and none of the values may be found anywhere.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, Fault, Regime, Rotation, SecretKind, Service, Simulator};
use xtask::demo::{Assistant, Installation, Ran};

const CANARY: &str = "canary0f1e2d3c4b5a69788796a5b4c3d2e1f0-";

/// Everything that was said on the way.
#[derive(Default)]
struct Said(Vec<(String, String)>);

impl Said {
    fn ran(&mut self, what: &str, ran: Ran) -> Ran {
        self.0.push((format!("{what}: stdout"), ran.stdout.clone()));
        self.0.push((format!("{what}: stderr"), ran.stderr.clone()));
        ran
    }

    async fn call(&mut self, assistant: &Assistant, tool: &'static str, arguments: Value) -> bool {
        // A tool that Spotify's trouble reaches answers with an error, or the call itself fails.
        match assistant.call(tool, arguments).await {
            Ok(answer) => {
                self.0.push((format!("{tool}: data"), answer.data.to_string()));
                self.0.push((format!("{tool}: text"), answer.text));
                !answer.is_error
            }
            Err(error) => {
                self.0.push((format!("{tool}: error"), format!("{error:?} {error}")));
                false
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_the_vault_on_the_whole_path() {
    let secret = format!("{CANARY}client-secret");
    let builder = Simulator::builder()
        .regime(Regime::DevRestricted)
        .rotation(Rotation::Always)
        .token_prefix(CANARY)
        .client_secret(secret.clone());
    let mut installation = Installation::with(crate::programs(), builder).await.unwrap();
    installation.set("LOG_LEVEL", "trace");
    installation.set("SPOTIFY_CLIENT_SECRET", secret);
    let mut said = Said::default();

    sign_in(&installation, &mut said).await;
    let arguments = ["--profile", "demo"];
    let assistant = Assistant::start(installation.command("spotify-mcp", arguments)).await.unwrap();
    use_tools(&installation, &assistant, &mut said).await;
    sign_in_from_the_client(&installation, &assistant, &mut said).await;
    let trouble = trouble(&installation, &assistant, &mut said).await;
    end(&installation, &assistant, &mut said).await;
    let stderr = assistant.stop().await.unwrap();
    assert!(
        stderr.len() > 1000,
        "the most verbose level says a lot, so that there is something to search"
    );
    said.0.push(("spotify-mcp: stderr".to_owned(), stderr));
    assert!(trouble > 0, "some calls failed, so that their errors were seen");

    let secrets = installation.spotify.issued_secrets();
    for kind in [
        SecretKind::AccessToken,
        SecretKind::RefreshToken,
        SecretKind::Code,
        SecretKind::Verifier,
        SecretKind::ClientSecret,
    ] {
        let found = secrets.iter().any(|secret| secret.kind == kind);
        assert!(found, "no {kind:?} was issued or received");
    }
    let needles: Vec<&str> =
        secrets.iter().map(|secret| secret.value.as_str()).chain([CANARY]).collect();
    for (what, text) in &said.0 {
        search(what, text.as_bytes(), &needles);
    }
    let files = files(installation.home());
    assert!(
        files.iter().any(|(path, _)| path.contains("vault"))
            && files.iter().any(|(path, _)| path.contains("audit"))
    );
    for (path, bytes) in &files {
        search(path, bytes, &needles);
    }
    // The same search finds what does stand there.
    let mut log = files.iter().filter(|(path, _)| path.contains("audit"));
    assert!(log.any(|(_, bytes)| holds(bytes, "search_tracks")));
}

async fn sign_in(installation: &Installation, said: &mut Said) {
    let login = ["login", "--profile", "demo", "--key-source", "file", "--no-browser"];
    installation.spotify.fault(Fault::html_error(502).on(Service::Accounts).path("/api/token"));
    let (ran, _) = installation.login(&login).await.unwrap();
    assert_ne!(said.ran("a login that fails", ran).code, Some(0));
    let login = ["login", "--profile", "demo", "--no-browser"];
    let (ran, _) = installation.login(&login).await.unwrap();
    assert_eq!(said.ran("login", ran).code, Some(0));
}

async fn use_tools(installation: &Installation, assistant: &Assistant, said: &mut Said) {
    let track = installation.spotify.track_uri("Midnight Ferry").unwrap();
    assert!(said.call(assistant, "search_tracks", json!({"query": "ferry"})).await);
    assert!(said.call(assistant, "get_track_details", json!({"track": track})).await);
    assert!(said.call(assistant, "create_playlist", json!({"name": "canary"})).await);
    assert!(said.call(assistant, "get_playlists", json!({})).await);
    assert!(!said.call(assistant, "get_playlist", json!({"playlist": "no id"})).await);
    assert!(!said.call(assistant, "get_playlist", json!({"nonsense": 1})).await);
    installation.spotify.expire_access_tokens();
    assert!(said.call(assistant, "get_playlists", json!({})).await, "renewed and rotated");
}

async fn sign_in_from_the_client(
    installation: &Installation,
    assistant: &Assistant,
    said: &mut Said,
) {
    let answer = assistant.call("get_auth_url", json!({})).await.unwrap();
    let address = answer.data.get("url").and_then(Value::as_str).unwrap().to_owned();
    let redirect = installation.spotify.approve(&address).await.unwrap();
    let forged = redirect.location().replace("state=", "state=x");
    assert!(!said.call(assistant, "authenticate", json!({"redirect": forged})).await);
    assert!(said.call(assistant, "authenticate", json!({"redirect": redirect.location()})).await);
    assert!(!said.call(assistant, "authenticate", json!({"redirect": redirect.location()})).await);
    assert!(said.call(assistant, "get_auth_status", json!({})).await);
}

/// Lets everything go wrong that can. Returns how many calls failed.
async fn trouble(installation: &Installation, assistant: &Assistant, said: &mut Said) -> usize {
    let mut failed = 0;
    for fault in [
        Fault::html_error(500).times(8),
        Fault::rate_limited(Duration::from_hours(1)).path("/v1/me/playlists"),
        Fault::quota_exceeded(Duration::from_hours(23)),
        Fault::truncate().times(8),
        Fault::spurious_unauthorized().times(4),
        Fault::spurious_forbidden().times(4),
        Fault::answer(200, "application/json", "{\"items\": 7}").times(4),
        Fault::drop_after().times(8),
    ] {
        installation.spotify.fault(fault.on(Service::Api));
        failed += usize::from(
            !said
                .call(assistant, "get_album_details", json!({"album": "4aawyAB9vmqN3uQ7FjRGTy"}))
                .await,
        );
        installation.spotify.clear_faults();
    }
    failed
}

async fn end(installation: &Installation, assistant: &Assistant, said: &mut Said) {
    for arguments in [
        &["status", "--profile", "demo"][..],
        &["profiles", "--json"],
        &["audit", "demo", "100"],
        &["audit", "--json"],
        &["audit", "verify"],
        &["alerts"],
        &["profiles", "--no-such-flag"],
    ] {
        said.ran(&arguments.join(" "), installation.admin(arguments).await.unwrap());
    }
    installation.spotify.remove_app(DEFAULT_USER);
    installation.spotify.expire_access_tokens();
    assert!(!said.call(assistant, "get_playlists", json!({})).await, "the grant is over");
    let (ran, _) =
        installation.login(&["login", "--profile", "demo", "--no-browser"]).await.unwrap();
    assert_eq!(said.ran("login again", ran).code, Some(0));
    for arguments in [
        &["revoke", "demo", "--yes"][..],
        &["revoke", "demo", "--yes", "--json"],
        &["alerts", "--json"],
    ] {
        said.ran(&arguments.join(" "), installation.admin(arguments).await.unwrap());
    }
    assert!(!said.call(assistant, "get_playlists", json!({})).await, "the profile is revoked");
}

fn search(place: &str, bytes: &[u8], needles: &[&str]) {
    for needle in needles.iter().filter(|needle| !needle.is_empty()) {
        assert!(!holds(bytes, needle), "{place} holds a secret");
    }
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}
