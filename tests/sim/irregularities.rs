//! Irregular answers, each where clients meet it.

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::{Irregularity, Meeting, Regime, Simulator, routes};

use crate::{
    bench::{Bench, send},
    facts::table,
    samples::Samples,
};

async fn bench(irregularity: Irregularity) -> Bench {
    Bench::of(Simulator::builder().regime(Regime::DevLegacy).seed(7).irregular(irregularity)).await
}

/// The first entry of the playlist that the odd entries go to.
async fn first_entry(bench: &Bench, query: &str) -> Value {
    let page = bench.get("/me/playlists").await.ok();
    let items = page["items"].as_array().unwrap();
    let playlist = items.iter().find(|playlist| playlist["name"] == "Morning Run").unwrap();
    let path = format!("/playlists/{}/items{query}", playlist["id"].as_str().unwrap());
    bench.get(&path).await.ok()["items"][0].clone()
}

#[tokio::test]
async fn without_irregularities_there_are_none() {
    let plain = Bench::new(Regime::DevLegacy).await;
    for irregularity in Irregularity::ALL {
        plain.set_irregular(irregularity, true);
        plain.set_irregular(irregularity, false);
    }
    let other = Bench::new(Regime::DevLegacy).await;
    let path = "/search?q=rain&type=track,album,artist,playlist";
    let strip = |text: &str, bench: &Bench| text.replace(bench.api_url(), "");
    let (one, two) = (plain.get(path).await.text, other.get(path).await.text);
    assert_eq!(strip(&one, &plain), strip(&two, &other));
    assert_eq!(
        first_entry(&plain, "").await["item"]["name"],
        first_entry(&other, "").await["item"]["name"]
    );
}

#[tokio::test]
async fn n01_integers_are_floats() {
    let bench = bench(Irregularity::FloatIntegers).await;
    let found = bench.get("/search?q=midnight+ferry&type=track").await;
    let track = &found.json()["tracks"]["items"][0];
    assert!(track["duration_ms"].is_f64() && track["popularity"].is_f64(), "{track}");
    assert!(track["album"]["images"][0]["height"].is_f64());
}

#[tokio::test]
async fn n04_n05_n07_entries_are_null() {
    let bench = bench(Irregularity::NullEntries).await;
    let found = bench.get("/search?q=rain&type=track").await.ok();
    assert!(found["tracks"]["items"][1].is_null());
    let mine = bench.get("/me/playlists").await.ok();
    assert!(mine["items"][1].is_null());
    assert_eq!(mine["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn n09_empty_lists_are_null() {
    let bench = bench(Irregularity::NullLists).await;
    let found = bench.get("/search?q=xyzzy&type=track").await.ok();
    assert!(found["tracks"]["items"].is_null());
    assert_eq!(found["tracks"]["total"], 0);
}

#[tokio::test]
async fn n10_n11_images_and_dimensions_are_null() {
    let bench = bench(Irregularity::NullImages).await;
    assert!(bench.get("/me/playlists").await.ok()["items"][0]["images"].is_null());
    bench.set_irregular(Irregularity::NullImages, false);
    bench.set_irregular(Irregularity::NullDimensions, true);
    let image = &bench.get("/me/playlists").await.ok()["items"][0]["images"][0];
    assert!(image["url"].is_string() && image["width"].is_null() && image["height"].is_null());
}

#[tokio::test]
async fn n20_a_local_file_has_no_id() {
    let bench = bench(Irregularity::LocalTracks).await;
    let entry = first_entry(&bench, "").await;
    assert_eq!(entry["is_local"], true);
    let track = &entry["item"];
    assert!(track["id"].is_null() && track["href"].is_null() && track["album"]["id"].is_null());
    assert_eq!(track["uri"], "spotify:local:Nachbars+Band::Demo+Tape+%28Side+A%29:188");
    bench.set_irregular(Irregularity::DurationObjects, true);
    let entry = first_entry(&bench, "").await;
    assert_eq!(entry["item"]["duration_ms"], json!({ "totalMilliseconds": 188_000 }));
}

#[tokio::test]
async fn n21_nobody_added_an_item() {
    let bench = bench(Irregularity::NobodyAdded).await;
    let entry = first_entry(&bench, "").await;
    assert!(entry["added_at"].is_null());
    assert_eq!(entry["added_by"], json!({ "id": "", "type": "user", "uri": "spotify:user:" }));
}

#[tokio::test]
async fn n25_an_episode_looks_like_a_track_unless_episodes_are_asked_for() {
    let bench = bench(Irregularity::EpisodeInPlaylist).await;
    let disguised = first_entry(&bench, "").await;
    assert_eq!(disguised["item"]["type"], "episode");
    assert_eq!(disguised["item"]["album"]["type"], "show");
    assert!(disguised["item"]["artists"][0]["name"].is_null());
    let honest = first_entry(&bench, "?additional_types=track,episode").await;
    assert_eq!(honest["item"]["show"]["type"], "show");
    assert_eq!(honest["item"].get("album"), None);
}

#[tokio::test]
async fn n28_n35_types_are_upper_case_and_genres_missing() {
    let bench = bench(Irregularity::UpperCaseTypes).await;
    bench.set_irregular(Irregularity::MissingGenres, true);
    let found = bench.get("/search?q=lanterns&type=album,artist").await.ok();
    assert_eq!(found["albums"]["items"][0]["album_type"], "ALBUM");
    assert_eq!(found["artists"]["items"][0].get("genres"), None);
}

#[tokio::test]
async fn n43_a_page_is_short_and_the_next_one_starts_where_it_should() {
    let bench = bench(Irregularity::ShortPages).await;
    let page = bench.get("/search?q=rain&type=track&limit=10").await.ok();
    assert_eq!(page["tracks"]["items"].as_array().unwrap().len(), 9);
    assert!(page["tracks"]["next"].as_str().unwrap().contains("offset=10"));
}

#[tokio::test]
async fn n48_n51_a_private_playlist_reads_back_public_with_entities() {
    let bench = bench(Irregularity::ReadsBackPublic).await;
    bench.set_irregular(Irregularity::HtmlEntities, true);
    let body = json!({ "name": "x", "public": false, "description": "Salt & \"pepper\"" });
    let made = bench.send(Method::POST, "/me/playlists", &body).await.ok();
    assert_eq!(made["public"], true);
    assert_eq!(made["description"], "Salt &amp; &quot;pepper&quot;");
}

/// Everything that can be read but for the versions of playlists, and what one command answers.
async fn everything(bench: &Bench, samples: &Samples) -> String {
    let mut texts = Vec::new();
    for route in routes().iter().filter(|route| route.method == "GET") {
        texts.push(samples.of(route).send(bench).await.text);
    }
    texts.push(first_entry(bench, "").await.to_string());
    let shuffle = bench.request(Method::PUT, "/me/player/shuffle?state=false");
    texts.push(send(shuffle).await.text);
    let whole = texts.join("\n");
    let mut parts = whole.split("\"snapshot_id\":");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once(',').unwrap().1)
}

#[test]
fn every_number_of_the_list_is_met_somewhere() {
    let Some(list) = table("irregularities.json") else { return };
    for row in list["irregularities"].as_array().unwrap() {
        let number = row["id"].as_str().unwrap().trim_start_matches('N').parse().unwrap();
        assert!(Meeting::of(number).is_some(), "{row}");
    }
}

#[tokio::test]
async fn every_switch_changes_an_answer_and_leaves_no_trace() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let samples = Samples::prepare(&bench).await;
    let regular = everything(&bench, &samples).await;
    for irregularity in Irregularity::ALL {
        // Only local files have durations that can be odd.
        let local = irregularity == Irregularity::DurationObjects;
        bench.set_irregular(Irregularity::LocalTracks, local);
        let before = if local { everything(&bench, &samples).await } else { regular.clone() };
        bench.set_irregular(irregularity, true);
        let changed = everything(&bench, &samples).await != before;
        assert!(changed, "{irregularity:?} changes nothing");
        bench.set_irregular(irregularity, false);
    }
    bench.set_irregular(Irregularity::LocalTracks, false);
    let unchanged = everything(&bench, &samples).await == regular;
    assert!(unchanged, "what is switched off leaves a trace");
}

#[tokio::test]
async fn n03_n19_n34_n35_n36_fields_are_missing_or_of_another_kind() {
    let bench = bench(Irregularity::PublisherObjects).await;
    let found = bench.get("/search?q=cables&type=show").await.ok();
    assert!(found["shows"]["items"][0]["publisher"]["name"].is_string());
    bench.set_irregular(Irregularity::MissingFields, true);
    let found = bench.get("/search?q=cables&type=show").await.ok();
    assert_eq!(found["shows"]["items"][0].get("available_markets"), None);
    bench.set_irregular(Irregularity::NullLinks, true);
    let found = bench.get("/search?q=ferry&type=track").await.ok();
    assert_eq!(found["tracks"]["items"][0]["linked_from"], Value::Null);
    bench.set_irregular(Irregularity::NullPeople, true);
    let me = bench.get("/me").await.ok();
    assert_eq!((&me["display_name"], me.get("email")), (&Value::Null, None));
    assert_eq!(me["followers"]["total"], Value::Null);
}

#[tokio::test]
async fn n14_to_n17_and_n26_n27_n45_playback_is_told_incompletely_or_oddly() {
    let bench = bench(Irregularity::NullProgress).await;
    Samples::prepare(&bench).await;
    assert_eq!(bench.get("/me/player").await.ok()["progress_ms"], Value::Null);
    bench.set_irregular(Irregularity::OddContexts, true);
    let state = bench.get("/me/player").await.ok();
    assert_eq!(state["context"]["type"], "collectionyourepisodes");
    bench.set_irregular(Irregularity::UnknownItems, true);
    let state = bench.get("/me/player").await.ok();
    assert_eq!(
        (&state["item"], &state["currently_playing_type"]),
        (&Value::Null, &json!("unknown"))
    );
    bench.set_irregular(Irregularity::UnknownItems, false);
    bench.set_irregular(Irregularity::Adverts, true);
    bench.set_irregular(Irregularity::NullContexts, true);
    let state = bench.get("/me/player/currently-playing").await.ok();
    assert_eq!((&state["item"], &state["context"]), (&Value::Null, &Value::Null));
    assert_eq!(state["currently_playing_type"], "ad");
    bench.set_irregular(Irregularity::NullDeviceIds, true);
    bench.set_irregular(Irregularity::OddDeviceTypes, true);
    let devices = bench.get("/me/player/devices").await.ok();
    assert_eq!(devices["devices"][0]["type"], "GameConsole");
    assert!(devices["devices"][0]["id"].is_string(), "the active device keeps its id");
    assert_eq!(devices["devices"][1]["id"], Value::Null);
    bench.set_irregular(Irregularity::RepeatedQueue, true);
    let queue = bench.get("/me/player/queue").await.ok();
    let queue = queue["queue"].as_array().unwrap();
    assert_eq!((queue.len(), &queue[4]["id"]), (20, &queue[0]["id"]));
}

#[tokio::test]
async fn n30_to_n33_and_n44_spoken_words_are_odd() {
    let bench = bench(Irregularity::OddReleaseDates).await;
    Samples::prepare(&bench).await;
    for odd in [
        Irregularity::OddRestrictions,
        Irregularity::OddResumePoints,
        Irregularity::WrappedAudiobooks,
    ] {
        bench.set_irregular(odd, true);
    }
    let saved = bench.get("/me/episodes").await.ok();
    let episode = &saved["items"][0]["episode"];
    assert_eq!(episode["release_date_precision"], "minute");
    assert_eq!(episode["restrictions"]["reason"], "payment_required");
    assert_eq!(episode["resume_point"]["resume_position_ms"], -1);
    assert_eq!(
        bench.get("/me/audiobooks").await.ok()["items"][0]["audiobook"]["type"],
        "audiobook"
    );
    bench.set_irregular(Irregularity::Tombstones, true);
    let saved = bench.get("/me/episodes").await.ok();
    let episode = &saved["items"][0]["episode"];
    assert_eq!((&episode["id"], &episode["languages"]), (&Value::Null, &json!([null])));
}
