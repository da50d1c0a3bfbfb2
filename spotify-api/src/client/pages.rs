//! Calls that ask for a page of a list.

use super::Client;
use crate::{
    answer::Answer,
    endpoint::Request,
    error::Error,
    page::{CursorPage, Page, PageRequest},
};

impl Client {
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

    /// Gets a page of a list that stands in a field of the answer.
    pub(crate) async fn page_in<A: Answer, T>(
        &self,
        request: Request<A>,
        page: PageRequest,
        field: &'static str,
        take: impl FnOnce(A) -> Option<Page<T>>,
    ) -> Result<Page<T>, Error> {
        let endpoint = request.endpoint;
        let (answer, limit) = self.call_page(request, page).await?;
        let answer = take(answer).ok_or_else(|| Error::lacks(endpoint, "Page", field))?;
        Ok(answer.asked(limit, page.offset))
    }

    /// Gets a page of a list that is walked by cursors and stands in a field of the answer.
    pub(crate) async fn cursor_page_in<A: Answer, T>(
        &self,
        request: Request<A>,
        limit: Option<u32>,
        field: &'static str,
        take: impl FnOnce(A) -> Option<CursorPage<T>>,
    ) -> Result<CursorPage<T>, Error> {
        let endpoint = request.endpoint;
        let answer = self.call(self.limited(request, limit)).await?;
        take(answer).ok_or_else(|| Error::lacks(endpoint, "Page", field))
    }

    /// Asks for a number of entries, no more than the regime takes.
    pub(crate) fn limited<A>(&self, request: Request<A>, limit: Option<u32>) -> Request<A> {
        let largest = self.inner.learned.largest_page(request.endpoint, self.regime());
        let limit = limit.map(|limit| largest.map_or(limit, |largest| limit.min(largest)));
        request.query_opt("limit", limit.as_ref())
    }

    /// Gets a page, no larger than the regime takes. Returns also the limit that was asked for.
    ///
    /// When Spotify refuses the size, the small size is asked for and remembered (N54).
    pub(crate) async fn call_page<A: Answer>(
        &self,
        request: Request<A>,
        page: PageRequest,
    ) -> Result<(A, Option<u32>), Error> {
        let endpoint = request.endpoint;
        let paging = endpoint.paging;
        if paging.and_then(|paging| paging.max_offset).is_some_and(|max| page.offset > max) {
            return Err(Error::Argument { operation: endpoint.operation, problem: TOO_FAR });
        }
        let mut request = self.limited(request, page.limit);
        if page.offset > 0 {
            request = request.query("offset", &page.offset);
        }
        let limit = request.number("limit");
        let mut smaller = request.again();
        match (self.call(request).await, limit, paging) {
            (Err(error), Some(limit), Some(paging))
                if error.is_invalid_limit() && limit > paging.max =>
            {
                smaller.set_query("limit", paging.max);
                let answer = self.call(smaller).await?;
                self.inner.learned.small_pages(endpoint);
                Ok((answer, Some(paging.max)))
            }
            (answer, ..) => Ok((answer?, limit)),
        }
    }
}

/// What is wrong with an offset that no operation would take.
pub(crate) const TOO_FAR: &str = "an offset beyond the operation's last";
