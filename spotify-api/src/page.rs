//! Pages of a list, by offset.
//!
//! `next` is only read as "there is more": it was seen to point to other endpoints, even removed
//! ones (N42). The next page is asked for on the original path, and the offset moves by the limit,
//! not by the number of entries, because pages can be short (N43).

use crate::model::macros::model;

/// Which page of a list to ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// How many entries; `None` leaves it to Spotify. More than the endpoint's maximum asks for the
    /// maximum.
    pub limit: Option<u32>,
    /// How many entries to leave out at the start.
    pub offset: u32,
}

impl PageRequest {
    /// Asks for the first `limit` entries.
    pub const fn first(limit: u32) -> Self {
        Self { limit: Some(limit), offset: 0 }
    }
}

model! {
    /// A page of a list.
    pub struct Page<T> {
        /// The entries; `None` where Spotify withholds one (N04).
        pub items: Vec<Option<T>>,
        /// How many entries the list has, as Spotify counts; the pages may hold fewer.
        pub total: Option<u32>,
        /// How many entries were asked for.
        pub limit: Option<u32>,
        /// How many entries were left out at the start.
        pub offset: Option<u32>,
        /// A link that is there when there are more entries. Not to be followed.
        pub next: Option<String>,
        /// A link that is there when entries were left out at the start. Not to be followed.
        pub previous: Option<String>,
        /// The address of this page, which may be that of another operation (N42).
        pub href: Option<String>,
    }

    /// A page of a list that is walked by cursors.
    pub struct CursorPage<T> {
        /// The entries; `None` where Spotify withholds one (N04).
        pub items: Vec<Option<T>>,
        /// Where the pages before and after begin; none for an empty list (N18).
        pub cursors: Option<Cursors>,
        /// How many entries were asked for.
        pub limit: Option<u32>,
        /// How many entries the list has; not sent for the playing history.
        pub total: Option<u32>,
        /// A link that is there when there are more entries. Not to be followed.
        pub next: Option<String>,
        /// The address of this page, which may be that of another operation (N42).
        pub href: Option<String>,
    }

    /// Where the pages before and after a page begin. What the texts mean depends on the list.
    pub struct Cursors {
        /// Where the next page begins; none at the end of the list (N18).
        pub after: Option<String>,
        /// Where the page before ends.
        pub before: Option<String>,
    }
}

impl<T> Page<T> {
    /// Iterates over the entries that are there.
    pub fn present(&self) -> impl Iterator<Item = &T> {
        self.items.iter().flatten()
    }

    /// Whether Spotify says that more entries follow.
    pub const fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// Returns what to ask for next, or `None` at the end of the list.
    pub fn next_page(&self) -> Option<PageRequest> {
        let step = self.limit.filter(|limit| *limit > 0)?;
        let offset = self.offset.unwrap_or(0).checked_add(step)?;
        self.has_more().then_some(PageRequest { limit: self.limit, offset })
    }

    /// Records what was really asked for, which the answer may not repeat faithfully.
    pub(crate) fn asked(mut self, limit: Option<u32>, offset: u32) -> Self {
        self.limit = limit.or(self.limit);
        self.offset = Some(offset);
        self
    }
}

impl<T> CursorPage<T> {
    /// Iterates over the entries that are there.
    pub fn present(&self) -> impl Iterator<Item = &T> {
        self.items.iter().flatten()
    }

    /// Whether Spotify says that more entries follow.
    pub const fn has_more(&self) -> bool {
        self.next.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(json: &str) -> Page<u8> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn n04_null_entries_keep_their_place() {
        let page = page(r#"{"items":[1,null,3],"total":3.0}"#);
        assert_eq!(page.items, [Some(1), None, Some(3)]);
        assert_eq!(page.present().copied().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(page.total, Some(3));
    }

    #[test]
    fn n09_a_null_list_is_an_empty_page() {
        assert!(page(r#"{"items":null,"total":0}"#).items.is_empty());
        assert!(page("{}").items.is_empty());
    }

    #[test]
    fn n42_and_n43_the_next_page_starts_after_the_limit_even_if_this_one_is_short() {
        let short = page(
            r#"{"items":[1,2],"limit":48,"offset":48,"total":98,"next":"https://x.test/v1/users/me/playlists"}"#,
        );
        assert_eq!(short.next_page(), Some(PageRequest { limit: Some(48), offset: 96 }));
    }

    #[test]
    fn n43_the_list_ends_where_next_is_null_whatever_the_total_says() {
        let last = page(r#"{"items":[1],"limit":50,"offset":50,"total":98,"next":null}"#);
        assert_eq!(last.next_page(), None);
        assert_eq!(page(r#"{"items":[],"limit":0,"next":"x"}"#).next_page(), None);
    }
}
