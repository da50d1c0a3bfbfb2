//! From a prepared request to its answer: memory, shared requests, waits and repetitions.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::time::Instant;

use super::{
    Client, Inner, Settings,
    cache::{Key, Lookup, Ticket},
    exchange::{Prepared, Received, Success},
    flights::Landing,
    limits::whole_seconds,
    retry::{Decision, History, Patience, decide},
};
use crate::{endpoint::Method, error::Error, observe::Via};

impl Client {
    /// Gets the answer to a request before the deadline of the call.
    ///
    /// Dropping the future stops the call: its place is free at once, and others who wait for the
    /// same answer still get it.
    pub(super) async fn fetch(&self, prepared: Prepared) -> Result<Success, Error> {
        let (operation, deadline) = (prepared.endpoint.operation, self.inner.settings.deadline);
        let prepared = Arc::new(prepared);
        let answer = async {
            let header = self.inner.header(&prepared, None).await?;
            if prepared.endpoint.method == Method::Get {
                self.read(&prepared, header).await
            } else {
                // Boxed, for it is large, and every future around it would be as well.
                Box::pin(self.change(&prepared, header)).await
            }
        };
        tokio::time::timeout(deadline, answer).await.unwrap_or_else(|_| {
            let sent = prepared.sent();
            Err(Error::Deadline { operation, deadline, sent })
        })
    }

    /// Takes what is kept, joins an equal read that is under way, or asks.
    async fn read(&self, prepared: &Arc<Prepared>, header: HeaderValue) -> Result<Success, Error> {
        let (inner, started) = (&self.inner, Instant::now());
        let key = inner.cache.key(&header, prepared.endpoint, &prepared.url);
        let ticket = match inner.cache.look_up(&key) {
            Lookup::Fresh(body) => {
                let status = StatusCode::OK;
                inner.report(prepared.endpoint, Via::Cache, Some(status.as_u16()), started);
                return Ok(Success { status, body });
            }
            Lookup::Ask(ticket) => ticket,
        };
        let boarding = inner.flights.board(key, |landing| {
            let question = Question { header, ticket, landing };
            Box::pin(Arc::clone(inner).ask(Arc::clone(prepared), question))
        });
        if !boarding.joined {
            return boarding.flight.await;
        }
        prepared.set_sent(true);
        let result = boarding.flight.await;
        let status = match &result {
            Ok(success) => Some(success.status.as_u16()),
            Err(error) => error.status(),
        };
        inner.report(prepared.endpoint, Via::Shared, status, started);
        result
    }

    /// Makes a change. What it may have changed is forgotten, also when nobody waits for its end.
    async fn change(&self, prepared: &Prepared, header: HeaderValue) -> Result<Success, Error> {
        let _changed = Changed(&self.inner);
        let Received { status, body, .. } =
            self.inner.attempts(prepared, header, &HeaderMap::new()).await?;
        Ok(Success { status, body })
    }
}

/// Forgets what is known of a person when a change ends, however it ends.
struct Changed<'a>(&'a Inner);

impl Drop for Changed<'_> {
    fn drop(&mut self) {
        self.0.cache.changed();
        // A read that began before the change may answer what was true before it.
        self.0.flights.close_gates();
    }
}

/// What a read is asked with.
struct Question {
    header: HeaderValue,
    ticket: Ticket,
    landing: Landing<Key, Result<Success, Error>>,
}

impl Inner {
    /// Asks for the answer to a read, and keeps it if that is allowed.
    async fn ask(
        self: Arc<Self>,
        prepared: Arc<Prepared>,
        question: Question,
    ) -> Result<Success, Error> {
        let Question { header, ticket, landing } = question;
        let key = landing.key();
        let received = self.attempts(&prepared, header, &ticket.conditions).await;
        let Received { status, headers, body } = match received {
            Ok(received) => received,
            Err(error) => {
                if error.status().is_some_and(|status| status < 500 && status != 429) {
                    self.cache.forget(key);
                }
                return Err(error);
            }
        };
        if status == StatusCode::NOT_MODIFIED {
            let kept = self.cache.renew(key, &ticket, &headers);
            return Ok(Success { status: StatusCode::OK, body: kept.unwrap_or_default() });
        }
        if status == StatusCode::OK {
            self.cache.keep(key, &ticket, &headers, &body);
        }
        Ok(Success { status, body })
    }

    /// Makes attempts until one succeeds or none may follow.
    async fn attempts(
        &self,
        prepared: &Prepared,
        mut header: HeaderValue,
        conditions: &HeaderMap,
    ) -> Result<Received, Error> {
        let endpoint = prepared.endpoint;
        let give_up = Instant::now().checked_add(self.settings.deadline);
        let mut history = History::default();
        loop {
            self.wait_until_open(prepared, give_up).await?;
            let slot = self.limits.slot().await;
            // While it waited for its place another request may have been told to wait.
            if self.limits.closed(endpoint).is_some() {
                drop(slot);
                continue;
            }
            history.attempts += 1;
            prepared.set_sent(true);
            let result = self.exchange(prepared, &header, conditions, history.attempts).await;
            drop(slot);
            let error = match result {
                Err(error) => error,
                received => return received,
            };
            prepared.set_sent(error.may_have_happened());
            match decide(endpoint, &error, history, self.patience()) {
                Decision::Fail => return Err(error),
                Decision::Renew => {
                    header = self.header(prepared, Some(&header)).await?;
                    history.renewed = true;
                }
                Decision::Repeat(wait, jitter) => {
                    history.doubted |= matches!(error, Error::PremiumRequired { .. });
                    let wait = wait.saturating_add((self.jitter)(jitter).min(jitter));
                    if !sleep(wait, give_up).await {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Waits for the end of a wait that Spotify asked for, if it is short; fails with it if not.
    async fn wait_until_open(
        &self,
        prepared: &Prepared,
        give_up: Option<Instant>,
    ) -> Result<(), Error> {
        while let Some(error) = self.limits.closed(prepared.endpoint) {
            let left = error.retry_after().unwrap_or_default();
            let short = left <= self.settings.longest_wait;
            let rate = matches!(error, Error::RateLimited { .. });
            if !(rate && short && sleep(left, give_up).await) {
                return Err(rounded(error));
            }
        }
        Ok(())
    }

    fn patience(&self) -> Patience {
        let Settings { longest_wait, backoff, .. } = self.settings;
        Patience { longest_wait, backoff }
    }

    async fn header(
        &self,
        prepared: &Prepared,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Error> {
        let operation = prepared.endpoint.operation;
        let header = self.authorize.header(refused).await;
        header.map_err(|source| Error::Authorize { operation, source })
    }
}

/// Sleeps, unless that would pass the deadline.
async fn sleep(wait: Duration, give_up: Option<Instant>) -> bool {
    let end = Instant::now().checked_add(wait);
    let fits = end.is_some_and(|end| give_up.is_none_or(|give_up| end < give_up));
    if fits {
        tokio::time::sleep(wait).await;
    }
    fits
}

/// Rounds what is left of a wait up to whole seconds.
fn rounded(error: Error) -> Error {
    match error {
        Error::RateLimited { operation, retry_after } => {
            Error::RateLimited { operation, retry_after: retry_after.map(whole_seconds) }
        }
        Error::QuotaExceeded { operation, retry_after } => {
            Error::QuotaExceeded { operation, retry_after: retry_after.map(whole_seconds) }
        }
        other => other,
    }
}
