//! Streamable HTTP (MCP 2025-06-18 and newer): one endpoint, [`PATH`].
//!
//! A library function: no switch of the program opens a port with it. Every request must bring the
//! bearer token that the caller issued; `Host` and `Origin` are checked against what is served
//! (specification 2026-07-28, "Streamable HTTP", Security).

use std::{io, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    serve::ListenerExt as _,
};
use http::{HeaderMap, StatusCode, header};
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService,
        session::local::{LocalSessionManager, SessionConfig},
    },
};
use spotify_auth::secret::AccessToken;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Where the protocol is served.
pub const PATH: &str = "/mcp";
/// The largest body that is taken, in bytes.
pub const LARGEST_BODY: usize = 4 << 20;
/// How long a session of a protocol before 2026-07-28 may stay without a request.
const IDLE: Duration = Duration::from_mins(5);
/// How long a session may take to begin.
const BEGIN: Duration = Duration::from_secs(10);

/// Who may call, and under which names the server is reached.
#[derive(Debug)]
pub struct Endpoint {
    access: AccessToken,
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Endpoint {
    /// Serves those who bring `access`, under the names of the loopback interface, and no browser
    /// page.
    pub fn new(access: AccessToken) -> Self {
        let hosts = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).to_vec();
        Self { access, hosts, origins: Vec::new() }
    }

    /// Serves under these names instead: `host` for any port, or `host:port`.
    #[must_use]
    pub fn hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    /// Serves pages of these origins, too: `https://app.example.com:443`.
    #[must_use]
    pub fn origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Serves connections of `listener` until `stop` is cancelled; then ends sessions and streams.
    ///
    /// # Errors
    /// The listener may fail.
    pub async fn serve<S>(
        self,
        listener: TcpListener,
        server: S,
        stop: CancellationToken,
    ) -> io::Result<()>
    where
        S: ServerHandler + Clone + Send + Sync + 'static,
    {
        // A stream writes an answer in two pieces: the second would wait for the peer's
        // acknowledgement of the first, 40 ms long.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps Nagle's algorithm");
            }
        });
        let stopped = stop.clone().cancelled_owned();
        axum::serve(listener, self.router(server, stop)).with_graceful_shutdown(stopped).await
    }

    fn router<S>(self, server: S, stop: CancellationToken) -> Router
    where
        S: ServerHandler + Clone + Send + Sync + 'static,
    {
        let mut sessions = LocalSessionManager::default();
        sessions.session_config = SessionConfig::default();
        sessions.session_config.keep_alive = Some(IDLE);
        sessions.session_config.init_timeout = Some(BEGIN);
        let config = StreamableHttpServerConfig::default()
            .with_allowed_hosts(self.hosts)
            .with_allowed_origins(self.origins)
            .enforce_origin_validation()
            // Without sessions a client of an earlier protocol could not be asked anything.
            .with_legacy_session_mode(true)
            .with_json_response(true)
            .with_max_request_body_bytes(LARGEST_BODY)
            .with_cancellation_token(stop);
        let service =
            StreamableHttpService::new(move || Ok(server.clone()), Arc::new(sessions), config);
        Router::new()
            .route_service(PATH, service)
            .layer(middleware::from_fn_with_state(Arc::new(self.access), admit))
    }
}

/// Lets a request pass that brings the token (RFC 6750, section 2.1).
async fn admit(State(access): State<Arc<AccessToken>>, request: Request, next: Next) -> Response {
    match bearer(request.headers()) {
        Some(token) if access.matches(token) => next.run(request).await,
        Some(_) => refuse(r#"Bearer error="invalid_token""#),
        None => refuse("Bearer"),
    }
}

/// Returns the bearer token, if there is exactly one `Authorization` header and it has one.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refuse(challenge: &'static str) -> Response {
    let headers = [(header::WWW_AUTHENTICATE, challenge), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::UNAUTHORIZED, headers, "send `Authorization: Bearer` with a valid token\n")
        .into_response()
}
