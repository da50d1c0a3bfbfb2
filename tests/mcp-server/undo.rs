//! Changes of whole playlists, and taking changes back.

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_sim::Regime;

use crate::{bench::Bench, client::Client};

const KITCHEN: &str = "spotify:playlist:57pBON3z2uvNTP64HvU3BJ";
const MORNING: &str = "spotify:playlist:6lXdUZLP1LZr2oPXCLY2PZ";

async fn serve(bench: &Bench) -> Client {
    bench.serve_selection(&Selection::all()).await.0
}

async fn entries(client: &mut Client, playlist: &Value) -> Vec<String> {
    let arguments = json!({ "playlist": playlist, "limit": 100 });
    let read = client.ok("get_playlist", arguments).await;
    let uri = |row: &Value| row["uri"].as_str().unwrap().to_owned();
    read["items"].as_array().unwrap().iter().map(uri).collect()
}

#[tokio::test]
async fn every_change_of_entries_is_verified_and_taken_back_in_every_regime() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let mut client = serve(&bench).await;
        let kitchen = json!(KITCHEN);
        let before = entries(&mut client, &kitchen).await;
        let ferry = bench.sim.track_uri("Midnight Ferry").unwrap();
        for (tool, arguments) in [
            (
                "add_tracks_to_playlist",
                json!({ "playlist": KITCHEN, "tracks": [before[2], ferry], "position": 1 }),
            ),
            (
                "remove_tracks_from_playlist",
                json!({ "playlist": KITCHEN, "tracks": [before[0], before[5]] }),
            ),
            ("replace_playlist_items", json!({ "playlist": KITCHEN, "tracks": [ferry] })),
            (
                "move_in_playlist",
                json!({ "playlist": KITCHEN, "item": before[4], "count": 3, "to": 1 }),
            ),
            ("sort_playlist", json!({ "playlist": KITCHEN, "by": "title", "descending": true })),
            ("merge_playlists", json!({ "into": KITCHEN, "from": MORNING })),
        ] {
            let changed = client.ok(tool, arguments).await;
            assert_eq!(changed["state"], "verified", "{regime} {tool}: {changed}");
            assert_ne!(entries(&mut client, &kitchen).await, before, "{tool}");
            let preview = client.ok("undo_change", json!({ "dry_run": true })).await;
            assert_eq!(
                (&preview["state"], &preview["change"]),
                (&"preview".into(), &changed["change"])
            );
            let undone = client.ok("undo_change", json!({ "change": changed["change"] })).await;
            assert_eq!(undone["state"], "verified", "{regime} {tool}: {undone}");
            assert_eq!(undone.get("kept"), None);
            assert_eq!(entries(&mut client, &kitchen).await, before, "{regime} {tool}");
        }
        let refused = client.fails("undo_change", json!({})).await;
        assert_eq!(refused["code"], "not_found", "all is undone: {refused}");
        let listed = client.ok("list_changes", json!({ "limit": 2 })).await;
        let rows = listed["changes"].as_array().unwrap();
        assert_eq!(
            (rows.len(), &rows[0]["tool"], &rows[0]["undone"]),
            (2, &"merge_playlists".into(), &true.into())
        );
    }
}

#[tokio::test]
async fn undoing_keeps_what_somebody_else_changed_since_and_says_so() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let kitchen = json!(KITCHEN);
    let before = entries(&mut client, &kitchen).await;
    let (ferry, north) = (
        bench.sim.track_uri("Midnight Ferry").unwrap(),
        bench.sim.track_uri("Northbound").unwrap(),
    );
    let arguments = json!({ "playlist": KITCHEN, "tracks": [before[1], before[2]] });
    let removed = client.ok("remove_tracks_from_playlist", arguments).await;
    assert_eq!(removed["removed"], 2);
    // Somebody else is another server, whose journal this one does not know.
    let other = json!({ "playlist": KITCHEN, "tracks": [ferry, north] });
    client.ok("add_tracks_to_playlist", other).await;
    let other = json!({ "playlist": KITCHEN, "tracks": [before[3]] });
    client.ok("remove_tracks_from_playlist", other).await;

    let undone = client.ok("undo_change", json!({ "change": removed["change"] })).await;
    assert_eq!((&undone["kept"], &undone["stayed_away"]), (&2.into(), &1.into()), "{undone}");
    let mut expected = before.clone();
    expected.remove(3);
    expected.extend([ferry, north]);
    assert_eq!(entries(&mut client, &kitchen).await, expected);
}

#[tokio::test]
async fn playlists_details_and_the_library_are_put_back_and_a_removed_playlist_returns() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let names = async |client: &mut Client| {
        let listed = client.ok("get_playlists", json!({})).await;
        let rows = listed["items"].as_array().unwrap().clone();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let created = client.ok("create_playlist", json!({ "name": "Brief" })).await;
    assert!(names(&mut client).await.contains(&"Brief".to_owned()));
    let undone = client.ok("undo_change", json!({ "change": created["change"] })).await;
    assert_eq!(undone["state"], "verified");
    assert!(!names(&mut client).await.contains(&"Brief".to_owned()));

    let change = json!({ "playlist": KITCHEN, "name": "Cellar", "visibility": "public" });
    let changed = client.ok("change_playlist", change).await;
    assert_eq!((&changed["state"], &changed["name"]), (&"verified".into(), &"Cellar".into()));
    assert_eq!(client.ok("undo_change", json!({})).await["state"], "verified");
    let read = client.ok("get_playlist", json!({ "playlist": KITCHEN })).await;
    assert_eq!((&read["name"], &read["visibility"]), (&"Kitchen Radio".into(), &"private".into()));

    let preview = json!({ "items": [KITCHEN], "dry_run": true });
    assert_eq!(client.ok("remove_from_library", preview).await["state"], "preview");
    assert!(names(&mut client).await.contains(&"Kitchen Radio".to_owned()));
    client.ok("remove_from_library", json!({ "items": [KITCHEN] })).await;
    assert!(!names(&mut client).await.contains(&"Kitchen Radio".to_owned()));
    assert_eq!(client.ok("undo_change", json!({})).await["state"], "verified");
    assert!(names(&mut client).await.contains(&"Kitchen Radio".to_owned()));
}

#[tokio::test]
async fn a_preview_changes_nothing_and_is_told_as_one() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let kitchen = json!(KITCHEN);
    let before = entries(&mut client, &kitchen).await;
    let twice = json!({ "playlist": KITCHEN, "tracks": [before[0], before[1]] });
    client.ok("add_tracks_to_playlist", twice).await;
    let with = entries(&mut client, &kitchen).await;
    bench.sim.clear_requests();
    for (tool, arguments, total) in [
        ("deduplicate_playlist", json!({ "playlist": KITCHEN, "dry_run": true }), before.len()),
        (
            "sort_playlist",
            json!({ "playlist": KITCHEN, "by": "album", "dry_run": true }),
            with.len(),
        ),
        (
            "replace_playlist_items",
            json!({ "playlist": KITCHEN, "tracks": [before[0]], "dry_run": true }),
            1,
        ),
        (
            "remove_tracks_from_playlist",
            json!({ "playlist": KITCHEN, "tracks": [before[0]], "dry_run": true }),
            with.len() - 2,
        ),
    ] {
        let preview = client.ok(tool, arguments).await;
        assert_eq!(
            (&preview["state"], &preview["total"]),
            (&"preview".into(), &total.into()),
            "{tool}"
        );
    }
    assert!(bench.sim.requests().iter().all(|request| request.method == "GET"));
    assert_eq!(entries(&mut client, &kitchen).await, with);
    let changed = client.ok("deduplicate_playlist", json!({ "playlist": KITCHEN })).await;
    assert_eq!((&changed["removed"], &changed["state"]), (&2.into(), &"verified".into()));
    assert_eq!(entries(&mut client, &kitchen).await, before);
}

#[tokio::test]
async fn one_key_makes_one_playlist_also_at_the_same_time_and_after_a_restart() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let params = json!({ "name": "create_playlist", "arguments": { "name": "Once", "key": "k1" } });
    let ids =
        [client.ask("tools/call", params.clone()).await, client.ask("tools/call", params).await];
    let mut uris = Vec::new();
    for _ in ids {
        let message = client.receive().await.unwrap();
        uris.push(message["result"]["structuredContent"]["uri"].clone());
    }
    client.close().await;
    let mut client = serve(&bench).await;
    let again = client.ok("create_playlist", json!({ "name": "Once", "key": "k1" })).await;
    assert_eq!(uris, [again["uri"].clone(), again["uri"].clone()]);
    assert!(again["warning"].as_str().unwrap().contains("none was created"), "{again}");
    assert_eq!(bench.sim.count("create-playlist"), 1);
    let other = client.ok("create_playlist", json!({ "name": "Once", "key": "k2" })).await;
    assert_ne!(other["uri"], again["uri"]);
}

#[tokio::test]
async fn an_operator_who_wants_nothing_kept_gets_changes_that_cannot_be_undone() {
    let bench = Bench::usual().await;
    let selection = Selection { undo_days: Some(0), ..Selection::default() };
    let (mut client, _serving) = bench.serve_selection(&selection).await;
    let created = client.ok("create_playlist", json!({ "name": "Gone" })).await;
    assert_eq!(created.get("change"), None);
    assert_eq!(client.ok("list_changes", json!({})).await["changes"], json!([]));
}

#[tokio::test]
async fn an_entry_that_is_named_by_its_title_moves_and_an_ambiguous_one_does_not() {
    let bench = Bench::usual().await;
    let mut client = serve(&bench).await;
    let ferry = bench.sim.track_uri("Midnight Ferry").unwrap();
    let arguments = json!({ "playlist": KITCHEN, "tracks": [ferry] });
    client.ok("remove_tracks_from_playlist", arguments.clone()).await;
    client.ok("add_tracks_to_playlist", arguments).await;
    let moved = json!({ "playlist": KITCHEN, "item": "midnight ferry", "to": 0 });
    client.ok("move_in_playlist", moved.clone()).await;
    assert_eq!(entries(&mut client, &json!(KITCHEN)).await[0], ferry);
    client.ok("add_tracks_to_playlist", json!({ "playlist": KITCHEN, "tracks": [ferry] })).await;
    let refused = client.fails("move_in_playlist", moved).await;
    assert_eq!(refused["code"], "invalid_arguments");
    assert!(refused["message"].as_str().unwrap().contains("the entries at 0, "), "{refused}");
}

#[tokio::test]
async fn changes_that_cannot_be_read_are_told_and_never_written_over() {
    let bench = Bench::usual().await;
    let newer = br#"{"version":9,"entries":"as nobody knows them yet"}"#;
    bench.profile().update_record("changes", |_| newer.to_vec()).unwrap();
    let (mut client, _serving) = bench.serve().await;
    for tool in ["list_changes", "undo_change"] {
        let refused = client.fails(tool, json!({})).await;
        assert_eq!(refused["code"], "vault_unavailable", "{refused}");
        assert!(refused["next_step"].as_str().unwrap().contains("nothing was overwritten"));
    }
    let keyed = json!({ "name": "Once", "key": "k" });
    let refused = client.call("create_playlist", keyed).await;
    assert_eq!(refused["isError"], true, "nobody knows what the key made before: {refused}");
    let created = client.ok("create_playlist", json!({ "name": "Once" })).await;
    assert_eq!(created.get("change"), None, "it was made, and can't be undone");
    let kept = bench.profile().read_record("changes").unwrap();
    assert_eq!(kept.as_deref(), Some(&newer[..]));
}
