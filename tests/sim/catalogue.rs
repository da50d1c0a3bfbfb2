//! Tracks, albums, artists.

use reqwest::Method;
use serde_json::json;
use spotify_sim::Regime;

use crate::bench::{Bench, id_of, send};

async fn first(bench: &Bench, query: &str, kind: &str) -> String {
    let path = format!("/search?q={query}&type={kind}&limit=1");
    let found = bench.get(&path).await.ok();
    found[format!("{kind}s")]["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_track_leads_to_its_album_and_artist_and_back() {
    let bench = Bench::restricted().await;
    let uri = bench.uri("Midnight Ferry");
    let track = bench.get(&format!("/tracks/{}", id_of(&uri))).await.ok();
    assert_eq!(track["uri"], uri);
    assert_eq!(track["external_ids"]["isrc"].as_str().unwrap().len(), 12);
    let album = track["album"]["id"].as_str().unwrap();
    let album = bench.get(&format!("/albums/{album}")).await.ok();
    assert_eq!(album["name"], "Harbour Lights");
    assert_eq!(album["release_date"], "2019-05-17");
    assert_eq!(album["tracks"]["items"][0]["uri"], uri);
    let artist = album["artists"][0]["id"].as_str().unwrap();
    let artist = bench.get(&format!("/artists/{artist}")).await.ok();
    assert_eq!(artist["name"], "The Paper Lanterns");
    // Links lead back to this simulator.
    let href = artist["href"].as_str().unwrap();
    let linked = send(bench.plain(Method::GET, href).bearer_auth(&bench.token)).await.ok();
    assert_eq!(linked, artist);
}

#[tokio::test]
async fn an_albums_tracks_come_in_pages() {
    let bench = Bench::restricted().await;
    let album = first(&bench, "harbour+lights", "album").await;
    let page = bench.get(&format!("/albums/{album}/tracks?limit=2&offset=4")).await.ok();
    assert_eq!(page["total"], 6);
    assert_eq!(page["items"][1]["name"], "Northbound");
    assert!(page["next"].is_null());
    bench.get(&format!("/albums/{album}/tracks?limit=51")).await.refused(400, "Invalid limit");
}

#[tokio::test]
async fn an_artists_albums_follow_the_regimes_limits() {
    for (regime, default, max) in
        [(Regime::DevRestricted, 5, 10), (Regime::DevLegacy, 20, 50), (Regime::Extended, 20, 50)]
    {
        let bench = Bench::new(regime).await;
        let artist = first(&bench, "the+paper+lanterns", "artist").await;
        let page = bench.get(&format!("/artists/{artist}/albums")).await.ok();
        assert_eq!(page["limit"], default);
        let names: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|album| &album["name"]).collect();
        assert_eq!(names, ["Small Hours", "Harbour Lights"]);
        let over = format!("/artists/{artist}/albums?limit={}", max + 1);
        bench.get(&over).await.refused(400, "Invalid limit");
        let singles = format!("/artists/{artist}/albums?include_groups=single");
        assert_eq!(bench.get(&singles).await.ok()["total"], 0);
    }
}

#[tokio::test]
async fn several_at_once_keep_the_order_and_have_null_for_the_unknown() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let (one, two) = (bench.uri("Low Tide"), bench.uri("Northbound"));
    let path = format!("/tracks?ids={},0000000000000000000000,{}", id_of(&one), id_of(&two));
    let tracks = bench.get(&path).await.ok();
    assert_eq!(tracks["tracks"][0]["uri"], one);
    assert!(tracks["tracks"][1].is_null());
    assert_eq!(tracks["tracks"][2]["uri"], two);
    let many = vec!["0000000000000000000000"; 21].join(",");
    bench.get(&format!("/albums?ids={many}")).await.refused(400, "Too many ids requested");
    assert_eq!(bench.get(&format!("/artists?ids={many}")).await.status, 200);
    bench.get("/artists").await.refused(400, "Missing required field: ids");
}

#[tokio::test]
async fn an_artists_top_tracks_are_the_most_popular_ten() {
    let bench = Bench::new(Regime::Extended).await;
    let artist = first(&bench, "the+paper+lanterns", "artist").await;
    let top = bench.get(&format!("/artists/{artist}/top-tracks")).await.ok();
    assert_eq!(top["tracks"].as_array().unwrap().len(), 9);
}

#[tokio::test]
async fn malformed_and_unknown_ids_are_told_apart() {
    let bench = Bench::restricted().await;
    for kind in ["tracks", "albums", "artists", "playlists"] {
        for id in ["short", "0000000000000000000000000", "7N42dgm5tFLK9N8MT7fHC8", "%C3%A9"] {
            bench.get(&format!("/{kind}/{id}")).await.refused(400, "invalid id");
        }
        let unknown = format!("/{kind}/0000000000000000000000");
        bench.get(&unknown).await.refused(404, "Resource not found");
    }
}

#[tokio::test]
async fn a_market_replaces_the_list_of_markets() {
    let bench = Bench::new(Regime::Extended).await;
    let id = bench.uri("Low Tide");
    let anywhere = bench.get(&format!("/tracks/{}", id_of(&id))).await.ok();
    assert!(anywhere["available_markets"].is_array());
    assert_eq!(anywhere.get("is_playable"), None);
    let here = bench.get(&format!("/tracks/{}?market=SE", id_of(&id))).await.ok();
    assert_eq!(here.get("available_markets"), None);
    assert_eq!(here["is_playable"], true);
}

#[tokio::test]
async fn a_track_that_is_sold_elsewhere_is_replaced_by_its_twin() {
    for regime in Regime::ALL {
        let bench = Bench::new(regime).await;
        let anywhere = bench.client_token().await;
        // The American edition; `SE` has the other one.
        let id = id_of(&bench.uri("Two Shores")).to_owned();
        let path = |market: &str| format!("/tracks/{id}?market={market}");
        let there = bench.get_as(&anywhere, &path("US")).await.ok();
        assert_eq!((&there["id"], &there["is_playable"]), (&json!(id), &json!(true)));
        assert_eq!(there.get("linked_from"), None);
        let here = bench.get_as(&anywhere, &path("SE")).await.ok();
        assert_ne!(here["id"], id);
        assert_eq!((&here["name"], &here["is_playable"]), (&json!("Two Shores"), &json!(true)));
        assert_ne!(here["album"]["id"], there["album"]["id"]);
        let link = (regime != Regime::DevRestricted).then_some(json!(id));
        assert_eq!(here.get("linked_from").map(|link| link["id"].clone()), link, "{regime}");
        let nowhere = bench.get_as(&anywhere, &path("AQ")).await.ok();
        assert_eq!((&nowhere["id"], &nowhere["is_playable"]), (&json!(id), &json!(false)));
        assert_eq!(nowhere["restrictions"]["reason"], "market");
        // A user is where the account is, whatever the request says.
        assert_eq!(bench.get(&path("US")).await.ok()["id"], here["id"]);
    }
}
