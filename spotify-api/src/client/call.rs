//! A whole call: what is known of its operation, and what is learned from the answer.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{
    Client,
    exchange::{Prepared, Success},
};
use crate::{
    answer::Answer,
    endpoint::{Endpoint, Offer, Request},
    error::Error,
};

impl Client {
    /// Sends a request of any operation of the tables and reads its answer.
    ///
    /// # Errors
    /// See [`Error`]. [`Error::Removed`] comes without a request where the regime is known to lack
    /// the operation.
    pub async fn call<A: Answer>(&self, request: Request<A>) -> Result<A, Error> {
        let endpoint = request.endpoint;
        self.offered(endpoint)?;
        let request = self.context.complete(request);
        let prepared = Prepared::new(&self.inner.base, &request)?;
        let success = self.fetch(prepared).await;
        match &success {
            Ok(_) => self.inner.learned.present(endpoint),
            Err(Error::Removed { .. }) => self.inner.learned.refused(endpoint),
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

    /// Tries one of two ways, and the other if the endpoint of the first seems to be missing, which
    /// is remembered for a while.
    ///
    /// Returns the first one's error when the other is missing as well.
    pub(crate) async fn either<T>(
        &self,
        endpoint: &Endpoint,
        first: impl Future<Output = Result<T, Error>>,
        second: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        if self.inner.learned.missing(endpoint) {
            return second.await;
        }
        let error = match first.await {
            Err(error) if error.endpoint_may_be_missing() => error,
            result => return result,
        };
        match second.await {
            Err(second) if second.endpoint_may_be_missing() => Err(error),
            Err(second) => Err(second),
            Ok(done) => {
                self.inner.learned.refused(endpoint);
                Ok(done)
            }
        }
    }

    /// Makes calls side by side, as many as the client makes at a time, and returns their answers
    /// in the order of the calls. Ends with the first error.
    pub(crate) async fn side_by_side<T>(
        &self,
        calls: Vec<impl Future<Output = Result<T, Error>>>,
    ) -> Result<Vec<T>, Error> {
        stream::iter(calls).buffered(self.inner.limits.concurrency()).try_collect().await
    }

    /// Fails where the regime is known to lack the operation.
    pub(crate) fn offered(&self, endpoint: &Endpoint) -> Result<(), Error> {
        if self.offer(endpoint) == Offer::No {
            let Endpoint { operation, replacement, .. } = *endpoint;
            return Err(Error::Removed { operation, replacement });
        }
        Ok(())
    }

    /// Whether the app has the operation, as far as that is known.
    pub(crate) fn offer(&self, endpoint: &Endpoint) -> Offer {
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
    use crate::{model::Track, page::Page};

    #[test]
    fn a_promised_type_is_named_without_its_path() {
        assert_eq!(promised::<Track>(), "Track");
        assert_eq!(promised::<Page<Track>>(), "Page<Track>");
        assert_eq!(promised::<Vec<bool>>(), "Vec<bool>");
    }
}
