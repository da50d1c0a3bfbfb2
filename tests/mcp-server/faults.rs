//! What goes wrong at Spotify, on the way, or on purpose.

use std::time::Duration;

use serde_json::json;
use spotify_sim::{DEFAULT_USER, Fault, Regime, Simulator};

use crate::bench::Bench;

const HOUR: Duration = Duration::from_hours(1);

fn refreshes(bench: &Bench) -> usize {
    let requests = bench.sim.requests();
    requests.iter().filter(|request| request.grant_type.as_deref() == Some("refresh_token")).count()
}

#[tokio::test]
async fn a_token_that_dies_in_flight_is_renewed_once_and_the_call_works() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    client.ok("search_tracks", json!({ "query": "night", "limit": 5 })).await;
    bench.advance(Duration::from_mins(10));
    bench.sim.expire_access_tokens();
    bench.sim.clear_requests();
    let created = client.ok("create_playlist", json!({ "name": "After" })).await;
    assert_eq!(refreshes(&bench), 1);
    assert_eq!(bench.sim.count("create-playlist"), 2, "refused, then made once");
    client.ok("get_playlist", json!({ "playlist": created["uri"] })).await;
    assert_eq!(refreshes(&bench), 1);
}

#[tokio::test]
async fn ten_calls_at_once_on_an_expired_token_renew_it_once() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.advance(HOUR);
    let mut ids = Vec::new();
    for number in 0..10 {
        let arguments = json!({ "query": format!("night {number}"), "limit": 1 });
        let params = json!({ "name": "search_tracks", "arguments": arguments });
        ids.push(client.ask("tools/call", params).await);
    }
    let mut answered = 0;
    while answered < ids.len() {
        let message = client.receive().await.unwrap();
        assert_eq!(message["result"]["isError"], false, "{message}");
        answered += 1;
    }
    assert_eq!(refreshes(&bench), 1);
}

#[tokio::test]
async fn a_revoked_profile_is_refused_at_once_while_the_server_runs() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    client.ok("get_playlists", json!({})).await;
    client.ok("get_auth_url", json!({})).await;
    bench.revoke();
    bench.sim.clear_requests();
    for (tool, arguments) in [
        ("get_playlists", json!({})),
        ("create_playlist", json!({ "name": "x" })),
        ("search_tracks", json!({ "query": "x" })),
        ("get_auth_url", json!({})),
        ("authenticate", json!({ "redirect": "x" })),
    ] {
        let refused = client.fails(tool, arguments).await;
        assert_eq!(refused["code"], "revoked", "{tool}");
    }
    assert_eq!(bench.sim.requests().len(), 0);
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!(status["state"], "revoked");
}

#[tokio::test]
async fn a_used_up_quota_is_told_at_once_with_its_end() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.fault(Fault::quota_exceeded(Duration::from_secs(80_000)).operation("search"));
    let refused = client.fails("search_tracks", json!({ "query": "night" })).await;
    assert_eq!(refused["code"], "quota_exceeded");
    assert_eq!(refused["retry_after_s"], 80_000);
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("2026-11-03 07:13:20 UTC, in 22 h 13 min"), "{message}");
    let asked = bench.sim.count("search");
    let again = client.fails("search_tracks", json!({ "query": "other" })).await;
    assert_eq!(again["code"], "quota_exceeded");
    assert_eq!(bench.sim.count("search"), asked, "no request before the end");
}

#[tokio::test]
async fn a_used_up_quota_stays_closed_when_the_server_is_started_anew() {
    let bench = Bench::usual().await;
    let (mut client, serving) = bench.serve().await;
    bench.sim.fault(Fault::quota_exceeded(Duration::from_secs(80_000)).operation("search"));
    client.fails("search_tracks", json!({ "query": "night" })).await;
    client.close().await;
    serving.ended().await;
    let asked = bench.sim.count("search");
    let (mut client, serving) = bench.serve().await;
    let refused = client.fails("search_tracks", json!({ "query": "night" })).await;
    assert_eq!(refused["code"], "quota_exceeded");
    assert_eq!(bench.sim.count("search"), asked, "nobody asked again to find out");
    client.ok("get_playlists", json!({})).await;
    client.close().await;
    serving.ended().await;
    // And it opens when its time is over.
    bench.advance(Duration::from_secs(80_001));
    let (mut client, _serving) = bench.serve().await;
    client.ok("search_tracks", json!({ "query": "night" })).await;
}

#[tokio::test]
async fn a_sign_in_that_was_taken_away_at_spotify_is_told() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.remove_app(DEFAULT_USER);
    bench.advance(HOUR);
    let refused = client.fails("get_playlists", json!({})).await;
    assert_eq!(refused["code"], "sign_in_ended", "{refused}");
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!(status["state"], "ended");
}

#[tokio::test]
async fn who_is_not_on_the_list_of_users_learns_it() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.disallow(DEFAULT_USER);
    let refused = client.fails("get_playlists", json!({})).await;
    assert_eq!(refused["code"], "not_allowlisted");
}

#[tokio::test]
async fn an_unknown_id_is_named() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let (mut client, _serving) = bench.serve().await;
        for (tool, kind) in [
            ("get_playlist", "playlist"),
            ("get_track_details", "track"),
            ("get_album_details", "album"),
            ("get_artist_details", "artist"),
        ] {
            let uri = format!("spotify:{kind}:0000000000000000000000");
            let refused = client.fails(tool, json!({ kind: uri })).await;
            assert!(refused["code"] == "not_found" || refused["code"] == "rejected", "{refused}");
            if refused["code"] == "not_found" {
                assert!(refused["message"].as_str().unwrap().contains(&uri), "{refused}");
            }
        }
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_told_as_unknown_and_not_repeated() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.fault(Fault::drop_after().operation("create-playlist"));
    bench.sim.clear_requests();
    let failed = client.fails("create_playlist", json!({ "name": "Maybe" })).await;
    assert_eq!(failed["code"], "outcome_unknown");
    assert!(failed["next_step"].as_str().unwrap().contains("get_playlist"));
    assert_eq!(bench.sim.count("create-playlist"), 1);
    let listed = client.ok("get_playlists", json!({})).await;
    assert!(listed.to_string().contains("Maybe"));
}

#[tokio::test]
async fn a_change_that_worked_is_told_although_it_cannot_be_read_back() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let created = client.ok("create_playlist", json!({ "name": "Blind" })).await;
    let track = bench.sim.track_uri("Midnight Ferry").unwrap();
    bench.sim.fault(Fault::truncate().operation("get-playlist").times(9));
    let arguments = json!({ "playlist": created["uri"], "tracks": [track] });
    let added = client.ok("add_tracks_to_playlist", arguments).await;
    assert_eq!((&added["state"], &added["added"]), (&"accepted".into(), &1.into()));
    assert_eq!((added.get("name"), added.get("total")), (None, None));
}

#[tokio::test]
async fn a_change_that_stops_in_the_middle_says_how_far_it_came() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let created = client.ok("create_playlist", json!({ "name": "Half" })).await;
    let track = bench.sim.track_uri("Midnight Ferry").unwrap();
    let quota = Fault::quota_exceeded(Duration::from_secs(80_000));
    bench.sim.fault(quota.operation("add-items-to-playlist").skip(1));
    let arguments = json!({ "playlist": created["uri"], "tracks": vec![track; 150] });
    let failed = client.fails("add_tracks_to_playlist", arguments).await;
    assert_eq!(failed["code"], "incomplete");
    assert!(failed["message"].as_str().unwrap().starts_with("100 of 150 entries are done"));
    assert_eq!(failed["retry_after_s"], 80_000);
}

#[tokio::test]
async fn no_failure_of_spotify_is_ever_reported_as_a_success() {
    for regime in Regime::ALL {
        for status in [400, 401, 403, 404, 429, 500, 503] {
            let bench = Bench::signed_in(Simulator::builder().regime(regime)).await;
            let (mut client, _serving) = bench.serve().await;
            let body = format!(r#"{{"error":{{"status":{status},"message":"Forbidden"}}}}"#);
            let track = bench.sim.track_uri("Midnight Ferry").unwrap();
            let playlist = client.ok("get_playlists", json!({})).await["items"][0]["uri"].clone();
            bench.advance(Duration::from_mins(1));
            bench.sim.fault(
                Fault::answer(status, "application/json", &body)
                    .method("POST")
                    .path("/v1/")
                    .times(99),
            );
            let arguments = json!({ "playlist": playlist, "tracks": [track] });
            let failed = client.fails("add_tracks_to_playlist", arguments).await;
            assert!(failed["next_step"].is_string(), "{regime} {status}: {failed}");
            client.fails("create_playlist", json!({ "name": "x" })).await;
        }
    }
}
