//! What Spotify puts forward, measures and recommends; profiles and favourites of users.

use serde_json::{Value, json};
use spotify_sim::{ODD_USER, Regime};

use crate::bench::{Bench, id_of};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn categories_lead_to_playlists_of_spotify() {
    let bench = Bench::new(Regime::Extended).await;
    let page = bench.get("/browse/categories?limit=2&locale=sv_SE").await.ok();
    assert_eq!(names(&page["categories"]["items"]), ["Top Lists", "Kettle Audio"]);
    let id = page["categories"]["items"][1]["id"].as_str().unwrap();
    let category = bench.get(&format!("/browse/categories/{id}")).await.ok();
    assert_eq!(category, page["categories"]["items"][1]);
    for path in [format!("/browse/categories/{id}/playlists"), "/browse/featured-playlists".into()]
    {
        let found = bench.get(&path).await.ok();
        assert_eq!(names(&found["playlists"]["items"]), ["Harbour Hits"]);
        assert!(found["message"].is_string());
    }
    bench.get("/browse/categories/nothing").await.refused(404, "Resource not found");
}

#[tokio::test]
async fn new_releases_come_with_the_newest_first() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let page = bench.get("/browse/new-releases?limit=50").await.ok();
    let albums = page["albums"]["items"].as_array().unwrap();
    let dates: Vec<_> = albums.iter().map(|album| album["release_date"].as_str()).collect();
    assert!(dates.is_sorted_by(|earlier, later| earlier >= later), "{dates:?}");
    assert_eq!(page["albums"]["total"], 100);
}

#[tokio::test]
async fn markets_and_genres_are_plain_lists() {
    let bench = Bench::new(Regime::Extended).await;
    let markets = bench.get("/markets").await.ok();
    assert!(markets["markets"].as_array().unwrap().contains(&json!("SE")));
    let genres = bench.get("/recommendations/available-genre-seeds").await.ok();
    assert!(genres["genres"].as_array().unwrap().contains(&json!("ambient")));
}

#[tokio::test]
async fn a_tracks_measures_are_always_the_same() {
    let bench = Bench::new(Regime::Extended).await;
    let ferry = bench.uri("Midnight Ferry");
    let id = id_of(&ferry);
    let one = bench.get(&format!("/audio-features/{id}")).await.ok();
    let path = format!("/audio-features?ids=0000000000000000000000,{id}");
    let several = bench.get(&path).await.ok();
    assert_eq!(several, json!({ "audio_features": [null, one] }));
    let analysis = bench.get(&format!("/audio-analysis/{id}")).await.ok();
    assert_eq!(analysis["track"]["tempo"], one["tempo"]);
    let seconds = one["duration_ms"].as_f64().unwrap() / 1_000.0;
    let beats = analysis["beats"].as_array().unwrap();
    let end = |part: &Value| part["start"].as_f64().unwrap() + part["duration"].as_f64().unwrap();
    assert!((end(&beats[beats.len() - 1]) - seconds).abs() < 0.01);
    assert_eq!(analysis["sections"].as_array().unwrap().len(), 5);
    assert_eq!(analysis["segments"][0]["pitches"].as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn recommendations_depend_on_the_seeds_and_keep_the_limits() {
    let bench = Bench::new(Regime::Extended).await;
    let seeded = async |query: &str| bench.get(&format!("/recommendations?{query}")).await.ok();
    let one = seeded("seed_genres=ambient").await;
    assert_eq!(one["tracks"].as_array().unwrap().len(), 20);
    assert_eq!(one["seeds"][0]["type"], "GENRE");
    assert_eq!(seeded("seed_genres=ambient").await, one);
    assert_ne!(seeded("seed_genres=jazz+fusion").await["tracks"], one["tracks"]);
    let ferry = bench.uri("Midnight Ferry");
    let query = format!("seed_tracks={}&limit=100&min_popularity=30", id_of(&ferry));
    let filtered = seeded(&query).await;
    let tracks = filtered["tracks"].as_array().unwrap();
    assert!(!tracks.is_empty());
    assert!(tracks.iter().all(|track| track["popularity"].as_u64() >= Some(30)));
    assert!(tracks.iter().all(|track| track["uri"] != ferry.as_str()));
    let seed = &filtered["seeds"][0];
    assert!(seed["afterFilteringSize"].as_u64() < seed["initialPoolSize"].as_u64());
    for wrong in ["", "seed_genres=polka", "limit=101", "seed_tracks=short"] {
        let answer = bench.get(&format!("/recommendations?{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    let six = ["ambient"; 6].join(",");
    assert_eq!(bench.get(&format!("/recommendations?seed_genres={six}")).await.status, 400);
}

#[tokio::test]
async fn related_artists_are_others() {
    let bench = Bench::new(Regime::Extended).await;
    let found = bench.get("/search?q=lanterns&type=artist").await.ok();
    let id = found["artists"]["items"][0]["id"].as_str().unwrap();
    let related = bench.get(&format!("/artists/{id}/related-artists")).await.ok();
    let related = related["artists"].as_array().unwrap();
    assert!((1..=20).contains(&related.len()));
    assert!(related.iter().all(|artist| artist["id"] != id));
}

#[tokio::test]
async fn favourites_depend_on_the_range() {
    let bench = Bench::restricted().await;
    let top = async |path: &str| bench.get(&format!("/me/top/{path}")).await.ok();
    let medium = top("tracks").await;
    assert_eq!((&medium["total"], &medium["limit"]), (&json!(80), &json!(20)));
    assert_eq!(top("tracks?time_range=medium_term").await["items"], medium["items"]);
    assert_ne!(top("tracks?time_range=short_term").await["items"], medium["items"]);
    assert_eq!(top("artists").await["items"][0]["type"], "artist");
    assert_eq!(bench.get("/me/top/albums").await.status, 400);
    assert_eq!(bench.get("/me/top/tracks?time_range=ever").await.status, 400);
}

#[tokio::test]
async fn a_profile_is_found_by_any_id() {
    let bench = Bench::new(Regime::Extended).await;
    let profile = bench.get("/users/zo%C3%AB%231%2Bx").await.ok();
    assert_eq!((&profile["id"], &profile["display_name"]), (&json!(ODD_USER), &json!("Zoë")));
    assert_eq!(profile.get("email"), None);
    assert_eq!(bench.get("/users/spotify").await.ok()["display_name"], "Spotify");
    bench.get("/users/nobody").await.refused(404, "Resource not found");
}
