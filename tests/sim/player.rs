//! Playback: commands, states, and what the clock does to them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, Device, Irregularity, Regime, STRANGER, Simulator};

use crate::bench::{Answer, Bench, send};

/// A bench whose default user plays the album *Harbour Lights* on the computer.
async fn playing() -> Bench {
    let bench = Bench::restricted().await;
    play(&bench, "Desk", &json!({ "context_uri": album(&bench).await })).await.ok_empty();
    bench
}

async fn album(bench: &Bench) -> String {
    let found = bench.get("/search?q=harbour+lights&type=album").await.ok();
    found["albums"]["items"][0]["uri"].as_str().unwrap().to_owned()
}

fn device(bench: &Bench, name: &str) -> String {
    bench.device_id(DEFAULT_USER, name).unwrap()
}

async fn play(bench: &Bench, on: &str, body: &Value) -> Answer {
    let path = format!("/me/player/play?device_id={}", device(bench, on));
    bench.send(Method::PUT, &path, body).await
}

async fn put(bench: &Bench, path: &str) -> Answer {
    send(bench.request(Method::PUT, &format!("/me/player{path}"))).await
}

async fn post(bench: &Bench, path: &str) -> Answer {
    send(bench.request(Method::POST, &format!("/me/player{path}"))).await
}

/// Title, progress and whether it plays.
async fn now(bench: &Bench) -> (String, u64, bool) {
    let state = bench.get("/me/player?additional_types=track,episode").await.ok();
    let title = state["item"]["name"].as_str().unwrap().to_owned();
    (title, state["progress_ms"].as_u64().unwrap(), state["is_playing"].as_bool().unwrap())
}

impl Answer {
    fn ok_empty(&self) {
        assert_eq!((self.status, self.text.as_str()), (204, ""), "{self:?}");
    }

    fn failed(&self, status: u16, reason: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.json()["error"]["reason"], reason, "{self:?}");
    }
}

#[tokio::test]
async fn nothing_plays_at_first() {
    let bench = Bench::restricted().await;
    bench.get("/me/player").await.ok_empty();
    bench.get("/me/player/currently-playing").await.ok_empty();
    let queue = bench.get("/me/player/queue").await.ok();
    assert_eq!(queue, json!({ "currently_playing": null, "queue": [] }));
    let devices = bench.get("/me/player/devices").await.ok();
    let devices = devices["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 4);
    assert!(devices.iter().all(|device| device["is_active"] == false));
    put(&bench, "/play").await.failed(404, "NO_ACTIVE_DEVICE");
    put(&bench, "/pause").await.failed(404, "NO_ACTIVE_DEVICE");
    put(&bench, "/play?device_id=unknown").await.refused(404, "Device not found");
}

#[tokio::test]
async fn an_album_plays_on_by_the_clock() {
    let bench = playing().await;
    assert_eq!(now(&bench).await, ("Midnight Ferry".to_owned(), 0, true));
    bench.advance(Duration::from_millis(1_234));
    assert_eq!(now(&bench).await, ("Midnight Ferry".to_owned(), 1_234, true));
    let state = bench.get("/me/player").await.ok();
    assert_eq!(state["context"]["uri"], album(&bench).await);
    assert_eq!(state["device"]["name"], "Desk");
    let length = state["item"]["duration_ms"].as_u64().unwrap();
    bench.advance(Duration::from_millis(length));
    assert_eq!(now(&bench).await, ("Salt and Rain".to_owned(), 1_234, true));
    bench.advance(Duration::from_mins(50));
    assert_eq!(now(&bench).await, ("Midnight Ferry".to_owned(), 0, false));
}

#[tokio::test]
async fn pausing_stops_the_clock_and_resuming_goes_on() {
    let bench = playing().await;
    bench.advance(Duration::from_secs(5));
    put(&bench, "/pause").await.ok_empty();
    put(&bench, "/pause").await.failed(403, "UNKNOWN");
    bench.advance(Duration::from_mins(1));
    assert_eq!(now(&bench).await, ("Midnight Ferry".to_owned(), 5_000, false));
    put(&bench, "/play").await.ok_empty();
    put(&bench, "/play").await.failed(403, "UNKNOWN");
    bench.advance(Duration::from_secs(1));
    assert_eq!(now(&bench).await, ("Midnight Ferry".to_owned(), 6_000, true));
}

#[tokio::test]
async fn skipping_and_seeking_move_about_the_context() {
    let bench = playing().await;
    post(&bench, "/next").await.ok_empty();
    assert_eq!(now(&bench).await.0, "Salt and Rain");
    post(&bench, "/previous").await.ok_empty();
    assert_eq!(now(&bench).await.0, "Midnight Ferry");
    post(&bench, "/previous").await.failed(403, "UNKNOWN");
    put(&bench, "/seek?position_ms=42000").await.ok_empty();
    assert_eq!(now(&bench).await.1, 42_000);
    put(&bench, "/seek?position_ms=9999999").await.ok_empty();
    assert_eq!(now(&bench).await.0, "Salt and Rain");
    put(&bench, "/seek?position_ms=-1").await.refused(400, "Invalid position_ms");
    put(&bench, "/seek").await.refused(400, "Missing required field: position_ms");
}

#[tokio::test]
async fn a_context_can_begin_anywhere_but_an_artist() {
    let bench = Bench::restricted().await;
    let album = album(&bench).await;
    let body = json!({ "context_uri": album, "offset": { "position": 4 }, "position_ms": 7_000 });
    play(&bench, "Desk", &body).await.ok_empty();
    assert_eq!(now(&bench).await, ("Low Tide".to_owned(), 7_000, true));
    let northbound = bench.uri("Northbound");
    let body = json!({ "context_uri": album, "offset": { "uri": northbound } });
    play(&bench, "Desk", &body).await.ok_empty();
    assert_eq!(now(&bench).await.0, "Northbound");
    let found = bench.get("/search?q=lanterns&type=artist").await.ok();
    let artist = &found["artists"]["items"][0]["uri"];
    play(&bench, "Desk", &json!({ "context_uri": artist })).await.ok_empty();
    let body = json!({ "context_uri": artist, "offset": { "position": 1 } });
    let refused = play(&bench, "Desk", &body).await;
    refused.refused(400, "can't have offset for context type: ARTIST");
    let beyond = json!({ "context_uri": album, "offset": { "position": 99 } });
    play(&bench, "Desk", &beyond).await.refused(400, "Invalid offset");
}

#[tokio::test]
async fn single_tracks_play_without_a_context() {
    let bench = Bench::restricted().await;
    let uris = [bench.uri("Low Tide"), bench.uri("Northbound")];
    play(&bench, "Pocket", &json!({ "uris": uris })).await.ok_empty();
    let state = bench.get("/me/player").await.ok();
    assert_eq!((&state["context"], &state["item"]["name"]), (&Value::Null, &json!("Low Tide")));
    let queue = bench.get("/me/player/queue").await.ok();
    assert_eq!(queue["currently_playing"]["name"], "Low Tide");
    assert_eq!(queue["queue"][0]["name"], "Northbound");
    for wrong in [
        json!({ "uris": ["nonsense"] }),
        json!({ "uris": ["spotify:track:0000000000000000000000"] }),
        json!({ "uris": uris, "context_uri": "spotify:album:x" }),
        json!({ "context_uri": "spotify:track:x" }),
    ] {
        assert_eq!(play(&bench, "Pocket", &wrong).await.status, 400, "{wrong}");
    }
    let unknown = json!({ "context_uri": "spotify:album:0000000000000000000000" });
    play(&bench, "Pocket", &unknown).await.refused(404, "Resource not found");
}

#[tokio::test]
async fn playlists_shows_and_the_collection_are_contexts_too() {
    let bench = Bench::of(Simulator::builder().saved_tracks(3)).await;
    let lists = bench.get("/me/playlists").await.ok();
    let show = bench.get("/search?q=cables&type=show").await.ok();
    for (uri, kind) in [
        (lists["items"][0]["uri"].as_str().unwrap(), "playlist"),
        (show["shows"]["items"][0]["uri"].as_str().unwrap(), "show"),
        ("spotify:user:simone:collection", "collection"),
    ] {
        play(&bench, "Desk", &json!({ "context_uri": uri })).await.ok_empty();
        let state = bench.get("/me/player").await.ok();
        assert_eq!(
            (&state["context"]["uri"], &state["context"]["type"]),
            (&json!(uri), &json!(kind))
        );
    }
}

#[tokio::test]
async fn an_episode_is_shown_to_clients_that_know_episodes() {
    let bench = Bench::restricted().await;
    let found = bench.get("/search?q=cables&type=episode").await.ok();
    let episode = &found["episodes"]["items"][0];
    play(&bench, "Desk", &json!({ "uris": [episode["uri"]] })).await.ok_empty();
    for (query, shown) in [("", false), ("?additional_types=episode", true)] {
        for path in ["/me/player", "/me/player/currently-playing"] {
            let state = bench.get(&format!("{path}{query}")).await.ok();
            assert_eq!(state["currently_playing_type"], "episode");
            assert_eq!(state["item"].is_object(), shown, "{path}{query}");
        }
    }
    bench.advance(Duration::from_secs(65));
    let path = format!("/episodes/{}", episode["id"].as_str().unwrap());
    let point = json!({ "fully_played": false, "resume_position_ms": 65_000 });
    assert_eq!(bench.get(&path).await.ok()["resume_point"], point);
}

#[tokio::test]
async fn what_is_queued_plays_next_once() {
    let bench = playing().await;
    let tide = bench.uri("Low Tide");
    post(&bench, &format!("/queue?uri={tide}")).await.ok_empty();
    let queue = bench.get("/me/player/queue").await.ok();
    let titles: Vec<_> =
        queue["queue"].as_array().unwrap().iter().take(2).map(|item| &item["name"]).collect();
    assert_eq!(titles, ["Low Tide", "Salt and Rain"]);
    post(&bench, "/next").await.ok_empty();
    post(&bench, "/next").await.ok_empty();
    assert_eq!(now(&bench).await.0, "Salt and Rain");
    assert_eq!(post(&bench, "/queue?uri=spotify:album:x").await.status, 400);
    post(&bench, "/queue").await.refused(400, "Missing required field: uri");
}

#[tokio::test]
async fn repeat_and_shuffle_are_kept_and_shown() {
    let bench = playing().await;
    for state in ["track", "context", "off"] {
        put(&bench, &format!("/repeat?state={state}")).await.ok_empty();
        assert_eq!(bench.get("/me/player").await.ok()["repeat_state"], state);
    }
    put(&bench, "/repeat?state=forever").await.refused(400, "Invalid state");
    put(&bench, "/shuffle?state=true").await.ok_empty();
    assert_eq!(bench.get("/me/player").await.ok()["shuffle_state"], true);
    let queue = bench.get("/me/player/queue").await.ok();
    assert_eq!(queue["queue"].as_array().unwrap().len(), 5);
    put(&bench, "/shuffle?state=perhaps").await.refused(400, "Invalid state");
}

#[tokio::test]
async fn devices_differ_in_what_they_allow() {
    let bench = playing().await;
    put(&bench, "/volume?volume_percent=70").await.ok_empty();
    assert_eq!(bench.get("/me/player").await.ok()["device"]["volume_percent"], 70);
    put(&bench, "/volume?volume_percent=101").await.refused(400, "Invalid volume_percent");
    let speaker = device(&bench, "Living Room");
    let path = format!("/volume?volume_percent=70&device_id={speaker}");
    put(&bench, &path).await.failed(403, "VOLUME_CONTROL_DISALLOW");
    let attic = device(&bench, "Attic");
    put(&bench, &format!("/play?device_id={attic}")).await.failed(403, "UNKNOWN");
    put(&bench, &format!("/pause?device_id={speaker}")).await.failed(404, "NO_ACTIVE_DEVICE");
}

#[tokio::test]
async fn playback_moves_to_another_device() {
    let bench = playing().await;
    bench.advance(Duration::from_secs(3));
    let speaker = device(&bench, "Living Room");
    let body = json!({ "device_ids": [speaker] });
    bench.send(Method::PUT, "/me/player", &body).await.ok_empty();
    let state = bench.get("/me/player").await.ok();
    assert_eq!((&state["device"]["id"], &state["progress_ms"]), (&json!(speaker), &json!(3_000)));
    assert_eq!(state["is_playing"], true);
    put(&bench, "/pause").await.ok_empty();
    let body = json!({ "device_ids": [device(&bench, "Desk")], "play": true });
    bench.send(Method::PUT, "/me/player", &body).await.ok_empty();
    assert_eq!(bench.get("/me/player").await.ok()["is_playing"], true);
    let two = json!({ "device_ids": [speaker, speaker] });
    assert_eq!(bench.send(Method::PUT, "/me/player", &two).await.status, 400);
    let none = bench.send(Method::PUT, "/me/player", &json!({})).await;
    none.refused(400, "Missing required field: device_ids");
}

#[tokio::test]
async fn commands_need_premium_and_reading_does_not() {
    let bench = Bench::new(Regime::Extended).await;
    let scopes = ["user-modify-playback-state", "user-read-playback-state"];
    let token = bench.grant(STRANGER, &scopes).access_token;
    let refused = send(bench.as_token(&token, Method::PUT, "/me/player/pause")).await;
    refused.refused(403, "Player command failed: Premium required");
    refused.failed(403, "PREMIUM_REQUIRED");
    assert_eq!(bench.get_as(&token, "/me/player/devices").await.status, 200);
}

#[tokio::test]
async fn the_history_is_paged_by_time() {
    let bench = playing().await;
    let empty = bench.get("/me/player/recently-played").await.ok();
    assert_eq!((&empty["items"], &empty["cursors"]), (&json!([]), &Value::Null));
    bench.advance(Duration::from_mins(50));
    let all = bench.get("/me/player/recently-played").await.ok();
    let all = all["items"].as_array().unwrap();
    assert_eq!((all.len(), &all[5]["track"]["name"]), (6, &json!("Midnight Ferry")));
    assert!(all[0]["played_at"].as_str() > all[1]["played_at"].as_str());
    let mut seen = Vec::new();
    let mut path = "/me/player/recently-played?limit=4".to_owned();
    loop {
        let page = bench.get(&path).await.ok();
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        path = next.strip_prefix(bench.api_url()).unwrap().to_owned();
    }
    assert_eq!(&seen, all);
    let middle: jiff::Timestamp = all[2]["played_at"].as_str().unwrap().parse().unwrap();
    let path = format!("/me/player/recently-played?after={}", middle.as_millisecond());
    let after = bench.get(&path).await.ok();
    assert_eq!(after["items"].as_array().unwrap(), &all[..2]);
    let both = bench.get("/me/player/recently-played?after=1&before=2").await;
    assert_eq!(both.status, 400);
}

#[tokio::test]
async fn n12_commands_answer_text_that_means_nothing() {
    let bench = playing().await;
    bench.set_irregular(Irregularity::PlayerText, true);
    let [one, two] = [put(&bench, "/pause").await, put(&bench, "/play").await];
    for answer in [&one, &two] {
        assert_eq!((answer.status, answer.text.len()), (200, 27));
        assert!(serde_json::from_str::<Value>(&answer.text).is_err());
    }
    assert_ne!(one.text, two.text);
}

#[tokio::test]
async fn n14_a_device_may_have_no_id() {
    let bench = Bench::restricted().await;
    let devices = vec![Device::new("Terrace", "Speaker").without_id().without_volume()];
    bench.set_devices(DEFAULT_USER, devices);
    let devices = bench.get("/me/player/devices").await.ok();
    assert_eq!(devices["devices"][0]["id"], Value::Null);
    assert_eq!(devices["devices"][0]["name"], "Terrace");
}
