//! Lists that are walked by cursors.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_util::{FutureExt as _, Stream, future::BoxFuture};

use super::{CursorRequest, Progress};
use crate::{Error, page::CursorPage};

/// The entries of a list that is walked by cursors.
///
/// An error ends it, after the entries before the page that failed.
#[must_use = "a stream does nothing unless it is polled"]
pub struct ByCursor<R, T> {
    fetch: Box<dyn Fn(R) -> Asked<T> + Send>,
    /// The request for the next page; `None` at the end of the list.
    next: Option<R>,
    /// The page that is under way, with its request.
    asked: Option<(R, Asked<T>)>,
    /// What is left of the page that is being read.
    page: vec::IntoIter<Option<T>>,
    progress: Progress,
}

type Asked<T> = BoxFuture<'static, Result<CursorPage<T>, Error>>;

impl<R: CursorRequest, T> ByCursor<R, T> {
    pub(super) fn new(fetch: impl Fn(R) -> Asked<T> + Send + 'static) -> Self {
        Self {
            fetch: Box::new(fetch),
            next: Some(R::largest()),
            asked: None,
            page: Vec::new().into_iter(),
            progress: Progress::default(),
        }
    }

    /// Begins with another page than the first.
    pub fn from(mut self, request: R) -> Self {
        self.next = Some(request);
        self
    }

    /// Returns how far the list is read.
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Takes a page. An empty one is the last, and so is one that names itself as the next.
    fn accept(&mut self, request: &R, page: CursorPage<T>) {
        self.progress.total = page.total.or(self.progress.total);
        let more = page.has_more() && !page.items.is_empty();
        let cursors = page.cursors.as_ref().filter(|_| more);
        self.next =
            cursors.and_then(|cursors| request.next(cursors)).filter(|next| next != request);
        self.page = page.items.into_iter();
    }
}

impl<R: CursorRequest, T> Stream for ByCursor<R, T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            for entry in this.page.by_ref() {
                this.progress.done += 1;
                if let Some(entry) = entry {
                    return Poll::Ready(Some(Ok(entry)));
                }
            }
            if let Some(request) = this.next.take() {
                this.asked = Some((request.clone(), (this.fetch)(request)));
            }
            let Some((_, page)) = &mut this.asked else { return Poll::Ready(None) };
            let page = ready!(page.poll_unpin(cx));
            let Some((request, _)) = this.asked.take() else { return Poll::Ready(None) };
            match page {
                Ok(page) => this.accept(&request, page),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl<R, T> Unpin for ByCursor<R, T> {}

impl<R, T> fmt::Debug for ByCursor<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByCursor").field("progress", &self.progress).finish_non_exhaustive()
    }
}
