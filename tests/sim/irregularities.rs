//! Irregular answers, each where clients meet it.

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::{Irregularity, Regime, Simulator};

use crate::bench::Bench;

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
