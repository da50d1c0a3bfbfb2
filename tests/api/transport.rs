//! What goes over the wire.

use std::sync::Arc;

use spotify_api::{AuthorizeError, Client, Error, endpoints::library, id::SpotifyUri};

use crate::server::{Server, answer};

#[tokio::test]
async fn redirects_are_not_followed_so_that_the_token_stays_with_spotify() {
    let elsewhere = Server::answering(answer("200 OK", "", br#"{"id":"me"}"#)).await;
    let head = format!("location: {}/me\r\n", elsewhere.base);
    let server = Server::answering(answer("302 Found", &head, b"")).await;
    let error = server.client.me().await.unwrap_err();
    assert_eq!(error.status(), Some(302));
    assert_eq!((server.requests().len(), elsewhere.requests().len()), (1, 0));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_given_up_whatever_its_length_says() {
    let body = [b"\"".as_slice(), &vec![b'x'; 5000], b"\""].concat();
    let chunked = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1388\r\n".as_slice(),
        &body[..5000],
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    for bytes in [answer("200 OK", "", &body), chunked] {
        let server = Server::with(bytes, |builder| builder.largest_answer(4096)).await;
        let error = server.client.me().await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 4096, .. }), "{error}");
    }
}

#[tokio::test]
async fn the_limit_counts_the_bytes_after_decompression() {
    for (coding, body) in [("gzip", GZIP.to_vec()), ("br", BROTLI.to_vec()), ("zstd", zstd_bomb())]
    {
        let head = format!("content-encoding: {coding}\r\n");
        let server = Server::with(answer("200 OK", &head, &body), |b| b.largest_answer(4096)).await;
        let error = server.client.me().await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 4096, .. }), "{coding}: {error}");
        let asked = server.requests()[0].to_lowercase();
        let accepted = asked.lines().find(|line| line.starts_with("accept-encoding:")).unwrap();
        assert!(accepted.contains(coding), "{accepted}");
    }
}

#[tokio::test]
async fn n50_a_change_without_a_body_says_that_its_length_is_zero() {
    let server = Server::answering(answer("200 OK", "", b"")).await;
    let uri: SpotifyUri = "spotify:track:6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap();
    server.client.save(std::slice::from_ref(&uri)).await.unwrap();
    server.client.unsave(&[uri]).await.unwrap();
    for request in server.requests() {
        let lengths = request.lines().filter(|line| line.eq_ignore_ascii_case("content-length: 0"));
        assert_eq!(lengths.count(), 1, "{request}");
    }
    assert!(library::SAVE.request(&["x"]).is_err());
}

#[tokio::test]
async fn n52_library_uris_stand_in_the_query() {
    let server = Server::answering(answer("200 OK", "", b"")).await;
    let uri: SpotifyUri = "spotify:track:6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap();
    server.client.save(&[uri.clone(), uri]).await.unwrap();
    let line = "PUT /v1/me/library?uris=spotify%3Atrack%3A6rqhFgbbKwnb9MLmUQDhG6%2Cspotify%3Atrack%3A6rqhFgbbKwnb9MLmUQDhG6 HTTP/1.1";
    assert_eq!(server.requests()[0].lines().next(), Some(line));
}

#[tokio::test]
async fn requests_name_the_project() {
    let server = Server::answering(answer("200 OK", "", br#"{"id":"me"}"#)).await;
    server.client.me().await.unwrap();
    let agent = format!("user-agent: spotify-mcp/{}", env!("CARGO_PKG_VERSION"));
    assert!(server.requests()[0].contains(&agent), "{:?}", server.requests());
}

#[tokio::test]
async fn the_program_adds_its_name_to_the_projects() {
    let body = br#"{"id":"me"}"#;
    let server = Server::with(answer("200 OK", "", body), |b| b.program("my-program/1.2")).await;
    server.client.me().await.unwrap();
    let agent = format!("user-agent: spotify-mcp/{} my-program/1.2\r\n", env!("CARGO_PKG_VERSION"));
    assert!(server.requests()[0].contains(&agent), "{:?}", server.requests());
}

#[tokio::test]
async fn an_error_that_repeats_the_token_is_redacted() {
    let body = br#"{"error":{"status":400,"message":"bad token canary-token!","reason":"Bearer canary-token"}}"#;
    let server = Server::answering(answer("400 Bad Request", "", body)).await;
    let error = server.client.me().await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("bad token [redacted]!") && !text.contains("canary"), "{text}");
}

#[tokio::test]
async fn a_retry_after_that_is_no_number_of_seconds_is_unknown_and_not_waited() {
    let head = "retry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\n";
    let server = Server::answering(answer("429 Too Many Requests", head, b"")).await;
    let error = server.client.me().await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { retry_after: None, .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_client_is_built_only_for_an_address_that_keeps_the_token_safe() {
    let build = |base: &str| {
        let authorize = |_: Option<&http::HeaderValue>| async {
            Ok::<_, AuthorizeError>(http::HeaderValue::from_static("Bearer x"))
        };
        Client::builder(base, authorize).build()
    };
    assert!(build(Client::BASE).is_ok());
    assert!(build("http://[::1]:1/v1").is_ok());
    for base in ["http://api.spotify.com/v1", "https://localhost:1/v1", "nonsense"] {
        let error = Arc::new(build(base).unwrap_err());
        assert_eq!(error.to_string(), "set the address of the Web API", "{base}");
    }
}

/// 5000 times `x`, compressed.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00,
    0x00, 0xc2, 0xa0, 0xda, 0x8b, 0x6f, 0x0a, 0x3f, 0xa0, 0x00, 0x00, 0x00, 0x00, 0x80, 0xb7, 0x01,
    0x26, 0xf0, 0xdb, 0x00, 0x88, 0x13, 0x00, 0x00,
];

/// 5000 times `x`, compressed.
const BROTLI: &[u8] =
    &[0x1b, 0x87, 0x13, 0xf8, 0x25, 0xf0, 0xe2, 0xb1, 0x40, 0x20, 0x68, 0x01, 0x00];

/// A gigabyte in 32 kB: blocks that repeat one byte 128 KiB times (RFC 8878, section 3.1.1).
fn zstd_bomb() -> Vec<u8> {
    const MAGIC_AND_WINDOW: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    const REPEAT: [u8; 4] = [0x02, 0x00, 0x10, b'x'];
    [&MAGIC_AND_WINDOW[..], &REPEAT.repeat(8192)].concat()
}
