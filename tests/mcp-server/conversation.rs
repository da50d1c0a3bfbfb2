//! What a person would ask for, with every tool, in every regime and protocol version.

use serde_json::{Value, json};
use spotify_sim::Regime;

use crate::{
    bench::Bench,
    client::{Client, VERSIONS},
    results::conforms,
};

/// Uses every basic tool once or more, and returns the names of those used.
async fn talk(client: &mut Client, bench: &Bench) -> Vec<&'static str> {
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!(status["state"], "signed_in");

    let found = client.ok("search_tracks", json!({ "query": "midnight ferry", "limit": 5 })).await;
    let ferry = found["items"][0]["uri"].as_str().unwrap().to_owned();
    assert_eq!(Some(&ferry), bench.sim.track_uri("Midnight Ferry").as_ref());
    assert_eq!(found["items"][0]["artists"], "The Paper Lanterns");

    let created =
        client.ok("create_playlist", json!({ "name": "Evening", "description": "for two" })).await;
    assert_eq!(created["visibility"], "private");
    let playlist = created["uri"].as_str().unwrap().to_owned();

    let more: Vec<Value> =
        client.ok("search_tracks", json!({ "query": "a", "limit": 12 })).await["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["uri"].clone())
            .collect();
    assert_eq!(more.len(), 12);
    let added =
        client.ok("add_tracks_to_playlist", json!({ "playlist": playlist, "tracks": more })).await;
    assert_eq!((&added["added"], &added["total"]), (&12.into(), &12.into()));
    assert_eq!(added["name"], "Evening");
    assert_eq!(added["state"], "verified");
    let first = json!({ "playlist": playlist, "tracks": [ferry], "position": 0 });
    let added = client.ok("add_tracks_to_playlist", first).await;
    assert_eq!(added["total"], 13);

    let read = client.ok("get_playlist", json!({ "playlist": playlist })).await;
    assert_eq!(read["contents"], "listed");
    assert_eq!(read["snapshot_id"], added["snapshot_id"]);
    assert_eq!(read["items"][0]["uri"], ferry.as_str());
    assert_eq!(read["items"].as_array().unwrap().len(), 13);
    assert_eq!(read["description"], "for two");

    let remove = json!({ "playlist": playlist, "tracks": [more[0], more[1]] });
    let removed = client.ok("remove_tracks_from_playlist", remove.clone()).await;
    assert_eq!((&removed["removed"], &removed["total"]), (&2.into(), &11.into()));
    let again = client.ok("remove_tracks_from_playlist", remove).await;
    assert_eq!(again["removed"], 0);

    let listed = client.ok("get_playlists", json!({})).await;
    assert!(listed["items"].as_array().unwrap().iter().any(|row| row["uri"] == playlist.as_str()));

    let track = client.ok("get_track_details", json!({ "track": ferry })).await;
    assert_eq!(track["name"], "Midnight Ferry");
    let album = client.ok("get_album_details", json!({ "album": track["album"]["uri"] })).await;
    assert_eq!(album["name"], "Harbour Lights");
    assert!(album["items"].as_array().unwrap().iter().any(|row| row["uri"] == ferry.as_str()));
    let artist =
        client.ok("get_artist_details", json!({ "artist": track["artists"][0]["uri"] })).await;
    assert_eq!(artist["name"], "The Paper Lanterns");
    assert!(artist["items"].as_array().unwrap().iter().any(|row| row["uri"] == album["uri"]));

    let begun = client.ok("get_auth_url", json!({})).await;
    let url = begun["url"].as_str().unwrap();
    let redirect = bench.sim.approve(url).await.unwrap();
    client.ok("authenticate", json!({ "redirect": redirect.location() })).await;
    vec![
        "get_auth_status",
        "search_tracks",
        "create_playlist",
        "add_tracks_to_playlist",
        "get_playlist",
        "remove_tracks_from_playlist",
        "get_playlists",
        "get_track_details",
        "get_album_details",
        "get_artist_details",
        "get_auth_url",
        "authenticate",
    ]
}

#[tokio::test]
async fn every_basic_tool_works_in_every_regime_through_the_real_program() {
    for (regime, version) in Regime::ALL.into_iter().zip(VERSIONS) {
        let bench = Bench::in_regime(regime).await;
        let (client, child) = bench.child(&["--allow-unconfirmed"], &[]);
        let mut client = client.begin(version).await;
        let mut used = talk(&mut client, &bench).await;
        used.sort_unstable();
        let core = mcp_server::tools::TOOLS.iter().filter(|tool| tool.spec().core);
        let mut all: Vec<_> = core.map(mcp_server::tools::Entry::name).collect();
        all.sort_unstable();
        assert_eq!(used, all);
        assert_eq!(client.close().await, Vec::<Value>::new());
        let (code, errors) = child.ended().await;
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{regime}");
    }
}

#[tokio::test]
async fn every_result_is_what_its_output_schema_promises() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let (mut client, _serving) = bench.serve().await;
        let tools = client.request("tools/list", json!({})).await["result"]["tools"].clone();
        talk(&mut client, &bench).await;
        let mut checked = 0;
        for line in &client.received {
            let message: Value = serde_json::from_str(line).unwrap();
            let Some(structured) = message["result"].get("structuredContent") else { continue };
            let fits = tools
                .as_array()
                .unwrap()
                .iter()
                .filter(|tool| conforms(structured, &tool["outputSchema"]).is_ok());
            assert!(fits.count() > 0, "{structured}");
            checked += 1;
        }
        assert!(checked >= 14);
    }
}

#[tokio::test]
async fn many_tracks_are_added_in_one_call_and_read_back_in_order() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let mut uris = Vec::new();
    for query in ["a", "e", "i", "o"] {
        let found = client.ok("search_tracks", json!({ "query": query, "limit": 50 })).await;
        uris.extend(found["items"].as_array().unwrap().iter().map(|row| row["uri"].clone()));
    }
    uris.extend(uris.clone());
    assert!(uris.len() > 250, "{}", uris.len());
    let created = client.ok("create_playlist", json!({ "name": "Long" })).await;
    let playlist = created["uri"].clone();
    bench.sim.clear_requests();
    let added =
        client.ok("add_tracks_to_playlist", json!({ "playlist": playlist, "tracks": uris })).await;
    assert_eq!((&added["added"], &added["total"]), (&uris.len().into(), &uris.len().into()));
    assert_eq!(bench.sim.count("add-items-to-playlist"), uris.len().div_ceil(100));
    let mut read = Vec::new();
    let mut offset = Value::from(0);
    while !offset.is_null() {
        let arguments = json!({ "playlist": playlist, "offset": offset, "limit": 100 });
        let page = client.ok("get_playlist", arguments).await;
        for row in page["items"].as_array().unwrap() {
            assert_eq!(row["at"], read.len());
            read.push(row["uri"].clone());
        }
        offset = page["page"]["next_offset"].clone();
    }
    assert_eq!(read, uris);
}
