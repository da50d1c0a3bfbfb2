//! The listener that the browser comes back to (RFC 8252, section 7.3).
//!
//! It listens on a loopback address only, answers one path only, and shows a page that says in
//! plain words whether the sign-in worked. The page loads nothing and runs nothing.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use url::{Host, Url};

const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
/// A redirect has a few hundred bytes.
const REQUEST_MAX: usize = 16 * 1024;

/// What the browser shows in the end.
#[derive(Clone, Debug)]
pub struct Page {
    /// Whether the sign-in worked.
    pub success: bool,
    /// One sentence of what happened.
    pub title: String,
    /// What to do now.
    pub text: String,
}

/// Decides over a redirect, given its path and query, and says what the browser shows.
pub type OnRedirect = Arc<dyn Fn(String) -> BoxFuture<'static, Page> + Send + Sync>;

/// A running listener; it stops when dropped.
pub struct Loopback {
    redirect: Url,
    _stop: DropGuard,
}

impl Loopback {
    /// Listens where `registered` points: on its port, or on any free one when it names none.
    /// The listener runs in `tasks`, which end when it has stopped and every page was shown.
    ///
    /// # Errors
    /// The port may be taken.
    pub async fn listen(
        registered: &Url,
        any_port: bool,
        on_redirect: OnRedirect,
        tasks: &TaskTracker,
    ) -> Result<Self, LoopbackError> {
        let host = match registered.host() {
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let port = if any_port { 0 } else { registered.port_or_known_default().unwrap_or(0) };
        let failed = |source| LoopbackError { address: SocketAddr::new(host, port), source };
        let listener = TcpListener::bind((host, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let mut redirect = registered.clone();
        // It can only fail for an address without a host, and this one was just bound.
        let _set = redirect.set_port(Some(address.port()));
        let stop = CancellationToken::new();
        let gate = Arc::new(Gate {
            path: redirect.path().to_owned(),
            host: host_header(&redirect),
            on_redirect,
        });
        // The guard ends the task: it lives as long as the value returned here.
        tasks.spawn(accept(listener, gate, stop.clone()));
        Ok(Self { redirect, _stop: stop.drop_guard() })
    }

    /// Returns the redirect address with the port that is listened on.
    pub fn redirect(&self) -> &Url {
        &self.redirect
    }
}

impl fmt::Debug for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loopback({})", self.redirect)
    }
}

/// The listener could not start.
#[derive(Debug, thiserror::Error)]
#[error(
    "listening on {address} for the answer of the sign-in; if another program has the port, register `http://127.0.0.1/callback` without a port, so that any free one will do"
)]
pub struct LoopbackError {
    address: SocketAddr,
    #[source]
    source: std::io::Error,
}

struct Gate {
    path: String,
    host: Option<HeaderValue>,
    on_redirect: OnRedirect,
}

fn host_header(redirect: &Url) -> Option<HeaderValue> {
    let authority = match redirect.port() {
        Some(port) => format!("{}:{port}", redirect.host_str()?),
        None => redirect.host_str()?.to_owned(),
    };
    HeaderValue::from_str(&authority).ok()
}

async fn accept(listener: TcpListener, gate: Arc<Gate>, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, for example: let others end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let gate = Arc::clone(&gate);
        let stop = stop.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&gate), request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIMEOUT)
                .max_buf_size(REQUEST_MAX)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            tokio::pin!(connection);
            // A page under way is still shown when the listener stops because of it.
            tokio::select! {
                _ = &mut connection => {}
                () = stop.cancelled() => drop(tokio::time::timeout(HEADER_TIMEOUT, connection).await),
            }
        });
    }
    connections.close();
    connections.wait().await;
}

async fn answer(
    gate: Arc<Gate>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    // A page elsewhere that resolves its own name to this address is not let in.
    let from_here = gate.host.as_ref() == request.headers().get(HOST);
    let (status, page) = if !from_here || request.uri().path() != gate.path {
        (StatusCode::NOT_FOUND, Page::nothing_here())
    } else if request.method() != Method::GET {
        (StatusCode::METHOD_NOT_ALLOWED, Page::nothing_here())
    } else {
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let page = (gate.on_redirect)(target).await;
        (if page.success { StatusCode::OK } else { StatusCode::BAD_REQUEST }, page)
    };
    let mut response = Response::new(Full::new(Bytes::from(page.html())));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

impl Page {
    fn nothing_here() -> Self {
        Self {
            success: false,
            title: "Nothing here".to_owned(),
            text: "This address only takes the answer of a sign-in.".to_owned(),
        }
    }

    fn html(&self) -> String {
        let (title, text) = (escape(&self.title), escape(&self.text));
        let mark = if self.success { "&#10003;" } else { "!" };
        let class = if self.success { "good" } else { "bad" };
        format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.125rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 14vh auto; padding: 0 1.5rem }}
h1 {{ font-size: 1.6rem; line-height: 1.3; margin: .75rem 0 }}
.mark {{ display: inline-block; width: 3rem; height: 3rem; line-height: 3rem; border-radius: 50%; text-align: center; font-size: 1.6rem; color: #fff }}
.good {{ background: #146c2e }}
.bad {{ background: #a4161a }}
</style>
</head>
<body>
<main>
<span class="mark {class}" aria-hidden="true">{mark}</span>
<h1>{title}</h1>
<p>{text}</p>
</main>
</body>
</html>
"#
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
