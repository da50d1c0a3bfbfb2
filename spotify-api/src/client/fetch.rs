//! From a prepared request to its answer: authorization, waits and repetitions.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use http::HeaderValue;
use tokio::time::Instant;

use super::{
    Client, Settings,
    budget::whole_seconds,
    exchange::{Prepared, Success},
    retry::{Decision, History, Patience, decide},
};
use crate::error::Error;

impl Client {
    /// Gets the answer to a request before the deadline of the call.
    pub(super) async fn fetch(&self, prepared: &Prepared) -> Result<Success, Error> {
        let deadline = self.inner.settings.deadline;
        let sent = AtomicBool::new(false);
        let attempts = self.attempts(prepared, &sent);
        tokio::time::timeout(deadline, attempts).await.unwrap_or_else(|_| {
            let sent = sent.load(Ordering::Relaxed);
            Err(Error::Deadline { operation: prepared.endpoint.operation, deadline, sent })
        })
    }

    /// Makes attempts until one succeeds or none may follow.
    async fn attempts(&self, prepared: &Prepared, sent: &AtomicBool) -> Result<Success, Error> {
        let give_up = Instant::now().checked_add(self.inner.settings.deadline);
        let mut history = History::default();
        let mut header = self.header(prepared, None).await?;
        loop {
            self.wait_until_open(prepared, give_up).await?;
            let slot = self.inner.budget.slot().await;
            // While it waited for its place another request may have been told to wait.
            if self.inner.budget.closed(prepared.endpoint.operation).is_some() {
                drop(slot);
                continue;
            }
            history.attempts += 1;
            sent.store(true, Ordering::Relaxed);
            let result = self.exchange(prepared, &header, history.attempts).await;
            drop(slot);
            let error = match result {
                Err(error) => error,
                success => return success,
            };
            sent.store(error.may_have_happened(), Ordering::Relaxed);
            match decide(&prepared.endpoint, &error, history, self.patience()) {
                Decision::Fail => return Err(error),
                Decision::Renew => {
                    header = self.header(prepared, Some(&header)).await?;
                    history.renewed = true;
                }
                Decision::Repeat(wait, jitter) => {
                    history.doubted |= matches!(error, Error::PremiumRequired { .. });
                    let wait = wait.saturating_add((self.inner.jitter)(jitter).min(jitter));
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
        while let Some(error) = self.inner.budget.closed(prepared.endpoint.operation) {
            let left = error.retry_after().unwrap_or_default();
            let short = left <= self.inner.settings.longest_wait;
            let rate = matches!(error, Error::RateLimited { .. });
            if !(rate && short && sleep(left, give_up).await) {
                return Err(rounded(error));
            }
        }
        Ok(())
    }

    fn patience(&self) -> Patience {
        let Settings { longest_wait, backoff, .. } = self.inner.settings;
        Patience { longest_wait, backoff }
    }

    async fn header(
        &self,
        prepared: &Prepared,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Error> {
        let operation = prepared.endpoint.operation;
        let header = self.inner.authorize.header(refused).await;
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
