//! The steps of the demo, each with what must come of it.

use std::time::Duration;

use serde_json::{Value, json};
use spotify_audit::Entry;

use super::{Answer, Assistant, DemoError, Installation, Transcript, must};

/// An artist that the local Spotify always has.
const ARTIST: &str = "The Paper Lanterns";
/// The playlist that the story makes.
const PLAYLIST: &str = "Evening by the harbour";
/// The tools that every installation has.
const TOOLS: [&str; 12] = [
    "add_tracks_to_playlist",
    "authenticate",
    "create_playlist",
    "get_album_details",
    "get_artist_details",
    "get_auth_status",
    "get_auth_url",
    "get_playlist",
    "get_playlists",
    "get_track_details",
    "remove_tracks_from_playlist",
    "search_tracks",
];

/// One run of the demo.
pub(super) struct Story {
    installation: Installation,
    transcript: Transcript,
}

/// What the steps hand on to each other.
struct Evening {
    playlist: String,
    tracks: Vec<String>,
}

impl Story {
    pub(super) fn new(installation: Installation, transcript: Transcript) -> Self {
        Self { installation, transcript }
    }

    pub(super) async fn tell(mut self) -> Result<(), DemoError> {
        let regime = self.installation.spotify.regime();
        self.transcript.heading(&format!(
            "A Spotify account and an AI client (a local Spotify, app regime {regime})"
        ));
        self.sign_in().await?;
        let assistant = self.connect().await?;
        let tracks = self.search(&assistant).await?;
        let playlist = self.create(&assistant).await?;
        let evening = Evening { playlist, tracks };
        self.add(&assistant, &evening).await?;
        self.read(&assistant, &evening, 3).await?;
        self.remove(&assistant, &evening).await?;
        self.artist(&assistant, &evening).await?;
        self.renew(&assistant, &evening).await?;
        self.profiles().await?;
        self.verify().await?;
        self.revoke().await?;
        self.refused(&assistant).await?;
        self.alerts().await?;
        assistant.stop().await?;
        self.transcript.end("Every step came out as it must.");
        Ok(())
    }

    async fn sign_in(&mut self) -> Result<(), DemoError> {
        self.transcript.step("Sign in to Spotify, with the tokens sealed on disk");
        let arguments = ["login", "--profile", "demo", "--key-source", "file", "--no-browser"];
        self.transcript.asked(&format!("spotify-admin {}", arguments.join(" ")));
        let (ran, page) = self.installation.login(&arguments).await?;
        ran.expect(0)?;
        self.transcript.came_back(&format!("the browser shows: {page}"));
        must(page.contains("signed in"), || {
            format!("the page must say that it worked, but says: {page}")
        })?;
        self.log(&["signin.start", "signin.done"], None)
    }

    async fn connect(&mut self) -> Result<Assistant, DemoError> {
        self.transcript.step("Start the server, as an AI client does");
        // This client can't ask the person whether something may be removed.
        self.transcript.asked("spotify-mcp --profile demo --allow-unconfirmed");
        let arguments = ["--profile", "demo", "--allow-unconfirmed"];
        let assistant =
            Assistant::start(self.installation.command("spotify-mcp", arguments)).await?;
        let tools = assistant.tools().await?;
        self.transcript.came_back(&format!(
            "{} tools, among them {}",
            tools.len(),
            TOOLS.join(", ")
        ));
        let basic = TOOLS.iter().all(|basic| tools.iter().any(|tool| tool == basic));
        must(basic, || format!("the tools must hold {TOOLS:?}"))?;
        self.log(&["server.start"], None)?;
        Ok(assistant)
    }

    async fn search(&mut self, assistant: &Assistant) -> Result<Vec<String>, DemoError> {
        self.transcript.step("“Find me songs by The Paper Lanterns.”");
        let answer = self
            .call(
                assistant,
                "search_tracks",
                json!({"query": format!("artist:\"{ARTIST}\""), "limit": 5}),
            )
            .await?;
        let rows = list(&answer.data, "/items")?;
        self.rows(rows);
        must(rows.len() == 5, || format!("five tracks must come back, not {}", rows.len()))?;
        self.log(&["tool.call"], Some("search_tracks"))?;
        Ok(rows.iter().take(3).filter_map(|row| row["uri"].as_str()).map(str::to_owned).collect())
    }

    async fn create(&mut self, assistant: &Assistant) -> Result<String, DemoError> {
        self.transcript.step("“Make me a playlist for the evening.”");
        let answer = self.call(assistant, "create_playlist", json!({"name": PLAYLIST})).await?;
        let uri = text(&answer.data, "/uri")?;
        self.transcript.came_back(&format!("{PLAYLIST}, private ({uri})"));
        must(text(&answer.data, "/visibility")? == "private", || {
            "the playlist must be private".to_owned()
        })?;
        self.log(&["tool.call"], Some("create_playlist"))?;
        Ok(uri)
    }

    async fn add(&mut self, assistant: &Assistant, evening: &Evening) -> Result<(), DemoError> {
        self.transcript.step("“Put the first three songs on it.”");
        let arguments = json!({"playlist": evening.playlist, "tracks": evening.tracks});
        let answer = self.call(assistant, "add_tracks_to_playlist", arguments).await?;
        let snapshot = text(&answer.data, "/snapshot_id")?;
        self.transcript.came_back(&format!("3 added; the playlist is now at snapshot {snapshot}"));
        self.holds(evening, 3)?;
        self.log(&["tool.call"], Some("add_tracks_to_playlist"))
    }

    async fn read(
        &mut self,
        assistant: &Assistant,
        evening: &Evening,
        count: usize,
    ) -> Result<(), DemoError> {
        self.transcript.step("“What is on it?”");
        let answer =
            self.call(assistant, "get_playlist", json!({"playlist": evening.playlist})).await?;
        let rows = list(&answer.data, "/items")?;
        self.rows(rows);
        must(rows.len() == count, || format!("{count} tracks must be on it, not {}", rows.len()))?;
        self.log(&["tool.call"], Some("get_playlist"))
    }

    async fn remove(&mut self, assistant: &Assistant, evening: &Evening) -> Result<(), DemoError> {
        self.transcript.step("“Take the first one off again.”");
        let first = evening.tracks.first().cloned().unwrap_or_default();
        let arguments = json!({"playlist": evening.playlist, "tracks": [first]});
        let answer = self.call(assistant, "remove_tracks_from_playlist", arguments).await?;
        let snapshot = text(&answer.data, "/snapshot_id")?;
        self.transcript.came_back(&format!("removed; the playlist is now at snapshot {snapshot}"));
        self.holds(evening, 2)?;
        self.log(&["tool.call"], Some("remove_tracks_from_playlist"))
    }

    async fn artist(&mut self, assistant: &Assistant, evening: &Evening) -> Result<(), DemoError> {
        self.transcript.step("“Tell me about the band.”");
        let first = evening.tracks.first().cloned().unwrap_or_default();
        let track = self.call(assistant, "get_track_details", json!({"track": first})).await?;
        let artist = text(&track.data, "/artists/0/uri")?;
        let answer = self.call(assistant, "get_artist_details", json!({"artist": artist})).await?;
        let name = text(&answer.data, "/name")?;
        let albums = list(&answer.data, "/items")?;
        let titles: Vec<_> = albums.iter().filter_map(|album| album["name"].as_str()).collect();
        self.transcript.came_back(&format!("{name}: {}", titles.join(", ")));
        must(name == ARTIST && !titles.is_empty(), || {
            format!("the artist must be {ARTIST} with albums")
        })?;
        self.log(&["tool.call"], Some("get_artist_details"))
    }

    async fn renew(&mut self, assistant: &Assistant, evening: &Evening) -> Result<(), DemoError> {
        self.transcript
            .step("An hour later the access token has ended; “what is on the playlist?”");
        let before = self.installation.renewals();
        self.installation.spotify.advance(Duration::from_hours(1));
        let answer =
            self.call(assistant, "get_playlist", json!({"playlist": evening.playlist})).await?;
        self.rows(list(&answer.data, "/items")?);
        let renewals = self.installation.renewals() - before;
        self.transcript
            .came_back("the token was renewed once and sealed, and the call was repeated");
        must(renewals == 1, || format!("the token must be renewed once, not {renewals} times"))?;
        self.log(&["vault.write", "token.refresh", "tool.call"], Some("get_playlist"))
    }

    async fn profiles(&mut self) -> Result<(), DemoError> {
        self.transcript.step("Which profiles are there?");
        let ran = self.admin(&["profiles"]).await?;
        ran.expect(0)?;
        must(ran.stdout.contains("demo"), || {
            format!("the profile must be listed:\n{}", ran.stdout)
        })?;
        let ran = self.installation.admin(&["profiles", "--json"]).await?;
        let profiles: Value =
            serde_json::from_str(&ran.stdout).map_err(DemoError::broken("reading the profiles"))?;
        // The first generation is the sign-in, the second the renewal.
        let generation = profiles.pointer("/profiles/0/generation").cloned().unwrap_or_default();
        self.transcript.came_back(&format!(
            "the sealed record was written {generation} times: at the sign-in and at the renewal"
        ));
        must(generation == json!(2), || {
            format!("the vault must hold the new state:\n{}", ran.stdout)
        })?;
        self.log(&["admin.command"], None)
    }

    async fn verify(&mut self) -> Result<(), DemoError> {
        self.transcript.step("Has anybody changed the audit log?");
        let ran = self.admin(&["audit", "verify"]).await?;
        ran.expect(0)?;
        self.log(&["admin.command"], None)
    }

    async fn revoke(&mut self) -> Result<(), DemoError> {
        self.transcript.step("Take the access away, while the server runs");
        let ran = self.admin(&["revoke", "demo", "--yes"]).await?;
        ran.expect(0)?;
        self.log(&["profile.revoke"], None)
    }

    async fn refused(&mut self, assistant: &Assistant) -> Result<(), DemoError> {
        self.transcript.step("“Show me my playlists.”");
        self.transcript.asked("get_playlists {}");
        let answer = assistant.call("get_playlists", json!({})).await?;
        must(answer.is_error, || {
            format!("the running server must refuse, but says: {}", answer.text)
        })?;
        let failure: Value =
            serde_json::from_str(&answer.text).map_err(DemoError::broken("reading a failure"))?;
        self.transcript.came_back(&format!("refused: {}", text(&failure, "/message")?));
        self.log(&["token.revoked_use", "tool.call"], Some("get_playlists"))
    }

    async fn alerts(&mut self) -> Result<(), DemoError> {
        self.transcript.step("Is there anything to look at?");
        let ran = self.admin(&["alerts"]).await?;
        ran.expect(10)?;
        must(ran.stdout.contains("REVOKED-USE"), || {
            format!("the use after the revocation must be found:\n{}", ran.stdout)
        })
    }

    async fn admin(&mut self, arguments: &[&str]) -> Result<super::Ran, DemoError> {
        self.transcript.asked(&format!("spotify-admin {}", arguments.join(" ")));
        let ran = self.installation.admin(arguments).await?;
        for line in ran.stdout.lines().chain(ran.stderr.lines()).filter(|line| !line.is_empty()) {
            self.transcript.came_back(line);
        }
        Ok(ran)
    }

    async fn call(
        &mut self,
        assistant: &Assistant,
        tool: &'static str,
        arguments: Value,
    ) -> Result<Answer, DemoError> {
        self.transcript.asked(&format!("{tool} {arguments}"));
        let answer = assistant.call(tool, arguments).await?;
        must(!answer.is_error, || format!("{tool} must work, but says: {}", answer.text))?;
        Ok(answer)
    }

    /// What Spotify holds counts, not what the tool says of it.
    fn holds(&self, evening: &Evening, count: usize) -> Result<(), DemoError> {
        let id = evening.playlist.trim_start_matches("spotify:playlist:");
        let titles = self.installation.spotify.playlist_titles(id).unwrap_or_default();
        must(titles.len() == count, || {
            format!("Spotify must hold {count} tracks, but holds {titles:?}")
        })
    }

    fn rows(&mut self, rows: &[Value]) {
        for row in rows {
            let [name, artists] = ["name", "artists"].map(|key| row[key].as_str().unwrap_or("?"));
            self.transcript.came_back(&format!("{name} — {artists}"));
        }
    }

    /// Shows the new records of the log; the kinds of `wanted` must be among them, and a tool's
    /// record must name the tool.
    fn log(&mut self, wanted: &[&str], tool: Option<&str>) -> Result<(), DemoError> {
        let entries = self.installation.new_records()?;
        self.transcript.audit(&entries);
        let has =
            |kind: &str| entries.iter().any(|entry| entry.kind() == kind && named(entry, tool));
        match wanted.iter().find(|kind| !has(kind)) {
            Some(kind) => Err(DemoError::Differs(format!(
                "the audit log must hold a record `{kind}` of this step"
            ))),
            None => Ok(()),
        }
    }
}

fn named(entry: &Entry, tool: Option<&str>) -> bool {
    entry.kind() != "tool.call" || entry.tool() == tool
}

fn text(data: &Value, pointer: &str) -> Result<String, DemoError> {
    let text = data.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| DemoError::Differs(format!("the answer has no text at {pointer}: {data}")))
}

fn list<'a>(data: &'a Value, pointer: &str) -> Result<&'a Vec<Value>, DemoError> {
    let list = data.pointer(pointer).and_then(Value::as_array);
    list.ok_or_else(|| DemoError::Differs(format!("the answer has no list at {pointer}: {data}")))
}
