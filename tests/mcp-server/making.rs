//! Playlists that are made of others, their order, and their covers.

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_sim::{Fault, Regime};

use crate::{bench::Bench, client::Client};

const KITCHEN: &str = "spotify:playlist:57pBON3z2uvNTP64HvU3BJ";
/// The smallest thing that begins as a JPEG file does.
const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==";

async fn serve(bench: &Bench) -> Client {
    bench.serve_selection(&Selection::all()).await.0
}

async fn entries(client: &mut Client, playlist: &Value) -> Vec<Value> {
    let arguments = json!({ "playlist": playlist, "limit": 100, "fields": "all" });
    client.ok("get_playlist", arguments).await["items"].as_array().unwrap().clone()
}

async fn uris(client: &mut Client, playlist: &Value) -> Vec<Value> {
    entries(client, playlist).await.iter().map(|row| row["uri"].clone()).collect()
}

#[tokio::test]
async fn a_copy_holds_what_its_original_holds_and_one_key_makes_one_copy() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let mut client = serve(&bench).await;
        let original = uris(&mut client, &json!(KITCHEN)).await;
        let copy = json!({ "playlist": KITCHEN, "name": "Copy", "key": "k1" });
        let copied = client.ok("copy_playlist", copy.clone()).await;
        assert_eq!(
            (&copied["state"], &copied["total"], &copied["visibility"]),
            (&"verified".into(), &original.len().into(), &"private".into()),
            "{regime}: {copied}"
        );
        assert_eq!(copied.get("left_out"), None);
        assert_eq!(uris(&mut client, &copied["uri"]).await, original);
        bench.sim.clear_requests();
        let again = client.ok("copy_playlist", copy).await;
        assert_eq!((&again["uri"], &again["total"]), (&copied["uri"], &copied["total"]));
        assert!(bench.sim.requests().iter().all(|request| request.method == "GET"));
        client.ok("undo_change", json!({ "change": copied["change"] })).await;
        let listed = client.ok("get_playlists", json!({ "limit": 50 })).await;
        assert!(!listed.to_string().contains(copied["uri"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn a_copy_that_cannot_be_filled_says_what_is_there_and_how_to_take_it_back() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let fault = Fault::quota_exceeded(std::time::Duration::from_hours(20));
    bench.sim.fault(fault.operation("add-items-to-playlist"));
    let refused = client.fails("copy_playlist", json!({ "playlist": KITCHEN, "name": "C" })).await;
    assert_eq!(refused["code"], "incomplete");
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.contains("was created (undo with change 1); then: the app's quota"),
        "{message}"
    );
    let undone = client.ok("undo_change", json!({ "change": 1 })).await;
    assert!(undone["done"].as_str().unwrap().contains("no longer in the library"), "{undone}");
}

#[tokio::test]
async fn the_parts_of_a_playlist_hold_all_of_it_and_one_undo_removes_them() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let mut client = serve(&bench).await;
        let original = uris(&mut client, &json!(KITCHEN)).await;
        let split = client.ok("split_playlist", json!({ "playlist": KITCHEN, "parts": 3 })).await;
        assert_eq!(split["state"], "verified", "{regime}: {split}");
        let parts = split["playlists"].as_array().unwrap();
        assert_eq!(parts[1]["name"], "Kitchen Radio 2/3");
        let mut together = Vec::new();
        for part in parts {
            together.extend(uris(&mut client, &part["uri"]).await);
        }
        assert_eq!(together, original);
        let undone = client.ok("undo_change", json!({})).await;
        assert_eq!(undone["change"], split["change"]);
        let listed = client.ok("get_playlists", json!({ "limit": 50 })).await.to_string();
        assert!(parts.iter().all(|part| !listed.contains(part["uri"].as_str().unwrap())));
        assert_eq!(uris(&mut client, &json!(KITCHEN)).await, original);
    }
}

#[tokio::test]
async fn a_split_that_ends_in_the_middle_names_the_change_that_takes_back_what_was_made() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let fault = Fault::answer(403, "application/json", "{}").operation("add-items-to-playlist");
    bench.sim.fault(fault.skip(1).times(9));
    let arguments = json!({ "playlist": KITCHEN, "parts": 4 });
    let refused = client.fails("split_playlist", arguments).await;
    let message = refused["message"].as_str().unwrap();
    assert!(message.starts_with("2 of 4 playlists were created, the last not whole"), "{message}");
    let undone = client.ok("undo_change", json!({ "change": 1 })).await;
    assert!(undone["done"].as_str().unwrap().starts_with("2 playlists"), "{undone}");
}

#[tokio::test]
async fn a_playlist_is_sorted_by_when_and_by_how_long() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let seconds = |row: &Value| {
        let (minutes, seconds) = row["length"].as_str().unwrap().split_once(':').unwrap();
        minutes.parse::<u32>().unwrap() * 60 + seconds.parse::<u32>().unwrap()
    };
    let sort = json!({ "playlist": KITCHEN, "by": "length" });
    assert_eq!(client.ok("sort_playlist", sort).await["state"], "verified");
    let rows = entries(&mut client, &json!(KITCHEN)).await;
    assert!(rows.is_sorted_by_key(seconds), "{rows:?}");
    let sort = json!({ "playlist": KITCHEN, "by": "length" });
    let result = client.call("sort_playlist", sort).await;
    assert_eq!(result["structuredContent"]["unchanged"], true);
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("Nothing had to be done: \"Kitchen Radio\" was so"), "{text}");
    bench.advance(std::time::Duration::from_hours(48));
    let ferry = bench.sim.track_uri("Midnight Ferry").unwrap();
    let add = json!({ "playlist": KITCHEN, "tracks": [ferry], "position": 5 });
    client.ok("add_tracks_to_playlist", add).await;
    let sort = json!({ "playlist": KITCHEN, "by": "added", "descending": true, "dry_run": true });
    assert_eq!(client.ok("sort_playlist", sort.clone()).await["state"], "preview");
    let sort = json!({ "playlist": KITCHEN, "by": "added", "descending": true });
    client.ok("sort_playlist", sort).await;
    let rows = entries(&mut client, &json!(KITCHEN)).await;
    assert_eq!(rows[0]["uri"], ferry.as_str());
}

#[tokio::test]
async fn a_cover_is_set_only_where_it_is_enabled_and_only_from_a_jpeg_picture() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let listed = client.request("tools/list", json!({})).await.to_string();
    assert!(!listed.contains("set_playlist_cover"));
    let mut client = serve(&bench).await;
    bench.sim.clear_requests();
    let large = "/9j/".to_owned() + &"A".repeat(262_144);
    for (jpeg, problem) in [
        ("iVBORw0KGgoAAAANSUhEUg==", "it must be a JPEG file"),
        ("not base64!", "is not base64"),
        (large.as_str(), "must be a text of 8 to 262144 characters"),
    ] {
        let arguments = json!({ "playlist": KITCHEN, "jpeg": jpeg });
        let refused = client.fails("set_playlist_cover", arguments).await;
        assert_eq!(refused["code"], "invalid_arguments");
        assert!(refused["message"].as_str().unwrap().contains(problem), "{refused}");
    }
    assert_eq!(bench.sim.requests().len(), 0);
    let mut arguments = json!({ "playlist": KITCHEN, "jpeg": JPEG, "dry_run": true });
    assert_eq!(client.ok("set_playlist_cover", arguments.clone()).await["state"], "preview");
    assert_eq!(bench.sim.count("upload-custom-playlist-cover"), 0);
    arguments["dry_run"] = false.into();
    let set = client.ok("set_playlist_cover", arguments.clone()).await;
    assert_eq!((&set["state"], &set["name"]), (&"verified".into(), &"Kitchen Radio".into()));
    assert_eq!(set.get("change"), None);
    let again = client.ok("set_playlist_cover", arguments).await;
    assert_eq!(again["state"], "accepted", "the same picture has the same address");
}
