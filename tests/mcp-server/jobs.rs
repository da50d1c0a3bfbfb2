//! Ten jobs that people ask for, done by the real program over standard input and output. Kept of
//! each: the calls, the requests to Spotify and the bytes that pass through the model's context.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, Device, Regime, Service};

use crate::{
    bench::{Bench, Child},
    client::{Client, LATEST},
    resolving::{
        catalogue,
        lines::{Dice, write},
    },
};

const KITCHEN: &str = "spotify:playlist:57pBON3z2uvNTP64HvU3BJ";
/// The most characters of an argument or answer that a transcript shows.
const SHOWN: usize = 110;

/// A job on its way.
struct Job {
    bench: Bench,
    client: Client,
    child: Child,
    transcript: String,
    calls: usize,
    requests: usize,
    bytes: usize,
}

impl Job {
    /// Starts the program for an app as new ones are.
    async fn begin(name: &str) -> Self {
        let bench = Bench::in_regime(Regime::DevRestricted).await;
        let devices =
            vec![Device::new("Desk", "Computer"), Device::new("Kitchen Speaker", "Speaker")];
        bench.sim.set_devices(DEFAULT_USER, devices);
        let more = [("SPOTIFY_API_REGIME", "dev_restricted")];
        let toolsets = "account,catalogue,playlists,playback,library,personal,arranging,records";
        let arguments = ["--toolsets", toolsets, "--allow-unconfirmed"];
        let (client, child) = bench.child(&arguments, &more);
        let client = client.begin(LATEST).await;
        let transcript = format!("\"{name}\"\n");
        Self { bench, client, child, transcript, calls: 0, requests: 0, bytes: 0 }
    }

    /// Does what the job needs to be there, and keeps nothing of it.
    async fn before(&mut self, tool: &str, arguments: Value) -> Value {
        self.client.ok(tool, arguments).await
    }

    /// Calls a tool, keeps what it took, and returns the structured result.
    async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.bench.sim.clear_requests();
        let result = self.client.call(tool, arguments.clone()).await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
        let asked = self.bench.sim.requests();
        let requests = asked.iter().filter(|request| request.service == Service::Api).count();
        let text = result["content"][0]["text"].as_str().unwrap();
        let structured = &result["structuredContent"];
        let (sent, came) = (arguments.to_string().len(), structured.to_string().len());
        self.calls += 1;
        self.requests += requests;
        // A client shows its model one of the two forms.
        self.bytes += sent + text.len();
        let shown = |text: &str| text.chars().take(SHOWN).collect::<String>();
        writeln!(
            self.transcript,
            "> {tool} {}\n  {}\n  {requests} requests, {sent} B asked, {} B as text, {came} B structured",
            shown(&arguments.to_string()),
            shown(text.lines().next().unwrap()),
            text.len(),
        )
        .unwrap();
        structured.clone()
    }

    /// Ends the program and returns what the job came to.
    async fn end(mut self) -> String {
        let Self { calls, requests, bytes, .. } = self;
        assert_eq!(self.client.close().await, Vec::<Value>::new());
        assert_eq!(self.child.ended().await, (Some(0), String::new()));
        writeln!(self.transcript, "= {calls} calls, {requests} requests, {bytes} B").unwrap();
        self.transcript
    }
}

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

fn all<'a>(rows: &'a [Value], field: &str) -> Vec<&'a Value> {
    rows.iter().map(|row| &row[field]).collect()
}

#[tokio::test]
async fn a_party_playlist_from_sixty_pasted_lines() {
    let known = catalogue().await;
    // Among these is a line with so many slips that its track is likely but not sure.
    let mut dice = Dice::new(4);
    let lines = (0..60).map(|_| {
        let track = known[dice.below(known.len())].clone();
        write(&mut dice, &track).line
    });
    let lines: Vec<String> = lines.collect();
    let mut job = Job::begin("Make me a party playlist of these sixty songs.").await;
    let made = job.call("create_playlist", json!({ "name": "Party", "tracks": lines })).await;
    assert_eq!(made["state"], "verified");
    let likely = made["not_added"].as_array().unwrap().iter();
    let likely: Vec<_> = likely
        .filter(|line| line["best"]["confidence"].as_u64() >= Some(70))
        .map(|line| line["best"]["uri"].clone())
        .collect();
    assert!(!likely.is_empty(), "{made}");
    let add = json!({ "playlist": made["uri"], "tracks": likely });
    assert_eq!(job.call("add_tracks_to_playlist", add).await["state"], "verified");
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn play_something_like_last_week() {
    let mut job = Job::begin("Play something like what I heard last week.").await;
    for what in ["midnight ferry", "northbound"] {
        job.before("play", json!({ "what": what, "device": "Desk" })).await;
        job.bench.sim.advance(Duration::from_mins(6));
    }
    let heard = job.call("get_recently_played", json!({ "limit": 10 })).await;
    let artist = items(&heard)[0]["artists"].as_str().unwrap().to_owned();
    let query = json!({ "query": format!("artist:\"{artist}\""), "limit": 10 });
    let found = job.call("search_tracks", query).await;
    let tracks = all(items(&found), "uri");
    let played = job.call("play", json!({ "tracks": tracks, "device": "Desk" })).await;
    assert_eq!(played["state"], "accepted");
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn clean_my_liked_songs_of_duplicates() {
    let mut job = Job::begin("Clean my liked songs of duplicates.").await;
    let found = job.before("search_tracks", json!({ "query": "a", "limit": 50 })).await;
    // One recording on two editions of an album.
    let twins = json!({ "query": "artist:\"The Relay Twins\"", "limit": 20 });
    let twins = job.before("search_tracks", twins).await;
    let saved = [all(items(&found), "uri"), all(items(&twins), "uri")].concat();
    job.before("save_to_library", json!({ "items": saved })).await;
    let (mut seen, mut twice, mut offset) = (Vec::new(), Vec::new(), json!(0));
    while !offset.is_null() {
        let page = json!({ "limit": 50, "offset": offset, "fields": "name,artists" });
        let page = job.call("get_library", page).await;
        for row in items(&page) {
            let song = (row["name"].clone(), row["artists"].clone());
            if seen.contains(&song) { twice.push(row["uri"].clone()) } else { seen.push(song) }
        }
        offset = page["page"]["next_offset"].clone();
    }
    assert!(!twice.is_empty(), "{seen:?}");
    let preview = json!({ "items": twice, "dry_run": true });
    assert_eq!(job.call("remove_from_library", preview).await["state"], "preview");
    let removed = job.call("remove_from_library", json!({ "items": twice })).await;
    assert_eq!(removed["state"], "verified");
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn move_my_morning_playlist_to_the_kitchen_speaker() {
    let mut job = Job::begin("Move my morning playlist to the kitchen speaker.").await;
    let play = json!({ "what": "morning run", "kind": "playlist", "device": "Desk" });
    job.before("play", play).await;
    job.call("transfer_playback", json!({ "device": "kitchen" })).await;
    let now = job.call("get_playback", json!({})).await;
    assert_eq!(now["device"]["name"], "Kitchen Speaker");
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn undo_what_you_did() {
    let mut job = Job::begin("That was wrong. Undo what you did.").await;
    let read = job.before("get_playlist", json!({ "playlist": KITCHEN })).await;
    let three = all(items(&read), "uri")[..3].to_vec();
    let remove = json!({ "playlist": KITCHEN, "tracks": three });
    job.before("remove_tracks_from_playlist", remove).await;
    job.call("list_changes", json!({ "limit": 3 })).await;
    assert_eq!(job.call("undo_change", json!({})).await["state"], "verified");
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn what_is_this_and_make_it_louder() {
    let mut job = Job::begin("What is this song? And make it louder.").await;
    job.before("play", json!({ "what": "midnight ferry", "device": "Desk" })).await;
    let now = job.call("get_playback", json!({})).await;
    assert_eq!(now["item"]["name"], "Midnight Ferry");
    let louder = json!({ "action": "volume_up", "value": 15 });
    job.call("control_playback", louder).await;
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn sort_a_copy_of_my_playlist_and_leave_mine() {
    let mut job = Job::begin("Sort a copy of Kitchen Radio by length, but leave mine.").await;
    let lists = job.call("get_playlists", json!({})).await;
    let mine = items(&lists).iter().find(|row| row["name"] == "Kitchen Radio").unwrap();
    let copy = json!({ "playlist": mine["uri"], "name": "Kitchen by length" });
    let copied = job.call("copy_playlist", copy).await;
    let sort = json!({ "playlist": copied["uri"], "by": "length" });
    assert_eq!(job.call("sort_playlist", sort).await["state"], "verified");
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn save_the_albums_that_i_lack() {
    let mut job = Job::begin("Save all albums of The Paper Lanterns that I do not have yet.").await;
    let search = json!({ "kind": "artist", "query": "the paper lanterns", "limit": 3 });
    let found = job.call("search_catalogue", search).await;
    let artist = json!({ "artist": items(&found)[0]["uri"] });
    let details = job.call("get_artist_details", artist).await;
    let albums = all(items(&details), "uri");
    let saved = job.call("save_to_library", json!({ "items": albums })).await;
    assert_eq!(saved["state"], "verified");
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn queue_the_first_songs_of_an_album() {
    let mut job = Job::begin("Queue the first three songs of Harbour Lights.").await;
    job.before("play", json!({ "what": "northbound", "device": "Desk" })).await;
    let search = json!({ "kind": "album", "query": "harbour lights", "limit": 3 });
    let found = job.call("search_catalogue", search).await;
    let album = json!({ "album": items(&found)[0]["uri"], "limit": 3 });
    let songs = job.call("get_album_details", album).await;
    job.call("add_to_queue", json!({ "tracks": all(items(&songs), "uri") })).await;
    insta::assert_snapshot!(job.end().await);
}

#[tokio::test]
async fn what_did_you_do_with_my_account() {
    let mut job = Job::begin("What did you do with my account today?").await;
    job.before("create_playlist", json!({ "name": "Tonight" })).await;
    job.before(
        "add_tracks_to_playlist",
        json!({ "playlist": KITCHEN, "tracks": ["northbound - the paper lanterns"] }),
    )
    .await;
    job.call("get_activity", json!({ "limit": 10 })).await;
    let changes = job.call("list_changes", json!({})).await;
    assert_eq!(changes["changes"].as_array().unwrap().len(), 2);
    insta::assert_snapshot!(job.end().await);
}
