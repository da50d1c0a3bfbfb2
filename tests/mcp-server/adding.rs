//! Lines of text that become entries of playlists, and long calls on their way.

use std::time::Duration;

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_sim::{Fault, Regime};

use crate::{
    bench::Bench,
    client::{Client, LATEST},
};

const KITCHEN: &str = "spotify:playlist:57pBON3z2uvNTP64HvU3BJ";

async fn uris(client: &mut Client, playlist: &Value) -> Vec<Value> {
    let read = client.ok("get_playlist", json!({ "playlist": playlist, "limit": 100 })).await;
    read["items"].as_array().unwrap().iter().map(|row| row["uri"].clone()).collect()
}

/// Returns the params of a call that wants to hear of its progress.
fn with_progress(tool: &str, arguments: &Value) -> Value {
    json!({ "name": tool, "arguments": arguments, "_meta": { "progressToken": "p" } })
}

#[tokio::test]
async fn pasted_lines_become_a_playlist_and_what_is_not_sure_is_told() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let (mut client, _serving) = bench.serve().await;
        let (ferry, north) = (
            bench.sim.track_uri("Midnight Ferry").unwrap(),
            bench.sim.track_uri("Northbound").unwrap(),
        );
        let tracks = json!([
            "the paper lanterns: midnight ferry",
            "Nobody At All - Nothing Whatever",
            north,
            "Paper Lanterns – Nrothbound (2019)",
        ]);
        let create = json!({ "name": "Pasted", "tracks": tracks, "key": "paste" });
        let result = client.call("create_playlist", create.clone()).await;
        let created = &result["structuredContent"];
        assert_eq!(
            (&created["state"], &created["total"]),
            (&"verified".into(), &3.into()),
            "{regime}: {result}"
        );
        assert_eq!(uris(&mut client, &created["uri"]).await, [&*ferry, &*north, &*north]);
        let doubts = created["not_added"].as_array().unwrap();
        assert_eq!((doubts.len(), &doubts[0]["line"]), (1, &1.into()));
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("not added, entry 1: nothing is like it"), "{text}");
        bench.sim.clear_requests();
        let again = client.ok("create_playlist", create).await;
        assert_eq!(
            (&again["uri"], &again["total"], bench.sim.requests().len()),
            (&created["uri"], &3.into(), 1)
        );

        let add = json!({ "playlist": created["uri"], "tracks": ["nothing like this"], });
        let none = client.ok("add_tracks_to_playlist", add).await;
        assert_eq!((&none["added"], none["not_added"][0]["line"].as_u64()), (&0.into(), Some(0)));
        let add = json!({ "playlist": created["uri"], "tracks": ["x y z", "northbound - the paper lanterns"], "position": 0 });
        let added = client.ok("add_tracks_to_playlist", add).await;
        assert_eq!((&added["added"], &added["total"]), (&1.into(), &4.into()), "{added}");
        assert_eq!(uris(&mut client, &created["uri"]).await[0], *north);
        client.ok("undo_change", json!({ "change": added["change"] })).await;
        assert_eq!(uris(&mut client, &created["uri"]).await.len(), 3);
    }
}

#[tokio::test]
async fn an_addition_that_ends_in_the_middle_says_how_far_it_came_and_can_be_undone() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let before = uris(&mut client, &json!(KITCHEN)).await;
    let fault = Fault::answer(400, "application/json", "{}").operation("add-items-to-playlist");
    bench.sim.fault(fault.skip(2));
    let tracks = vec![bench.sim.track_uri("Northbound").unwrap(); 330];
    let add = json!({ "playlist": KITCHEN, "tracks": tracks, "position": 2 });
    let refused = client.fails("add_tracks_to_playlist", add).await;
    assert_eq!(refused["code"], "incomplete");
    let message = refused["message"].as_str().unwrap();
    assert!(message.starts_with("200 of 330 entries are done, then: "), "{message}");
    let undone = client.ok("undo_change", json!({})).await;
    assert_eq!(undone["state"], "verified", "{undone}");
    assert_eq!(uris(&mut client, &json!(KITCHEN)).await, before);
}

#[tokio::test]
async fn a_long_call_tells_its_progress_which_only_rises() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve_selection(&Selection::all()).await;
    bench.sim.set_latency(Duration::from_millis(60));
    let lines: Vec<_> = (0..20).map(|n| format!("Nobody {n} - Nothing {n}")).collect();
    let known = ["The Paper Lanterns - Northbound", "Midnight Ferry - Paper Lanterns"];
    let known = [known.map(ToOwned::to_owned).to_vec(), lines].concat();
    let uris = vec![bench.sim.track_uri("Northbound").unwrap(); 220];
    let both = [known.clone(), uris].concat();
    for (tool, arguments) in [
        ("resolve_tracks", json!({ "lines": known })),
        ("add_tracks_to_playlist", json!({ "playlist": KITCHEN, "tracks": both })),
        ("split_playlist", json!({ "playlist": KITCHEN, "parts": 3 })),
    ] {
        let id = client.ask("tools/call", with_progress(tool, &arguments)).await;
        let mut told = Vec::new();
        loop {
            let message = client.receive().await.unwrap();
            if message["id"] == id {
                assert_eq!(message["result"]["isError"], false, "{message}");
                break;
            }
            let params = &message["params"];
            let step = |name: &str| params[name].as_f64().unwrap();
            assert!(step("progress") <= step("total"), "{message}");
            told.push(step("progress"));
        }
        assert!(told.len() >= 2, "{tool}: {told:?}");
        assert!(told.is_sorted_by(|before, after| before < after), "{tool}: {told:?}");
    }
}

#[tokio::test]
async fn a_long_call_that_is_taken_back_asks_spotify_for_nothing_more() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    bench.sim.set_latency(Duration::from_millis(30));
    let lines: Vec<_> = (0..150).map(|n| format!("Nobody {n} - Nothing {n}")).collect();
    let id =
        client.ask("tools/call", with_progress("resolve_tracks", &json!({ "lines": lines }))).await;
    client.receive().await.unwrap();
    let (method, params) = ("notifications/cancelled", json!({ "requestId": id }));
    client.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    client.close().await;
    let spent = bench.sim.count("search");
    assert!(spent < 100, "{spent} of 100");
    let end = bench.calls().pop().unwrap();
    assert_eq!(end.reason(), Some("cancelled"));
    let (mut client, _serving) = bench.serve_as(LATEST).await;
    client.ok("get_auth_status", json!({})).await;
    assert_eq!(bench.sim.count("search"), spent);
}
