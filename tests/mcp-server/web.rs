//! The server of an installation over HTTP, and a plain HTTP client of it.

use http::{HeaderMap, HeaderValue, StatusCode};
use mcp_server::{
    serve::{Ended, Ready, ServeError},
    tools::Selection,
    transport::http::{Endpoint, PATH},
};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use spotify_auth::secret::AccessToken;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    bench::Bench,
    client::{LATEST, declare},
};

/// What the test issued.
pub(crate) const TOKEN: &str = "issued-by-the-test";

pub(crate) struct Web {
    pub(crate) url: String,
    pub(crate) http: Client,
    task: JoinHandle<Result<Ended, ServeError>>,
    stop: CancellationToken,
}

impl Web {
    pub(crate) async fn serve(bench: &Bench) -> Self {
        Self::serve_ready(Ready::new(&bench.session(), None, &Selection::default()).unwrap()).await
    }

    pub(crate) async fn serve_ready(ready: Ready) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}{PATH}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let endpoint = Endpoint::new(AccessToken::new(TOKEN));
        let served = ready.serve_http(listener, endpoint, stop.clone());
        #[expect(clippy::disallowed_methods, reason = "the test waits for it by its handle")]
        let task = tokio::spawn(served);
        let http = Client::builder().no_proxy().build().unwrap();
        Self { url, http, task, stop }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        assert_eq!(self.task.await.unwrap().unwrap(), Ended::Stopped);
    }

    /// Returns a request of the present era as a body.
    #[expect(clippy::unused_self, reason = "reads as what is sent there")]
    pub(crate) fn message(&self, method: &str, mut params: Value) -> String {
        declare(&mut params, &json!({}));
        json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
    }

    /// Sends a request of the present era; `changed` replaces headers of it.
    pub(crate) async fn post(&self, method: &str, params: Value, changed: HeaderMap) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert("mcp-protocol-version", HeaderValue::from_static(LATEST));
        headers.insert("mcp-method", method.parse().unwrap());
        if let Some(name) = params["name"].as_str() {
            headers.insert("mcp-name", name.parse().unwrap());
        }
        headers.extend(changed);
        let body = self.message(method, params);
        self.signed().headers(headers).body(body).send().await.unwrap()
    }

    /// Sends a body with the token and the headers of `tools/list`.
    pub(crate) async fn raw(&self, body: String) -> Response {
        let request = self.signed().header("mcp-protocol-version", LATEST);
        request.header("mcp-method", "tools/list").body(body).send().await.unwrap()
    }

    /// Begins a session with a protocol version of the era of sessions; returns its id.
    pub(crate) async fn session(&self, version: &str) -> String {
        let hello = json!({
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": { "name": "tests", "version": "1.2.3" },
        });
        let answer = self.earlier("initialize", hello, None).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let session = answer.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        let body = Self::event(answer).await;
        assert_eq!(body["result"]["protocolVersion"], version, "{body}");
        let done = self.notify("notifications/initialized", &session).await;
        assert_eq!(done.status(), StatusCode::ACCEPTED);
        session
    }

    /// Sends a request of the era of sessions.
    pub(crate) async fn earlier(
        &self,
        method: &str,
        params: Value,
        session: Option<&str>,
    ) -> Response {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.in_session(&message, session).await
    }

    pub(crate) async fn notify(&self, method: &str, session: &str) -> Response {
        self.in_session(&json!({ "jsonrpc": "2.0", "method": method }), Some(session)).await
    }

    async fn in_session(&self, message: &Value, session: Option<&str>) -> Response {
        let mut request = self.signed().body(message.to_string());
        if let Some(session) = session {
            request = request.header("mcp-session-id", session);
            request = request.header("mcp-protocol-version", "2025-11-25");
        }
        request.send().await.unwrap()
    }

    fn signed(&self) -> reqwest::RequestBuilder {
        self.http
            .post(&self.url)
            .bearer_auth(TOKEN)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
    }

    /// Returns the last message of an answer, which is JSON or a stream of events.
    pub(crate) async fn event(answer: Response) -> Value {
        Self::events(answer).await.pop().unwrap()
    }

    /// Returns all messages of an answer.
    pub(crate) async fn events(answer: Response) -> Vec<Value> {
        let text = answer.text().await.unwrap();
        if !text.contains("data:") {
            return vec![serde_json::from_str(&text).unwrap()];
        }
        let data = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim);
        // A stream may begin with an event that has an id and no message.
        let data = data.filter(|data| !data.is_empty());
        data.map(|data| serde_json::from_str(data).unwrap()).collect()
    }
}
