//! Covers of playlists.

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, OTHER_USER};

use crate::bench::{Answer, Bench, send};

/// The shortest text that passes for a JPEG.
const JPEG: &str = "/9j/4AAQSkZJRg==";

async fn upload(bench: &Bench, token: &str, id: &str, kind: &str, body: &str) -> Answer {
    let request = bench.as_token(token, Method::PUT, &format!("/playlists/{id}/images"));
    let length = body.len().to_string();
    let request = request.header("content-length", length).header(CONTENT_TYPE, kind);
    send(request.body(body.to_owned())).await
}

#[tokio::test]
async fn an_uploaded_cover_takes_the_place_of_the_old_one() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("Painted", true).await;
    let images = format!("/playlists/{id}/images");
    assert_eq!(bench.get(&images).await.ok(), json!([]));
    let answer = upload(&bench, &bench.token, &id, "image/jpeg", JPEG).await;
    assert_eq!((answer.status, answer.text.as_str()), (202, ""));
    let cover = bench.get(&images).await.ok();
    assert!(cover[0]["url"].is_string());
    assert_eq!((&cover[0]["width"], &cover[0]["height"]), (&Value::Null, &Value::Null));
    let playlist = bench.get(&format!("/playlists/{id}")).await.ok();
    assert_eq!(playlist["images"], cover);
}

#[tokio::test]
async fn what_is_no_small_jpeg_is_refused() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("Painted", true).await;
    let large = format!("/9j/{}", "A".repeat(256 * 1_024));
    for (kind, body, status) in [
        ("image/png", JPEG, 400),
        ("image/jpeg", "iVBORw0KGgo=", 400),
        ("image/jpeg", "not base64", 400),
        ("image/jpeg", "", 400),
        ("image/jpeg", large.as_str(), 413),
    ] {
        let answer = upload(&bench, &bench.token, &id, kind, body).await;
        assert_eq!(answer.status, status, "{kind}: {answer:?}");
    }
}

#[tokio::test]
async fn a_cover_needs_both_scopes_and_the_playlist() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("Painted", true).await;
    for scopes in [&["playlist-modify-public"][..], &["ugc-image-upload"]] {
        let token = bench.grant(DEFAULT_USER, scopes).access_token;
        let answer = upload(&bench, &token, &id, "image/jpeg", JPEG).await;
        answer.refused(403, "Insufficient client scope");
    }
    let scopes = ["ugc-image-upload", "playlist-modify-public"];
    let token = bench.grant(OTHER_USER, &scopes).access_token;
    assert_eq!(upload(&bench, &token, &id, "image/jpeg", JPEG).await.status, 403);
}
