//! A whole call: what is known of its operation, and what is learned from the answer.

use super::{
    Client,
    exchange::{Prepared, Success},
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
        let success = self.fetch(prepared).await;
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
