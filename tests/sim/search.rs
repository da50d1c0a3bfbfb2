//! Search.

use spotify_sim::Regime;

use crate::bench::Bench;

#[tokio::test]
async fn every_type_is_found_by_name() {
    let bench = Bench::restricted().await;
    for (query, kind, list, name) in [
        ("midnight ferry", "track", "tracks", "Midnight Ferry"),
        ("harbour lights", "album", "albums", "Harbour Lights"),
        ("zazolc trio", "artist", "artists", "Zażółć Trio"),
        ("otto", "playlist", "playlists", "Otto's Long Drive"),
        ("cables", "show", "shows", "Cables and Coffee"),
        ("cables and coffee", "episode", "episodes", "1."),
        ("lighthouses", "audiobook", "audiobooks", "A Short History of Lighthouses"),
    ] {
        let path = format!("/search?q={}&type={kind}", query.replace(' ', "+"));
        let found = bench.get(&path).await.ok();
        let first = found[list]["items"][0]["name"].as_str().unwrap_or_default();
        assert!(first.starts_with(name), "{kind}: {found}");
        assert_eq!(found.as_object().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn several_types_are_found_at_once() {
    let bench = Bench::restricted().await;
    let found = bench.get("/search?q=harbour+lights&type=track,album,artist").await.ok();
    let lists: Vec<_> = found.as_object().unwrap().keys().collect();
    assert_eq!(lists, ["albums", "artists", "tracks"]);
}

#[tokio::test]
async fn page_sizes_follow_the_regime() {
    for (regime, default, max) in
        [(Regime::DevRestricted, 5, 10), (Regime::DevLegacy, 20, 50), (Regime::Extended, 20, 50)]
    {
        let bench = Bench::new(regime).await;
        let found = bench.get("/search?q=rain&type=track").await.ok();
        assert_eq!(found["tracks"]["limit"], default);
        assert_eq!(found["tracks"]["items"].as_array().unwrap().len(), default);
        let most = bench.get(&format!("/search?q=rain&type=track&limit={max}")).await.ok();
        assert_eq!(most["tracks"]["items"].as_array().unwrap().len(), max);
        for limit in ["0", "-1", "ten", &(max + 1).to_string()] {
            let path = format!("/search?q=rain&type=track&limit={limit}");
            bench.get(&path).await.refused(400, "Invalid limit");
        }
    }
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap() {
    let bench = Bench::restricted().await;
    let whole = bench.get("/search?q=rain&type=track&limit=10").await.ok();
    let mut joined = Vec::new();
    for offset in [0, 5] {
        let path = format!("/search?q=rain&type=track&limit=5&offset={offset}");
        let page = bench.get(&path).await.ok();
        joined.extend(page["tracks"]["items"].as_array().unwrap().clone());
    }
    assert_eq!(whole["tracks"]["items"].as_array().unwrap(), &joined);
}

#[tokio::test]
async fn links_repeat_the_query_under_another_name_with_the_language() {
    let bench = Bench::restricted().await;
    let request = bench.request(reqwest::Method::GET, "/search?q=rain&type=track&offset=5");
    let found = crate::bench::send(request.header("accept-language", "sv")).await.ok();
    let next = found["tracks"]["next"].as_str().unwrap();
    assert!(next.ends_with("/search?offset=10&limit=5&query=rain&type=track&locale=sv"), "{next}");
    assert!(found["tracks"]["previous"].as_str().unwrap().contains("offset=0"));
}

#[tokio::test]
async fn offsets_end_at_a_thousand() {
    let bench = Bench::restricted().await;
    let last = bench.get("/search?q=rain&type=track&offset=1000").await.ok();
    assert_eq!(last["tracks"]["items"], serde_json::json!([]));
    assert_eq!(last["tracks"]["next"], serde_json::Value::Null);
    bench.get("/search?q=rain&type=track&offset=1001").await.refused(400, "Invalid offset");
}

#[tokio::test]
async fn an_incomplete_search_is_refused() {
    let bench = Bench::restricted().await;
    bench.get("/search?type=track").await.refused(400, "No search query");
    bench.get("/search?q=+&type=track").await.refused(400, "No search query");
    bench.get("/search?q=rain").await.refused(400, "Missing parameter type");
    bench.get("/search?q=rain&type=song").await.refused(400, "Bad search type field song");
}

#[tokio::test]
async fn playlists_of_spotify_are_null_for_apps_in_development() {
    for (regime, hidden) in
        [(Regime::DevRestricted, true), (Regime::DevLegacy, true), (Regime::Extended, false)]
    {
        let bench = Bench::new(regime).await;
        let found = bench.get("/search?q=harbour+hits&type=playlist").await.ok();
        assert_eq!(found["playlists"]["total"], 1);
        assert_eq!(found["playlists"]["items"][0].is_null(), hidden, "{regime}");
    }
}

#[tokio::test]
async fn private_playlists_are_not_found() {
    let bench = Bench::restricted().await;
    let found = bench.get("/search?q=kitchen+radio&type=playlist").await.ok();
    assert_eq!(found["playlists"]["total"], 0);
}

#[tokio::test]
async fn tags_find_albums_of_the_last_two_weeks() {
    let bench = Bench::restricted().await;
    let new = bench.get("/search?q=tag:new&type=album").await.ok();
    assert_eq!(new["albums"]["total"], 2);
    assert_eq!(new["albums"]["items"][0]["name"], "Two Shores");
    bench.advance(std::time::Duration::from_hours(24 * 14));
    let token = bench.grant_all().access_token;
    let old = bench.get_as(&token, "/search?q=tag:new&type=album").await.ok();
    assert_eq!(old["albums"]["total"], 0);
}

#[tokio::test]
async fn a_misspelt_word_finds_nothing() {
    let bench = Bench::restricted().await;
    for query in ["midnigth+ferry", "lanternz", "harbor+lights"] {
        let found = bench.get(&format!("/search?q={query}&type=track,album,artist")).await.ok();
        for list in ["tracks", "albums", "artists"] {
            assert_eq!(found[list]["total"], 0, "{query}: {list}");
        }
    }
}

#[tokio::test]
async fn external_audio_may_be_included_and_nothing_else() {
    let bench = Bench::restricted().await;
    let path = "/search?q=rain&type=episode&include_external=";
    assert_eq!(bench.get(&format!("{path}audio")).await.status, 200);
    bench.get(&format!("{path}video")).await.refused(400, "Invalid include_external");
}
