//! The player and the library, as the local Spotify has them after a call.

use serde_json::json;
use spotify_sim::{DEFAULT_USER, Regime};

use crate::bench::Bench;

#[tokio::test]
async fn without_an_active_device_the_error_names_those_there_are_and_a_name_starts_one() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    assert_eq!(client.ok("get_playback", json!({})).await["state"], "nothing");
    let refused = client.fails("control_playback", json!({ "action": "next" })).await;
    assert_eq!(refused["code"], "no_device", "{refused}");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("Desk") && message.contains("Living Room"), "{message}");

    let arguments = json!({ "what": "morning run", "kind": "playlist", "device": "desk" });
    let played = client.ok("play", arguments).await;
    assert_eq!(
        (&played["state"], &played["item"]["name"]),
        (&"accepted".into(), &"Morning Run".into())
    );
    let playback = client.ok("get_playback", json!({})).await;
    assert_eq!(
        (&playback["state"], &playback["device"]["name"]),
        (&"playing".into(), &"Desk".into())
    );
    assert_eq!(playback["context"], played["item"]["uri"]);

    client.ok("transfer_playback", json!({ "device": "pocket" })).await;
    let playback = client.ok("get_playback", json!({})).await;
    assert_eq!(playback["device"]["name"], "Pocket");
    client.ok("control_playback", json!({ "action": "volume", "value": 20 })).await;
    client.ok("control_playback", json!({ "action": "volume_up", "value": 15 })).await;
    client.ok("control_playback", json!({ "action": "pause" })).await;
    let playback = client.ok("get_playback", json!({})).await;
    assert_eq!((&playback["device"]["volume"], &playback["state"]), (&35.into(), &"paused".into()));
}

#[tokio::test]
async fn a_command_that_needs_a_number_names_it() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let refused = client.fails("control_playback", json!({ "action": "seek" })).await;
    assert_eq!(refused["code"], "invalid_arguments");
    assert!(refused["message"].as_str().unwrap().contains("`value` is missing"), "{refused}");
}

#[tokio::test]
async fn a_person_without_premium_is_told_so() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.set_premium(DEFAULT_USER, false);
    let refused = client.fails("play", json!({ "what": "midnight ferry", "device": "Desk" })).await;
    assert_eq!(refused["code"], "premium_required", "{refused}");
}

#[tokio::test]
async fn what_is_queued_stands_in_the_queue() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let track = bench.sim.track_uri("Northbound").unwrap();
    client.ok("play", json!({ "what": "midnight ferry", "device": "Desk" })).await;
    client.ok("add_to_queue", json!({ "tracks": [track] })).await;
    let queue = client.ok("get_queue", json!({})).await;
    assert_eq!(queue["items"][0]["kind"], "plays now");
    assert_eq!(queue["items"][1]["uri"], track.as_str());
}

#[tokio::test]
async fn a_change_of_the_library_is_verified_and_tells_what_it_changed_in_every_regime() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let selection = mcp_server::tools::Selection::all();
        let (mut client, _serving) = bench.serve_selection(&selection).await;
        let track = bench.sim.track_uri("Northbound").unwrap();
        let other = bench.sim.track_uri("Midnight Ferry").unwrap();
        client.ok("save_to_library", json!({ "items": [other] })).await;
        let saved = client.ok("save_to_library", json!({ "items": [track, other] })).await;
        assert_eq!(
            saved,
            json!({ "state": "verified", "changed": [track], "unchanged": 1, "change": 2 }),
            "{regime}"
        );
        let removed = client.ok("remove_from_library", json!({ "items": [other] })).await;
        assert_eq!(removed["changed"], json!([other]));
        let checked = client.ok("check_library", json!({ "items": [track, other] })).await;
        assert_eq!(checked, json!({ "saved": [track], "not_saved": [other] }));
        let listed = client.ok("get_library", json!({ "fields": "name,since" })).await;
        assert_eq!(
            (&listed["page"]["total"], &listed["items"][0]["name"]),
            (&1.into(), &"Northbound".into())
        );
        assert!(listed["items"][0]["since"].is_string());
        assert_eq!(listed["items"][0].get("artists"), None);
    }
}
