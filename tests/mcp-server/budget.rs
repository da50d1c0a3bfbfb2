//! What is known of Spotify's limits and of this server's own acts, and what follows from it.

use std::time::Duration;

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_sim::{Fault, Regime, Simulator};

use crate::bench::Bench;

const KITCHEN: &str = "spotify:playlist:57pBON3z2uvNTP64HvU3BJ";

#[tokio::test]
async fn a_call_that_would_stop_at_a_spent_quota_says_so_before_it_spends_anything() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve_selection(&Selection::all()).await;
    let track = bench.sim.track_uri("Northbound").unwrap();
    client.ok("add_tracks_to_playlist", json!({ "playlist": KITCHEN, "tracks": [track] })).await;
    let fault = Fault::quota_exceeded(Duration::from_hours(9)).operation("add-items-to-playlist");
    bench.sim.fault(fault);
    let add = json!({ "playlist": KITCHEN, "tracks": [track] });
    client.fails("add_tracks_to_playlist", add.clone()).await;
    bench.sim.clear_requests();
    for (tool, arguments) in [
        ("add_tracks_to_playlist", add),
        ("add_tracks_to_playlist", json!({ "playlist": KITCHEN, "tracks": ["a - b", "c - d"] })),
        (
            "create_playlist",
            json!({ "name": "Late", "tracks": ["The Paper Lanterns - Northbound"] }),
        ),
        ("copy_playlist", json!({ "playlist": KITCHEN, "name": "Copy" })),
        ("split_playlist", json!({ "playlist": KITCHEN, "parts": 2 })),
        ("remove_tracks_from_playlist", json!({ "playlist": KITCHEN, "tracks": [track] })),
        ("replace_playlist_items", json!({ "playlist": KITCHEN, "tracks": [track] })),
        ("move_in_playlist", json!({ "playlist": KITCHEN, "item": "3", "to": 0 })),
        ("sort_playlist", json!({ "playlist": KITCHEN, "by": "artist" })),
        ("deduplicate_playlist", json!({ "playlist": KITCHEN })),
        (
            "merge_playlists",
            json!({ "into": KITCHEN, "from": "spotify:playlist:6lXdUZLP1LZr2oPXCLY2PZ" }),
        ),
        ("undo_change", json!({})),
    ] {
        let refused = client.fails(tool, arguments).await;
        assert_eq!(
            (&refused["code"], &refused["retry_after_s"]),
            (&"quota_exceeded".into(), &32_400.into()),
            "{tool}: {refused}"
        );
    }
    assert_eq!(bench.sim.requests().len(), 0);
    let created = client.ok("create_playlist", json!({ "name": "Empty" })).await;
    assert_eq!(created["name"], "Empty", "what needs less goes on");
}

#[tokio::test]
async fn what_the_limits_close_and_the_app_lacks_is_told_with_the_sign_in() {
    let builder = Simulator::builder().regime(Regime::DevRestricted);
    let bench = Bench::signed_in(builder).await;
    let (mut client, _serving) = bench.serve_selection(&Selection::all()).await;
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!((status.get("closed"), status.get("small_pages")), (None, None));
    client.ok("search_tracks", json!({ "query": "paper", "limit": 20 })).await;
    client.fails("get_new_releases", json!({})).await;
    bench.sim.fault(Fault::quota_exceeded(Duration::from_hours(2)).operation("get-playlist"));
    client.fails("get_playlist", json!({ "playlist": KITCHEN })).await;
    let result = client.call("get_auth_status", json!({})).await;
    let status = &result["structuredContent"];
    let closed = json!([{ "what": "/playlists/{playlist_id}", "why": "quota", "until": "2026-11-02T11:00:00Z" }]);
    assert_eq!(status["closed"], closed, "{status}");
    assert_eq!(status["small_pages"], json!(["search"]));
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("closed by the quota until 2026-11-02T11:00:00Z: /playlists"), "{text}");
}

#[tokio::test]
async fn equal_reads_at_the_same_time_share_their_requests() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.set_latency(Duration::from_millis(200));
    let call = json!({ "name": "get_playlist", "arguments": { "playlist": KITCHEN } });
    for _ in 0..6 {
        client.ask("tools/call", call.clone()).await;
    }
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(client.receive().await.unwrap()["result"].clone());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer["isError"] == false));
    assert_eq!(bench.sim.count("get-playlist"), 1);
}

#[tokio::test]
async fn a_rate_limit_answers_every_tool_at_once_with_the_time_when_it_ends() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.fault(Fault::rate_limited(Duration::from_mins(5)).operation("search"));
    client.fails("search_tracks", json!({ "query": "paper" })).await;
    bench.sim.clear_requests();
    let refused = client.fails("get_playlists", json!({})).await;
    assert_eq!(refused["code"], "rate_limited");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("2026-11-02 09:05:00 UTC"), "{message}");
    assert!(refused["retry_after_s"].as_u64().is_some_and(|wait| wait <= 300), "{refused}");
    assert_eq!(bench.sim.requests().len(), 0);
}

#[tokio::test]
async fn the_acts_of_this_server_are_told_for_this_person_only() {
    let bench = Bench::usual().await;
    let other = bench.session().create_profile(&"other".parse().unwrap()).unwrap();
    let (mut client, _serving) = bench.serve_selection(&Selection::all()).await;
    client.ok("search_tracks", json!({ "query": "paper" })).await;
    client.fails("get_playlist", json!({ "playlist": "37i9dQZF1DXcBWIGoYBM5M" })).await;
    let draft = spotify_auth::session::events::ToolCall {
        tool: "secret_of_the_other",
        class: "read",
        request: spotify_audit::Id::new("r_1").unwrap(),
        targets: Vec::new(),
    };
    let outcome = draft.outcome(spotify_auth::session::events::Ended {
        outcome: spotify_audit::Outcome::Ok,
        reason: None,
        operations: Vec::new(),
        requests: 0,
        items: None,
        took: Duration::ZERO,
    });
    other.recorder().record_blocking(outcome, spotify_audit::Durability::After).unwrap();
    let result = client.call("get_activity", json!({ "limit": 5 })).await;
    let calls = result["structuredContent"]["calls"].as_array().unwrap();
    let tools: Vec<&Value> = calls.iter().map(|call| &call["tool"]).collect();
    assert_eq!(tools, ["get_playlist", "search_tracks"], "{result}");
    assert_eq!(
        (&calls[0]["outcome"], &calls[0]["reason"], &calls[0]["requests"]),
        (&"failed".into(), &"not_found".into(), &1.into())
    );
    assert_eq!(calls[0]["about"], json!(["spotify:playlist:37i9dQZF1DXcBWIGoYBM5M"]));
    let one = client.ok("get_activity", json!({ "limit": 1 })).await;
    assert_eq!(one["calls"][0]["tool"], "get_activity", "the call before this one");
}

#[tokio::test]
async fn a_wrong_id_is_answered_with_the_one_that_was_shown() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    client.ok("get_playlists", json!({ "limit": 50 })).await;
    let wrong = json!({ "playlist": "57pBON3z2uvNTP64HvU3BK" });
    let refused = client.fails("get_playlist", wrong).await;
    assert_eq!(refused["code"], "not_found");
    let message = refused["message"].as_str().unwrap();
    assert!(message.ends_with(&format!("did you mean {KITCHEN} \"Kitchen Radio\"?")), "{message}");
    let wrong = json!({ "playlist": "37i9dQZF1DXcBWIGoYBM5M" });
    let refused = client.fails("get_playlist", wrong).await;
    assert!(!refused["message"].as_str().unwrap().contains("did you mean"), "{refused}");
}
