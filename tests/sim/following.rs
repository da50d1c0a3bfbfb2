//! Following artists, users and playlists.

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, Regime};

use crate::bench::{Bench, send};

async fn artists(bench: &Bench, count: usize) -> Vec<String> {
    let found = bench.get(&format!("/search?q=genre:ambient&type=artist&limit={count}")).await.ok();
    let items = found["artists"]["items"].as_array().unwrap().iter();
    items.map(|artist| artist["id"].as_str().unwrap().to_owned()).collect()
}

async fn empty(bench: &Bench, method: Method, path: &str) -> u16 {
    send(bench.request(method, path)).await.status
}

#[tokio::test]
async fn followed_artists_come_in_pages_by_cursor() {
    let bench = Bench::new(Regime::Extended).await;
    let ids = artists(&bench, 7).await;
    assert_eq!(ids.len(), 7);
    let path = format!("/me/following?type=artist&ids={}", ids.join(","));
    assert_eq!(empty(&bench, Method::PUT, &path).await, 204);
    let mut seen: Vec<String> = Vec::new();
    let mut path = "/me/following?type=artist&limit=3".to_owned();
    loop {
        let page = bench.get(&path).await.ok()["artists"].clone();
        assert_eq!((&page["total"], &page["limit"]), (&json!(7), &json!(3)));
        let items = page["items"].as_array().unwrap().iter();
        seen.extend(items.map(|artist| artist["id"].as_str().unwrap().to_owned()));
        let Some(after) = page["cursors"]["after"].as_str() else {
            assert_eq!(page["next"], Value::Null);
            break;
        };
        assert_eq!(Some(after), seen.last().map(String::as_str));
        let next = page["next"].as_str().unwrap();
        path = next.strip_prefix(bench.api_url()).unwrap().to_owned();
    }
    assert_eq!(seen.len(), 7);
    seen.sort_unstable();
    let mut expected = ids;
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn artists_and_users_are_followed_and_no_more() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let artist = artists(&bench, 1).await.remove(0);
    for (kind, id) in [("artist", artist.as_str()), ("user", "otto")] {
        let contains = format!("/me/following/contains?type={kind}&ids={id}");
        assert_eq!(bench.get(&contains).await.ok(), json!([false]));
        let path = format!("/me/following?type={kind}");
        let body = json!({ "ids": [id] });
        assert_eq!(bench.send(Method::PUT, &path, &body).await.status, 204);
        assert_eq!(bench.get(&contains).await.ok(), json!([true]));
        let library = format!("/me/library/contains?uris=spotify:{kind}:{id}");
        assert_eq!(bench.get(&library).await.ok(), json!([true]));
        assert_eq!(empty(&bench, Method::DELETE, &format!("{path}&ids={id}")).await, 204);
        assert_eq!(bench.get(&contains).await.ok(), json!([false]));
    }
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused() {
    let bench = Bench::new(Regime::Extended).await;
    bench.get("/me/following").await.refused(400, "Missing required field: type");
    assert_eq!(bench.get("/me/following?type=user").await.status, 400);
    assert_eq!(bench.get("/me/following?type=artist&after=nobody").await.status, 400);
    bench.get("/me/following?type=artist&limit=51").await.refused(400, "Invalid limit");
    for path in ["?type=playlist&ids=x", "?type=artist&ids=short", "?type=user&ids=nobody"] {
        assert_eq!(empty(&bench, Method::PUT, &format!("/me/following{path}")).await, 400);
    }
    let many = format!("/me/following?type=user&ids={}", vec!["otto"; 51].join(","));
    assert_eq!(empty(&bench, Method::PUT, &many).await, 400);
}

#[tokio::test]
async fn a_followed_playlist_is_in_the_library() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let found = bench.get("/search?q=otto&type=playlist").await.ok();
    let id = found["playlists"]["items"][0]["id"].as_str().unwrap().to_owned();
    let followers = format!("/playlists/{id}/followers");
    let contains = format!("{followers}/contains");
    assert_eq!(bench.get(&contains).await.ok(), json!([true]));
    assert_eq!(empty(&bench, Method::DELETE, &followers).await, 200);
    assert_eq!(bench.get(&format!("{contains}?ids={DEFAULT_USER}")).await.ok(), json!([false]));
    let body = json!({ "public": false });
    assert_eq!(bench.send(Method::PUT, &followers, &body).await.status, 200);
    assert_eq!(bench.get(&contains).await.ok(), json!([true]));
    assert_eq!(bench.get(&format!("{contains}?ids=otto")).await.status, 400);
}

#[tokio::test]
async fn following_in_public_and_in_private_need_different_scopes() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let found = bench.get("/search?q=otto&type=playlist").await.ok();
    let path = format!("/playlists/{}/followers", found["playlists"]["items"][0]["id"]);
    let path = path.replace('"', "");
    let token = bench.grant(DEFAULT_USER, &["playlist-modify-private"]).access_token;
    let public = send(bench.as_token(&token, Method::PUT, &path)).await;
    public.refused(403, "Insufficient client scope");
    let private = bench.send_as(&token, Method::PUT, &path, &json!({ "public": false })).await;
    assert_eq!(private.status, 200);
}
