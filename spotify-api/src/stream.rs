//! Whole lists, entry by entry.
//!
//! [`Client::stream`] reads any list that is divided by offset, [`Client::stream_by_cursor`] any
//! that is walked by cursors. Entries that Spotify withholds are left out (N04). No link is
//! followed: each page is asked for on its own path (N42). A list that changes while it is read may
//! show an entry twice or not at all, but always comes to an end (N43).
//!
//! ```no_run
//! # async fn example(client: spotify_api::Client) -> Result<(), spotify_api::Error> {
//! use futures_util::StreamExt as _;
//!
//! let mut saved = client
//!     .stream(|client, page| async move { client.saved_tracks(page).await })
//!     .read_ahead(4);
//! while let Some(saved_track) = saved.next().await {
//!     let track = saved_track?.track;
//!     println!("{:?} of {:?}", saved.progress().done, saved.progress().total);
//! }
//! # Ok(())
//! # }
//! ```

mod by_cursor;
mod by_offset;
mod task;

use self::task::Task;
pub use self::{by_cursor::ByCursor, by_offset::ByOffset};
use crate::{
    Client, Error,
    page::{CursorPage, Cursors, Page, PageRequest},
};

/// How far a list is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many entries were passed, with those that Spotify withholds and those before the start.
    ///
    /// After an error a list that is divided by offset can be read on from here; see
    /// [`ByOffset::from`].
    pub done: u32,
    /// How many entries the list has, as Spotify counted last; `None` before the first page.
    pub total: Option<u32>,
}

/// A request for a page of a list that is walked by cursors.
pub trait CursorRequest: Clone + PartialEq {
    /// Asks for the first page, as large as Spotify gives it.
    fn largest() -> Self;

    /// Asks for the page after the one that this request got; `None` at the end of the list.
    fn next(&self, cursors: &Cursors) -> Option<Self>;
}

impl Client {
    /// Reads a whole list that is divided by offset, in pages as large as Spotify gives them.
    ///
    /// `fetch` gets a page, with any call that takes a [`PageRequest`]. Nothing is asked for before
    /// the stream is polled; dropping it stops the requests under way.
    pub fn stream<T, F>(
        &self,
        fetch: impl Fn(Self, PageRequest) -> F + Send + 'static,
    ) -> ByOffset<T>
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let client = self.clone();
        ByOffset::new(move |page| Task::new(fetch(client.clone(), page)))
    }

    /// Reads a whole list that is walked by cursors, in pages as large as Spotify gives them.
    ///
    /// As [`Client::stream`], but one page after the other, because each names the next.
    pub fn stream_by_cursor<R, T, F>(
        &self,
        fetch: impl Fn(Self, R) -> F + Send + 'static,
    ) -> ByCursor<R, T>
    where
        R: CursorRequest,
        F: Future<Output = Result<CursorPage<T>, Error>> + Send + 'static,
    {
        let client = self.clone();
        ByCursor::new(move |request| Box::pin(fetch(client.clone(), request)))
    }
}
