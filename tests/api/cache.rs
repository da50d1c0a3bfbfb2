//! What the client keeps in memory, and for whom.

use std::sync::{Arc, Mutex};

use http::HeaderValue;
use spotify_api::{
    Attempt, AuthorizeError, ClientBuilder, PageRequest, Via, client::CacheSize, id::SpotifyUri,
    id::TrackId,
};

use crate::server::{Server, answer};

const MINUTE: &str = "cache-control: private, max-age=60\r\n";

fn track() -> TrackId {
    "6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap()
}

fn page() -> PageRequest {
    PageRequest::default()
}

/// Answers with headers, and a body that has the number of the request.
async fn numbered(
    headers: &'static str,
    settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Server {
    Server::script(settings, move |number, _| {
        let body = format!(r#"{{"name":"{number}","total":{number},"items":[]}}"#);
        answer("200 OK", headers, body.as_bytes())
    })
    .await
}

async fn name(server: &Server) -> String {
    server.client.track(track()).await.unwrap().name.unwrap()
}

#[tokio::test]
async fn what_spotify_allows_to_keep_is_asked_for_once() {
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&attempts);
    let observe = move |attempt: &Attempt| {
        seen.lock().unwrap().push((attempt.status, attempt.attempt, attempt.via));
    };
    let server = numbered(MINUTE, |builder| builder.observe(observe)).await;
    assert_eq!((name(&server).await, name(&server).await), ("0".to_owned(), "0".to_owned()));
    assert_eq!(server.requests().len(), 1);
    let expected = [(Some(200), 1, Via::Network), (Some(200), 0, Via::Cache)];
    assert_eq!(*attempts.lock().unwrap(), expected);
}

#[tokio::test]
async fn what_spotify_does_not_allow_to_keep_and_a_cache_that_is_off_keep_nothing() {
    for (headers, size) in [
        ("", CacheSize::default()),
        ("cache-control: no-store, max-age=60\r\n", CacheSize::default()),
        ("cache-control: max-age=60\r\nvary: *\r\n", CacheSize::default()),
        (MINUTE, CacheSize::OFF),
    ] {
        let server = numbered(headers, |builder| builder.cache(size)).await;
        assert_eq!((name(&server).await, name(&server).await), ("0".to_owned(), "1".to_owned()));
    }
}

#[tokio::test]
async fn an_old_answer_is_asked_for_by_its_tag_and_taken_if_it_is_still_the_same() {
    let server = Server::script(
        |builder| builder,
        |_, request| {
            let tag = "etag: \"a\"\r\ncache-control: no-cache\r\n";
            if request.contains("if-none-match: \"a\"\r\n") {
                return answer("304 Not Modified", tag, b"");
            }
            answer("200 OK", tag, br#"{"name":"first"}"#)
        },
    )
    .await;
    for _ in 0..3 {
        assert_eq!(name(&server).await, "first");
    }
    let conditions =
        server.requests().iter().map(|r| r.contains("if-none-match")).collect::<Vec<_>>();
    assert_eq!(conditions, [false, true, true]);
}

#[tokio::test]
async fn an_answer_that_changed_replaces_the_kept_one() {
    let server = Server::script(
        |builder| builder,
        |number, _| {
            let headers = format!("etag: \"{number}\"\r\n");
            answer("200 OK", &headers, format!(r#"{{"name":"{number}"}}"#).as_bytes())
        },
    )
    .await;
    for number in 0..3 {
        assert_eq!(name(&server).await, number.to_string());
    }
    assert!(server.requests()[2].contains("if-none-match: \"1\"\r\n"));
}

#[tokio::test]
async fn a_tag_nobody_asked_about_makes_no_answer_out_of_304() {
    let server = Server::answering(answer("304 Not Modified", "etag: \"a\"\r\n", b"")).await;
    let error = server.client.track(track()).await.unwrap_err();
    assert_eq!(error.status(), Some(304));
}

#[tokio::test]
async fn a_change_forgets_what_is_personal_and_nothing_else() {
    let server = numbered(MINUTE, |builder| builder).await;
    let total = async || server.client.my_playlists(page()).await.unwrap().total;
    let uri: SpotifyUri = "spotify:track:6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap();
    assert_eq!((name(&server).await, total().await), ("0".to_owned(), Some(1)));
    assert_eq!((name(&server).await, total().await), ("0".to_owned(), Some(1)));
    server.client.save(&[uri]).await.unwrap();
    assert_eq!((name(&server).await, total().await), ("0".to_owned(), Some(3)));
}

#[tokio::test]
async fn nobody_is_given_what_was_kept_for_another_authorization() {
    let names = Arc::new(Mutex::new(vec!["Bearer c", "Bearer b", "Bearer a", "Bearer a"]));
    let whose = move |_: Option<&HeaderValue>| {
        let header = names.lock().unwrap().pop().unwrap();
        async move { Ok::<_, AuthorizeError>(HeaderValue::from_static(header)) }
    };
    let server = numbered(MINUTE, |builder| builder).await;
    let client = spotify_api::Client::builder(&server.base, whose).build().unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(client.track(track()).await.unwrap().name.unwrap());
    }
    assert_eq!(seen, ["0", "0", "1", "2"]);
    // A client of its own has a memory of its own.
    assert_eq!(name(&server).await, "3");
}

#[tokio::test]
async fn who_is_signed_out_is_given_nothing() {
    let signed_in = Arc::new(Mutex::new(true));
    let still = Arc::clone(&signed_in);
    let authorize = move |_: Option<&HeaderValue>| {
        let signed_in = *still.lock().unwrap();
        std::future::ready(if signed_in {
            Ok(HeaderValue::from_static("Bearer a"))
        } else {
            Err(AuthorizeError::needs_login("signed out"))
        })
    };
    let server = numbered(MINUTE, |builder| builder).await;
    let client = spotify_api::Client::builder(&server.base, authorize).build().unwrap();
    client.track(track()).await.unwrap();
    *signed_in.lock().unwrap() = false;
    assert!(client.track(track()).await.unwrap_err().needs_login());
}
