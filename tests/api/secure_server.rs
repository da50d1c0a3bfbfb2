//! A server that speaks TLS, well or badly, and the authority that signed its certificate.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::HeaderValue;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use spotify_api::{AuthorizeError, Client, ClientBuilder};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ALL_VERSIONS, ServerConfig, SupportedProtocolVersion, crypto::aws_lc_rs,
        pki_types::PrivateKeyDer,
    },
};

/// Somebody who signs certificates.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Signs a certificate for a name or an address.
    pub(crate) fn sign(&self, name: &str) -> Identity {
        self.sign_with(name, |_| {})
    }

    pub(crate) fn sign_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { certificate, key }
    }
}

/// A certificate and its key.
pub(crate) struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Identity {
    pub(crate) fn self_signed(name: &str) -> Self {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        Self { certificate: params.self_signed(&key).unwrap(), key }
    }

    /// A server's side of TLS with this certificate.
    pub(crate) fn config(
        self,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
    ) -> ServerConfig {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }
}

/// What was said to a server above TLS, or below it if it speaks none.
pub(crate) type Heard = Arc<Mutex<Vec<u8>>>;

pub(crate) struct SecureServer {
    pub(crate) address: SocketAddr,
    pub(crate) heard: Heard,
    connections: Arc<Mutex<usize>>,
    task: JoinHandle<()>,
}

impl SecureServer {
    /// Does with each connection what it is told.
    pub(crate) async fn raw<F, Fut>(serve: F) -> Self
    where
        F: Fn(TcpStream, Heard) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, connections) = (Heard::default(), Arc::new(Mutex::new(0_usize)));
        let (memory, count) = (Arc::clone(&heard), Arc::clone(&connections));
        #[expect(clippy::disallowed_methods, reason = "ends with the test: see `Drop`")]
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                serve(stream, Arc::clone(&memory)).await;
            }
        });
        Self { address, heard, connections, task }
    }

    /// Speaks TLS, and then does what it is told.
    pub(crate) async fn tls<F, Fut>(config: ServerConfig, serve: F) -> Self
    where
        F: Fn(Box<dyn Stream>, Heard) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::raw(move |stream, heard| {
            let (acceptor, serve) = (acceptor.clone(), serve.clone());
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(Box::new(stream), heard).await;
                }
            }
        })
        .await
    }

    /// Speaks TLS of any version and HTTP/1.1, and answers each request on a connection.
    pub(crate) async fn good(identity: Identity) -> Self {
        Self::tls(identity.config(ALL_VERSIONS, &["http/1.1"]), answer_each).await
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    pub(crate) fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }

    /// A client for this server's address.
    pub(crate) fn client(&self) -> ClientBuilder {
        client(&format!("https://{}/v1", self.address))
    }
}

impl Drop for SecureServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub(crate) fn client(base: &str) -> ClientBuilder {
    let authorize = |_: Option<&HeaderValue>| async {
        Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer canary-token"))
    };
    Client::builder(base, authorize).backoff(Duration::ZERO).jitter(|_| Duration::ZERO)
}

/// Reads what comes into the server's memory; `false` at the end.
pub(crate) async fn hear(stream: &mut (impl AsyncRead + Unpin), heard: &Heard) -> bool {
    let mut bytes = [0; 4096];
    match stream.read(&mut bytes).await {
        Ok(0) | Err(_) => false,
        Ok(length) => {
            heard.lock().unwrap().extend_from_slice(&bytes[..length]);
            true
        }
    }
}

/// Answers every request on the connection, and keeps it.
pub(crate) async fn answer_each(mut stream: Box<dyn Stream>, heard: Heard) {
    use tokio::io::AsyncWriteExt as _;
    while hear(&mut stream, &heard).await {
        let body = br#"{"name":"x"}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.ok();
        stream.write_all(body).await.ok();
        stream.flush().await.ok();
    }
}
