//! Servers that are not, or cannot prove to be, who the client asks for: none of them ever hears a
//! token.

use std::{sync::Arc, time::Duration};

use rcgen::date_time_ymd;
use spotify_api::{Error, client::BuildError, error::NetworkFailure, id::TrackId};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::rustls::{
    ALL_VERSIONS, SupportedProtocolVersion,
    version::{TLS12, TLS13},
};

use crate::secure_server::{Authority, Heard, Identity, SecureServer, Stream, hear};

fn track() -> TrackId {
    "6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap()
}

/// Asks a server, and returns at which step that failed. The server hears no token.
async fn refused(server: &SecureServer, authority: &Authority) -> NetworkFailure {
    let client = server
        .client()
        .extra_certificates(authority.pem.as_str())
        .connect_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let error = client.track(track()).await.unwrap_err();
    assert!(!error.may_have_happened(), "{error:?}");
    for secret in ["canary", "uthorization", "6rqhFgbbKwnb9MLmUQDhG6"] {
        assert!(!server.heard().contains(secret), "{}", server.heard());
    }
    let Error::Network { failure, .. } = error else { panic!("{error:?}") };
    failure
}

#[tokio::test]
async fn a_server_with_a_certificate_of_the_extra_authority_is_asked() {
    const VERSIONS: [&[&SupportedProtocolVersion]; 3] = [ALL_VERSIONS, &[&TLS12], &[&TLS13]];
    let authority = Authority::new();
    for versions in VERSIONS {
        let config = authority.sign("127.0.0.1").config(versions, &["http/1.1"]);
        let server = SecureServer::tls(config, crate::secure_server::answer_each).await;
        let client = server.client().extra_certificates(authority.pem.as_str()).build().unwrap();
        for _ in 0..3 {
            assert_eq!(client.track(track()).await.unwrap().name.as_deref(), Some("x"));
        }
        assert_eq!(server.connections(), 1, "a connection is used again");
        assert!(server.heard().contains("authorization: Bearer canary-token\r\n"));
    }
}

#[tokio::test]
async fn clients_of_two_people_can_use_the_same_connection() {
    let authority = Authority::new();
    let server = SecureServer::good(authority.sign("127.0.0.1")).await;
    let one = server.client().extra_certificates(authority.pem.as_str()).build().unwrap();
    let two = server.client().share(&one).build().unwrap();
    for client in [&one, &two, &one, &two] {
        client.track(track()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused_at_once() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let expired = authority.sign_with("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let early = authority.sign_with("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2099, 1, 1);
        params.not_after = date_time_ymd(2100, 1, 1);
    });
    for (fault, identity) in [
        ("expired", expired),
        ("not yet valid", early),
        ("self-signed", Identity::self_signed("127.0.0.1")),
        ("of an unknown authority", stranger.sign("127.0.0.1")),
        ("for another host", authority.sign("api.spotify.com")),
        ("for another address", authority.sign("127.0.0.2")),
    ] {
        let server = SecureServer::good(identity).await;
        assert_eq!(refused(&server, &authority).await, NetworkFailure::Untrusted, "{fault}");
        assert_eq!(server.connections(), 1, "{fault}: asking again would prove nothing");
        assert_eq!(server.heard(), "", "{fault}");
    }
}

#[tokio::test]
async fn without_the_extra_certificate_its_authority_is_unknown() {
    let server = SecureServer::good(Authority::new().sign("127.0.0.1")).await;
    let error = server.client().build().unwrap().track(track()).await.unwrap_err();
    let expected = "get-track: the server does not prove that it is Spotify";
    assert_eq!((error.to_string().as_str(), error.is_retryable()), (expected, false));
    assert_eq!(server.heard(), "");
}

#[tokio::test]
async fn older_tls_is_refused_in_whichever_way_the_server_insists_on_it() {
    // TLS 1.1: a ServerHello with ECDHE-RSA-AES128-SHA, and the alert `protocol_version`.
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(&[0, 0xc0, 0x13, 0]);
    let alert = vec![0x15, 3, 2, 0, 2, 2, 70];
    for answer in [hello, alert] {
        let server = answering_hello(answer).await;
        assert_eq!(refused(&server, &Authority::new()).await, NetworkFailure::Untrusted);
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn plain_http_on_the_port_for_tls_is_refused() {
    let plain = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"name\":\"x\"}".to_vec();
    let server = answering_hello(plain).await;
    assert_eq!(refused(&server, &Authority::new()).await, NetworkFailure::Untrusted);
}

#[tokio::test]
async fn a_handshake_that_is_cut_off_silent_or_endless_is_no_connection() {
    let authority = Authority::new();
    let cut_off = answering_hello(vec![0x16, 3, 3, 0, 80, 2, 0, 0, 76]).await;
    assert_eq!(refused(&cut_off, &authority).await, NetworkFailure::Connect);
    let silent =
        SecureServer::raw(
            |mut stream, heard| async move { while hear(&mut stream, &heard).await {} },
        )
        .await;
    assert_eq!(refused(&silent, &authority).await, NetworkFailure::Connect);
    let dripping = SecureServer::raw(|mut stream, heard| async move {
        hear(&mut stream, &heard).await;
        // A record that is announced with 16 kB, a byte at a time.
        stream.write_all(&[0x16, 3, 3, 0x3f, 0xff]).await.ok();
        drip(&mut stream).await;
    })
    .await;
    assert_eq!(refused(&dripping, &authority).await, NetworkFailure::Connect);
}

#[tokio::test]
async fn an_answer_that_does_not_come_or_end_is_given_up() {
    let authority = Authority::new();
    let silent = |mut stream: Box<dyn Stream>, heard: Heard| async move {
        while hear(&mut stream, &heard).await {}
    };
    let cut_off = |mut stream: Box<dyn Stream>, heard: Heard| async move {
        hear(&mut stream, &heard).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"name\"").await.ok();
        stream.shutdown().await.ok();
    };
    let slow_head = |mut stream: Box<dyn Stream>, heard: Heard| async move {
        hear(&mut stream, &heard).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await.ok();
        drip(&mut stream).await;
    };
    let config = || authority.sign("127.0.0.1").config(ALL_VERSIONS, &[]);
    for (server, expected) in [
        (SecureServer::tls(config(), silent).await, NetworkFailure::Timeout),
        (SecureServer::tls(config(), cut_off).await, NetworkFailure::Broken),
        (SecureServer::tls(config(), slow_head).await, NetworkFailure::Timeout),
    ] {
        let client = server
            .client()
            .extra_certificates(authority.pem.as_str())
            .silence_timeout(Duration::from_millis(100))
            .build()
            .unwrap();
        let error = client.track(track()).await.unwrap_err();
        assert!(
            matches!(&error, Error::Network { failure, .. } if *failure == expected),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_drips_ends_with_the_deadline() {
    let authority = Authority::new();
    let config = authority.sign("127.0.0.1").config(ALL_VERSIONS, &[]);
    let server = SecureServer::tls(config, |mut stream, heard| async move {
        hear(&mut stream, &heard).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n").await.ok();
        drip(&mut stream).await;
    })
    .await;
    let deadline = Duration::from_millis(300);
    let client =
        server.client().extra_certificates(authority.pem.as_str()).deadline(deadline).build();
    let error = client.unwrap().track(track()).await.unwrap_err();
    assert!(matches!(error, Error::Deadline { sent: true, .. }), "{error:?}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn http_2_is_spoken_with_a_server_that_knows_it() {
    let authority = Authority::new();
    let config = authority.sign("127.0.0.1").config(ALL_VERSIONS, &["h2", "http/1.1"]);
    let server = SecureServer::tls(config, http2).await;
    let client = server.client().extra_certificates(authority.pem.as_str()).build().unwrap();
    assert_eq!(client.track(track()).await.unwrap().name.as_deref(), Some("x"));
    assert!(server.heard().starts_with("PRI * HTTP/2.0\r\n"));
    // Marked as sensitive, it is sent as "never indexed" (RFC 7541, section 6.2.3), by its name's
    // place in the static table: 23 = 15 + 8.
    let heard = server.heard.lock().unwrap();
    assert!(heard.windows(2).any(|bytes| bytes == [0x1f, 0x08]));
}

#[test]
fn what_is_no_certificate_is_refused_when_the_client_is_built() {
    let build = |pem: &str| {
        let builder = crate::secure_server::client("https://127.0.0.1:1/v1");
        Arc::new(builder.extra_certificates(pem).build().unwrap_err())
    };
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    for pem in ["", "nonsense", &key] {
        assert!(matches!(*build(pem), BuildError::Certificate(None)), "{pem}");
    }
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    assert!(matches!(*build(broken), BuildError::Certificate(Some(_))));
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(*build(garbage), BuildError::Transport(_)));
}

/// Answers the first bytes of the client with these, and closes.
async fn answering_hello(answer: Vec<u8>) -> SecureServer {
    SecureServer::raw(move |mut stream, heard| {
        let answer = answer.clone();
        async move {
            hear(&mut stream, &heard).await;
            stream.write_all(&answer).await.ok();
            stream.shutdown().await.ok();
            while hear(&mut stream, &heard).await {}
        }
    })
    .await
}

/// Sends a byte every few milliseconds until the client has enough of it.
async fn drip(stream: &mut (impl tokio::io::AsyncWrite + Unpin)) {
    while stream.write_all(b"x").await.is_ok() && stream.flush().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Answers the first request of an HTTP/2 connection (RFC 9113).
async fn http2(mut stream: Box<dyn Stream>, heard: Heard) {
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    const SETTINGS_ACK: [u8; 9] = [0, 0, 0, 4, 1, 0, 0, 0, 0];
    // HEADERS of stream 1 with `:status: 200`, then DATA that ends it.
    const HEADERS: [u8; 10] = [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88];
    const DATA: [u8; 9] = [0, 0, 12, 0, 1, 0, 0, 0, 1];
    while !heard.lock().unwrap().windows(2).any(|bytes| bytes == [0x1f, 0x08]) {
        if !hear(&mut stream, &heard).await {
            return;
        }
    }
    let answer = [&SETTINGS[..], &SETTINGS_ACK, &HEADERS, &DATA, br#"{"name":"x"}"#].concat();
    stream.write_all(&answer).await.unwrap();
    stream.flush().await.unwrap();
    while hear(&mut stream, &heard).await {}
}
