//! What stands between this program and Spotify when it can't be reached: no name, no TLS, somebody
//! else. In each case nothing of the request has left, so the grant lives and may be tried again.

use std::error::Error;
use std::net::SocketAddr;

use rcgen::{CertificateParams, KeyPair};
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;

/// Knows no name.
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err(Box::<dyn Error + Send + Sync>::from("no such name")) })
    }
}

async fn refreshed(http: reqwest::ClientBuilder) -> TokenError {
    let endpoint = TokenEndpoint::with(http, Origins::spotify()).unwrap();
    let app = App { id: "id".parse().unwrap(), secret: None };
    endpoint.refresh(&app, &RefreshToken::new("canary")).await.unwrap_err()
}

/// The client of this crate, but Spotify's name leads to `address`.
fn leading_to(address: SocketAddr) -> reqwest::ClientBuilder {
    http().resolve("accounts.spotify.com", address)
}

#[tokio::test]
async fn a_name_that_nobody_knows_was_not_reached() {
    let error = refreshed(http().dns_resolver(Arc::new(NoNames))).await;
    assert!(matches!(error, TokenError::NotSent(_)) && error.is_retryable(), "{error:?}");
    assert!(!format!("{error:?}").contains("canary"));
}

#[tokio::test]
async fn a_server_that_refuses_tls_was_not_reached() {
    // A fatal alert (RFC 8446, section 6), the end of the connection, another protocol.
    for answer in [&b"\x15\x03\x03\x00\x02\x02\x28"[..], b"", b"HTTP/1.1 200 OK\r\n\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut greeting = vec![0; 4096];
            let length = stream.read(&mut greeting).await.unwrap();
            stream.write_all(answer).await.unwrap();
            greeting.truncate(length);
            greeting
        };
        let (error, greeting) = tokio::join!(refreshed(leading_to(address)), serve);
        assert!(matches!(error, TokenError::NotSent(_)) && error.is_retryable(), "{error:?}");
        assert!(greeting.starts_with(b"\x16\x03"), "a TLS handshake, and nothing before it");
    }
}

#[tokio::test]
async fn a_server_whose_certificate_is_not_spotify_s_gets_nothing() {
    for name in ["accounts.spotify.com", "example.org"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(signed_by_itself(name)));
        let serve = async {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { return Vec::new() };
            let mut received = Vec::new();
            // The client's alert ends it.
            drop(stream.read_to_end(&mut received).await);
            received
        };
        let (error, received) = tokio::join!(refreshed(leading_to(address)), serve);
        assert!(matches!(error, TokenError::NotSent(_)) && error.is_retryable(), "{error:?}");
        assert!(received.is_empty(), "{name}");
    }
}

fn signed_by_itself(name: &str) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap()
}
