//! A whole call: authorization, waits, repetitions, and what is learned from the answer.

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
use crate::{
    answer::Answer,
    endpoint::{Endpoint, Offer, Request},
    error::Error,
    page::{Page, PageRequest},
};

impl Client {
    /// Sends a request of any operation of the tables and reads its answer.
    ///
    /// # Errors
    /// See [`Error`]. [`Error::Removed`] comes without a request where the regime is known to lack
    /// the operation.
    pub async fn call<A: Answer>(&self, request: Request<A>) -> Result<A, Error> {
        let endpoint = request.endpoint;
        if self.offer(&endpoint) == Offer::No {
            let Endpoint { operation, replacement, .. } = endpoint;
            return Err(Error::Removed { operation, replacement });
        }
        let prepared = Prepared::new(&self.inner.base, &request)?;
        let deadline = self.inner.settings.deadline;
        let sent = AtomicBool::new(false);
        let attempts = self.attempts(&prepared, &sent);
        let success = tokio::time::timeout(deadline, attempts).await.unwrap_or_else(|_| {
            let sent = sent.load(Ordering::Relaxed);
            Err(Error::Deadline { operation: endpoint.operation, deadline, sent })
        });
        match &success {
            Ok(_) => self.inner.learned.present(&endpoint),
            Err(Error::Removed { .. }) => self.inner.learned.removed(&endpoint),
            Err(_) => {}
        }
        let Success { status, body } = success?;
        A::read(&body).map_err(|mismatch| Error::Unexpected {
            operation: endpoint.operation,
            status: status.as_u16(),
            promised: promised::<A>(),
            mismatch,
        })
    }

    /// Gets a page, no larger than the regime takes. Returns also the limit that was asked for.
    ///
    /// When Spotify refuses the size, the small size is asked for and remembered (N54).
    pub(crate) async fn call_page<A: Answer>(
        &self,
        mut request: Request<A>,
        page: PageRequest,
    ) -> Result<(A, Option<u32>), Error> {
        let endpoint = request.endpoint;
        let largest = || self.inner.learned.largest_page(&endpoint, self.regime());
        let limit = page.limit.map(|limit| limit.min(largest().unwrap_or(limit)));
        request = request.query_opt("limit", limit.as_ref());
        if page.offset > 0 {
            request = request.query("offset", &page.offset);
        }
        let mut smaller = request.again();
        match (self.call(request).await, limit, endpoint.limits) {
            (Err(error), Some(limit), Some(limits))
                if error.is_invalid_limit() && limit > limits.max =>
            {
                smaller.set_query("limit", limits.max);
                let answer = self.call(smaller).await?;
                self.inner.learned.small_pages(&endpoint);
                Ok((answer, Some(limits.max)))
            }
            (answer, ..) => Ok((answer?, limit)),
        }
    }

    /// Gets a page of a list.
    pub(crate) async fn page<T>(
        &self,
        request: Request<Page<T>>,
        page: PageRequest,
    ) -> Result<Page<T>, Error>
    where
        Page<T>: Answer,
    {
        let (answer, limit) = self.call_page(request, page).await?;
        Ok(answer.asked(limit, page.offset))
    }

    /// Tries the newer of two endpoints, and the older one if the newer seems to be missing.
    ///
    /// Returns the newer one's error when the older one is missing as well.
    pub(crate) async fn either<T>(
        &self,
        newer: impl Future<Output = Result<T, Error>>,
        older_endpoint: Endpoint,
        older: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let error = match newer.await {
            Err(error) if error.endpoint_may_be_missing() => error,
            result => return result,
        };
        if self.offer(&older_endpoint) == Offer::No {
            return Err(error);
        }
        match older.await {
            Err(second) if second.endpoint_may_be_missing() => Err(error),
            result => result,
        }
    }

    fn offer(&self, endpoint: &Endpoint) -> Offer {
        self.inner.learned.offer(endpoint, self.regime())
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

/// Returns the name of the promised type, without the paths of its parts: `Page<Track>`.
fn promised<A>() -> String {
    let mut name = String::new();
    for part in std::any::type_name::<A>().split_inclusive(['<', '>', ',']) {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Track;

    #[test]
    fn a_promised_type_is_named_without_its_path() {
        assert_eq!(promised::<Track>(), "Track");
        assert_eq!(promised::<Page<Track>>(), "Page<Track>");
        assert_eq!(promised::<Vec<bool>>(), "Vec<bool>");
    }
}
