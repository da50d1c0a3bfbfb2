//! What a tool call leaves in the audit log.

use std::{collections::BTreeMap, time::Duration};

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_audit::{Outcome, Stage, Status, verify};
use spotify_auth::session::alerts;
use spotify_sim::{Fault, Simulator};

use crate::bench::Bench;

#[tokio::test]
async fn a_playlist_that_a_tool_empties_is_a_finding() {
    let bench = Bench::usual().await;
    let (mut client, serving) = bench.serve_selection(&Selection::all()).await;
    let track = bench.sim.track_uri("Midnight Ferry").unwrap();
    let playlist = client.ok("create_playlist", json!({ "name": "x" })).await["uri"].clone();
    let add = json!({ "playlist": playlist, "tracks": vec![track.clone(); 20] });
    client.ok("add_tracks_to_playlist", add).await;
    let found = || {
        let found = alerts::findings(&bench.home.path().join("audit"), bench.context().clock.now())
            .unwrap();
        found.into_iter().map(|alert| alert.finding).find(|finding| finding.rule == "WIPE")
    };
    assert_eq!(found(), None);
    let replace = json!({ "playlist": playlist, "tracks": [track] });
    client.ok("replace_playlist_items", replace).await;
    client.close().await;
    serving.ended().await;
    let last = bench.calls().pop().unwrap();
    let items = [last.data("items_before").unwrap(), last.data("items_after").unwrap()];
    assert_eq!(items, [&json!(20), &json!(1)]);
    let finding = found().unwrap();
    assert!(finding.title.contains("from 20 to 1"), "{}", finding.title);
    assert!(finding.evidence.contains(&last.seq()));
}

#[tokio::test]
async fn every_tool_leaves_an_intent_and_an_outcome_of_its_class() {
    let bench = Bench::usual().await;
    let (mut client, serving) = bench.serve().await;
    let track = bench.sim.track_uri("Midnight Ferry").unwrap();
    let details = client.ok("get_track_details", json!({ "track": track })).await;
    let playlist = client.ok("create_playlist", json!({ "name": "x" })).await["uri"].clone();
    let change = json!({ "playlist": playlist, "tracks": [track] });
    let begun = client.ok("get_auth_url", json!({})).await;
    let redirect = bench.sim.approve(begun["url"].as_str().unwrap()).await.unwrap();
    for (tool, arguments) in [
        ("get_auth_status", json!({})),
        ("authenticate", json!({ "redirect": redirect.location() })),
        ("search_tracks", json!({ "query": "night" })),
        ("get_playlists", json!({})),
        ("get_playlist", json!({ "playlist": playlist })),
        ("add_tracks_to_playlist", change.clone()),
        ("remove_tracks_from_playlist", change),
        ("get_album_details", json!({ "album": details["album"]["uri"] })),
        ("get_artist_details", json!({ "artist": details["artists"][0]["uri"] })),
    ] {
        client.ok(tool, arguments).await;
    }
    client.close().await;
    serving.ended().await;

    let calls = bench.calls();
    let mut requests: BTreeMap<&str, Vec<&spotify_audit::Entry>> = BTreeMap::new();
    for entry in &calls {
        requests.entry(entry.request().unwrap()).or_default().push(entry);
    }
    let profile = bench.profile().id().to_string();
    for tool in mcp_server::tools::TOOLS.iter().filter(|tool| tool.spec().core) {
        let of_tool = |entry: &spotify_audit::Entry| entry.tool() == Some(tool.name());
        let pair = requests.values().find(|pair| of_tool(pair[0])).unwrap();
        assert_eq!(pair.len(), 2, "{}", tool.name());
        assert_eq!((pair[0].stage(), pair[1].stage()), (Some(Stage::Intent), Some(Stage::Outcome)));
        for entry in pair {
            assert_eq!(entry.class(), Some(tool.spec().effect.as_str()), "{}", tool.name());
            assert_eq!(entry.profile(), Some(profile.as_str()), "{}", tool.name());
            assert_eq!(entry.agent(), Some("tests 1.2.3"), "{}", tool.name());
        }
        assert_eq!(pair[1].outcome(), Some(Outcome::Ok), "{}", tool.name());
        assert!(pair[1].latency_us().is_some());
        let tried = pair[1].data("operations").and_then(Value::as_array).unwrap();
        assert_eq!(tried.is_empty(), tool.spec().operations.is_empty(), "{}", tool.name());
        for operation in tried {
            let operation = operation.as_str().unwrap();
            assert!(tool.spec().operations.contains(&operation), "{}: {operation}", tool.name());
        }
    }
    let report = verify(&bench.home.path().join("audit")).unwrap();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
}

#[tokio::test]
async fn a_record_names_what_was_acted_on_and_holds_no_name_of_it() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let track = bench.sim.track_uri("Midnight Ferry").unwrap();
    let created = client.ok("create_playlist", json!({ "name": "Very Private Name" })).await;
    let arguments = json!({ "playlist": created["uri"], "tracks": [track, track] });
    client.ok("add_tracks_to_playlist", arguments).await;
    client.ok("search_tracks", json!({ "query": "very private words" })).await;
    let calls = bench.calls();
    let added = calls.iter().find(|entry| entry.tool() == Some("add_tracks_to_playlist")).unwrap();
    assert_eq!(added.targets(), [created["uri"].as_str().unwrap(), track.as_str(), track.as_str()]);
    assert_eq!(added.count(), Some(3));
    for entry in calls {
        assert!(!entry.line().contains("rivate"), "{}", entry.line());
    }
}

#[tokio::test]
async fn a_failure_is_recorded_with_its_class_and_a_refused_call_too() {
    let bench = Bench::usual().await;
    let (mut client, serving) = bench.serve().await;
    client.fails("search_tracks", json!({ "query": "x", "market": "DE" })).await;
    bench.sim.fault(Fault::drop_after().operation("create-playlist"));
    client.fails("create_playlist", json!({ "name": "x" })).await;
    let missing = json!({ "track": "0000000000000000000000" });
    client.fails("get_track_details", missing).await;
    client.close().await;
    serving.ended().await;
    let ends: Vec<_> = bench
        .calls()
        .into_iter()
        .filter(|entry| entry.stage() == Some(Stage::Outcome))
        .map(|entry| (entry.outcome().unwrap(), entry.reason().unwrap().to_owned()))
        .collect();
    assert_eq!(ends[0], (Outcome::Refused, "invalid_arguments".to_owned()));
    assert_eq!(ends[1], (Outcome::Unknown, "outcome_unknown".to_owned()));
    assert_eq!(ends[2].0, Outcome::Failed);
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_done_when_the_intent_cannot_be_written() {
    let bench = Bench::signed_in(Simulator::builder()).await;
    let (mut client, _serving) = bench.serve().await;
    client.ok("get_playlists", json!({})).await;
    // Whoever cuts the log off has broken it: it refuses to go on.
    let directory = bench.home.path().join("audit");
    let mut files = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
    let segment = files.find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap();
    std::fs::OpenOptions::new().write(true).open(&segment).unwrap().set_len(10).unwrap();
    bench.sim.clear_requests();
    let refused = client.fails("create_playlist", json!({ "name": "x" })).await;
    assert_eq!(refused["code"], "audit_unavailable", "{refused}");
    assert_eq!(bench.sim.requests().len(), 0);
}

#[tokio::test]
async fn a_call_that_is_taken_back_ends_and_is_recorded() {
    let bench = Bench::usual().await;
    let (mut client, serving) = bench.serve_as("2025-11-25").await;
    // An answer that never comes within this test.
    bench.sim.fault(Fault::delay(Duration::from_hours(1)).operation("search"));
    let params = json!({ "name": "search_tracks", "arguments": { "query": "x" } });
    let id = client.ask("tools/call", params).await;
    while bench.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    client
        .send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }))
        .await;
    client.ok("get_auth_status", json!({})).await;
    assert_eq!(client.close().await, Vec::<Value>::new(), "a cancelled request is not answered");
    serving.ended().await;
    let calls = bench.calls();
    let end = calls.iter().find(|entry| {
        entry.tool() == Some("search_tracks") && entry.stage() == Some(Stage::Outcome)
    });
    assert_eq!(end.and_then(|end| end.reason()), Some("cancelled"));
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_gives_up_its_calls_and_writes_their_end() {
    let bench = Bench::usual().await;
    let (mut client, serving) = bench.serve_as("2025-11-25").await;
    bench.sim.fault(Fault::delay(Duration::from_hours(1)).operation("create-playlist"));
    let params = json!({ "name": "create_playlist", "arguments": { "name": "x" } });
    client.ask("tools/call", params).await;
    while bench.sim.requests().is_empty() && bench.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    serving.stop();
    assert_eq!(serving.ended().await.as_str(), "stopped");
    let end = bench.calls().pop().unwrap();
    assert_eq!((end.stage(), end.reason()), (Some(Stage::Outcome), Some("cancelled")));
    assert_eq!(bench.log().pop().unwrap().kind(), "server.stop");
}
