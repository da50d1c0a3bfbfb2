//! Lists that are divided by offset.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_util::{FutureExt as _, Stream};

use super::{Progress, task::Task};
use crate::{
    Error,
    client::TOO_FAR,
    page::{Page, PageRequest},
};

/// The entries of a list that is divided by offset.
///
/// An error ends it, after the entries before the page that failed.
#[must_use = "a stream does nothing unless it is polled"]
pub struct ByOffset<T> {
    fetch: Box<dyn Fn(PageRequest) -> Asked<T> + Send>,
    /// How many pages may be under way.
    ahead: usize,
    /// The pages under way in their order, each with its offset.
    asked: VecDeque<(u32, Asked<T>)>,
    /// The offset of the next page to ask for; `None` at the end of the list.
    next: Option<u32>,
    /// What the first page said about the list.
    shape: Option<Shape>,
    /// What is left of the page that is being read.
    page: vec::IntoIter<Option<T>>,
    progress: Progress,
}

type Asked<T> = Task<Result<Page<T>, Error>>;

/// How a list is divided.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// How far apart pages are.
    step: u32,
    /// How many more pages are read at most, however the list grows.
    left: u32,
}

impl<T> ByOffset<T> {
    pub(super) fn new(fetch: impl Fn(PageRequest) -> Asked<T> + Send + 'static) -> Self {
        Self {
            fetch: Box::new(fetch),
            ahead: 1,
            asked: VecDeque::new(),
            next: Some(0),
            shape: None,
            page: Vec::new().into_iter(),
            progress: Progress::default(),
        }
    }

    /// Leaves out this many entries at the start.
    pub const fn from(mut self, offset: u32) -> Self {
        self.next = Some(offset);
        self.progress.done = offset;
        self
    }

    /// Asks for up to this many pages at the same time, as far as the client's own limit on
    /// requests lets it; 0 counts as 1. Default: 1.
    ///
    /// The entries keep their order. The first page is asked for alone, for it tells how many there
    /// are. At most this many pages are held in memory.
    pub const fn read_ahead(mut self, pages: usize) -> Self {
        self.ahead = if pages == 0 { 1 } else { pages };
        self
    }

    /// Returns how far the list is read.
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Asks for pages, as many as may be under way.
    fn fill(&mut self) {
        let ahead = if self.shape.is_some() { self.ahead } else { 1 };
        while self.asked.len() < ahead {
            let Some(offset) = self.next else { return };
            // Only a page before it tells whether there is one behind the total.
            let sure = self.progress.total.is_some_and(|total| offset < total);
            if !(sure || self.asked.is_empty()) {
                return;
            }
            let request = PageRequest { limit: Some(u32::MAX), offset };
            self.asked.push_back((offset, (self.fetch)(request)));
            self.next = self.shape.and_then(|shape| offset.checked_add(shape.step));
        }
    }

    /// Takes the page at an offset.
    fn accept(&mut self, offset: u32, page: Page<T>) {
        self.progress = Progress { done: offset, total: page.total.or(self.progress.total) };
        let step = page.limit.filter(|limit| *limit > 0).or(count(&page)).unwrap_or(1);
        let left = match self.shape {
            Some(shape) => shape.left.saturating_sub(1),
            None => pages_at_most(page.total, step),
        };
        // What was asked for in other steps would overlap or leave gaps.
        let other_steps = self.shape.is_none_or(|shape| shape.step != step);
        self.shape = Some(Shape { step, left });
        if other_steps || self.asked.is_empty() {
            self.asked.clear();
            self.next = offset.checked_add(step);
        }
        let beyond = page.items.is_empty()
            && self.progress.total.is_none_or(|total| offset.saturating_add(step) >= total);
        if !page.has_more() || beyond || left == 0 {
            self.end();
        }
        self.page = page.items.into_iter();
    }

    fn end(&mut self) {
        self.asked.clear();
        self.next = None;
    }
}

fn count<T>(page: &Page<T>) -> Option<u32> {
    u32::try_from(page.items.len()).ok().filter(|count| *count > 0)
}

/// How many pages a list is read to at most: twice as many as it had at the start, and some.
///
/// A list can grow as fast as it is read, and a fault can make every page say that more follow.
fn pages_at_most(total: Option<u32>, step: u32) -> u32 {
    total.map_or(u32::MAX, |total| total.div_ceil(step).saturating_mul(2).saturating_add(10))
}

impl<T> Stream for ByOffset<T> {
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
            this.fill();
            let Some((offset, page)) = this.asked.front_mut() else {
                return Poll::Ready(None);
            };
            let (offset, page) = (*offset, ready!(page.poll_unpin(cx)));
            this.asked.pop_front();
            match page {
                Ok(page) => {
                    this.accept(offset, page);
                    this.fill();
                }
                Err(error) => {
                    this.end();
                    this.progress.done = offset;
                    let end = matches!(error, Error::Argument { problem: TOO_FAR, .. });
                    return Poll::Ready((!end).then_some(Err(error)));
                }
            }
        }
    }
}

impl<T> Unpin for ByOffset<T> {}

impl<T> fmt::Debug for ByOffset<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByOffset").field("progress", &self.progress).finish_non_exhaustive()
    }
}
