//! Playlists: that writes have effect, and what they answer.

use reqwest::Method;
use serde_json::json;
use spotify_sim::{DEFAULT_USER, OTHER_USER, Regime};

use crate::bench::{Bench, send};

async fn names(bench: &Bench, id: &str) -> Vec<String> {
    let page = bench.get(&format!("/playlists/{id}/items")).await.ok();
    let items = page["items"].as_array().unwrap().iter();
    items.map(|entry| entry["item"]["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_playlist_is_created_filled_read_and_emptied() {
    let bench = Bench::restricted().await;
    let body = json!({ "name": "Trip", "public": false, "description": "To the sea" });
    let made = bench.send(Method::POST, "/me/playlists", &body).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!(made["public"], false);
    assert_eq!(made["owner"]["id"], DEFAULT_USER);
    assert_eq!(made["items"]["total"], 0);
    let id = made["id"].as_str().unwrap();
    let path = format!("/playlists/{id}/items");
    let (ferry, tide) = (bench.uri("Midnight Ferry"), bench.uri("Low Tide"));

    let added = bench.send(Method::POST, &path, &json!({ "uris": [ferry, tide, ferry] })).await;
    assert_eq!(added.status, 201);
    let first = added.json()["snapshot_id"].clone();
    assert_ne!(first, made["snapshot_id"]);
    assert_eq!(names(&bench, id).await, ["Midnight Ferry", "Low Tide", "Midnight Ferry"]);

    let body = json!({ "items": [{ "uri": ferry }] });
    let removed = bench.send(Method::DELETE, &path, &body).await.ok();
    assert_ne!(removed["snapshot_id"], first);
    assert_eq!(names(&bench, id).await, ["Low Tide"]);
    assert_eq!(bench.playlist_titles(id).unwrap(), ["Low Tide"]);

    let replaced = bench.send(Method::PUT, &path, &json!({ "uris": [] })).await;
    assert_eq!(replaced.status, 200);
    assert!(names(&bench, id).await.is_empty());
}

#[tokio::test]
async fn items_are_added_at_a_position_and_reordered() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("order", true).await;
    let path = format!("/playlists/{id}/items");
    let uris = ["Midnight Ferry", "Low Tide", "Northbound"].map(|title| bench.uri(title));
    bench.send(Method::POST, &path, &json!({ "uris": uris[..2] })).await.ok();
    let body = json!({ "uris": [uris[2]], "position": 0 });
    bench.send(Method::POST, &path, &body).await.ok();
    assert_eq!(names(&bench, &id).await, ["Northbound", "Midnight Ferry", "Low Tide"]);
    let body = json!({ "range_start": 0, "insert_before": 3 });
    bench.send(Method::PUT, &path, &body).await.ok();
    assert_eq!(names(&bench, &id).await, ["Midnight Ferry", "Low Tide", "Northbound"]);
    let beyond = json!({ "uris": [uris[0]], "position": 9 });
    bench.send(Method::POST, &path, &beyond).await.refused(400, "Index out of bounds.");
    // The query is the other place for both.
    let query = format!("{path}?uris={}&position=1", uris[2]);
    assert_eq!(send(bench.request(Method::POST, &query)).await.status, 201);
    assert_eq!(bench.playlist_titles(&id).unwrap()[1], "Northbound");
}

#[tokio::test]
async fn a_change_against_an_old_snapshot_is_merged() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("merge", true).await;
    let path = format!("/playlists/{id}/items");
    let ferry = bench.uri("Midnight Ferry");
    let one = json!({ "uris": [ferry] });
    let old = bench.send(Method::POST, &path, &one).await.ok();
    bench.send(Method::POST, &path, &one).await.ok();
    let body = json!({ "items": [{ "uri": ferry }], "snapshot_id": old["snapshot_id"] });
    bench.send(Method::DELETE, &path, &body).await.ok();
    assert_eq!(names(&bench, &id).await, ["Midnight Ferry"], "the later one stays");
    let unknown = json!({ "items": [{ "uri": ferry }], "snapshot_id": "never" });
    bench.send(Method::DELETE, &path, &unknown).await.refused(400, "Invalid snapshot_id");
}

#[tokio::test]
async fn a_write_that_is_refused_changes_nothing() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("still", true).await;
    let path = format!("/playlists/{id}/items");
    let ferry = bench.uri("Midnight Ferry");
    bench.send(Method::POST, &path, &json!({ "uris": [ferry] })).await.ok();
    let before = bench.get(&format!("/playlists/{id}")).await.ok();
    for (method, body) in [
        (Method::POST, json!({ "uris": vec![ferry.clone(); 101] })),
        (Method::POST, json!({ "uris": [ferry, "spotify:track:nonsense"] })),
        (Method::POST, json!({ "uris": ["spotify:track:0000000000000000000000"] })),
        (Method::POST, json!({ "uris": ["spotify:local:a:b:c:10"] })),
        (Method::POST, json!({ "uris": ["spotify:album:0000000000000000000000"] })),
        (Method::POST, json!({ "uris": "spotify" })),
        (Method::POST, json!({})),
        (Method::PUT, json!({ "range_start": 0 })),
        (Method::PUT, json!({ "range_start": 0, "insert_before": 5 })),
        (Method::DELETE, json!({ "tracks": [{ "uri": ferry }] })),
        (Method::DELETE, json!({ "items": [{}] })),
    ] {
        let answer = bench.send(method.clone(), &path, &body).await;
        assert_eq!(answer.status, 400, "{method} {body}: {answer:?}");
    }
    let broken = bench.request(Method::POST, &path).body("{").header("content-length", "1");
    send(broken).await;
    assert_eq!(bench.get(&format!("/playlists/{id}")).await.ok(), before);
}

#[tokio::test]
async fn details_change_and_move_the_snapshot() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("before", true).await;
    let path = format!("/playlists/{id}");
    let before = bench.get(&path).await.ok();
    let body = json!({ "name": "after", "description": "new", "public": false });
    let changed = bench.send(Method::PUT, &path, &body).await;
    assert_eq!((changed.status, changed.text.as_str()), (200, ""));
    let after = bench.get(&path).await.ok();
    assert_eq!((&after["name"], &after["public"]), (&json!("after"), &json!(false)));
    assert_ne!(after["snapshot_id"], before["snapshot_id"]);
    let both = json!({ "public": true, "collaborative": true });
    assert_eq!(bench.send(Method::PUT, &path, &both).await.status, 400);
    let wrong = json!({ "name": 7 });
    assert_eq!(bench.send(Method::PUT, &path, &wrong).await.status, 400);
}

#[tokio::test]
async fn nobody_changes_the_playlists_of_others() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("mine", true).await;
    let scopes = ["playlist-modify-public", "playlist-modify-private", "playlist-read-private"];
    let other = bench.grant(OTHER_USER, &scopes).access_token;
    let items = format!("/playlists/{id}/items");
    let uris = json!({ "uris": [bench.uri("Low Tide")] });
    assert_eq!(bench.send_as(&other, Method::POST, &items, &uris).await.status, 403);
    let name = json!({ "name": "stolen" });
    assert_eq!(
        bench.send_as(&other, Method::PUT, &format!("/playlists/{id}"), &name).await.status,
        403
    );
}

#[tokio::test]
async fn a_follower_of_a_collaborative_playlist_may_add_to_it() {
    let bench = Bench::restricted().await;
    let body = json!({ "name": "ours", "public": false, "collaborative": true });
    let made = bench.send(Method::POST, "/me/playlists", &body).await.ok();
    let id = made["id"].as_str().unwrap();
    let scopes = [
        "playlist-modify-public",
        "playlist-modify-private",
        "playlist-read-private",
        "playlist-read-collaborative",
    ];
    let other = bench.grant(OTHER_USER, &scopes).access_token;
    let items = format!("/playlists/{id}/items");
    let uris = json!({ "uris": [bench.uri("Low Tide")] });
    assert_eq!(bench.send_as(&other, Method::POST, &items, &uris).await.status, 403);
    let follow = format!("/me/library?uris=spotify:playlist:{id}");
    assert_eq!(send(bench.as_token(&other, Method::PUT, &follow)).await.status, 200);
    assert_eq!(bench.send_as(&other, Method::POST, &items, &uris).await.status, 201);
    let entry = &bench.get(&items).await.ok()["items"][0];
    assert_eq!(entry["added_by"]["id"], OTHER_USER);
    // Without the scope for it, the list of playlists lacks the collaborative one.
    let narrow = bench.grant(OTHER_USER, &["playlist-read-private"]).access_token;
    let count =
        async |token: &str| bench.get_as(token, "/me/playlists").await.ok()["total"].clone();
    assert_eq!((count(&other).await, count(&narrow).await), (json!(2), json!(1)));
}

#[tokio::test]
async fn the_list_of_playlists_links_to_an_endpoint_of_another_time() {
    let bench = Bench::restricted().await;
    let page = bench.get("/me/playlists?limit=2").await.ok();
    assert_eq!(page["total"], 4);
    let next = page["next"].as_str().unwrap();
    assert!(next.ends_with("/v1/users/simone/playlists?offset=2&limit=2"), "{next}");
    let followed = send(bench.plain(Method::GET, next).bearer_auth(&bench.token)).await;
    followed.refused(403, "Forbidden");
    let legacy = Bench::new(Regime::DevLegacy).await;
    let next = legacy.get("/me/playlists?limit=2").await.ok()["next"].as_str().unwrap().to_owned();
    let followed = send(legacy.plain(Method::GET, &next).bearer_auth(&legacy.token)).await.ok();
    assert_eq!(followed["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_deleted_playlist_leaves_the_list_and_can_be_followed_again() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("gone", true).await;
    let path = format!("/me/library?uris=spotify:playlist:{id}");
    let listed = async || {
        let page = bench.get("/me/playlists").await.ok();
        let items = page["items"].as_array().unwrap();
        items.iter().any(|playlist| playlist["id"] == id.as_str())
    };
    assert!(listed().await);
    assert_eq!(send(bench.request(Method::DELETE, &path)).await.status, 200);
    assert!(!listed().await);
    assert_eq!(bench.get(&format!("/playlists/{id}")).await.status, 200);
    assert_eq!(send(bench.request(Method::PUT, &path)).await.status, 200);
    assert!(listed().await);
}

#[tokio::test]
async fn playlists_can_be_created_the_old_way_for_oneself_only() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let body = json!({ "name": "old way" });
    let made = bench.send(Method::POST, "/users/simone/playlists", &body).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["public"], true, "the documented default");
    assert_eq!(bench.send(Method::POST, "/users/otto/playlists", &body).await.status, 403);
    bench
        .send(Method::POST, "/me/playlists", &json!({}))
        .await
        .refused(400, "Missing required field: name");
}

#[tokio::test]
async fn parts_of_a_playlist_can_be_asked_for() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("parts", true).await;
    let body = json!({ "uris": [bench.uri("Low Tide")] });
    bench.send(Method::POST, &format!("/playlists/{id}/items"), &body).await.ok();
    let shown = bench.get(&format!("/playlists/{id}?fields=name,owner.id")).await.ok();
    assert_eq!(shown, json!({ "name": "parts", "owner": { "id": DEFAULT_USER } }));
    let page = bench.get(&format!("/playlists/{id}/items?fields=items(item(name))")).await.ok();
    assert_eq!(page, json!({ "items": [{ "item": { "name": "Low Tide" } }] }));
    bench.get(&format!("/playlists/{id}?fields=name(")).await.refused(400, "Invalid fields");
}
