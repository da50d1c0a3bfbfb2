//! One request and its answer, as bytes.

use std::{
    io, mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE},
};
use tokio::time::Instant;
use url::Url;

use super::Inner;
use crate::{
    endpoint::{Content, Endpoint, Method, Request},
    error::{Error, NetworkFailure, Refusal, classify},
    observe::{Attempt, Via},
};

/// A request that can be sent more than once.
pub(super) struct Prepared {
    pub(super) endpoint: &'static Endpoint,
    pub(super) url: Url,
    body: Option<Bytes>,
    /// The content type of the body.
    kind: &'static str,
    /// Whether the last attempt may have reached Spotify.
    sent: AtomicBool,
}

/// A successful answer.
#[derive(Debug, Clone)]
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

/// An answer that is no refusal.
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Prepared {
    pub(super) fn new<A>(base: &Url, request: &Request<A>) -> Result<Self, Error> {
        let argument = |problem| Error::Argument { operation: request.endpoint.operation, problem };
        let mut url = base.clone();
        // The path is percent-encoded already, and has no dot segments.
        url.set_path(&[base.path().trim_end_matches('/'), &request.path].concat());
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let body = match &request.body {
            Some(body) => Some(body.bytes().map_err(|_| argument("its body"))?.into()),
            None => None,
        };
        let kind = request.body.as_ref().map_or("", Content::kind);
        Ok(Self { endpoint: request.endpoint, url, body, kind, sent: AtomicBool::new(false) })
    }

    pub(super) fn sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn set_sent(&self, sent: bool) {
        self.sent.store(sent, Ordering::Relaxed);
    }
}

impl Inner {
    /// Sends a request once and reads its answer.
    ///
    /// `conditions` ask whether a kept answer is still the same; only then 304 is no refusal.
    pub(super) async fn exchange(
        &self,
        prepared: &Prepared,
        header: &HeaderValue,
        conditions: &HeaderMap,
        attempt: u32,
    ) -> Result<Received, Error> {
        let mut report = Report::new(self, prepared.endpoint, attempt, Via::Network);
        let mut response = self.send(prepared, header, conditions).await?;
        let status = response.status();
        let headers = mem::take(response.headers_mut());
        let body = self.body(prepared, response).await;
        report.attempt.status = Some(status.as_u16());
        drop(report);
        let unchanged = status == StatusCode::NOT_MODIFIED && !conditions.is_empty();
        if status.is_success() || unchanged {
            return Ok(Received { status, headers, body: body? });
        }
        // An error whose body is cut off is still that error.
        let body = body.unwrap_or_default();
        Err(self.refused(prepared, status, &headers, &body, header))
    }

    async fn send(
        &self,
        prepared: &Prepared,
        header: &HeaderValue,
        conditions: &HeaderMap,
    ) -> Result<reqwest::Response, Error> {
        let mut header = header.clone();
        header.set_sensitive(true);
        let method = prepared.endpoint.method;
        let mut request = reqwest::Request::new(method.to_http(), prepared.url.clone());
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, header);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in conditions {
            headers.insert(name, value.clone());
        }
        if let Some(body) = &prepared.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(prepared.kind));
            *request.body_mut() = Some(body.clone().into());
        } else if method != Method::Get {
            // Spotify answers 411 to a change without body and length (N50).
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        self.within(prepared, self.http.execute(request)).await
    }

    /// Waits for what the server has to say next, as long as it may be silent.
    ///
    /// A timer is set only when there is something to wait for: most answers come in one piece.
    async fn within<T>(
        &self,
        prepared: &Prepared,
        next: impl Future<Output = Result<T, reqwest::Error>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(self.settings.silence, next).await {
            Ok(result) => result.map_err(|error| network(prepared, error)),
            Err(silence) => {
                let (operation, failure) = (prepared.endpoint.operation, NetworkFailure::Timeout);
                Err(Error::Network { operation, failure, source: Arc::new(silence) })
            }
        }
    }

    /// Reads the body up to the limit, whatever length was announced.
    async fn body(
        &self,
        prepared: &Prepared,
        mut response: reqwest::Response,
    ) -> Result<Bytes, Error> {
        let limit = self.settings.largest_answer;
        let operation = prepared.endpoint.operation;
        let fits = |length: usize| {
            (length <= limit).then_some(length).ok_or(Error::TooLarge { operation, limit })
        };
        let announced = response.content_length().and_then(|length| length.try_into().ok());
        fits(announced.unwrap_or_default())?;
        // Most answers come in one piece, which is taken as it is.
        let Some(first) = self.within(prepared, response.chunk()).await? else {
            return Ok(Bytes::new());
        };
        fits(first.len())?;
        let Some(second) = self.within(prepared, response.chunk()).await? else {
            return Ok(first);
        };
        let mut body = BytesMut::with_capacity(announced.unwrap_or_default());
        body.extend_from_slice(&first);
        let mut next = Some(second);
        while let Some(piece) = next {
            fits(body.len() + piece.len())?;
            body.extend_from_slice(&piece);
            next = self.within(prepared, response.chunk()).await?;
        }
        Ok(body.freeze())
    }

    fn refused(
        &self,
        prepared: &Prepared,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        header: &HeaderValue,
    ) -> Error {
        let secret = header.to_str().unwrap_or_default();
        let endpoint = prepared.endpoint;
        let now = self.clock.as_ref().map(|clock| clock());
        let error = classify(&Refusal { endpoint, status, headers, body, secret, now });
        self.limits.learn(endpoint, &error);
        error
    }

    /// Reports an answer that came without a request of the call that asked for it.
    pub(super) fn report(
        &self,
        endpoint: &Endpoint,
        via: Via,
        status: Option<u16>,
        started: Instant,
    ) {
        let mut report = Report::new(self, endpoint, 0, via);
        report.attempt.status = status;
        report.started = started;
    }
}

fn network(prepared: &Prepared, error: reqwest::Error) -> Error {
    let failure = if let Some(failure) = tls(&error) {
        failure
    } else if error.is_connect() {
        NetworkFailure::Connect
    } else if error.is_timeout() {
        NetworkFailure::Timeout
    } else {
        NetworkFailure::Broken
    };
    let source = Arc::new(error.without_url());
    Error::Network { operation: prepared.endpoint.operation, failure, source }
}

/// Tells a server that cannot prove who it is from one that cannot be reached.
fn tls(error: &reqwest::Error) -> Option<NetworkFailure> {
    if !error.is_connect() {
        return None;
    }
    let mut next = std::error::Error::source(error);
    while let Some(mut error) = next {
        // `io::Error` gives the source of what it wraps, not what it wraps.
        while let Some(wrapped) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            error = wrapped;
        }
        if error.is::<rustls::Error>() {
            return Some(NetworkFailure::Untrusted);
        }
        next = error.source();
    }
    None
}

/// Reports an attempt when it ends, also when its caller stops waiting.
struct Report<'a> {
    inner: &'a Inner,
    attempt: Attempt,
    started: Instant,
}

impl<'a> Report<'a> {
    fn new(inner: &'a Inner, endpoint: &Endpoint, attempt: u32, via: Via) -> Self {
        let operation = endpoint.operation;
        let attempt = Attempt { operation, status: None, attempt, duration: Duration::ZERO, via };
        Self { inner, attempt, started: Instant::now() }
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        self.attempt.duration = self.started.elapsed();
        let Attempt { operation, status, attempt, duration, via } = self.attempt;
        tracing::debug!(operation, status, attempt, ?duration, ?via, "request to the Web API");
        if let Some(observe) = &self.inner.observe {
            observe(&self.attempt);
        }
    }
}
