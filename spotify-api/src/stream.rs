//! Whole lists, entry by entry.

use crate::page::Cursors;

/// A request for a page of a list that is walked by cursors.
pub trait CursorRequest: Clone {
    /// Asks for the first page, as large as Spotify gives it.
    fn largest() -> Self;

    /// Asks for the page after the one that this request got; `None` at the end of the list.
    fn next(&self, cursors: &Cursors) -> Option<Self>;
}
