//! Saved things of each kind, on the endpoints of their own.

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::{Regime, Simulator};

use crate::bench::{Bench, id_of, send};

/// Each kind, a query that finds some of it, and how many ids a query may hold.
const KINDS: [(&str, &str, usize); 5] = [
    ("album", "midnight", 20),
    ("audiobook", "the", 50),
    ("episode", "cables", 50),
    ("show", "s", 50),
    ("track", "midnight", 50),
];

/// The ids of the first two hits.
async fn two(bench: &Bench, kind: &str, query: &str) -> [String; 2] {
    let found = bench.get(&format!("/search?q={query}&type={kind}")).await.ok();
    let id = |at: usize| {
        let item = &found[format!("{kind}s")]["items"][at];
        item["id"].as_str().unwrap_or_else(|| panic!("{kind} {at}: {found}")).to_owned()
    };
    [id(0), id(1)]
}

async fn empty(bench: &Bench, method: Method, path: &str) -> u16 {
    send(bench.request(method, path)).await.status
}

/// The ids in a list of saved things, however they are wrapped.
fn ids(page: &Value, kind: &str) -> Vec<String> {
    let entries = page["items"].as_array().unwrap().iter();
    entries.map(|entry| entry.get(kind).unwrap_or(entry)["id"].as_str().unwrap().into()).collect()
}

#[tokio::test]
async fn each_kind_is_saved_listed_newest_first_and_removed() {
    for (kind, query, _) in KINDS {
        let bench = Bench::new(Regime::DevLegacy).await;
        let [one, two] = two(&bench, kind, query).await;
        let base = format!("/me/{kind}s");
        assert_eq!(empty(&bench, Method::PUT, &format!("{base}?ids={one}")).await, 200, "{kind}");
        bench.advance(std::time::Duration::from_secs(1));
        let body = json!({ "ids": [two] });
        assert_eq!(bench.send(Method::PUT, &base, &body).await.status, 200, "{kind}");
        let page = bench.get(&base).await.ok();
        assert_eq!(ids(&page, kind), [two.clone(), one.clone()]);
        assert_eq!((&page["total"], &page["limit"]), (&json!(2), &json!(20)));
        let contains = format!("{base}/contains?ids={one},0000000000000000000000");
        assert_eq!(bench.get(&contains).await.ok(), json!([true, false]));
        let uri = format!("/me/library/contains?uris=spotify:{kind}:{one}");
        assert_eq!(bench.get(&uri).await.ok(), json!([true]), "one library, two doors");
        assert_eq!(bench.send(Method::DELETE, &base, &body).await.status, 200, "{kind}");
        assert_eq!(ids(&bench.get(&base).await.ok(), kind), [one]);
    }
}

#[tokio::test]
async fn each_kind_has_its_maximum_of_ids() {
    let bench = Bench::new(Regime::Extended).await;
    for (kind, query, max) in KINDS {
        let [id, _] = two(&bench, kind, query).await;
        let many = |count: usize| vec![id.as_str(); count].join(",");
        for (method, path) in [
            (Method::GET, format!("/me/{kind}s/contains")),
            (Method::PUT, format!("/me/{kind}s")),
            (Method::DELETE, format!("/me/{kind}s")),
        ] {
            let at_most = format!("{path}?ids={}", many(max));
            assert_eq!(empty(&bench, method.clone(), &at_most).await, 200, "{method} {path}");
            let more = send(bench.request(method, &format!("{path}?ids={}", many(max + 1)))).await;
            more.refused(400, "Too many ids requested");
        }
        let body = json!({ "ids": vec![id; 51] });
        let more = bench.send(Method::PUT, &format!("/me/{kind}s"), &body).await;
        more.refused(400, "Too many ids requested");
        bench.get(&format!("/me/{kind}s?limit=51")).await.refused(400, "Invalid limit");
    }
}

#[tokio::test]
async fn nothing_is_saved_when_one_id_is_wrong() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let tide = bench.uri("Low Tide");
    for wrong in ["short", "0000000000000000000000"] {
        let path = format!("/me/tracks?ids={},{wrong}", id_of(&tide));
        assert_eq!(empty(&bench, Method::PUT, &path).await, 400);
    }
    assert_eq!(bench.get("/me/tracks").await.ok()["total"], 0);
    let nothing = send(bench.request(Method::PUT, "/me/tracks")).await;
    nothing.refused(400, "Missing required field: ids");
}

#[tokio::test]
async fn tracks_can_be_saved_under_a_date() {
    let bench = Bench::new(Regime::Extended).await;
    let (tide, ferry) = (bench.uri("Low Tide"), bench.uri("Midnight Ferry"));
    let body = json!({ "timestamped_ids": [
        { "id": id_of(&tide), "added_at": "2024-01-02T03:04:05Z" },
        { "id": id_of(&ferry), "added_at": "2020-01-02T03:04:05Z" },
    ] });
    assert_eq!(bench.send(Method::PUT, "/me/tracks", &body).await.status, 200);
    let page = bench.get("/me/tracks").await.ok();
    assert_eq!(page["items"][0]["added_at"], "2024-01-02T03:04:05Z");
    assert_eq!(page["items"][1]["track"]["uri"], ferry);
}

#[tokio::test]
async fn saved_things_have_the_shape_of_their_kind() {
    let bench = Bench::restricted().await;
    for (kind, query, _) in KINDS {
        let [id, _] = two(&bench, kind, query).await;
        let path = format!("/me/library?uris=spotify:{kind}:{id}");
        assert_eq!(empty(&bench, Method::PUT, &path).await, 200, "{kind}");
        let entry = bench.get(&format!("/me/{kind}s")).await.ok()["items"][0].clone();
        if kind == "audiobook" {
            assert_eq!((&entry["type"], entry.get("added_at")), (&json!("audiobook"), None));
        } else {
            assert_eq!(entry["added_at"], "2026-11-02T09:00:00Z");
            assert_eq!(entry[kind]["type"], kind);
        }
    }
    let albums = bench.get("/me/albums").await.ok();
    assert!(albums["items"][0]["album"]["tracks"]["items"].is_array());
    let shows = bench.get("/me/shows").await.ok();
    assert_eq!(shows["items"][0]["show"].get("episodes"), None);
    let episodes = bench.get("/me/episodes").await.ok();
    assert_eq!(episodes["items"][0]["episode"]["show"]["type"], "show");
}

#[tokio::test]
async fn ten_thousand_saved_tracks_are_all_different_and_in_order() {
    let settings = Simulator::builder().saved_tracks(10_000).seed(7);
    let bench = Bench::of(settings).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut last = "9999".to_owned();
    for offset in (0..10_000).step_by(2_500) {
        let page = bench.get(&format!("/me/tracks?limit=50&offset={offset}")).await.ok();
        assert_eq!(page["total"], 10_000);
        for entry in page["items"].as_array().unwrap() {
            seen.insert(entry["track"]["id"].as_str().unwrap().to_owned());
            let added_at = entry["added_at"].as_str().unwrap();
            assert!(added_at < last.as_str(), "{added_at} comes after {last}");
            added_at.clone_into(&mut last);
        }
    }
    assert_eq!(seen.len(), 200);
    let page = bench.get("/me/tracks?limit=50&offset=9990").await.ok();
    assert_eq!(page["items"].as_array().unwrap().len(), 10);
    assert!(page["next"].is_null());
}
