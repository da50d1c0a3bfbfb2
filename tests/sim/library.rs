//! The library by URI.

use reqwest::Method;
use serde_json::json;
use spotify_sim::DEFAULT_USER;

use crate::bench::{Bench, send};

#[tokio::test]
async fn what_is_saved_is_contained_until_it_is_removed() {
    let bench = Bench::restricted().await;
    let (ferry, tide) = (bench.uri("Midnight Ferry"), bench.uri("Low Tide"));
    let both = format!("/me/library/contains?uris={ferry},{tide}");
    assert_eq!(bench.get(&both).await.ok(), json!([false, false]));
    let path = format!("/me/library?uris={tide}");
    assert_eq!(send(bench.request(Method::PUT, &path)).await.status, 200);
    assert_eq!(bench.get(&both).await.ok(), json!([false, true]));
    assert_eq!(send(bench.request(Method::DELETE, &path)).await.status, 200);
    assert_eq!(bench.get(&both).await.ok(), json!([false, false]));
}

#[tokio::test]
async fn uris_stand_in_the_query_and_are_at_most_forty() {
    let bench = Bench::restricted().await;
    let tide = bench.uri("Low Tide");
    let body = json!({ "uris": [tide] });
    let answer = bench.send(Method::PUT, "/me/library", &body).await;
    answer.refused(400, "Missing required field: uris");
    let forty = vec![tide.as_str(); 40].join(",");
    let path = format!("/me/library?uris={forty}");
    assert_eq!(send(bench.request(Method::PUT, &path)).await.status, 200);
    let more = format!("{path},{tide}");
    assert_eq!(send(bench.request(Method::PUT, &more)).await.status, 400);
}

#[tokio::test]
async fn artists_can_be_looked_for_but_not_saved() {
    let bench = Bench::restricted().await;
    let found = bench.get("/search?q=lanterns&type=artist").await.ok();
    let artist = found["artists"]["items"][0]["uri"].as_str().unwrap();
    let look = format!("/me/library/contains?uris={artist}");
    assert_eq!(bench.get(&look).await.ok(), json!([false]));
    let save = send(bench.request(Method::PUT, &format!("/me/library?uris={artist}"))).await;
    save.refused(400, "Unsupported uri type: artist");
}

#[tokio::test]
async fn nothing_is_saved_when_one_uri_is_wrong() {
    let bench = Bench::restricted().await;
    let tide = bench.uri("Low Tide");
    for wrong in ["nonsense", "spotify:track:short", "spotify:track:0000000000000000000000"] {
        let path = format!("/me/library?uris={tide},{wrong}");
        assert_eq!(send(bench.request(Method::PUT, &path)).await.status, 400);
    }
    let look = format!("/me/library/contains?uris={tide}");
    assert_eq!(bench.get(&look).await.ok(), json!([false]));
}

#[tokio::test]
async fn each_type_needs_its_scope() {
    let bench = Bench::restricted().await;
    let token = bench.grant(DEFAULT_USER, &["user-follow-modify"]).access_token;
    let save =
        |uri: &str| send(bench.as_token(&token, Method::PUT, &format!("/me/library?uris={uri}")));
    save(&bench.uri("Low Tide")).await.refused(403, "Insufficient client scope");
    assert_eq!(save("spotify:user:otto").await.status, 200);
}
