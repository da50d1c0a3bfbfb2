//! One request and its answer, as bytes.

use std::sync::Arc;

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE},
};
use tokio::time::Instant;
use url::Url;

use super::{Client, Inner};
use crate::{
    endpoint::{Endpoint, Method, Request},
    error::{Error, NetworkFailure, Refusal, classify},
    observe::Attempt,
};

/// A request that can be sent more than once.
pub(super) struct Prepared {
    pub(super) endpoint: Endpoint,
    url: Url,
    body: Option<Arc<[u8]>>,
}

/// A successful answer.
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

impl Prepared {
    pub(super) fn new<A>(base: &Url, request: &Request<A>) -> Result<Self, Error> {
        let argument = |problem| Error::Argument { operation: request.endpoint.operation, problem };
        let text = format!("{}{}", base.as_str().trim_end_matches('/'), request.path);
        let mut url = Url::parse(&text).map_err(|_| argument("its path"))?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let body = match &request.body {
            Some(body) => Some(serde_json::to_vec(body).map_err(|_| argument("its body"))?.into()),
            None => None,
        };
        Ok(Self { endpoint: request.endpoint, url, body })
    }
}

impl Client {
    /// Sends a request once and reads its answer.
    pub(super) async fn exchange(
        &self,
        prepared: &Prepared,
        header: &HeaderValue,
        attempt: u32,
    ) -> Result<Success, Error> {
        let mut report = Report::new(&self.inner, prepared.endpoint.operation, attempt);
        let response = self.send(prepared, header).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(prepared, response).await;
        report.attempt.status = Some(status.as_u16());
        drop(report);
        if status.is_success() {
            return Ok(Success { status, body: body? });
        }
        // An error whose body is cut off is still that error.
        let body = body.unwrap_or_default();
        Err(self.refused(prepared, status, &headers, &body, header))
    }

    async fn send(
        &self,
        prepared: &Prepared,
        header: &HeaderValue,
    ) -> Result<reqwest::Response, Error> {
        let mut header = header.clone();
        header.set_sensitive(true);
        let request = self
            .inner
            .http
            .request(prepared.endpoint.method.to_http(), prepared.url.clone())
            .header(AUTHORIZATION, header)
            .header(ACCEPT, "application/json");
        let request = match &prepared.body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.to_vec()),
            // Spotify answers 411 to a change without body and length (N50).
            None if prepared.endpoint.method != Method::Get => request.header(CONTENT_LENGTH, 0),
            None => request,
        };
        request.send().await.map_err(|error| network(prepared, error))
    }

    /// Reads the body up to the limit, whatever length was announced.
    async fn body(
        &self,
        prepared: &Prepared,
        mut response: reqwest::Response,
    ) -> Result<Vec<u8>, Error> {
        let limit = self.inner.settings.largest_answer;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| network(prepared, error))? {
            if body.len() + chunk.len() > limit {
                return Err(Error::TooLarge { operation: prepared.endpoint.operation, limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
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
        let endpoint = &prepared.endpoint;
        let error = classify(&Refusal { endpoint, status, headers, body, secret });
        self.inner.budget.learn(&error);
        error
    }
}

fn network(prepared: &Prepared, error: reqwest::Error) -> Error {
    let failure = if error.is_connect() {
        NetworkFailure::Connect
    } else if error.is_timeout() {
        NetworkFailure::Timeout
    } else {
        NetworkFailure::Broken
    };
    Error::Network { operation: prepared.endpoint.operation, failure, source: error.without_url() }
}

/// Reports an attempt when it ends, also when its caller stops waiting.
struct Report<'a> {
    inner: &'a Inner,
    attempt: Attempt,
    started: Instant,
}

impl<'a> Report<'a> {
    fn new(inner: &'a Inner, operation: &'static str, attempt: u32) -> Self {
        let attempt =
            Attempt { operation, status: None, attempt, duration: std::time::Duration::ZERO };
        Self { inner, attempt, started: Instant::now() }
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        self.attempt.duration = self.started.elapsed();
        let Attempt { operation, status, attempt, duration } = self.attempt;
        tracing::debug!(operation, status, attempt, ?duration, "request to the Web API");
        if let Some(observe) = &self.inner.observe {
            observe(&self.attempt);
        }
    }
}
