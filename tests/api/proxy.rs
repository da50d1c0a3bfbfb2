//! Proxies: they carry TLS to Spotify, and nothing else.

use std::{
    net::SocketAddr,
    process::Command,
    sync::{Arc, Mutex},
};

use spotify_api::{Client, client::Proxy, id::TrackId};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    secure_server::{Authority, SecureServer, client},
    server::{Server, answer, head},
};

fn track() -> TrackId {
    "6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap()
}

/// A proxy that leads every connection to one server, whatever it is asked for.
struct Tunnel {
    address: SocketAddr,
    /// What it was asked for.
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

enum Kind {
    Http,
    Socks5,
}

impl Tunnel {
    async fn to(server: SocketAddr, kind: Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&asked);
        #[expect(clippy::disallowed_methods, reason = "ends with the test: see `Drop`")]
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let target = match kind {
                    Kind::Http => http_connect(&mut stream).await,
                    Kind::Socks5 => socks5(&mut stream).await,
                };
                memory.lock().unwrap().push(target);
                let mut there = TcpStream::connect(server).await.unwrap();
                copy_bidirectional(&mut stream, &mut there).await.ok();
            }
        });
        Self { address, asked, task }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn http_connect(stream: &mut TcpStream) -> String {
    let request = head(stream).await;
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    request
}

/// The server's side of RFC 1928, without authentication and for a name.
async fn socks5(stream: &mut TcpStream) -> String {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await.unwrap();
    let mut methods = vec![0; usize::from(greeting[1])];
    stream.read_exact(&mut methods).await.unwrap();
    stream.write_all(&[5, 0]).await.unwrap();
    let mut request = [0; 5];
    stream.read_exact(&mut request).await.unwrap();
    assert_eq!(request[..4], [5, 1, 0, 3], "CONNECT to a name");
    let mut name = vec![0; usize::from(request[4]) + 2];
    stream.read_exact(&mut name).await.unwrap();
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
    name.truncate(name.len() - 2);
    String::from_utf8(name).unwrap()
}

#[tokio::test]
async fn spotifys_own_address_is_reached_through_a_proxy_that_sees_no_token() {
    let authority = Authority::new();
    let server = SecureServer::good(authority.sign("api.spotify.com")).await;
    for (kind, scheme) in [(Kind::Http, "http"), (Kind::Socks5, "socks5h")] {
        let tunnel = Tunnel::to(server.address, kind).await;
        let proxy: Proxy = format!("{scheme}://{}", tunnel.address).parse().unwrap();
        let client = client(Client::BASE)
            .proxy(proxy)
            .extra_certificates(authority.pem.as_str())
            .build()
            .unwrap();
        assert_eq!(client.track(track()).await.unwrap().name.as_deref(), Some("x"));
        let asked = tunnel.asked();
        assert!(asked.len() == 1 && asked[0].contains("api.spotify.com"), "{asked:?}");
        assert!(!asked[0].contains("canary") && !asked[0].contains("tracks"), "{asked:?}");
    }
}

#[tokio::test]
async fn a_proxy_is_given_its_own_password_and_a_wrong_certificate_behind_it_is_refused() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = SecureServer::good(stranger.sign("api.spotify.com")).await;
    let tunnel = Tunnel::to(server.address, Kind::Http).await;
    let proxy: Proxy = format!("http://user:word@{}", tunnel.address).parse().unwrap();
    let client = client(Client::BASE)
        .proxy(proxy)
        .extra_certificates(authority.pem.as_str())
        .build()
        .unwrap();
    let error = client.track(track()).await.unwrap_err();
    assert_eq!(error.to_string(), "get-track: the server does not prove that it is Spotify");
    assert!(tunnel.asked()[0].contains("proxy-authorization: Basic dXNlcjp3b3Jk\r\n"));
    assert_eq!(server.heard(), "");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_an_error_without_its_password() {
    let refuses = Server::answering(answer("407 Proxy Authentication Required", "", b"")).await;
    let address = refuses.base.trim_start_matches("http://").trim_end_matches("/v1");
    let proxy: Proxy = format!("http://{}@{address}", "user:canary-word").parse().unwrap();
    let client = client(Client::BASE).proxy(proxy).build().unwrap();
    let error = client.track(track()).await.unwrap_err();
    assert_eq!(error.to_string(), "get-track: cannot connect to Spotify");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn what_is_excepted_and_what_has_no_tls_is_not_sent_to_the_proxy() {
    let authority = Authority::new();
    let server = SecureServer::good(authority.sign("127.0.0.1")).await;
    let tunnel = Tunnel::to(server.address, Kind::Http).await;
    let proxy: Proxy = format!("http://{}", tunnel.address).parse().unwrap();
    let pem = authority.pem.as_str();
    let excepted = proxy.clone().except("127.0.0.1, .example");
    let client = server.client().proxy(excepted).extra_certificates(pem).build().unwrap();
    client.track(track()).await.unwrap();
    let plain = Server::with(answer("200 OK", "", br#"{"name":"x"}"#), |b| b.proxy(proxy)).await;
    plain.client.track(track()).await.unwrap();
    assert_eq!(tunnel.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn the_environment_names_no_proxy() {
    #[expect(clippy::disallowed_methods, reason = "tells the test's own child what it is")]
    if std::env::var_os(CHILD).is_some() {
        let authority = Authority::new();
        let server = SecureServer::good(authority.sign("127.0.0.1")).await;
        let client = server.client().extra_certificates(authority.pem.as_str()).build().unwrap();
        client.track(track()).await.unwrap();
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "proxy::the_environment_names_no_proxy"]).env(CHILD, "");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        // Nobody accepts there.
        child.env(name, "http://127.0.0.1:1").env(name.to_lowercase(), "http://127.0.0.1:1");
    }
    let output = child.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Set for a run of the test in an environment that names a proxy.
const CHILD: &str = "SPOTIFY_TEST_NAMED_PROXY";
