//! A server that answers what it is told, for what a Spotify that works would never answer.

use std::sync::{Arc, Mutex};

use http::HeaderValue;
use spotify_api::{AuthorizeError, Client, ClientBuilder};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};

pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) base: String,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers every request with these bytes and closes the connection.
    pub(crate) async fn answering(answer: Vec<u8>) -> Self {
        Self::with(answer, |builder| builder).await
    }

    pub(crate) async fn with(
        answer: Vec<u8>,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        Self::script(settings, move |_, _| answer.clone()).await
    }

    /// Answers each request by its number, from 0, and its text.
    pub(crate) async fn script(
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
        script: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        #[expect(clippy::disallowed_methods, reason = "ends with the test: see `Drop`")]
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = head(&mut stream).await;
                let answer = script(seen.lock().unwrap().len(), &request);
                seen.lock().unwrap().push(request);
                // The client may close first when the answer is too large for it.
                stream.write_all(&answer).await.ok();
                stream.shutdown().await.ok();
            }
        });
        let authorize = |_: Option<&HeaderValue>| async {
            Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer canary-token"))
        };
        let builder = Client::builder(&base, authorize).backoff(std::time::Duration::ZERO);
        Self { client: settings(builder).build().unwrap(), base, requests, task }
    }

    /// The heads of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads a request until the end of its head, or as far as it comes.
pub(crate) async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(length) => request.extend_from_slice(&chunk[..length]),
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// An answer with a length.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
